//! What of a look at a log is new. Each look shows the newest entries, among them those of the look
//! before; whoever follows must print each entry once, and none may be left out.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use super::level::{Level, Levels};
use super::pages::{Entry, Gathered, LARGEST_PAGE, MOST_PAGES};
use crate::api::LogEntry;

/// So many entries are met again at each look, if there are as many: entries come late, and stand
/// among older ones then.
pub(super) const LOOK_BACK: usize = 50;

/// So many entries are remembered at most, by what they amount to: as many as a look can hold.
const MEMORY: usize = MOST_PAGES * LARGEST_PAGE;

/// What is known of the log that is followed.
#[derive(Debug, Default)]
pub(super) struct Follower {
    /// The newest entries, newest first.
    known: VecDeque<Known>,
    /// Whether these are all there are.
    is_all: bool,
    levels: Levels,
    hasher: RandomState,
}

/// An entry that has been seen.
#[derive(Clone, Copy, Debug)]
struct Known {
    print: u64,
    level: Option<Level>,
}

/// What a look has brought.
#[derive(Debug)]
pub(super) struct News {
    /// What is new, oldest first.
    pub(super) entries: Vec<(Entry, Level)>,
    /// Whether more came than could be read, so that some are left out.
    pub(super) has_gap: bool,
}

impl Follower {
    /// Whether a look has gone far enough back: it has met the last entries known, and of none that
    /// it shows there are equal ones further down, by which it would be taken for known, nor more
    /// than are known down to where it ends. What is known stands there in the order in which it is
    /// known: where it does not, something new is equal to something that the look has not reached.
    /// And it does not end with what could as well stand there because something equal has come in
    /// above. `is_all` tells whether it has come to the end.
    pub(super) fn has_met(&self, entries: &[Entry], is_all: bool) -> bool {
        if self.is_all && self.known.len() < LOOK_BACK {
            // What comes late may stand below all of them.
            return is_all;
        }
        let mut places = self.places();
        let mut met = Vec::new();
        let mut is_last_met = false;
        let mut last_place = None;
        let mut is_in_order = true;
        let mut are_more_below = false;
        let mut prints = Vec::with_capacity(entries.len());
        for entry in entries {
            let print = self.print(&entry.value);
            let place = places.get_mut(&print).and_then(VecDeque::pop_front);
            is_last_met = place.is_some();
            if is_last_met {
                met.push(print);
                is_in_order &= place > last_place;
                last_place = place;
                are_more_below = false;
            } else {
                are_more_below |= places.contains_key(&print);
            }
            prints.push(print);
        }
        let is_used_up = |print| places.get(print).is_none_or(VecDeque::is_empty);
        is_in_order
            && !are_more_below
            && met.len() >= LOOK_BACK.min(self.known.len())
            && prints.iter().all(is_used_up)
            && (is_all || !is_last_met || !repeats(&met[LOOK_BACK.min(met.len()) - 1..]))
    }

    /// Takes in a look, and tells what is new.
    pub(super) fn take_in(&mut self, look: Gathered) -> News {
        let prints: Vec<u64> = look
            .entries
            .iter()
            .map(|entry| self.print(&entry.value))
            .collect();
        let mut counts = self.counts();
        let are_known: Vec<bool> = prints
            .iter()
            .map(|print| take(&mut counts, *print))
            .collect();
        let last_known = are_known.iter().rposition(|is_known| *is_known);
        // What lies below all that is known was there before, unless all was known.
        let horizon = match last_known {
            Some(last) if !self.is_all => last,
            _ => look.entries.len(),
        };
        let told: HashMap<u64, Option<Level>> = self
            .known
            .iter()
            .map(|known| (known.print, known.level))
            .collect();
        let is_first = self.known.is_empty() && !self.is_all;
        let has_gap = !is_first && last_known.is_none() && !look.is_all;

        let mut known = VecDeque::with_capacity(look.entries.len());
        let mut entries = Vec::new();
        let oldest_first = look
            .entries
            .into_iter()
            .zip(&prints)
            .zip(&are_known)
            .enumerate();
        for (index, ((entry, print), is_known)) in oldest_first.rev() {
            let level = match told.get(print) {
                Some(level) if *is_known => {
                    self.levels.learn(&entry.value, *level);
                    *level
                }
                _ => self.levels.next(&entry.value),
            };
            known.push_front(Known {
                print: *print,
                level,
            });
            if !is_known && index < horizon {
                entries.push((entry, level.unwrap_or(Level::Info)));
            }
        }
        // What this look did not reach is still known.
        let mut unmet: Vec<Known> = Vec::new();
        for one in self.known.iter().rev() {
            if take(&mut counts, one.print) {
                unmet.push(*one);
            }
        }
        self.is_all |= look.is_all && unmet.is_empty();
        known.extend(unmet.into_iter().rev());
        if known.len() > MEMORY {
            known.truncate(MEMORY);
            self.is_all = false;
        }
        self.known = known;
        News { entries, has_gap }
    }

    /// What an entry amounts to, so that two that are equal amount to the same.
    fn print(&self, entry: &LogEntry) -> u64 {
        self.hasher.hash_one(entry)
    }

    /// Where each entry stands among those that are known.
    fn places(&self) -> HashMap<u64, VecDeque<usize>> {
        let mut places: HashMap<u64, VecDeque<usize>> = HashMap::new();
        for (place, known) in self.known.iter().enumerate() {
            places.entry(known.print).or_default().push_back(place);
        }
        places
    }

    /// How often each entry is known.
    fn counts(&self) -> HashMap<u64, usize> {
        let mut counts = HashMap::with_capacity(self.known.len());
        for known in &self.known {
            *counts.entry(known.print).or_default() += 1;
        }
        counts
    }
}

/// Whether these begin as they end, so that with more of the same before them they would look alike.
fn repeats(prints: &[u64]) -> bool {
    prints.len() == 1 || (1..prints.len()).any(|length| prints.ends_with(&prints[..length]))
}

/// Takes one of these away, if there is one.
fn take(counts: &mut HashMap<u64, usize>, print: u64) -> bool {
    match counts.get_mut(&print) {
        None => false,
        Some(count) => {
            *count -= 1;
            if *count == 0 {
                counts.remove(&print);
            }
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::super::model::{self, Service};
    use super::super::source::LOOKED_THROUGH;
    use super::*;

    /// What an entry is, for the one who reads it.
    type Seen = (u32, String);

    fn seen((entry, _): &(Entry, Level)) -> Seen {
        let time = entry.value.timestamp.as_deref().unwrap_or_default();
        let part = |range: std::ops::Range<usize>| time[range].parse::<u32>().unwrap_or_default();
        let second = part(11..13) * 3600 + part(14..16) * 60 + part(17..19);
        (second, entry.value.text.clone().unwrap_or_default())
    }

    /// Who follows a service, as the command does.
    struct Reader {
        follower: Follower,
        is_first: bool,
    }

    impl Reader {
        fn new() -> Self {
            Self {
                follower: Follower::default(),
                is_first: true,
            }
        }

        /// A look; between two pages `meanwhile` happens to the log.
        fn look(
            &mut self,
            service: &mut Service,
            meanwhile: impl FnMut(&mut Service),
        ) -> (Vec<Seen>, bool) {
            let is_first = std::mem::take(&mut self.is_first);
            let mut page = 0;
            let wanted = |entries: &[Entry], is_all: bool| {
                page += 1;
                match page {
                    1 => Some(LOOKED_THROUGH),
                    _ if is_first => None,
                    _ => (!self.follower.has_met(entries, is_all)).then_some(LARGEST_PAGE),
                }
            };
            let look = model::read(service, wanted, meanwhile);
            let news = self.follower.take_in(look);
            (news.entries.iter().map(seen).collect(), news.has_gap)
        }
    }

    fn count(all: &[Seen]) -> BTreeMap<Seen, usize> {
        let mut counts = BTreeMap::new();
        for one in all {
            *counts.entry(one.clone()).or_default() += 1;
        }
        counts
    }

    /// What happens to a log before a look.
    #[derive(Clone, Debug)]
    enum Arrival {
        /// Entries come, so many seconds apart each, with one of a few texts.
        New(Vec<(u32, u8)>),
        /// An entry comes late, and stands so far down, with the time of its neighbour.
        Late(usize, u8),
        /// So many equal entries come at once.
        Equal(usize, u8),
        /// So many entries come at once.
        Burst(usize),
    }

    fn text(letter: u8) -> String {
        char::from(b'a' + letter).to_string()
    }

    fn arrive(log: &mut Vec<Seen>, arrival: &Arrival) {
        let last = log.last().map_or(0, |(second, _)| *second);
        match arrival {
            Arrival::New(entries) => {
                let mut second = last;
                for (after, letter) in entries {
                    second += after;
                    log.push((second, text(*letter)));
                }
            }
            Arrival::Late(depth, letter) => {
                let at = log.len().saturating_sub(*depth);
                let second = log.get(at).map_or(last, |(second, _)| *second);
                log.insert(at, (second, text(*letter)));
            }
            Arrival::Equal(count, letter) => {
                log.extend(std::iter::repeat_n((last, text(*letter)), *count));
            }
            Arrival::Burst(count) => {
                log.extend((0..*count).map(|n| (last + 1, format!("burst {n}"))));
            }
        }
    }

    fn arrivals() -> impl Strategy<Value = Arrival> {
        prop_oneof![
            4 => vec((0..3_u32, 0..3_u8), 0..8).prop_map(Arrival::New),
            2 => (0..LOOK_BACK, 0..3_u8).prop_map(|(depth, letter)| Arrival::Late(depth, letter)),
            1 => (1..300_usize, 0..3_u8).prop_map(|(count, letter)| Arrival::Equal(count, letter)),
            1 => (90..1100_usize).prop_map(Arrival::Burst),
        ]
    }

    #[test]
    fn what_is_equal_to_an_entry_below_the_look_is_shown() {
        let mut service = Service::new(Vec::new());
        arrive(&mut service.log, &Arrival::Burst(15));
        let mut reader = Reader::new();
        reader.look(&mut service, |_| {});
        let looks: [&[Arrival]; 2] = [
            &[Arrival::Late(15, 1), Arrival::Equal(84, 0)],
            &[Arrival::Late(0, 1)],
        ];
        for (arrivals, fresh) in looks.into_iter().zip([85, 1]) {
            for arrival in arrivals {
                arrive(&mut service.log, arrival);
            }
            let (news, has_gap) = reader.look(&mut service, |_| {});
            assert_eq!((news.len(), has_gap), (fresh, false));
        }
    }

    #[test]
    fn equal_entries_beyond_the_edge_of_a_look_are_shown() {
        let mut service = Service::new(Vec::new());
        let mut reader = Reader::new();
        for count in [0, LOOK_BACK, LOOK_BACK + 1] {
            arrive(&mut service.log, &Arrival::Equal(count, 1));
            let (news, has_gap) = reader.look(&mut service, |_| {});
            assert_eq!((news.len(), has_gap), (count, false));
        }
    }

    #[test]
    fn what_pushes_its_like_out_of_a_look_is_shown() {
        let equal = |count, letter| Arrival::Equal(count, letter);
        for (before, late) in [
            (vec![equal(100, 1)], Arrival::Late(0, 1)),
            (vec![equal(94, 1), equal(6, 0)], Arrival::Late(6, 1)),
        ] {
            let mut service = Service::new(Vec::new());
            service.tells_total = false;
            let mut reader = Reader::new();
            reader.look(&mut service, |_| {});
            for arrival in &before {
                arrive(&mut service.log, arrival);
            }
            assert_eq!(reader.look(&mut service, |_| {}).0.len(), 100);
            arrive(&mut service.log, &late);
            let (news, _) = reader.look(&mut service, |_| {});
            assert_eq!(news.len(), 1, "{late:?}");
        }
    }

    proptest! {
        // The same cases each time: a build does not fail for what it has not changed.
        #![proptest_config(ProptestConfig {
            failure_persistence: None, cases: 64, rng_seed: RngSeed::Fixed(20_261_125), ..ProptestConfig::default()
        })]

        #[test]
        fn each_entry_is_shown_exactly_once_and_those_of_a_look_in_order(
            before in 0..220_usize,
            looks in vec(vec(arrivals(), 0..3), 1..8),
            cap in prop_oneof![Just(1000_usize), Just(400)],
            tells_total: bool,
        ) {
            let mut service = Service::new(Vec::new());
            (service.cap, service.tells_total) = (cap, tells_total || cap < 1000);
            arrive(&mut service.log, &Arrival::Burst(before));
            let mut reader = Reader::new();
            // What is older than the first look shows is nobody's business.
            let unseen = service.log.len().saturating_sub(LOOKED_THROUGH);
            let older = service.log[..unseen].to_vec();
            let (mut shown, _) = reader.look(&mut service, |_| {});
            for arrived in &looks {
                let mut fresh = 0;
                for arrival in arrived {
                    let length = service.log.len();
                    arrive(&mut service.log, arrival);
                    fresh += service.log.len() - length;
                }
                let (news, has_gap) = reader.look(&mut service, |_| {});
                prop_assert!(!has_gap);
                prop_assert_eq!(news.len(), fresh);
                prop_assert!(news.is_sorted_by_key(|(second, _)| *second));
                shown.extend(news);
            }
            shown.extend(older);
            prop_assert_eq!(count(&shown), count(&service.log));
        }

        #[test]
        fn a_log_that_only_grows_at_its_end_is_shown_as_it_stands(
            before in 0..150_usize,
            looks in vec(vec((0..2_u32, 0..26_u8), 0..40), 1..10),
            meanwhile in vec(vec((1..2_u32, 0..26_u8), 0..4), 0..12),
        ) {
            let mut service = Service::new(Vec::new());
            arrive(&mut service.log, &Arrival::Burst(before));
            let mut reader = Reader::new();
            let unseen = service.log.len().saturating_sub(LOOKED_THROUGH);
            let (mut shown, _) = reader.look(&mut service, |_| {});
            // The log grows between the looks, and between the pages of a look.
            let mut meanwhile = meanwhile.into_iter();
            for entries in looks {
                arrive(&mut service.log, &Arrival::New(entries));
                arrive(&mut service.log, &Arrival::Burst(95));
                let (news, _) = reader.look(&mut service, |service| {
                    let entries = meanwhile.next().unwrap_or_default();
                    arrive(&mut service.log, &Arrival::New(entries));
                });
                shown.extend(news);
            }
            shown.extend(reader.look(&mut service, |_| {}).0);
            prop_assert_eq!(&shown[..], &service.log[unseen..]);
        }
    }

    #[test]
    fn a_traceback_that_comes_in_two_looks_belongs_to_its_error() {
        let mut service = Service::new(vec![(1, "ERROR: failed".to_owned())]);
        let mut reader = Reader::new();
        reader.look(&mut service, |_| {});
        service.log.push((2, "Traceback".to_owned()));
        let wanted = |entries: &[Entry], _| entries.is_empty().then_some(100);
        let look = model::read(&mut service, wanted, |_| {});
        let news = reader.follower.take_in(look);
        let levels: Vec<Level> = news.entries.iter().map(|(_, level)| *level).collect();
        assert_eq!(levels, [Level::Error]);
    }

    #[test]
    fn a_burst_beyond_all_pages_is_told_and_the_newest_of_it_shown() {
        let mut service = Service::new(Vec::new());
        arrive(&mut service.log, &Arrival::Burst(200));
        let mut reader = Reader::new();
        reader.look(&mut service, |_| {});
        arrive(&mut service.log, &Arrival::Burst(20_000));
        let (news, has_gap) = reader.look(&mut service, |_| {});
        assert!(has_gap && news.len() > 8000, "{}", news.len());
        assert_eq!(news.last(), service.log.last());
        arrive(&mut service.log, &Arrival::New(vec![(1, 0)]));
        let (news, has_gap) = reader.look(&mut service, |_| {});
        assert_eq!((news, has_gap), (service.log[20_200..].to_vec(), false));
    }

    #[test]
    fn a_service_that_knows_no_offset_is_followed_as_far_as_its_pages_go() {
        let mut service = Service::new(Vec::new());
        service.knows_offset = false;
        arrive(&mut service.log, &Arrival::Burst(200));
        let mut reader = Reader::new();
        reader.look(&mut service, |_| {});
        arrive(&mut service.log, &Arrival::Burst(900));
        let (news, has_gap) = reader.look(&mut service, |_| {});
        assert_eq!((&news[..], has_gap), (&service.log[200..], false));
        arrive(&mut service.log, &Arrival::Burst(1500));
        assert!(reader.look(&mut service, |_| {}).1);
    }

    #[test]
    fn an_answer_that_lacks_what_was_there_before_brings_nothing_twice() {
        let mut service = Service::new(Vec::new());
        arrive(&mut service.log, &Arrival::Burst(150));
        let mut reader = Reader::new();
        reader.look(&mut service, |_| {});
        let log = std::mem::take(&mut service.log);
        assert_eq!(reader.look(&mut service, |_| {}).0, []);
        service.log = log;
        assert_eq!(reader.look(&mut service, |_| {}).0, []);
        arrive(&mut service.log, &Arrival::New(vec![(1, 0)]));
        assert_eq!(reader.look(&mut service, |_| {}).0.len(), 1);
    }

    #[test]
    fn what_is_remembered_stays_small_however_long_it_goes_on() {
        let mut service = Service::new(Vec::new());
        let mut reader = Reader::new();
        for n in 0..60 {
            // As if an age had passed.
            service.log.drain(..service.log.len().saturating_sub(2000));
            service
                .log
                .extend((0..800).map(|one| (n, format!("{n} {one}"))));
            reader.look(&mut service, |_| {});
            assert!(reader.follower.known.len() <= MEMORY);
        }
        assert!(reader.follower.known.capacity() <= 2 * MEMORY);
        let mut asked = service.asked;
        for _ in 0..3 {
            // A quiet log costs a request a look.
            reader.look(&mut service, |_| {});
            asked += 1;
            assert_eq!(service.asked, asked);
        }
    }
}
