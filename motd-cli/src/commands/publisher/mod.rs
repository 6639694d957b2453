//! The commands of those who write, sign, publish and serve notices.

mod attach;
mod diff;
mod discard;
mod doctor;
mod input;
mod key;
mod lint;
mod log;
mod new;
mod preview;
mod propose;
pub(crate) mod publish;
mod published;
pub(crate) mod repo;
mod review;
mod rotate;
mod serve;
mod sign;
mod views;
mod who;
mod withdraw;
mod written;

use anyhow::Result;

use crate::arguments::publisher::{PublisherCommand, RepoCommand};
use crate::clock::now;
use crate::exit::Exit;
use crate::shell::Shell;
use crate::stored::{runtime, s3_settings, store};
use written::file;

/// Runs one of these commands. Most of them hold a key or a passphrase at some time, or start a program that does.
pub(crate) fn run(command: PublisherCommand, shell: &mut Shell) -> Result<Exit> {
    crate::secrets::keep_in_memory()?;
    match command {
        PublisherCommand::New(arguments) => new::run(&arguments, shell),
        PublisherCommand::Lint(arguments) => lint::run(&arguments, shell),
        PublisherCommand::Preview(arguments) => preview::run(&arguments, shell),
        PublisherCommand::Who(arguments) => who::run(&arguments, shell),
        PublisherCommand::Repo(RepoCommand::Init(arguments)) => repo::init(&arguments, shell),
        PublisherCommand::Repo(RepoCommand::Renew(arguments)) => repo::renew(&arguments, shell),
        PublisherCommand::Key(arguments) => key::run(&arguments, shell),
        PublisherCommand::Repo(RepoCommand::Rotate(arguments)) => rotate::run(&arguments, shell),
        PublisherCommand::Publish(arguments) => publish::run(&arguments, shell),
        PublisherCommand::Diff(arguments) => diff::run(&arguments, shell),
        PublisherCommand::Propose(arguments) => propose::run(&arguments, shell),
        PublisherCommand::Review(arguments) => review::run(&arguments, shell),
        PublisherCommand::Sign(arguments) => sign::run(&arguments, shell),
        PublisherCommand::Discard(arguments) => discard::run(&arguments, shell),
        PublisherCommand::Log(arguments) => log::run(&arguments, shell),
        PublisherCommand::Withdraw(arguments) => withdraw::run(&arguments, shell),
        PublisherCommand::Doctor(arguments) => doctor::run(&arguments, shell),
        PublisherCommand::Attach(arguments) => attach::run(&arguments, shell),
        PublisherCommand::Serve(arguments) => serve::run(&arguments, shell),
    }
}
