//! `motd sign`: a signature on a request, after its review.

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::{PublishError, Published as _, Repository, Review, SigningRequest};
use motd_server::serve::api::{NewSignature, ProposalBody};

use super::now;
use super::published::RepositorySource;
use super::review::{self, proposal_id};
use crate::arguments::publisher::SignArguments;
use crate::exit::Exit;
use crate::keys::BoxedSigner;
use crate::remote::Remote;
use crate::shell::Shell;
use crate::{keys, requests};

pub(super) fn run(arguments: &SignArguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(async {
        let now = now(arguments.now)?;
        let source = RepositorySource::at(&arguments.place)?;
        let root = arguments.root.as_deref();
        let repository = source.published(root, None, now, shell).await?.repository;
        match &source {
            RepositorySource::Stored(..) => in_folder(arguments, &repository, now, shell),
            RepositorySource::Served(remote) => {
                at_server(arguments, remote, &repository, now, shell).await
            }
        }
    })?;
    Ok(Exit::Well)
}

fn in_folder(
    arguments: &SignArguments,
    repository: &Repository,
    now: Time,
    shell: &mut Shell,
) -> Result<()> {
    let mut request = requests::read(&arguments.request)?;
    agree(&repository.review(&request)?, arguments, shell)?;
    let signers = keys::signers(&arguments.keys, &arguments.passphrases)?;
    let signed = add(arguments, repository, &mut request, &signers, now)?;
    requests::write(&arguments.request, &request)?;
    let enough = repository.review(&request)?.is_signed();
    let rest = if enough {
        "enough people have signed: `motd publish --request` publishes it"
    } else {
        "more people have to sign"
    };
    shell.talk(&format!("signed {}; {rest}", names(&signed)));
    Ok(())
}

async fn at_server(
    arguments: &SignArguments,
    remote: &Remote,
    repository: &Repository,
    now: Time,
    shell: &mut Shell,
) -> Result<()> {
    let id = proposal_id(&arguments.request)?;
    let signers = keys::signers(&arguments.keys, &arguments.passphrases)?;
    let first = signers.first().context("--key names your key")?;
    let (_, mut request) = remote.show(&id, first.as_ref(), now).await?;
    agree(&repository.review(&request)?, arguments, shell)?;
    let signed = add(arguments, repository, &mut request, &signers, now)?;
    let mut proposal = None;
    for signature in &signed {
        // It may have been read for a long time.
        let now = super::now(arguments.now)?;
        let sent = remote.sign(&id, signature, first.as_ref(), now);
        match sent.await {
            Ok(answer) => proposal = Some(answer),
            // The one before was the last that was needed, and the server was quicker than this.
            Err(_) if proposal.is_some() && remote.publishes(&request).await? => break,
            Err(error) => return Err(error),
        }
    }
    let proposal = proposal.context("nothing was signed")?;
    shell.talk(&format!("signed {}", names(&signed)));
    follow(remote, &proposal, &request, shell).await
}

/// Shows what it is and asks, unless the person has read it elsewhere.
fn agree(found: &Review, arguments: &SignArguments, shell: &mut Shell) -> Result<()> {
    review::print(found, shell)?;
    if arguments.yes {
        return Ok(());
    }
    anyhow::ensure!(
        shell.can_ask(),
        "there is nobody to ask; --yes signs what `motd review` showed"
    );
    if shell.prompt("sign this? [y/N] ")?.as_deref() != Some("y") {
        anyhow::bail!("not signed");
    }
    Ok(())
}

/// The signatures of everybody who is here, on every role that is theirs.
fn add(
    arguments: &SignArguments,
    repository: &Repository,
    request: &mut SigningRequest,
    signers: &[BoxedSigner],
    now: Time,
) -> Result<Vec<NewSignature>> {
    let places: Vec<&str> = arguments.places.iter().map(String::as_str).collect();
    let mut added = Vec::new();
    for signer in signers {
        let roles = repository
            .sign(request, signer.as_ref(), now, &places)
            .map_err(unaccepted)?;
        let key_id = signer.public().id().to_owned();
        for file in request
            .roles()
            .filter(|file| roles.iter().any(|role| role == file.name()))
        {
            let theirs = file.signatures().filter(|(id, _)| *id == key_id);
            added.extend(theirs.map(|(keyid, sig)| NewSignature {
                role: file.name().to_owned(),
                keyid: keyid.to_owned(),
                sig: sig.to_owned(),
            }));
        }
    }
    Ok(added)
}

/// What is marked in the review is signed by name only; whoever sees that for the first time has to be told how.
fn unaccepted(error: PublishError) -> anyhow::Error {
    match error {
        PublishError::Unexpected { .. } => {
            anyhow::anyhow!("{error}; if you have read it and it is meant: --accept PLACE")
        }
        other => other.into(),
    }
}

fn names(signatures: &[NewSignature]) -> String {
    let mut roles: Vec<&str> = signatures
        .iter()
        .map(|signature| signature.role.as_str())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles.join(", ")
}

/// Says whether more people have to sign, and waits for a moment until it is published if not.
pub(super) async fn follow(
    remote: &Remote,
    proposal: &ProposalBody,
    request: &SigningRequest,
    shell: &mut Shell,
) -> Result<()> {
    match proposal.standing.as_str() {
        "proposed" => shell.talk("more people have to sign"),
        // A server can be quicker than its answer.
        "published" => shell.talk("enough people have signed: it is published"),
        "signed" if remote.publishes(request).await? => {
            shell.talk("enough people have signed: it is published");
        }
        "signed" => {
            shell.talk("enough people have signed; a server that has the online keys publishes it");
        }
        _ => shell.talk("it is not open any more"),
    }
    Ok(())
}
