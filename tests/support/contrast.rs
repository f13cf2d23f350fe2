//! How well colours can be told from their background (WCAG 2.1, 1.4.3).

use std::collections::BTreeMap;

/// What text needs.
pub const ENOUGH: f64 = 4.5;

/// Red, green and blue, from 0 to 255.
pub type Colour = [u8; 3];

/// A colour as style sheets write it: `#rrggbb`.
#[track_caller]
pub fn hex(text: &str) -> Colour {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let digits = digits.unwrap_or_else(|| panic!("{text} is not of the form #rrggbb"));
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
    [channel(0), channel(2), channel(4)]
}

/// From 1, the same, to 21, black on white.
pub fn ratio(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Colour) -> f64 {
    let linear = colour.map(|channel| {
        let level = f64::from(channel) / 255.0;
        if level <= 0.04045 {
            level / 12.92
        } else {
            ((level + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// The colours that a style sheet gives names to, by day and by night.
pub fn palettes(css: &str) -> [BTreeMap<&str, Colour>; 2] {
    let (day, night) = css
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("colours for the night");
    let (night, _) = night.split_once("\n}").expect("the end of a block");
    let day = named(day);
    let mut dark = day.clone();
    dark.extend(named(night));
    [day, dark]
}

fn named(css: &str) -> BTreeMap<&str, Colour> {
    let declarations = css.split([';', '{']).map(str::trim);
    let named = declarations.filter_map(|one| one.strip_prefix("--")?.split_once(": #"));
    named
        .map(|(name, digits)| (name, hex(&format!("#{digits}"))))
        .collect()
}

/// Each of these pairs of names, text and ground, can be read by day and by night.
#[track_caller]
pub fn assert_readable(css: &str, pairs: &[(&str, &str)]) {
    for palette in palettes(css) {
        for (text, ground) in pairs {
            let ratio = ratio(palette[text], palette[ground]);
            assert!(ratio >= ENOUGH, "{ratio:.2}: {text} on {ground}");
        }
    }
}
