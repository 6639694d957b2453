//! Everything that can stop a publication, grouped by who must act.

use std::io;
use std::path::PathBuf;

use motd_core::{Code, Refusal};

use crate::error::Meaning;
use crate::publish::metadata::limits::LimitFault;
use crate::publish::{HostFault, HostFinding};
use crate::store::StoreError;

/// Why nothing was signed or published.
///
/// A message is one fact with its values. [`PublishError::code`] is stable, and [`PublishError::requirement`] names the
/// clause of the specification where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    // The author of a notice.
    /// A document processor would refuse the document, or a part of it (MOTD-PUB-1).
    #[error("{0}")]
    Document(Refusal),
    /// The text of a published notice changed under the same revision (MOTD-PUB-8).
    #[error("notice {id} changed and its revision is not above {published}")]
    Revision {
        /// The notice.
        id: String,
        /// The revision that is published.
        published: u64,
    },
    /// A title or paragraph is not in normalization form C (MOTD-TEXT-6).
    #[error("the text at {place} is not in normalization form C")]
    NotNfc {
        /// JSON pointer into the document.
        place: String,
    },

    // The people who sign.
    /// A value inside `signed` is one that TUF libraries disagree about (MOTD-BYTES-9).
    #[error("{role}: {fault}")]
    Limits {
        /// The role.
        role: String,
        /// Which limit, and where.
        fault: LimitFault,
    },
    /// Clients would refuse the role, whoever has signed it (MOTD-PUB-13, MOTD-SRV-11).
    #[error("{role}: {what}")]
    Unreadable {
        /// The role, or its file in the store.
        role: String,
        /// What they would refuse: a fixed string.
        what: &'static str,
    },
    /// Too few people have signed (MOTD-PUB-3).
    #[error("{role} needs valid signatures of {threshold} distinct keys and has {valid}")]
    Threshold {
        /// The role.
        role: String,
        /// How many distinct keys signed.
        valid: usize,
        /// How many have to.
        threshold: u64,
    },
    /// The key is none of the role's (its signature would count for nothing).
    #[error("key {key_id} is not one of the keys of {role}")]
    KeyNotInRole {
        /// The role.
        role: String,
        /// The key that was offered.
        key_id: String,
    },
    /// Nobody who may sign now has signed it.
    #[error("nobody who may sign has signed it")]
    Unsigned,
    /// A signature is not that of the key on this role.
    #[error("{role}: the signature of key {key_id} does not verify")]
    SignatureInvalid {
        /// The role.
        role: String,
        /// The key that is said to have signed.
        key_id: String,
    },
    /// One key id has two signatures (TUF 4.2.1).
    #[error("{role}: key {key_id} has signed twice")]
    SignatureTwice {
        /// The role.
        role: String,
        /// The key.
        key_id: String,
    },
    /// A proposal changes something else than the one target, its version and its expiry.
    #[error("{role} changes {place} too")]
    Unexpected {
        /// The role.
        role: String,
        /// JSON pointer into what is signed.
        place: String,
    },
    /// One public key stands under two key ids, so that one person could pass for two (MOTD-DEL-4).
    #[error("{role}: key ids {first} and {second} are one key")]
    DuplicateKey {
        /// The role.
        role: String,
        /// A key id.
        first: String,
        /// Another key id of the same key.
        second: String,
    },
    /// The notice role would outlive the limit, or is expired already (MOTD-DEL-3).
    #[error("{role} expires at {expires}, which is not within {days} days from {now}")]
    Expiry {
        /// The role.
        role: String,
        /// When it expires.
        expires: String,
        /// The time of signing or publishing.
        now: String,
        /// The longest life.
        days: u64,
    },
    /// What lies in the store is behind what was taken up before (MOTD-SRV-10).
    #[error("{role} has version {offered}, and version {taken_up} was taken up before")]
    Behind {
        /// The role.
        role: String,
        /// The version in the store.
        offered: u64,
        /// The version that was there before.
        taken_up: u64,
    },
    /// The version is not the one that comes next (MOTD-DEL-6, MOTD-PUB-2).
    #[error("{role} has version {offered} and version {expected} comes next")]
    Version {
        /// The role.
        role: String,
        /// The version in the file.
        offered: u64,
        /// The version that can be published.
        expected: u64,
    },

    // The operator of the repository.
    /// The last version that every client reads is published already: somebody else has the online keys.
    #[error("{role}: there is no version after the one that is published")]
    Exhausted {
        /// The role.
        role: String,
    },
    /// No version of a role in the store has the signatures of its people.
    #[error("{role}: no version in the store verifies; put one back from a copy of the store")]
    Lost {
        /// The role.
        role: String,
    },
    /// What would be published is older than what the published snapshot lists.
    #[error(
        "metadata/{listed}.{role}.json was published, and no such file verifies: put it back, have the people of {role} \
         sign the next version, or give the servers new keys, without the former ones"
    )]
    Gone {
        /// The role.
        role: String,
        /// The version that was published.
        listed: u64,
    },
    /// Something else than the notice role answers for the reserved path (MOTD-DEL-1, MOTD-DEL-2).
    #[error("{by} is reached before the notice role for motd/notices.json")]
    Shadowed {
        /// The role or entry.
        by: String,
    },
    /// The document names another repository than the one that is published here, which every client would refuse.
    #[error("the document is of {offered}, and this repository is {published}")]
    OtherRepository {
        /// The identifier in the offered document.
        offered: String,
        /// The identifier in what is published.
        published: String,
    },
    /// Root or top-level targets have expired, and clients would refuse whatever is under them.
    #[error("{role} expired at {expires}, and no client accepts anything under it")]
    Expired {
        /// The role.
        role: String,
        /// When it expired.
        expires: String,
    },
    /// This machine's clock is far from what the repository and the store say (MOTD-PUB-14).
    #[error(
        "the clock of this machine says {now}: {what}; set it, or where it is right, publish what is current with --now"
    )]
    Clock {
        /// What it says.
        now: String,
        /// What does not fit: a fixed string.
        what: &'static str,
    },
    /// The files do not continue the root that the reader holds (MOTD-PUB-12).
    #[error("{path} does not continue the trusted root that is held here")]
    Root {
        /// Path of the first root that differs, is missing or does not verify.
        path: String,
    },
    /// The repository's metadata cannot be read as TUF metadata.
    #[error("{path}: {what}")]
    Metadata {
        /// Path in the repository, or the role.
        path: String,
        /// What is wrong: a fixed string.
        what: &'static str,
    },

    // The people who make the repository that notices are attached to.
    /// A role of the host does not verify from the trusted root.
    #[error("{role}: {fault}")]
    HostUnverified {
        /// The role.
        role: String,
        /// Why.
        fault: HostFault,
    },
    /// Something stands in the way of notices in the host.
    #[error("{0}")]
    NotAttachable(Box<HostFinding>),

    // The owner of a key.
    /// Not an Ed25519 key in PKCS#8 PEM.
    #[error("not an Ed25519 key in PKCS#8 PEM")]
    KeyMalformed,
    /// An encrypted key where nobody can be asked for its passphrase.
    #[error("{path} is encrypted, and there is nobody to ask for its passphrase")]
    KeyEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// A key file that is encrypted in a way that is not accepted.
    #[error("the key file is encrypted with {what}")]
    KeyEncryption {
        /// With what: a fixed string.
        what: &'static str,
    },
    /// The passphrase is another one. Nothing more is said, so that nothing more is learnt.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// What is no passphrase.
    #[error("a passphrase is one line of 1 to 1024 bytes")]
    PassphraseForm,
    /// The ssh-agent did not do it.
    #[error("ssh-agent: {what}")]
    KeyAgent {
        /// Why: a fixed string.
        what: &'static str,
    },
    /// The program that holds a key did not do it.
    #[error("{program}: {what}{}", Said(.said))]
    KeyCommand {
        /// The program.
        program: PathBuf,
        /// Why: a fixed string.
        what: &'static str,
        /// The last line of what it said to a person, in printable ASCII; empty when it said nothing.
        said: String,
    },
    /// A key file that others can read.
    #[error("{path} can be read by others (mode {mode:o})")]
    KeyReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A key is never overwritten.
    #[error("{path} exists")]
    KeyExists {
        /// The file.
        path: PathBuf,
    },
    /// The signer said no.
    #[error("the key did not sign: {0}")]
    Signer(Box<Self>),

    // The developers of this crate.
    /// A second TUF library does not accept what was about to be published.
    #[error("{role}: a second TUF library does not verify it as it would be published")]
    ReadBack {
        /// The role.
        role: String,
    },

    // The operator of the store.
    /// The store is not as it has to be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublishError {
    /// Every variant stands here, so that a new one cannot be without a code.
    pub(crate) const fn meaning(&self) -> Meaning {
        match self {
            Self::Document(refusal) => Meaning::of(refusal.code),
            Self::Revision { .. } => Meaning::of(Code::PublisherRevision),
            Self::NotNfc { .. } => Meaning::of(Code::TextNotNfc),
            Self::Limits { .. } => Meaning::of(Code::PublisherLimits),
            Self::Unreadable { .. } => Meaning::of(Code::PublisherUnreadable).with_hint(
                "clients refuse the file: put the genuine one back, or have it signed in a form that they read",
            ),
            Self::Threshold { .. } => Meaning::of(Code::PublisherThreshold),
            Self::KeyNotInRole { .. } => Meaning::named("key-not-in-role")
                .with_hint("sign with a key that the delegation lists"),
            Self::Unsigned => Meaning::named("unsigned"),
            Self::SignatureInvalid { .. } => Meaning::named("signature-invalid"),
            Self::SignatureTwice { .. } => Meaning::named("signature-twice"),
            Self::Unexpected { .. } => Meaning::named("proposal-unexpected")
                .with_hint("read the whole difference, and name the place if it is meant"),
            Self::DuplicateKey { .. } => Meaning::of(Code::PublisherDuplicateKey),
            Self::Expiry { .. } => Meaning::of(Code::PublisherExpiry),
            Self::Version { .. } | Self::Behind { .. } | Self::Gone { .. } => Meaning::of(Code::PublisherVersion),
            Self::Exhausted { .. } => Meaning::named("versions-exhausted").with_hint(
                "give the servers new keys, without the former ones: versions begin anew with them",
            ),
            Self::Lost { .. } => Meaning::named("role-lost"),
            Self::Shadowed { .. } => Meaning::of(Code::PublisherShadowed),
            Self::OtherRepository { .. } => Meaning::named("repository-other"),
            Self::Expired { .. } => Meaning::named("repository-expired")
                .with_hint("sign it anew first, with `motd repo renew`"),
            Self::Clock { .. } => Meaning::of(Code::PublisherClock),
            Self::Root { .. } => Meaning::of(Code::PublisherRoot).with_hint(
                "somebody else wrote into the store, or it is older than the root that is held: put the genuine file back",
            ),
            Self::Metadata { .. } => Meaning::named("repository-metadata"),
            Self::HostUnverified { .. } => Meaning::named("host-unverified").with_hint(
                "nothing is signed on top of metadata that does not verify: look at the root that was named, and at the host",
            ),
            Self::NotAttachable(finding) => Meaning {
                code: finding.code(),
                requirement: Some(finding.requirement()),
                hint: Some(finding.hint()),
            },
            Self::KeyMalformed => {
                Meaning::named("key-malformed").with_hint("`motd key new` makes such a key")
            }
            Self::KeyEncrypted { .. } => Meaning::named("key-encrypted"),
            Self::KeyEncryption { .. } => Meaning::named("key-encryption").with_hint(
                "openssl pkcs8 -topk8 -scrypt writes it in a way that is accepted: AES-256-CBC with scrypt",
            ),
            Self::Passphrase => Meaning::named("passphrase"),
            Self::PassphraseForm => Meaning::named("passphrase-form"),
            Self::KeyAgent { .. } => Meaning::named("key-agent"),
            Self::KeyCommand { .. } => Meaning::named("key-command"),
            Self::KeyReadableByOthers { .. } => Meaning::named("key-readable-by-others").with_hint(
                "give it to its owner alone: chmod 600, and consider it known to who could read it",
            ),
            Self::KeyExists { .. } => Meaning::named("key-exists"),
            Self::Signer(_) => Meaning::named("signer"),
            Self::ReadBack { .. } => Meaning::named("read-back"),
            Self::Store(error) => error.meaning(),
        }
    }

    pub(crate) fn missing(path: impl Into<String>) -> Self {
        Self::Store(StoreError::Missing { path: path.into() })
    }

    /// A stable word for the error, in kebab-case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.meaning().code
    }

    /// The requirement that was about to be broken.
    #[must_use]
    pub const fn requirement(&self) -> Option<&'static str> {
        self.meaning().requirement
    }

    /// What to do about it, where there is more to say than the fact.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        self.meaning().hint
    }
}

/// A program's words in brackets, if it said any.
struct Said<'a>(&'a str);

impl core::fmt::Display for Said<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            "" => Ok(()),
            said => write!(formatter, " (it said: {said})"),
        }
    }
}

impl From<Refusal> for PublishError {
    fn from(refusal: Refusal) -> Self {
        Self::Document(refusal)
    }
}

impl From<io::Error> for PublishError {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}
