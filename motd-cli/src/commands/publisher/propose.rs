//! `motd propose`: the next notices as a request, to travel to the people who sign or to wait for them at a server.

use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::metadata::write::after;
use motd_server::publish::{Published as _, Repository, RoleReview, SigningRequest};

use super::published::{PublishedRepository, RepositorySource};
use super::{now, publish, review};
use crate::arguments::publisher::{KeyName, PassphraseFrom, ProposeArguments, Proposer};
use crate::exit::Exit;
use crate::remote::Remote;
use crate::shell::Shell;
use crate::{keys, requests};

pub(super) fn run(arguments: &ProposeArguments, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(propose(arguments, shell));
    publish::or_refused(end, shell)
}

async fn propose(arguments: &ProposeArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.life.now)?;
    let source = RepositorySource::at(&arguments.place)?;
    let published = source
        .published(arguments.proposer.root.as_deref(), None, now, shell)
        .await?;
    let PublishedRepository { repository, config } = published;
    let Some(document) = publish::document(&arguments.notices, &config, shell)? else {
        return Ok(Exit::Refused);
    };
    let days = publish::days(arguments.life.expires_in, &config);
    let request = repository.propose(&document, now, after(now, days))?;
    let to = (arguments.out.as_deref(), &arguments.proposer);
    hand_over(&source, &repository, request, to, now, shell).await?;
    Ok(Exit::Well)
}

/// Puts a request where those who sign find it: into a folder, or at the server.
pub(super) async fn hand_over(
    source: &RepositorySource,
    repository: &Repository,
    request: SigningRequest,
    (out, proposer): (Option<&Path>, &Proposer),
    now: Time,
    shell: &mut Shell,
) -> Result<()> {
    match source {
        RepositorySource::Stored(..) => {
            let out = out.context("--out names the folder that the request is written to")?;
            requests::create(out, &request)?;
            review::print(&repository.review(&request)?, shell)
        }
        RepositorySource::Served(remote) => {
            let from = (&proposer.keys[..], &proposer.passphrases);
            open(remote, repository, request, from, now, shell).await
        }
    }
}

/// Signs a request with the keys that are here, and opens it at a server.
pub(super) async fn open(
    remote: &Remote,
    repository: &Repository,
    mut request: SigningRequest,
    (names, passphrases): (&[KeyName], &PassphraseFrom),
    now: Time,
    shell: &mut Shell,
) -> Result<()> {
    anyhow::ensure!(
        !names.is_empty(),
        "--key names your key: a server takes nothing that nobody has signed"
    );
    // Whoever drafts it has no need to accept it.
    let drafted = repository.review(&request)?;
    let places = drafted.roles.iter().flat_map(RoleReview::surprises);
    let places: Vec<&str> = places.map(|found| found.place.as_str()).collect();
    let signers = keys::signers(names, passphrases)?;
    for signer in &signers {
        repository.sign(&mut request, signer.as_ref(), now, &places)?;
    }
    let first = signers.first().context("--key names your key")?;
    let proposal = remote.open(&request, first.as_ref(), now).await?;
    review::print(&repository.review(&request)?, shell)?;
    // It is a name that this program reads again.
    let id: motd_server::serve::proposals::ProposalId = proposal.id.parse()?;
    shell.data(&format!("proposal {id}"));
    super::sign::follow(remote, &proposal, &request, shell).await
}
