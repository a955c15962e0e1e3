/// The known name that is most like `name`, if one is like enough to be meant.
///
/// Names come from models: one that is longer than any name could be is never compared.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let folded = name.to_lowercase();
    known
        // The known names can be the model's, too: those of a wrong object.
        .take(MOST)
        .filter(|known| known.len() <= LONGEST && known.len().abs_diff(name.len()) <= FARTHEST)
        .map(|known| (likeness(&folded, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        // The first of equals: `max_by` would take the last.
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, known)| known)
}

/// Between 0 and 1. Jaro-Winkler alone likes a shared beginning too much and a swapped order of
/// words too little, so the better of it and of plain edit distance counts.
fn likeness(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b).max(strsim::jaro_winkler(a, b) - 0.15)
}

const LIKE_ENOUGH: f64 = 0.6;
const LONGEST: usize = 128;
const MOST: usize = 200;
const FARTHEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_told_from_another_name() {
        let known = ["search", "get_weather", "add_to_basket"];
        let near = |name| nearest(name, known.into_iter());
        assert_eq!(near("serch"), Some("search"));
        assert_eq!(near("getWeather"), Some("get_weather"));
        assert_eq!(near("get_wether"), Some("get_weather"));
        assert_eq!(near("delete_everything"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn the_first_of_equally_near_names_wins() {
        assert_eq!(nearest("item_x", ["item_0", "item_1"].into_iter()), Some("item_0"));
    }

    #[test]
    fn a_name_of_a_megabyte_is_not_compared() {
        let long = "x".repeat(1 << 20);
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), None);
    }
}
