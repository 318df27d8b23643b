//! How people are shown a verdict on this terminal: colour, links and width, by the conventions of
//! no-color.org and bixense.com/clicolors. Pure but for [`Look::of_stderr`].

use std::ffi::OsString;
use std::io::IsTerminal as _;

use report_render::TerminalStyle;
use terminal_size::{Width, terminal_size_of};

/// What decides about the look.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Whether standard error is a terminal.
    pub(crate) terminal: bool,
    /// Its columns, where it tells.
    pub(crate) columns: Option<u16>,
    /// The variables, in the order of [`VARIABLES`].
    pub(crate) variables: [Option<OsString>; 5],
}

const VARIABLES: [&str; 5] = ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM", "COLUMNS"];

/// For a terminal that does not tell how wide it is.
const COLUMNS: u16 = 100;

impl Look {
    /// The look of standard error.
    pub(crate) fn of_stderr() -> Self {
        let stderr = std::io::stderr();
        Self {
            terminal: stderr.is_terminal(),
            columns: terminal_size_of(&stderr).map(|(Width(columns), _)| columns),
            variables: VARIABLES.map(std::env::var_os),
        }
    }

    /// Decides.
    pub(crate) fn style(&self) -> TerminalStyle {
        let [no_color, force, clicolor, term, columns] = &self.variables;
        let set = |variable: &Option<OsString>| variable.as_ref().is_some_and(|v| !v.is_empty());
        let is =
            |variable: &Option<OsString>, word: &str| variable.as_ref().is_some_and(|v| v == word);
        let able = self.terminal && !is(term, "dumb");
        let colour = if set(no_color) {
            false
        } else if set(force) && !is(force, "0") {
            true
        } else {
            able && !is(clicolor, "0")
        };
        let told = columns
            .as_ref()
            .and_then(|columns| columns.to_str()?.parse().ok())
            .filter(|columns| *columns > 0);
        TerminalStyle {
            colour,
            links: able,
            // A log keeps its lines whole unless somebody says how wide it is.
            width: told.or_else(|| self.terminal.then(|| self.columns.unwrap_or(COLUMNS))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, VARIABLES};

    type Case = (bool, &'static [(&'static str, &'static str)], Shown);
    /// Colour, links and width.
    type Shown = (bool, bool, Option<u16>);

    fn style(terminal: bool, variables: &[(&str, &str)]) -> Shown {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        let look = Look {
            terminal,
            columns: terminal.then_some(120),
            variables: VARIABLES.map(|name| find(name).map(|(_, value)| value.into())),
        };
        let style = look.style();
        (style.colour, style.links, style.width)
    }

    #[test]
    fn the_conventions_are_kept() {
        let wide = Some(120);
        let cases: [Case; 11] = [
            (true, &[], (true, true, wide)),
            (false, &[], (false, false, None)),
            (true, &[("NO_COLOR", "1")], (false, true, wide)),
            (true, &[("NO_COLOR", "")], (true, true, wide)),
            (
                true,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                (false, true, wide),
            ),
            (false, &[("CLICOLOR_FORCE", "1")], (true, false, None)),
            (false, &[("CLICOLOR_FORCE", "0")], (false, false, None)),
            (true, &[("CLICOLOR", "0")], (false, true, wide)),
            (true, &[("TERM", "dumb")], (false, false, wide)),
            (true, &[("COLUMNS", "60")], (true, true, Some(60))),
            (
                false,
                &[("COLUMNS", "60"), ("TERM", "xterm")],
                (false, false, Some(60)),
            ),
        ];
        for (terminal, variables, expected) in cases {
            assert_eq!(style(terminal, variables), expected, "{variables:?}");
        }
    }
}
