//! How far words are from the names of commands.

/// What people call a command, beside its name.
const OTHER_NAMES: [(&str, &str); 2] = [("org", "organizations"), ("orgs", "organizations")];

/// How far what was typed is from a command: misspelt words, missing ones, words in another order.
pub(super) type Distance = (usize, usize, usize);

/// How far the words are from a path, if each of them is one of its names, or like one.
pub(super) fn distance(typed: &[&str], path: &[&str]) -> Option<Distance> {
    if typed.len() > path.len() {
        return None;
    }
    let mut free: Vec<bool> = vec![true; path.len()];
    let mut places = Vec::new();
    let mut misspellings = 0;
    for word in typed {
        let near = path.iter().enumerate().filter(|(place, _)| free[*place]);
        let near = near.filter_map(|(place, name)| Some((misspelt(word, name)?, place)));
        let (errors, place) = near.min()?;
        free[place] = false;
        misspellings += errors;
        places.push(place);
    }
    let turned = places.windows(2).filter(|pair| pair[0] > pair[1]).count();
    Some((misspellings, path.len() - typed.len(), turned))
}

/// By how many letters a word differs from a name, if it is few enough for a slip.
pub(super) fn misspelt(word: &str, name: &str) -> Option<usize> {
    if OTHER_NAMES.contains(&(word, name)) {
        return Some(0);
    }
    let letters = word.trim_start_matches('-').chars().count();
    let bearable = match letters {
        0..=2 => 0,
        3..=4 => 1,
        _ => 2,
    };
    let errors = strsim::osa_distance(word, name);
    (errors <= bearable).then_some(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS_LIST: [&str; 4] = ["cloud", "organizations", "keys", "list"];

    #[test]
    fn words_may_be_missing_misspelt_or_turned_but_not_foreign() {
        let distance = |typed: &[&str]| distance(typed, &KEYS_LIST);
        assert_eq!(distance(&KEYS_LIST), Some((0, 0, 0)));
        assert_eq!(distance(&["org", "keys"]), Some((0, 2, 0)));
        assert_eq!(distance(&["cloud", "kyes", "list"]), Some((1, 1, 0)));
        assert_eq!(distance(&["list", "keys"]), Some((0, 2, 1)));
        assert_eq!(distance(&["keys", "use"]), None);
        assert_eq!(distance(&["list", "list"]), None);
    }

    #[test]
    fn the_shorter_a_word_the_fewer_slips_it_can_have() {
        assert_eq!(misspelt("lst", "list"), Some(1));
        assert_eq!(misspelt("ls", "list"), None);
        assert_eq!(misspelt("organisation", "organizations"), Some(2));
        assert_eq!(misspelt("--yess", "--yes"), Some(1));
        assert_eq!(misspelt("-n", "-o"), None);
    }
}
