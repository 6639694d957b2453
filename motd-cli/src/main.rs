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
mod exit;
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
#[cfg(feature = "publisher")]
mod secrets;
mod settings;
mod shell;
mod sources;
#[cfg(feature = "publisher")]
mod stored;

use clap::Parser as _;

use arguments::CommandLine;
use exit::Exit;
use shell::Shell;

fn main() {
    let arguments = CommandLine::parse();
    let mut shell = Shell::process();
    let exit = commands::run(arguments.command, &mut shell).unwrap_or_else(|error| {
        shell.talk(&format!("error: {error:#}"));
        Exit::Failed
    });
    end(exit);
}

/// Ends as the command ended: `ExitCode` has no room for a signal, or for a status beyond 255 where there are such.
#[expect(clippy::exit, reason = "the one place where the program ends")]
fn end(exit: Exit) -> ! {
    #[cfg(unix)]
    if let Exit::Signal(signal) = exit {
        // Who started this program sees what it would have seen of the command. What ends with a core dump has left
        // its own, and ends with the status that shells give it.
        if is_plain_end(signal) {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    }
    std::process::exit(exit.status())
}

#[cfg(unix)]
fn is_plain_end(signal: i32) -> bool {
    use signal_hook::consts::{
        SIGALRM, SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2,
    };
    [
        SIGALRM, SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2,
    ]
    .contains(&signal)
}
