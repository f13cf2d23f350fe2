//! Colours that can be read on a white and on a black background. The sixteen that a terminal may
//! define as it likes are none: yellow and cyan cannot be seen on white, nor blue on black. These
//! are of the cube of 256, which is the same everywhere, and as far from white as from black.

use anstyle::{Ansi256Color, Style};

const GREEN: Ansi256Color = Ansi256Color(28);
const RED: Ansi256Color = Ansi256Color(160);
const AMBER: Ansi256Color = Ansi256Color(130);
const TEAL: Ansi256Color = Ansi256Color(30);

/// Done.
pub const GOOD: Style = GREEN.on_default().bold();
/// An error.
pub const BAD: Style = RED.on_default().bold();
/// A warning.
pub const WARNING: Style = AMBER.on_default().bold();
/// What to do next.
pub const HINT: Style = TEAL.on_default();
/// The one in use.
pub const ACTIVE: Style = GREEN.on_default();
/// Worth a second look.
pub const STRIKING: Style = AMBER.on_default();
/// What something is called.
pub const LABEL: Style = Style::new().bold();
/// What matters less.
pub const FADED: Style = Style::new().dimmed();
/// What is typed as it stands, in help.
pub const LITERAL: Style = TEAL.on_default();
/// What is typed in the place of a word, in help.
pub const PLACEHOLDER: Style = GREEN.on_default();

#[cfg(test)]
mod tests {
    use anstyle::Color;

    use super::*;

    /// The relative luminance of a colour of the cube (WCAG 2.1).
    fn luminance(index: u8) -> f64 {
        assert!((16..232).contains(&index), "{index} is not of the cube");
        let cube = index - 16;
        let weights = [
            (cube / 36, 0.2126),
            (cube / 6 % 6, 0.7152),
            (cube % 6, 0.0722),
        ];
        let channel = |(step, weight): (u8, f64)| {
            let level = if step == 0 {
                0.0
            } else {
                f64::from(55 + 40 * step) / 255.0
            };
            let linear = if level <= 0.04045 {
                level / 12.92
            } else {
                ((level + 0.055) / 1.055).powf(2.4)
            };
            weight * linear
        };
        weights.into_iter().map(channel).sum()
    }

    #[test]
    fn every_colour_can_be_read_on_white_and_on_black() {
        for style in [
            GOOD,
            BAD,
            WARNING,
            HINT,
            ACTIVE,
            STRIKING,
            LABEL,
            FADED,
            LITERAL,
            PLACEHOLDER,
        ] {
            assert_eq!(style.get_bg_color(), None);
            let Some(colour) = style.get_fg_color() else {
                continue;
            };
            let Color::Ansi256(colour) = colour else {
                unreachable!("{colour:?} is whatever the terminal says")
            };
            let luminance = luminance(colour.0);
            let (on_white, on_black) = (1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05);
            // Bold, or a word of a line that says the same without it.
            assert!(
                on_white > 3.8 && on_black > 3.8,
                "{on_white} {on_black} of {colour:?}"
            );
        }
    }
}
