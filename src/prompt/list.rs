//! One of many, found by moving or by typing parts of words.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::line::Line;
use super::question::Question;
use super::screen::{Invitation, Room, Tone, View};

/// So many are shown at once; more do not help anybody to find one.
const MAX_SHOWN: usize = 10;

const HELP: &str = "arrows move, typing filters, enter chooses, esc cancels";

/// One of several.
pub(super) struct List {
    options: Vec<String>,
    start: usize,
    filter: Line,
    /// The indices of those that match, the best ones first.
    fitting: Vec<usize>,
    /// The chosen one of those.
    chosen: usize,
}

impl List {
    /// A choice of `options`, starting at the one of index `start`.
    pub fn new(options: Vec<String>, start: usize) -> Self {
        let fitting = (0..options.len()).collect();
        Self {
            options,
            start,
            filter: Line::default(),
            fitting,
            chosen: start,
        }
    }

    fn filter(&mut self, change: impl FnOnce(&mut Line)) {
        let before = self.filter.text().to_owned();
        change(&mut self.filter);
        if self.filter.text() != before {
            self.fitting = fitting(&self.options, self.filter.text());
            self.chosen = if self.filter.is_blank() {
                self.start
            } else {
                0
            };
        }
    }

    /// Moves on or back, from one end to the other.
    fn step(&mut self, by: isize) {
        let count = self.fitting.len();
        self.chosen = match self.chosen.checked_add_signed(by) {
            Some(next) if next < count => next,
            Some(_) => 0,
            None => count.saturating_sub(1),
        };
    }

    /// Moves by a page, as far as there is something.
    fn turn(&mut self, by: isize) {
        let last = self.fitting.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// How many there are, and which of them are shown.
    fn status(&self, first: usize, shown: usize) -> String {
        let (all, fit) = (self.options.len(), self.fitting.len());
        let range = format!("{}-{} of {fit}", first + 1, first + shown);
        match (self.filter.is_blank(), shown == fit) {
            (true, true) => format!("{all} in all"),
            (true, false) => range,
            (false, true) => format!("{fit} of {all} match"),
            (false, false) => format!("{range} that match, {all} in all"),
        }
    }
}

impl Question for List {
    type Answer = usize;

    const INVITATION: Invitation = Invitation {
        beside: "",
        below: "filter: ",
    };

    fn view(&self, room: Room) -> View {
        // The last line is for how many there are.
        let lines = room.lines.saturating_sub(1).clamp(1, MAX_SHOWN);
        let last = self.fitting.len().saturating_sub(lines);
        let first = self.chosen.saturating_sub(lines / 2).min(last);
        let rows = self.fitting.iter().enumerate().skip(first).take(lines);
        let mut below: Vec<_> = rows
            .map(|(row, &index)| {
                let option = &self.options[index];
                if row == self.chosen {
                    (Tone::Chosen, format!("> {option}"))
                } else {
                    (Tone::Normal, format!("  {option}"))
                }
            })
            .collect();
        if below.is_empty() {
            let filter = self.filter.text().trim();
            let all = self.options.len();
            below.push((
                Tone::Normal,
                format!("no match for `{filter}` ({all} in all)"),
            ));
        } else {
            let status = self.status(first, below.len());
            below.push((Tone::Faded, format!("{status}; {HELP}")));
        }
        View {
            below,
            ..self.filter.view(room.typed)
        }
    }

    fn press(&mut self, key: KeyEvent) {
        let page = isize::try_from(MAX_SHOWN).unwrap_or(1);
        let is_ctrl = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Up => self.step(-1),
            KeyCode::Down => self.step(1),
            KeyCode::Char('p') if is_ctrl => self.step(-1),
            KeyCode::Char('n') if is_ctrl => self.step(1),
            KeyCode::PageUp => self.turn(-page),
            KeyCode::PageDown => self.turn(page),
            _ => self.filter(|line| line.press(key)),
        }
    }

    fn paste(&mut self, text: &str) {
        self.filter(|line| line.paste(text));
    }

    fn answer(&mut self) -> Option<(usize, String)> {
        let index = *self.fitting.get(self.chosen)?;
        Some((index, self.options[index].clone()))
    }
}

/// The indices of the options that have all the parts of words in them that are typed, those first
/// in which they are whole words, or begin some.
fn fitting(options: &[String], typed: &str) -> Vec<usize> {
    let typed = typed.to_lowercase();
    let parts: Vec<&str> = typed.split_whitespace().collect();
    let ranks = options
        .iter()
        .map(|option| rank(&option.to_lowercase(), &parts));
    let mut fitting: Vec<_> = ranks
        .enumerate()
        .filter_map(|(index, rank)| Some((rank?, index)))
        .collect();
    fitting.sort_unstable();
    fitting.into_iter().map(|(_, index)| index).collect()
}

/// How far `option` is from having all `parts` as words of its own; nothing if it lacks one.
fn rank(option: &str, parts: &[&str]) -> Option<usize> {
    let words = || option.split(|one: char| !one.is_alphanumeric());
    let rank_of = |part: &&str| {
        if words().any(|word| word == *part) {
            Some(0)
        } else if words().any(|word| word.starts_with(part)) {
            Some(1)
        } else {
            option.contains(part).then_some(2)
        }
    };
    parts.iter().map(rank_of).sum()
}

/// The same where nothing can be drawn: all are written down, and one is named.
pub(super) struct Numbered {
    list: List,
    /// Those that are to choose from now, in their order.
    left: Vec<usize>,
    problem: Option<String>,
}

impl From<List> for Numbered {
    fn from(list: List) -> Self {
        Self {
            left: list.fitting.clone(),
            list,
            problem: None,
        }
    }
}

impl Question for Numbered {
    type Answer = usize;

    const INVITATION: Invitation = Invitation {
        beside: "(its number, or a part of its name) ",
        below: "",
    };

    fn view(&self, _room: Room) -> View {
        let mut below: Vec<_> = self
            .left
            .iter()
            .map(|&index| {
                let line = format!("{:>3}  {}", index + 1, self.list.options[index]);
                (Tone::Normal, line)
            })
            .collect();
        let problem = self.problem.clone();
        below.extend(problem.map(|problem| (Tone::Normal, problem)));
        View {
            below,
            ..View::default()
        }
    }

    fn press(&mut self, key: KeyEvent) {
        self.list.filter.press(key);
    }

    fn paste(&mut self, text: &str) {
        self.list.filter.paste(text);
    }

    fn answer(&mut self) -> Option<(usize, String)> {
        let typed = self.list.filter.take();
        let typed = typed.trim();
        let options = &self.list.options;
        let numbered = typed.parse().ok().and_then(|number: usize| {
            let index = number.checked_sub(1)?;
            (index < options.len()).then_some(index)
        });
        let found = match numbered {
            Some(index) => vec![index],
            None => fitting(options, typed),
        };
        self.problem = None;
        match found[..] {
            [index] => return Some((index, options[index].clone())),
            [] => {
                self.left.clear();
                let all = options.len();
                self.problem = Some(format!("no match for `{typed}` ({all} in all)"));
            }
            _ => self.left = found,
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agents(count: usize) -> Vec<String> {
        let name = |number: usize| format!("Production agent {number} (prod-agent-{number})");
        (1..=count).map(name).collect()
    }

    #[test]
    fn parts_of_words_find_what_has_all_of_them() {
        let options = agents(503);
        let found = fitting(&options, "prod 17");
        assert_eq!(options[found[0]], "Production agent 17 (prod-agent-17)");
        // 17, 117, 217, 317, 417, and 170 to 179.
        assert_eq!(found.len(), 15);
        assert_eq!(fitting(&options, "17 PROD"), found);
        assert_eq!(fitting(&options, "").len(), 503);
        assert_eq!(fitting(&options, "-agent-503)"), [502]);
        assert!(fitting(&options, "prod staging").is_empty());
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        let options = ["Größe".to_owned(), "ДОМ".to_owned()];
        assert_eq!(fitting(&options, "GRÖ"), [0]);
        assert_eq!(fitting(&options, "дом"), [1]);
    }

    #[test]
    fn a_list_says_how_many_there_are() {
        let room = Room {
            typed: 20,
            lines: 20,
        };
        let status = |typed: &str, count| {
            let mut list = List::new(agents(count), 0);
            list.paste(typed);
            let below = list.view(room).below;
            let (_, status) = below
                .last()
                .cloned()
                .unwrap_or((Tone::Normal, String::new()));
            status.split(';').next().unwrap_or_default().to_owned()
        };
        assert_eq!(status("", 3), "3 in all");
        assert_eq!(status("", 503), "1-10 of 503");
        assert_eq!(status("503", 503), "1 of 503 match");
        assert_eq!(status("17", 503), "1-10 of 15 that match, 503 in all");
        assert_eq!(
            status("staging", 503),
            "no match for `staging` (503 in all)"
        );
    }

    #[test]
    fn the_chosen_one_is_always_shown() {
        let press = |list: &mut List, code| list.press(KeyEvent::new(code, KeyModifiers::NONE));
        for lines in 1..8 {
            let mut list = List::new(agents(30), 12);
            let room = Room { typed: 20, lines };
            for code in [KeyCode::Down; 40].into_iter().chain([KeyCode::Up; 70]) {
                press(&mut list, code);
                let below = list.view(room).below;
                assert!(below.iter().any(|(tone, _)| *tone == Tone::Chosen));
                assert!(below.len() <= lines.max(2), "{lines}: {below:?}");
            }
        }
    }

    #[test]
    fn moving_goes_round_and_pages_stop_at_the_ends() {
        let mut list = List::new(agents(25), 0);
        let mut press = |code| {
            list.press(KeyEvent::new(code, KeyModifiers::NONE));
            list.chosen
        };
        assert_eq!(press(KeyCode::Up), 24);
        assert_eq!(press(KeyCode::Down), 0);
        assert_eq!(press(KeyCode::PageDown), 10);
        assert_eq!(press(KeyCode::PageDown), 20);
        assert_eq!(press(KeyCode::PageDown), 24);
        assert_eq!(press(KeyCode::PageUp), 14);
    }

    #[test]
    fn where_nothing_can_be_drawn_one_is_named() {
        let answer = |typed: &str| {
            let mut list = Numbered::from(List::new(agents(503), 0));
            list.paste(typed);
            list.answer().map(|(index, _)| index)
        };
        assert_eq!(answer("2"), Some(1));
        assert_eq!(answer("agent-503"), Some(502));
        assert_eq!(answer("agent-17"), None);
        assert_eq!(answer("staging"), None);
        assert_eq!(answer(""), None);
    }
}
