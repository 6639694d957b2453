//! Everything that can stop a publication, grouped by who must act.

use std::path::PathBuf;

use motd_core::{Code, Refusal};

use crate::publish::metadata::limits::LimitFault;
use crate::publish::{HostFault, HostFinding};

/// Why nothing was written, signed or published.
///
/// A message is one fact with its values. [`Error::code`] is stable, and [`Error::requirement`] names the clause of the
/// specification where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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

    /// No proposal has such a name.
    #[error("not the name of a proposal: 8 digits, a hyphen and 32 hexadecimal digits")]
    ProposalName,
    /// There is no such proposal among those of the last days.
    #[error("there is no proposal {id}")]
    ProposalUnknown {
        /// Its name.
        id: String,
    },
    /// A proposal takes no more signatures.
    #[error("proposal {id} is {standing}")]
    ProposalClosed {
        /// Its name.
        id: String,
        /// What became of it.
        standing: &'static str,
    },
    /// The files of a proposal are too long.
    #[error("the files have {bytes} bytes together, and a proposal has at most {most}")]
    ProposalTooLong {
        /// How long they are.
        bytes: usize,
        /// How long they may be.
        most: usize,
    },
    /// One person has opened too many proposals.
    #[error("key {key_id} has opened {most} proposals")]
    ProposalsFull {
        /// The key.
        key_id: String,
        /// How many it may.
        most: usize,
    },
    /// Everything that somebody has signed in it is in other proposals.
    #[error("nothing is signed in it that is not in another proposal")]
    NothingNew,
    /// Who has not opened a proposal cannot take it back.
    #[error("key {key_id} has not opened this proposal")]
    NotYours {
        /// The key.
        key_id: String,
    },

    // The operator of the repository.
    /// An entry of the log is not there, or does not follow the one before.
    #[error("entry {entry} of the log does not follow the one before")]
    LogBroken {
        /// Its number.
        entry: u64,
    },
    /// Something else than the notice role answers for the reserved path (MOTD-DEL-1, MOTD-DEL-2).
    #[error("{by} is reached before the notice role for motd/notices.json")]
    Shadowed {
        /// The role or entry.
        by: String,
    },
    /// A second TUF library does not accept what was about to be published.
    #[error("{role}: a second TUF library does not verify it as it would be published")]
    ReadBack {
        /// The role.
        role: String,
    },
    /// A version-prefixed file exists with other bytes (MOTD-PUB-5).
    #[error("{path} exists with other bytes")]
    Burned {
        /// Path in the repository.
        path: String,
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
    /// Somebody else has published, or is publishing (MOTD-PUB-11).
    #[error("another publication came first")]
    Conflict,
    /// The repository's metadata cannot be read as TUF metadata.
    #[error("{path}: {what}")]
    Metadata {
        /// Path in the repository, or the role.
        path: String,
        /// What is wrong: a fixed string.
        what: &'static str,
    },
    /// A file that the metadata names is not there.
    #[error("{path} is missing")]
    Missing {
        /// Path in the repository.
        path: String,
    },
    /// The configuration file cannot be read.
    #[error("{path}: {message}")]
    Config {
        /// The file.
        path: PathBuf,
        /// What the TOML parser says.
        message: String,
    },
    /// There is a repository already.
    #[error("{path} exists: there is a repository already")]
    Exists {
        /// Its settings.
        path: PathBuf,
    },
    /// Neither a folder nor a place in object storage that can be used.
    #[error("{location}: {what}")]
    Location {
        /// What the operator wrote.
        location: String,
        /// What is wrong: a fixed string.
        what: &'static str,
    },
    /// The store ignores a condition, or knows none: two publishers could overwrite each other (MOTD-PUB-11).
    #[error("the store does not honour {condition}, so nothing can be published there")]
    Unconditional {
        /// The header field of the condition.
        condition: &'static str,
    },
    /// More than is read of a store.
    #[error("{path}: {what}")]
    Bounds {
        /// Path in the repository.
        path: String,
        /// Which bound: a fixed string.
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

    // The operator of the server.
    /// A certificate or its key that cannot be served with.
    #[error("{path}: {what}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong: a fixed string.
        what: &'static str,
    },

    // The machine, and the storage.
    /// The object store did not do what it was asked for. What it said itself came over a network, and is left out.
    #[error("{path}: {what}")]
    Storage {
        /// Path in the repository.
        path: String,
        /// What became of the request: a fixed string.
        what: &'static str,
    },
    /// A file could not be read or written; the message has its path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Error {
    /// The reason code of the specification, where the specification has one.
    #[must_use]
    pub const fn reason(&self) -> Option<Code> {
        Some(match self {
            Self::Document(refusal) => refusal.code,
            Self::Revision { .. } => Code::PublisherRevision,
            Self::NotNfc { .. } => Code::TextNotNfc,
            Self::Limits { .. } => Code::PublisherLimits,
            Self::Threshold { .. } => Code::PublisherThreshold,
            Self::DuplicateKey { .. } => Code::PublisherDuplicateKey,
            Self::Expiry { .. } => Code::PublisherExpiry,
            Self::Version { .. } => Code::PublisherVersion,
            Self::Shadowed { .. } => Code::PublisherShadowed,
            Self::Burned { .. } => Code::PublisherBurned,
            Self::Conflict => Code::PublisherConflict,
            Self::KeyNotInRole { .. }
            | Self::Unsigned
            | Self::SignatureInvalid { .. }
            | Self::SignatureTwice { .. }
            | Self::ProposalName
            | Self::ProposalUnknown { .. }
            | Self::ProposalClosed { .. }
            | Self::ProposalTooLong { .. }
            | Self::ProposalsFull { .. }
            | Self::NothingNew
            | Self::NotYours { .. }
            | Self::LogBroken { .. }
            | Self::Unexpected { .. }
            | Self::Expired { .. }
            | Self::OtherRepository { .. }
            | Self::ReadBack { .. }
            | Self::Metadata { .. }
            | Self::Missing { .. }
            | Self::Config { .. }
            | Self::Exists { .. }
            | Self::Location { .. }
            | Self::Unconditional { .. }
            | Self::Bounds { .. }
            | Self::Storage { .. }
            | Self::HostUnverified { .. }
            | Self::NotAttachable(_)
            | Self::KeyMalformed
            | Self::KeyEncrypted { .. }
            | Self::KeyEncryption { .. }
            | Self::Passphrase
            | Self::PassphraseForm
            | Self::KeyAgent { .. }
            | Self::KeyCommand { .. }
            | Self::KeyReadableByOthers { .. }
            | Self::KeyExists { .. }
            | Self::Signer(_)
            | Self::Certificate { .. }
            | Self::Io(_) => return None,
        })
    }

    /// A stable word for the error, in kebab-case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.reason() {
            Some(code) => code.as_str(),
            None => match self {
                Self::KeyNotInRole { .. } => "key-not-in-role",
                Self::Unsigned => "unsigned",
                Self::SignatureInvalid { .. } => "signature-invalid",
                Self::SignatureTwice { .. } => "signature-twice",
                Self::ProposalName => "proposal-name",
                Self::ProposalUnknown { .. } => "proposal-unknown",
                Self::ProposalClosed { .. } => "proposal-closed",
                Self::ProposalTooLong { .. } => "proposal-too-long",
                Self::ProposalsFull { .. } => "proposals-full",
                Self::NothingNew => "proposal-nothing-new",
                Self::NotYours { .. } => "proposal-not-yours",
                Self::LogBroken { .. } => "log-broken",
                Self::Unexpected { .. } => "proposal-unexpected",
                Self::Expired { .. } => "repository-expired",
                Self::OtherRepository { .. } => "repository-other",
                Self::ReadBack { .. } => "read-back",
                Self::Metadata { .. } => "repository-metadata",
                Self::Missing { .. } => "repository-file-missing",
                Self::Config { .. } => "config",
                Self::Exists { .. } => "repository-exists",
                Self::Location { .. } => "location",
                Self::Unconditional { .. } => "store-unconditional",
                Self::Bounds { .. } => "store-bounds",
                Self::Storage { .. } => "storage",
                Self::HostUnverified { .. } => "host-unverified",
                Self::NotAttachable(finding) => finding.code(),
                Self::KeyMalformed => "key-malformed",
                Self::KeyEncrypted { .. } => "key-encrypted",
                Self::KeyEncryption { .. } => "key-encryption",
                Self::Passphrase => "passphrase",
                Self::PassphraseForm => "passphrase-form",
                Self::KeyAgent { .. } => "key-agent",
                Self::KeyCommand { .. } => "key-command",
                Self::KeyReadableByOthers { .. } => "key-readable-by-others",
                Self::KeyExists { .. } => "key-exists",
                Self::Signer(_) => "signer",
                Self::Certificate { .. } => "certificate",
                _ => "io",
            },
        }
    }

    /// The requirement that was about to be broken.
    #[must_use]
    pub const fn requirement(&self) -> Option<&'static str> {
        if let Self::NotAttachable(finding) = self {
            return Some(finding.requirement());
        }
        match self.reason() {
            Some(code) => Some(code.requirement()),
            None => None,
        }
    }

    /// What to do about it, where there is more to say than the fact.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::KeyReadableByOthers { .. } => Some(
                "give it to its owner alone: chmod 600, and consider it known to who could read it",
            ),
            Self::Burned { .. } => {
                Some("publish the signed file that lies there, or sign a version above it")
            }
            Self::Unexpected { .. } => {
                Some("read the whole difference, and name the place if it is meant")
            }
            Self::KeyNotInRole { .. } => Some("sign with a key that the delegation lists"),
            Self::Expired { .. } => Some("sign it anew first, with `motd repo renew`"),
            Self::HostUnverified { .. } => Some(
                "nothing is signed on top of metadata that does not verify: look at the root that was named, and at the host",
            ),
            Self::NotAttachable(finding) => Some(finding.hint()),
            Self::KeyMalformed => Some("`motd key new` makes such a key"),
            Self::KeyEncryption { .. } => Some(
                "openssl pkcs8 -topk8 -scrypt writes it in a way that is accepted: AES-256-CBC with scrypt",
            ),
            Self::Unconditional { .. } => Some(
                "a folder can be published to, and S3-compatible storage that knows If-Match and If-None-Match on PUT",
            ),
            _ => match self.reason() {
                Some(code) => code.hint(),
                None => None,
            },
        }
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

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Document(refusal)
    }
}
