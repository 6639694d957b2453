//! `motd`: authenticated notices for people who run an installer. Glue: parse, call the libraries, print.

mod arguments;
mod bounded;
mod clock;
mod commands;
#[cfg(feature = "publisher")]
#[expect(
    clippy::indexing_slicing,
    reason = "the demo indexes JSON and arrays that it made itself; a read of foreign JSON by index gives null"
)]
mod demo;
#[cfg(unix)]
mod ending;
mod exit;
#[cfg(unix)]
mod inherited;
mod installers;
#[cfg(feature = "publisher")]
mod keys;
#[cfg(feature = "publisher")]
mod log;
mod machine;
#[cfg(feature = "publisher")]
mod passphrases;
#[cfg(feature = "publisher")]
mod remote;
#[cfg(feature = "publisher")]
mod requests;
#[cfg(any(unix, feature = "publisher"))]
mod secrets;
mod settings;
mod shell;
mod sources;
#[cfg(unix)]
mod spawn;
#[cfg(feature = "publisher")]
mod stored;
#[cfg(feature = "publisher")]
mod trusted_root;

use clap::Parser as _;

use arguments::CommandLine;
use exit::Exit;
use shell::Shell;

fn main() {
    #[cfg(unix)]
    if let Some(signal) = ending::asked() {
        ending::at_default(signal);
        end(Exit::Command(Exit::Signal(signal).status()));
    }
    let arguments = CommandLine::try_parse().unwrap_or_else(|error| refuse(&error));
    let mut shell = Shell::process();
    let exit = commands::run(arguments.command, &mut shell).unwrap_or_else(|error| {
        shell.talk(&format!("error: {error:#}"));
        Exit::Failed
    });
    end(exit);
}

/// Says why arguments are refused, or what help was asked for. The parser quotes arguments as they are, and a glob gives file
/// names of anybody: so it is asked again with arguments in which nothing moves a cursor or begins a line.
fn refuse(error: &clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    let arguments = std::env::args_os().map(|argument| shell::word(&argument));
    if let Err(error) = CommandLine::try_parse_from(arguments) {
        error.exit();
    }
    Shell::process().talk(&format!("error: {}", error.kind()));
    end(Exit::Command(2))
}

/// Ends as the command ended: `ExitCode` has no room for a signal, or for a status beyond 255 where there are such.
#[expect(clippy::exit, reason = "the one place where the program ends")]
fn end(exit: Exit) -> ! {
    #[cfg(unix)]
    if let Exit::Signal(signal) = exit {
        // MOTD-FAIL-1: the caller sees what it would have seen of the command.
        ending::by(signal);
    }
    std::process::exit(exit.status())
}
