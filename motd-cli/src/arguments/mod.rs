//! What the command line takes. `--help`, the man page and the completions are made from here.

#[cfg(feature = "publisher")]
pub(crate) mod publisher;
mod reader;
mod time;

pub(crate) use reader::{
    AcknowledgeArguments, AddSourceArguments, CheckArguments, ConfigArguments, ListArguments,
    MachineArguments, ReaderPaths, RunArguments, SourceCommand,
};

use clap::{Parser, Subcommand};
use clap_complete::Shell as CompletionShell;

#[cfg(feature = "publisher")]
use crate::demo::DemoArguments;

/// Printed under `--help` and in the man page.
const EXIT_STATUS: &str = "\
Exit status:
  0  well: with notices or without
  1  something else went wrong: a file, a folder, a key
  2  the arguments are wrong
  3  verification failed: nothing was shown
  4  the repository is unavailable, or its mirror is stale and nothing is cached
  5  a notice or a document was refused; of a check: all was verified, and the document was refused
Of `motd run` it is the command's own; 127 when it is not found, 126 when it cannot be started.";

/// Authenticated notices for people who run an installer: write, sign, publish, serve and read them.
#[derive(Debug, Parser)]
#[command(name = "motd", version, after_help = EXIT_STATUS, max_term_width = 100)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: MotdCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MotdCommand {
    #[cfg(feature = "publisher")]
    #[command(flatten)]
    Publisher(publisher::PublisherCommand),
    /// Runs an installer, or any command, and shows after its output what its repositories have to say
    Run(RunArguments),
    /// Asks a repository for its notices and shows what concerns this machine
    Check(Box<CheckArguments>),
    /// Shows all current notices that concern this machine, from what was verified before; asks nobody
    List(ListArguments),
    /// Marks a notice as read, so that it is not repeated
    Acknowledge(AcknowledgeArguments),
    /// Says which repositories may speak on this machine
    #[command(subcommand)]
    Source(SourceCommand),
    /// Shows the settings that hold here, and where each comes from
    Config(ConfigArguments),
    /// Shows the whole way from an operator's file to a terminal, and the attacks on it failing
    #[cfg(feature = "publisher")]
    Demo(DemoArguments),
    /// Prints completions for a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Prints the man page
    Man,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_sound() {
        super::CommandLine::command().debug_assert();
    }
}
