//! Where a command runs: on a terminal or in a pipe, by a person or in CI.

use std::io::IsTerminal as _;

use motd_core::posix_is_utf8;

use crate::Switch;

/// The variables that mean CI, from `spec/registries/ci-variables.json`.
const CI_VARIABLES: [&str; 20] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "BUILD_ID",
    "BUILD_NUMBER",
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CIRCLECI",
    "CIRRUS_CI",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "GITEA_ACTIONS",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "NETLIFY",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
    "WOODPECKER_CI",
];

/// The fresh line of section 6.10, for a terminal that takes control sequences.
const FRESH_LINE: &str = "\x1b\\\x1b%G\x1b[0m\x0f\x1b(B\x1b]8;;\x1b\\\x1b[?69l\r\n\x1b[J\x1b[999M";

/// What decides whether, and how, notices are displayed without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all combinations occur"
)]
pub struct Surroundings {
    /// What `MOTD` or a setting asks for.
    pub switch: Switch,
    /// Whether standard error is a terminal.
    pub terminal: bool,
    /// Whether a variable of the CI registry is set.
    pub ci: bool,
    /// Whether the command is in a quiet or machine-readable mode.
    pub quiet: bool,
    /// What stands before the first line of an automatic display on a terminal, since the command's output can end in the
    /// middle of a line, and can leave modes of the terminal switched on. MOTD-SHOW-11 says what each byte is for.
    pub fresh_line: &'static str,
    /// Whether the terminal is known to be in UTF-8. MOTD-SHOW-12.
    pub utf8: bool,
}

/// How notices are displayed without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Display {
    /// Not at all, and nothing is requested or touched. MOTD-OFF-1.
    Off,
    /// Not at all, and nothing is requested.
    Nothing,
    /// One ASCII line for each critical notice.
    CriticalLines,
    /// On the terminal.
    Terminal,
}

impl Surroundings {
    /// The surroundings of this process: the one place where this crate reads the environment.
    #[must_use]
    pub fn of_this_process(quiet: bool) -> Self {
        let mut surroundings = Self::of(
            |name| std::env::var(name).ok(),
            std::io::stderr().is_terminal(),
            quiet,
        );
        // Its terminals take Unicode and not bytes.
        surroundings.utf8 |= cfg!(windows);
        surroundings
    }

    /// The surroundings that these variables describe.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>, terminal: bool, quiet: bool) -> Self {
        let is_set = |name: &&str| {
            variable(name).is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
        };
        let sequences = variable("TERM").is_some_and(|term| !matches!(term.as_str(), "" | "dumb"));
        let (all, ctype, lang) = (variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG"));
        Self {
            switch: Switch::of_value(variable("MOTD").as_deref()),
            terminal,
            ci: CI_VARIABLES.iter().any(is_set),
            quiet,
            fresh_line: if sequences { FRESH_LINE } else { "\r\n" },
            utf8: posix_is_utf8(all.as_deref(), ctype.as_deref(), lang.as_deref()),
        }
    }

    /// Whether there is the mode without prefixes for a user who asked for it. A CI system can obey what begins a line.
    #[must_use]
    pub fn plain(self, asked: bool) -> bool {
        asked && !self.ci
    }

    /// How notices are displayed here.
    #[must_use]
    pub const fn display(self) -> Display {
        // MOTD-SHOW-9: a CI system's log is no person, even with a pseudo-terminal.
        let person = self.terminal && !self.ci && !self.quiet;
        match self.switch {
            Switch::Off => Display::Off,
            _ if person => Display::Terminal,
            Switch::Critical => Display::CriticalLines,
            Switch::On => Display::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display(variables: &[(&str, &str)], terminal: bool, quiet: bool) -> Display {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Surroundings::of(variable, terminal, quiet).display()
    }

    #[test]
    fn only_a_terminal_without_ci_shows_notices() {
        assert_eq!(display(&[], true, false), Display::Terminal);
        assert_eq!(display(&[], false, false), Display::Nothing);
        assert_eq!(display(&[], true, true), Display::Nothing);
        for name in CI_VARIABLES {
            assert_eq!(
                display(&[(name, "true")], true, false),
                Display::Nothing,
                "{name}"
            );
            for unset in ["", "0", "false"] {
                assert_eq!(
                    display(&[(name, unset)], true, false),
                    Display::Terminal,
                    "{name}={unset}"
                );
            }
        }
    }

    #[test]
    fn only_a_terminal_that_takes_sequences_gets_them() {
        let fresh_line = |term: Option<&str>| {
            let variable = |name: &str| term.filter(|_| name == "TERM").map(str::to_owned);
            Surroundings::of(variable, true, false).fresh_line
        };
        for term in [None, Some(""), Some("dumb")] {
            assert_eq!(fresh_line(term), "\r\n", "{term:?}");
        }
        assert!(fresh_line(Some("xterm")).ends_with("\r\n\u{1b}[J\u{1b}[999M"));
    }

    #[test]
    fn only_variables_that_say_so_make_a_terminal_one_in_utf_8() {
        let is_utf8 = |set: &[(&str, &str)]| {
            let variable = |name: &str| {
                let mut set = set.iter();
                set.find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            Surroundings::of(variable, true, false).utf8
        };
        assert!(!is_utf8(&[]));
        assert!(!is_utf8(&[("LC_MESSAGES", "C.UTF-8")]));
        assert!(is_utf8(&[("LANG", "C.UTF-8")]));
        assert!(is_utf8(&[("LC_CTYPE", "C.UTF-8"), ("LANG", "C")]));
        assert!(!is_utf8(&[("LC_ALL", "C"), ("LC_CTYPE", "C.UTF-8")]));
    }

    #[test]
    fn critical_is_asked_for_and_off_is_off() {
        assert_eq!(
            display(&[("MOTD", "critical")], false, false),
            Display::CriticalLines
        );
        assert_eq!(
            display(&[("MOTD", "critical"), ("CI", "1")], true, false),
            Display::CriticalLines
        );
        assert_eq!(
            display(&[("MOTD", "critical")], true, false),
            Display::Terminal
        );
        assert_eq!(display(&[("MOTD", "off")], true, false), Display::Off);
        assert_eq!(
            display(&[("MOTD", "off"), ("CI", "1")], false, true),
            Display::Off
        );
    }
}
