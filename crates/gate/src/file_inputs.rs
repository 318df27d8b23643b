//! The inputs for files that other programs read. A gate that writes such a file itself, because it knows more
//! than its verdict says, has the input of that name for its own.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

/// An input: its id, which no gate's own has, its name and its help.
pub(crate) type FileInput = (&'static str, &'static str, &'static str);

pub(crate) const SARIF: FileInput = (
    "frame-sarif",
    "sarif",
    "Also write the findings as SARIF 2.1.0, for code scanning and editors",
);
pub(crate) const JUNIT: FileInput = (
    "frame-junit",
    "junit",
    "Also write findings and limits as JUnit XML, for test dashboards",
);
pub(crate) const HTML: FileInput = (
    "frame-html",
    "html",
    "Also write a self-contained HTML page with tables and charts",
);

/// Where the files go.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileInputs {
    /// SARIF.
    pub sarif: Option<PathBuf>,
    /// JUnit XML.
    pub junit: Option<PathBuf>,
    /// HTML.
    pub html: Option<PathBuf>,
}

impl Args for FileInputs {
    fn augment_args(mut command: Command) -> Command {
        for (id, name, help) in [SARIF, JUNIT, HTML] {
            let taken = command.get_arguments().any(|a| a.get_long() == Some(name));
            if !taken {
                let argument = Arg::new(id)
                    .long(name)
                    .help(help)
                    .value_name("FILE")
                    .help_heading("Every gate")
                    .value_parser(value_parser!(PathBuf));
                command = command.arg(argument);
            }
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FileInputs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        // An id that is not there belongs to an input that the gate has for its own.
        let path = |(id, ..): FileInput| matches.try_get_one(id).ok().flatten().cloned();
        Ok(Self {
            sarif: path(SARIF),
            junit: path(JUNIT),
            html: path(HTML),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches as _, Parser};

    use super::FileInputs;
    use crate::arguments::CommandLine;

    #[derive(Debug, Args)]
    struct Own {
        /// Its own file
        #[arg(long)]
        sarif: Option<String>,
    }

    #[test]
    fn a_gate_keeps_the_input_it_has_for_its_own() {
        let line = ["own", "--sarif=own.sarif", "--html=page.html"];
        let line = CommandLine::<Own>::try_parse_from(line).unwrap();
        assert_eq!(line.gate.sarif.as_deref(), Some("own.sarif"));
        assert_eq!(line.frame.files.sarif, None);
        assert_eq!(line.frame.files.html, Some("page.html".into()));
    }

    #[test]
    fn all_three_are_there_for_the_others() {
        let command = FileInputs::augment_args(Command::new("gate"));
        let line = ["gate", "--sarif=a", "--junit=b", "--html=c"];
        let files = FileInputs::from_arg_matches(&command.get_matches_from(line)).unwrap();
        let paths = [files.sarif, files.junit, files.html].map(Option::unwrap);
        assert_eq!(
            paths.map(|path| path.display().to_string()),
            ["a", "b", "c"]
        );
    }
}
