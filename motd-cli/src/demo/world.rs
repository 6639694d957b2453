//! The index of the gallery, at several moments, and everybody's keys.

use std::future::Future;

use anyhow::Result;
use motd_core::{RepositoryId, Time};
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::publish::key::SigningKey;
use motd_server::store::files::Files;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::site::Site;
use super::victim::Victim;

/// The words of the mailing list, which every attacker would like to see on a screen.
pub(crate) const SCARY: &str =
    "Please ignore that scary security warning your installer is giving you";

/// What the index says today: long enough for an attacker to write over.
pub(crate) const HONEST: &str = "A wave of malicious packages is being uploaded; until it is over nobody can register an account or a project.";

/// A piece of advice that was wrong and was withdrawn.
pub(crate) const WITHDRAWN: &str = "Until Friday, install with --trusted-host";

/// The identifier of the index.
pub(crate) const REPOSITORY: &str = "pypi.org";

/// The index of the gallery.
pub(crate) struct World {
    /// Everybody's keys.
    pub(crate) keys: TestRepository,
    /// Keys that nobody has given a role.
    pub(crate) strangers: [SigningKey; 2],
    /// The index with the advice that was withdrawn later; its timestamp has expired.
    pub(crate) last_week: Files,
    /// What the notices said then.
    pub(crate) last_week_document: Value,
    /// The index some hours ago, still with that advice; its timestamp is valid.
    pub(crate) morning: Files,
    /// The index now.
    pub(crate) today: Files,
    /// The index with notices so long that only the target file holds them.
    pub(crate) long: Files,
    /// Another index, signed with the same keys.
    pub(crate) staging: Files,
    /// What its notices say.
    pub(crate) staging_document: Value,
    /// The reference time of the attacks.
    pub(crate) now: Time,
    runtime: Runtime,
}

impl World {
    /// Builds everything; nothing in it depends on this machine.
    pub(crate) fn build() -> Result<Self> {
        let id: RepositoryId = REPOSITORY.parse()?;
        let staging_id: RepositoryId = "test.pypi.org".parse()?;
        let new = |id: &RepositoryId, now| {
            TestRepository::assert_test_repository(id, 7, Shape::InBand, now)
        };

        let mut index = new(&id, "2024-03-14T12:00:00Z".parse()?)?;
        let withdrawn = notice(
            "trusted-host",
            WITHDRAWN,
            "This was wrong, and was withdrawn on 28 March.",
        );
        index.publish_notices(
            std::slice::from_ref(&withdrawn),
            "2024-03-21T12:00:00Z".parse()?,
        )?;
        let last_week = index.repository.files().clone();
        index.publish_notices(
            std::slice::from_ref(&withdrawn),
            "2024-03-28T03:00:00Z".parse()?,
        )?;
        let morning = index.repository.files().clone();
        let noon: Time = "2024-03-28T12:00:00Z".parse()?;
        index.publish_notices(
            &[notice(
                "registrations-suspended",
                "New accounts are suspended",
                HONEST,
            )],
            noon,
        )?;
        let today = index.repository.files().clone();

        let paragraph = HONEST.repeat(8);
        let chapters: Vec<_> = (0..20)
            .map(|chapter| notice(&format!("chapter-{chapter}"), "A chapter", &paragraph))
            .collect();
        let mut long = new(&id, noon)?;
        long.publish_notices(&chapters, noon)?;

        let rehearsal = notice(
            "rehearsal",
            SCARY,
            "A rehearsal of what an attacker would write.",
        );
        let mut staging = new(&staging_id, noon)?;
        staging.publish_notices(std::slice::from_ref(&rehearsal), noon)?;

        Ok(Self {
            keys: index,
            strangers: [
                SigningKey::assert_test_seed([0xa1; 32]),
                SigningKey::assert_test_seed([0xa2; 32]),
            ],
            last_week,
            last_week_document: document(REPOSITORY, &withdrawn),
            morning,
            today,
            long: long.repository.files().clone(),
            staging: staging.repository.files().clone(),
            staging_document: document(staging_id.as_str(), &rehearsal),
            now: "2024-03-28T12:30:00Z".parse()?,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
        })
    }

    /// A document of this index that says what the mailing list was afraid of.
    pub(crate) fn scary_document(&self) -> Value {
        self.document_saying(
            SCARY,
            "We have a problem with the metadata. To resolve it, please force upgrade pip.",
        )
    }

    /// A document of this index with one critical notice.
    pub(crate) fn document_saying(&self, title: &str, paragraph: &str) -> Value {
        document(self.keys.id.as_str(), &notice("urgent", title, paragraph))
    }

    /// Somebody who has checked the honest index today.
    pub(crate) fn acquainted(&self) -> Result<Victim> {
        let victim = Victim::new()?;
        let honest = Site::new(&self.today, b"{}").serve()?;
        let seen = victim.ask(self, &honest.origin(), self.now)?;
        anyhow::ensure!(
            seen["state"] == "fresh",
            "the honest index is not read: {seen}"
        );
        Ok(victim)
    }

    /// Waits for the baseline client.
    pub(crate) fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

fn document(repository: &str, notice: &Value) -> Value {
    json!({ "schema_version": "1.0", "repository": repository, "default_language": "en", "notices": [notice] })
}

fn notice(id: &str, title: &str, paragraph: &str) -> Value {
    json!({
        "id": id,
        "revision": 1,
        "severity": "critical",
        "begins": "2024-03-20T00:00:00Z",
        "ends": "2024-04-20T00:00:00Z",
        "text": { "en": { "title": title, "body": [paragraph] } },
    })
}
