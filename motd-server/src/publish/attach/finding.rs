//! What stands between a host and notices, what cannot be known, and what is still to be done.

use core::fmt;

use motd_core::Time;

use super::super::metadata::limits::LimitFault;

/// Why metadata does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostFault {
    /// Too few valid signatures, or one key id twice among them.
    Signatures,
    /// Other bytes than those that the role above lists.
    Bytes,
    /// Not the version that comes next, or that is listed.
    Version,
    /// Not metadata of its type.
    Form,
    /// The role above does not name it.
    Unnamed,
    /// The file is not there.
    Missing,
    /// It has expired, or one of the roles above it has.
    Expired,
}

impl fmt::Display for HostFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Signatures => "too few valid signatures",
            Self::Bytes => "its bytes are not those that are listed",
            Self::Version => "its version is not the one that comes next",
            Self::Form => "not metadata of its type",
            Self::Unnamed => "the role above does not name it",
            Self::Missing => "the file is missing",
            Self::Expired => "it has expired, or a role above it has",
        })
    }
}

impl HostFault {
    /// A fixed word for what the verifier says; its own messages quote what they read.
    pub(super) const fn of(error: &sigstore_tuf::Error) -> Self {
        use sigstore_tuf::Error as E;
        match error {
            E::ThresholdNotMet { .. }
            | E::DuplicateSignature { .. }
            | E::UnusableKey { .. }
            | E::UnsupportedScheme { .. }
            | E::Crypto(_) => Self::Signatures,
            E::IntegrityMismatch(_) => Self::Bytes,
            E::Rollback { .. } | E::EqualVersion { .. } | E::BadRootVersion { .. } => Self::Version,
            E::UnknownRole(_) => Self::Unnamed,
            E::Expired { .. } => Self::Expired,
            E::Transport { .. } | E::TargetNotFound(_) | E::Io { .. } => Self::Missing,
            _ => Self::Form,
        }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It does not work like this.
    Obstacle,
    /// Whether it works cannot be seen from here.
    Doubt,
    /// What is still to be done.
    Step,
}

impl Weight {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Obstacle => "obstacle",
            Self::Doubt => "doubt",
            Self::Step => "step",
        }
    }
}

/// By which of its members a delegation matches the reserved path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covering {
    /// A pattern in `paths`.
    Pattern,
    /// A prefix in `path_hash_prefixes` of the SHA-256 of the path.
    HashPrefix,
}

impl fmt::Display for Covering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pattern => "by a path pattern",
            Self::HashPrefix => "by a hash prefix",
        })
    }
}

/// Something that whoever attaches notices to a host has to know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostFinding {
    /// Bins that are computed from the path's hash leave no place for a named delegation.
    #[error("top-level targets has succinct_roles, which exclude a delegation to {role}", role = super::super::NOTICE_ROLE)]
    Succinct,
    /// Without consistent snapshots a client can meet the files of two publications.
    #[error("root does not set consistent_snapshot")]
    Inconsistent,
    /// A delegated role that the snapshot does not list: the host's tool does not list such roles.
    #[error("the snapshot does not list the delegated role {role}")]
    Unlisted {
        /// The role.
        role: String,
    },
    /// Top-level targets has a target of its own under the reserved prefix, which wins over every delegation.
    #[error("top-level targets lists {path}, which is reserved")]
    Reserved {
        /// The target path.
        path: String,
    },
    /// A delegation before that to the notice role matches the reserved path.
    #[error("{by} stands before motd and matches motd/notices.json {covering}")]
    Shadowed {
        /// The role.
        by: String,
        /// By what.
        covering: Covering,
    },
    /// The delegation to the notice role is not the first.
    #[error("{before} stands before motd in the delegations")]
    Order {
        /// The first role.
        before: String,
    },
    /// The delegation to the notice role does not end the search.
    #[error("the delegation to motd is not terminating")]
    NotTerminating,
    /// The delegation to the notice role is for something else, or for more: then packages depend on the notice role.
    #[error("the delegation to motd is not for motd/* alone")]
    Paths,
    /// The host has a role of that name for something else.
    #[error("the host has a role motd that is not for notices")]
    NameTaken,
    /// A value inside `signed` that TUF libraries disagree about.
    #[error("{role}: {fault}")]
    Limits {
        /// The role.
        role: String,
        /// Which limit, and where.
        fault: LimitFault,
    },
    /// One key under two key ids.
    #[error("{role}: key ids {first} and {second} are one key")]
    DuplicateKey {
        /// The role.
        role: String,
        /// A key id.
        first: String,
        /// Another of the same key.
        second: String,
    },
    /// No client accepts anything under it.
    #[error("{role} expired at {expires}")]
    Expired {
        /// The role.
        role: String,
        /// When.
        expires: Time,
    },
    /// With what is added, the file is longer than clients read.
    #[error("{role} has {bytes} bytes, and clients read {limit}")]
    Size {
        /// The role.
        role: String,
        /// How many it has.
        bytes: u64,
        /// How many it may have with the addition.
        limit: u64,
    },
    /// Too few keys of the notice role are of the kind that is counted here.
    #[error("motd needs {threshold} signatures, and {keys} of its keys are Ed25519 keys")]
    KeyKind {
        /// How many keys are.
        keys: u64,
        /// How many have to sign.
        threshold: u64,
    },
    /// The delegation to the notice role cannot be read.
    #[error("the delegation to motd has no keys or no threshold")]
    DelegationForm,
    /// A key id that is not the SHA-256 of the key: fine with most libraries, refused by one.
    #[error("{role}: key id {key_id} is not computed from the key")]
    KeyId {
        /// The role that names the key.
        role: String,
        /// The key id.
        key_id: String,
    },
    /// The root was taken from the folder itself.
    #[error("the root was taken at its word: nothing says that this is the host")]
    RootUnpinned,
    /// Whether the host's tool lists delegated roles cannot be seen, because there is none.
    #[error(
        "no role is delegated to, so nothing shows that the host's tool lists such roles in its snapshot"
    )]
    ListsUnknown,
    /// Whether the host's tool takes in a file that it did not make cannot be seen before it did.
    #[error(
        "whether the host's tool takes in a role file that it did not make, byte for byte, cannot be seen here"
    )]
    TakesInUnknown,
    /// The published notice role does not verify.
    #[error("version {version} of motd is listed, and {fault}")]
    Broken {
        /// The listed version.
        version: u64,
        /// What is wrong.
        fault: HostFault,
    },
    /// A delegation matches the reserved path now: that to the notice role has to stand before it.
    #[error("{by} matches motd/notices.json {covering}")]
    Covered {
        /// The role.
        by: String,
        /// By what.
        covering: Covering,
    },
    /// The delegation is not there yet.
    #[error("top-level targets has no delegation to motd")]
    Delegation,
    /// The delegation is there, and the snapshot lists no role yet.
    #[error("motd is delegated to, and the snapshot does not list it")]
    Role,
    /// The snapshot lists the role from an earlier time.
    #[error("version {version} of motd is listed from an earlier time")]
    ListedBefore {
        /// The listed version.
        version: u64,
    },
}

impl HostFinding {
    /// How much it weighs.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        match self {
            Self::Succinct
            | Self::Inconsistent
            | Self::Unlisted { .. }
            | Self::Reserved { .. }
            | Self::Shadowed { .. }
            | Self::Order { .. }
            | Self::NotTerminating
            | Self::Paths
            | Self::NameTaken
            | Self::Limits { .. }
            | Self::DuplicateKey { .. }
            | Self::Expired { .. }
            | Self::Size { .. }
            | Self::KeyKind { .. }
            | Self::DelegationForm => Weight::Obstacle,
            Self::KeyId { .. }
            | Self::RootUnpinned
            | Self::ListsUnknown
            | Self::TakesInUnknown
            | Self::Broken { .. } => Weight::Doubt,
            Self::Covered { .. } | Self::Delegation | Self::Role | Self::ListedBefore { .. } => {
                Weight::Step
            }
        }
    }

    /// A stable word for it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Succinct => "host-succinct",
            Self::Inconsistent => "host-inconsistent",
            Self::Unlisted { .. } => "host-unlisted",
            Self::Reserved { .. } => "host-reserved",
            Self::Shadowed { .. } => "host-shadowed",
            Self::Order { .. } => "host-order",
            Self::NotTerminating => "host-not-terminating",
            Self::Paths => "host-paths",
            Self::NameTaken => "host-name-taken",
            Self::Limits { .. } => "host-limits",
            Self::DuplicateKey { .. } => "host-duplicate-key",
            Self::Expired { .. } => "host-expired",
            Self::Size { .. } => "host-size",
            Self::KeyKind { .. } => "host-key-kind",
            Self::DelegationForm => "host-delegation-form",
            Self::KeyId { .. } => "host-key-id",
            Self::RootUnpinned => "host-root-unpinned",
            Self::ListsUnknown => "host-lists-unknown",
            Self::TakesInUnknown => "host-takes-in-unknown",
            Self::Broken { .. } => "host-role-broken",
            Self::Covered { .. } => "attach-covered",
            Self::Delegation => "attach-delegation",
            Self::Role => "attach-role",
            Self::ListedBefore { .. } => "attach-listed-before",
        }
    }

    /// The requirement, or the section where there is none.
    #[must_use]
    pub const fn requirement(&self) -> &'static str {
        match self {
            Self::Succinct
            | Self::Order { .. }
            | Self::NotTerminating
            | Self::Paths
            | Self::Covered { .. }
            | Self::DelegationForm
            | Self::Delegation => "MOTD-DEL-1",
            Self::Reserved { .. } | Self::Shadowed { .. } => "MOTD-DEL-2",
            Self::DuplicateKey { .. } => "MOTD-DEL-4",
            Self::Unlisted { .. } | Self::Role | Self::ListedBefore { .. } => "MOTD-DEL-6",
            Self::Limits { .. } => "MOTD-BYTES-9",
            Self::Inconsistent => "MOTD-PUB-7",
            Self::KeyKind { .. } => "MOTD-PUB-3",
            Self::Size { .. } => "MOTD-GATE-14",
            Self::NameTaken => "section 5.5",
            Self::Expired { .. }
            | Self::KeyId { .. }
            | Self::RootUnpinned
            | Self::ListsUnknown
            | Self::TakesInUnknown
            | Self::Broken { .. } => "section 5.6",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Succinct => {
                "set up a sidecar with `motd repo init`: nothing changes in the host; or let top-level targets delegate to motd first and then to one role that has the bins"
            }
            Self::Inconsistent => {
                "set up a sidecar with `motd repo init`: nothing changes in the host"
            }
            Self::Unlisted { .. } => {
                "have the host's tool list every delegated role in its snapshot; if it cannot, set up a sidecar with `motd repo init`"
            }
            Self::Reserved { .. } => {
                "remove it from top-level targets: everything under motd/ is reserved"
            }
            Self::Shadowed { .. } | Self::Order { .. } => "put the delegation to motd first",
            Self::NotTerminating => "set terminating to true in the delegation to motd",
            Self::Paths => {
                "delegate motd/* to motd, and nothing else: `motd attach --delegation` prints it"
            }
            Self::NameTaken => "rename the host's role, or set up a sidecar with `motd repo init`",
            Self::Limits { .. } => {
                "change the value: some TUF clients refuse the role, and packages with it"
            }
            Self::DuplicateKey { .. } => {
                "keep one key id for each key: one person must not count as two"
            }
            Self::Expired { .. } => "have the host renew it first",
            Self::Size { .. } => "split the host's role, or set up a sidecar with `motd repo init`",
            Self::KeyKind { .. } => "delegate to Ed25519 keys: `motd key new` makes them",
            Self::DelegationForm => "`motd attach --delegation` prints one that can be read",
            Self::KeyId { .. } => {
                "tough refuses such a key id; if your users' installers have it, change the id"
            }
            Self::RootUnpinned => "name the root that your installers ship: --root",
            Self::ListsUnknown => {
                "ask the host's maintainers, or try it on a copy; if it does not, set up a sidecar"
            }
            Self::TakesInUnknown => {
                "try it on a copy: publish there, and see that `motd attach --verify` reads it back"
            }
            Self::Broken { .. } => "publish the next version",
            Self::Covered { .. } => "put the delegation to motd before it",
            Self::Delegation => {
                "have it added with the host's own tool: `motd attach --delegation` prints it"
            }
            Self::Role => {
                "hand the role over and let the host list it: who looks for notices until then can fail"
            }
            Self::ListedBefore { .. } => "the next version goes on from there",
        }
    }
}
