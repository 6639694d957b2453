//! Role publisher: a repository in a folder, and what is published there.
//!
//! The folder holds `metadata/` and `targets/`, and beside them the lock file of the library's store. There is no
//! configuration file: the identifier is in every request, and lifetimes are the library's own.

use std::path::Path;

use anyhow::Context as _;
use motd_core::{Code, Document, Level, Refusal, RepositoryId, Stage, Time, json};
use motd_server::publish::PublishError;
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::key::Signer as _;
use motd_server::publish::key::SigningKey;
use motd_server::publish::metadata::write::after;
use motd_server::publish::{
    Online, Plan, Proposal, Published as _, Repository, RoleKeys, SigningRequest,
};
use motd_server::store::Lifetimes;
use motd_server::store::Store;
use motd_server::store::StoreError;
use motd_server::store::files::Publication;
use serde_json::json;

use crate::message::{Admit, Bytes, Create, Fault, Keys, Outcome, Publish, Renew, Role, Seed};

/// What is published, and the codes of the advice on it.
type Published = (Publication, Vec<&'static str>);

pub(crate) fn create(request: &Create) -> Outcome {
    let roles = &request.roles;
    if [&roles.snapshot, &roles.timestamp]
        .iter()
        .any(|role| role.threshold > 1)
    {
        return Err(Fault::Unsupported(
            "one key signs snapshots, and one signs timestamps",
        ));
    }
    let plan = Plan {
        repository: identifier(&request.repository)?,
        default_language: "en".to_owned(),
        root: role_keys(&roles.root),
        targets: role_keys(&roles.targets),
        notices: role_keys(&roles.motd),
        snapshot: role_keys(&roles.snapshot),
        timestamp: role_keys(&roles.timestamp),
        later: Vec::new(),
        lifetimes: Lifetimes::default(),
    };
    let first = || {
        let mut draft = plan.draft(request.now)?;
        let people = [&roles.root, &roles.targets, &roles.motd];
        for seed in people.iter().flat_map(|role| &role.keys) {
            // It signs every role that it may sign; a second time changes nothing.
            draft.sign(&key(seed))?;
        }
        let keys = OnlineKeys::of(&roles.snapshot.keys, &roles.timestamp.keys)?;
        draft.publish(&keys.online(), request.now)
    };
    let publication = first().map_err(|error| refused(error, &[]))?;
    let commit = async {
        let store = Store::folder(&request.folder);
        store.commit(&publication).await?;
        Ok(Vec::new())
    };
    in_folder(commit, &[])
}

pub(crate) fn publish(request: &Publish) -> Outcome {
    let repository = identifier(&request.repository)?;
    let bytes = &request.document.0;
    let change = |published: &Repository| {
        let document = NoticeDocument::judge(&json::parse(bytes)?, &repository)?;
        let default = after(request.now, Lifetimes::default().notices);
        let expires = request.expires.unwrap_or(default);
        let mut proposal = published.propose(&document, request.now, expires)?;
        for seed in seeds(&request.keys, "motd") {
            match published.sign(&mut proposal, &key(seed), request.now, &[]) {
                // It counts for nothing, and too few others are a refusal of their own.
                Ok(_) | Err(PublishError::KeyNotInRole { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        take_in(published, &proposal, &request.keys, request.now)
    };
    in_repository((&request.folder, &request.root, request.now), change, bytes)
}

pub(crate) fn renew(request: &Renew) -> Outcome {
    let change = |published: &Repository| {
        let keys = OnlineKeys::of_request(&request.keys)?;
        let publication = published.renew_both(&keys.online(), request.now)?;
        Ok((publication, Vec::new()))
    };
    in_repository((&request.folder, &request.root, request.now), change, &[])
}

pub(crate) fn admit(request: &Admit) -> Outcome {
    let target = request.target.as_ref().map(|target| target.0.clone());
    let bytes = target.clone().unwrap_or_default();
    let repository = identifier(&request.repository)?;
    let change = |published: &Repository| {
        let proposal = Proposal::read(&request.role.0, target.as_deref())?;
        NoticeDocument::read(proposal.document().bytes(), &repository)?;
        take_in(published, &proposal.into(), &request.keys, request.now)
    };
    in_repository(
        (&request.folder, &request.root, request.now),
        change,
        &bytes,
    )
}

/// A signed proposal, published.
fn take_in(
    published: &Repository,
    request: &SigningRequest,
    keys: &Keys,
    now: Time,
) -> Result<Published, PublishError> {
    let keys = OnlineKeys::of_request(keys)?;
    let publication = published.publish(request, &keys.online(), now)?;
    let outlives = request.notices.iter().any(|proposal| {
        let outlives = proposal.document().outlives(proposal.role().expires());
        !outlives.is_empty()
    });
    let advice = outlives.then_some(Code::PublisherOutlives.as_str());
    Ok((publication, advice.into_iter().collect()))
}

/// Changes the repository in a folder, read from the root that is held, in one step or not at all. `document` is what a
/// refusal is about.
fn in_repository(
    (folder, root, now): (&Path, &Bytes, Time),
    change: impl FnOnce(&Repository) -> Result<Published, PublishError>,
    document: &[u8],
) -> Outcome {
    in_folder(
        async {
            let store = Store::folder(folder);
            let published = Repository::recover(store.load().await?, &root.0, now)?;
            // The store's own clock is not that of the request.
            published.check_clock(&Lifetimes::default(), None, now)?;
            let (publication, warnings) = change(&published)?;
            store.commit(&publication).await?;
            Ok(warnings)
        },
        document,
    )
}

/// Does what waits for the disk.
fn in_folder(
    work: impl Future<Output = Result<Vec<&'static str>, PublishError>>,
    document: &[u8],
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .map_err(Fault::Failed)?;
    let warnings = runtime
        .block_on(work)
        .map_err(|error| refused(error, document))?;
    Ok(json!({ "warnings": warnings }))
}

/// The identifier, which is the first thing that can be wrong with a document.
fn identifier(text: &str) -> Result<RepositoryId, Fault> {
    let malformed = Refusal::of_document(Code::RepositoryMalformed);
    text.parse()
        .map_err(|_| Fault::rejected(Stage::Document, &malformed))
}

fn key(seed: &Seed) -> SigningKey {
    SigningKey::assert_test_seed(seed.0)
}

fn role_keys(role: &Role) -> RoleKeys {
    RoleKeys {
        keys: role
            .keys
            .iter()
            .map(|seed| key(seed).public().clone())
            .collect(),
        threshold: role.threshold,
    }
}

fn seeds<'a>(keys: &'a Keys, role: &str) -> &'a [Seed] {
    keys.get(role).map(Vec::as_slice).unwrap_or_default()
}

/// What a server signs with.
struct OnlineKeys {
    snapshot: SigningKey,
    timestamp: SigningKey,
}

impl OnlineKeys {
    fn of_request(keys: &Keys) -> Result<Self, PublishError> {
        Self::of(seeds(keys, "snapshot"), seeds(keys, "timestamp"))
    }

    fn of(snapshot: &[Seed], timestamp: &[Seed]) -> Result<Self, PublishError> {
        let first = |role: &str, seeds: &[Seed]| {
            // Nobody is there to sign it.
            let nobody = || PublishError::Threshold {
                role: role.to_owned(),
                valid: 0,
                threshold: 1,
            };
            seeds.first().map(key).ok_or_else(nobody)
        };
        Ok(Self {
            snapshot: first("snapshot", snapshot)?,
            timestamp: first("timestamp", timestamp)?,
        })
    }

    fn online(&self) -> Online<'_> {
        Online {
            snapshot: &self.snapshot,
            timestamp: &self.timestamp,
            lifetimes: Lifetimes::default(),
        }
    }
}

/// What the library refuses, apart from what it or the disk could not do. `document` is what was to be published.
fn refused(error: PublishError, document: &[u8]) -> Fault {
    match error {
        PublishError::Document(refusal) => Fault::rejected(stage(&refusal, document), &refusal),
        PublishError::Store(
            StoreError::Io(_)
            | StoreError::Storage { .. }
            | StoreError::Bounds { .. }
            | StoreError::Unconditional { .. },
        )
        | PublishError::Signer(_) => Fault::Failed(error.into()),
        refused => Fault::Rejected {
            stage: Stage::Publication.as_str(),
            code: refused.code(),
        },
    }
}

/// Where in a document a fault is.
fn stage(refusal: &Refusal, document: &[u8]) -> Stage {
    match refusal.code.level() {
        Level::Document => Stage::Document,
        Level::Notice => Stage::Notice,
        Level::Language => {
            // Of the default language it is the notice's.
            let document = Document::judge_any_form(document, None);
            let entries = document.iter().flat_map(Document::entries);
            let mut verdicts = entries.map(motd_core::Entry::verdict);
            if verdicts.any(|verdict| verdict.err() == Some(refusal)) {
                Stage::Notice
            } else {
                Stage::Language
            }
        }
        _ => refusal
            .code
            .stages()
            .last()
            .copied()
            .unwrap_or(Stage::Publication),
    }
}
