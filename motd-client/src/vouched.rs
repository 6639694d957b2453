//! For an installer whose own TUF client has verified the role that signs the notices: from there to a [`Report`],
//! without a request. Chapter 6, section 6.2, "in-band".

use motd_core::{Code, Refusal, RepositoryId, Stage, TargetEntry, Time, Verified};
use serde_json::Value;

use crate::gate;
use crate::report::{Failure, GateState, Report};

/// The role whose entry for `motd/notices.json` ended the search, as a TUF client other than this crate's verified it.
///
/// ```
/// use motd_client::VouchedRole;
/// use motd_core::TargetEntry;
/// # let document = br#"{"default_language":"en","notices":[],"repository":"pypi.org","schema_version":"1.0"}"#;
/// # let custom_motd = serde_json::from_slice(document)?;
/// # let sha256 = "c0ce63e4e85e7e95146f082f07049e2054f481d686dde4df49832fe0c097a2b7".to_owned();
/// # let hashes = [("sha256".to_owned(), sha256)];
///
/// let role = VouchedRole::assert_tuf_verified(
///     "motd",
///     7,
///     "2026-12-31T00:00:00Z".parse()?,
///     "2026-12-01T12:00:00Z".parse()?,
/// )?;
/// let entry = TargetEntry { length: 85, hashes: &hashes };
/// let report = role.custom(&custom_motd, &entry, &"pypi.org".parse()?);
/// assert_eq!((report.requests, report.exit_status()), (0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What becomes of the report is as for any other: [`decisions`](crate::decisions),
/// [`write_to_terminal`](crate::write_to_terminal), [`SeenStore`](crate::SeenStore).
#[derive(Clone, Copy, Debug)]
pub struct VouchedRole {
    state: GateState,
}

impl VouchedRole {
    /// Takes the caller's word for a role. The caller vouches that, at the reference time `now`, which it fixed at the
    /// start of its run (MOTD-GATE-1):
    ///
    /// - its TUF client completed the workflow in this run, from a trusted root of its own distribution or of local
    ///   configuration (MOTD-BOOT-1), with rollback floors kept between runs (MOTD-FLOOR-1) and no verification failure
    ///   of this repository in the run (MOTD-GATE-5);
    /// - thresholds were counted by distinct keys (MOTD-DEL-5);
    /// - `name` is the first role in TUF's order that has the path, and `version` is the one that the snapshot lists;
    /// - `expires` is the earliest expiry of root, timestamp, snapshot and every role on the way to `name`, itself
    ///   included.
    ///
    /// # Errors
    ///
    /// [`Code::Expired`] when `expires` is not after `now`; [`Code::WrongType`] for `root`, `timestamp`, `snapshot` and
    /// a role without a name, none of which has targets; [`Code::Malformed`] for version 0, which no role has. There is
    /// then nothing to show in this run.
    pub fn assert_tuf_verified(
        name: &str,
        version: u64,
        expires: Time,
        now: Time,
    ) -> Result<Self, Failure> {
        let stage = match name {
            "targets" => Stage::Targets,
            _ => Stage::Delegation,
        };
        let failed = |code| Err(Failure::new(stage, code));
        // MOTD-GATE-7, in the order of the second table of section 6.4: form, then expiry.
        if matches!(name, "" | "root" | "timestamp" | "snapshot") {
            return failed(Code::WrongType);
        }
        if version == 0 {
            return failed(Code::Malformed);
        }
        // TUF 5.6.5: at its expiry a role has expired.
        if expires <= now {
            return failed(Code::Expired);
        }
        Ok(Self {
            state: GateState::Fresh,
        })
    }

    /// The same when the caller's client verified its store again and asked nobody (MOTD-GATE-4).
    #[must_use]
    pub const fn from_store(self) -> Self {
        Self {
            state: GateState::Cached,
        }
    }

    /// The document in the member `motd` of the entry's `custom` object. If the entry has that member, it decides, and
    /// [`VouchedRole::target_file`] is not for it (MOTD-CARRY-2).
    ///
    /// The value is the parsed one whose canonical form was verified, not a second reading of the role's bytes
    /// (MOTD-CARRY-4). A document that is refused is the report's failure, at the stage `document`.
    #[must_use]
    pub fn custom(
        self,
        custom_motd: &Value,
        entry: &TargetEntry<'_>,
        repository: &RepositoryId,
    ) -> Report {
        // MOTD-CARRY-3: length and hashes of the same entry are compared inside.
        let judged = Verified::assert_tuf_verified_custom(custom_motd, entry, repository);
        self.report(Some(judged))
    }

    /// The document in the target file, for an entry whose `custom` has no member `motd`.
    ///
    /// Length and hashes are compared again (MOTD-CARRY-8). Bytes that are others than the entry says are a verification
    /// failure at the stage `target`, and nothing is shown. An entry without a known hash refuses the document.
    #[must_use]
    pub fn target_file(
        self,
        bytes: &[u8],
        entry: &TargetEntry<'_>,
        repository: &RepositoryId,
    ) -> Report {
        match Verified::assert_tuf_verified_target(bytes, entry, repository) {
            Err(Refusal {
                code: code @ (Code::LengthMismatch | Code::HashMismatch),
                ..
            }) => unverified(code),
            judged => self.report(Some(judged)),
        }
    }

    /// No role on the way has the path: success, with nothing to say (MOTD-CARRY-5).
    #[must_use]
    pub fn nothing(self) -> Report {
        self.report(None)
    }

    fn report(self, judged: Option<crate::carrier::JudgedDocument>) -> Report {
        let mut report = Report::nothing();
        report.state = self.state;
        gate::show(&mut report, judged);
        report
    }
}

/// MOTD-GATE-5: a verification failure allows nothing.
fn unverified(code: Code) -> Report {
    let mut report = Report::nothing();
    report.failure = Some(Failure::new(Stage::Target, code));
    report
}
