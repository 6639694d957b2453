//! Every bound of the verified path, in one place; the published text has the same numbers. Chapter 6, "Limits".

use std::time::Duration;

/// Longest run, from its first request to its last byte, unless configured. MOTD-NET-2.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// Longest root metadata file, in bytes. MOTD-GATE-14.
pub const ROOT_BYTES: u64 = 512_000;
/// Longest timestamp metadata file, in bytes. MOTD-GATE-14.
pub const TIMESTAMP_BYTES: u64 = 16_384;
/// Longest snapshot metadata file, in bytes, whatever the timestamp says. MOTD-GATE-14.
pub const SNAPSHOT_BYTES: u64 = 2_000_000;
/// Longest targets metadata file, top-level or delegated, in bytes, whatever the snapshot says. MOTD-GATE-14.
pub const TARGETS_BYTES: u64 = 5_000_000;
/// Longest bundle, in bytes. MOTD-GATE-14.
pub const BUNDLE_BYTES: u64 = 1_048_576;
/// Most root rotations followed in one run. MOTD-GATE-13.
pub const ROOT_ROTATIONS: u32 = 256;
/// Most delegated roles visited in the search for the notices. MOTD-GATE-15.
pub const DELEGATIONS: usize = 3;
/// Most delegated roles visited in a [`Session`](crate::Session)'s search for another target. TUF 5.6.7.1.
pub const DELEGATIONS_OF_A_SESSION: usize = 32;
/// Most signatures of one role. MOTD-GATE-17.
pub const SIGNATURES: usize = 128;
/// Most signatures of all files that one run receives. MOTD-GATE-17.
pub const SIGNATURES_OF_A_RUN: usize = 4_096;
/// Most keys of root, or of the roles that one role delegates to. MOTD-GATE-17.
pub const KEYS: usize = 4_096;
/// Most key ids of one role. MOTD-GATE-17.
pub const KEY_IDS: usize = 64;
/// Most roles that one role delegates to: 16,384 bins and others beside them. MOTD-GATE-17.
pub const DELEGATED_ROLES: usize = 20_000;
/// Most key ids, paths and hash prefixes of all roles that one role delegates to. MOTD-GATE-17.
pub const DELEGATED_TEXTS: usize = 100_000;
/// Most bytes of all bodies of one run. MOTD-GATE-14.
pub const RUN_BYTES: u64 = 16_000_000;
/// Longest name of a delegated role that a request is made for, in bytes.
pub const ROLE_NAME_BYTES: usize = 512;

/// Default interval between two background checks. MOTD-NET-5.
pub const INTERVAL: Duration = Duration::from_hours(6);
/// Shortest interval that can be set. MOTD-NET-5.
pub const SHORTEST_INTERVAL: Duration = Duration::from_hours(1);
/// Longest interval that can be set. MOTD-NET-5.
pub const LONGEST_INTERVAL: Duration = Duration::from_hours(24);
/// First wait after a failed background check; it doubles, up to the interval. MOTD-NET-4.
pub const FIRST_BACK_OFF: Duration = Duration::from_mins(15);
/// Longest wait that a server can ask for. MOTD-NET-3.
pub const RETRY_AFTER: Duration = Duration::from_hours(1);
/// Longest wait for a background check at the end of a command that used the network. MOTD-FAIL-4.
pub const COLLECT: Duration = Duration::from_millis(200);
/// Most checks that one thread has under way at once. Each takes a few connections and files of the process.
pub(crate) const CHECKS_AT_ONCE: usize = 32;

/// Most chains of roots of one repository that the store keeps. Chapter 6, "Limits".
pub const CHAINS: usize = 4;
/// Most bytes of the files of metadata and targets that the store of one chain keeps. Chapter 6, "Limits".
pub const STATE_BYTES: u64 = 48_000_000;
/// Longest file that is kept in memory for the rest of a run when the store has it.
pub(crate) const MEMORY_FILE_BYTES: usize = 65_536;
/// Longest file of its own that the store reads back, in bytes; a longer one is corrupt. MOTD-STATE-6.
pub const STATE_FILE_BYTES: u64 = 8_000_000;
/// Longest file of versions that programs said, in bytes: six components, each with the path of a program.
pub const VERSIONS_BYTES: u64 = 65_536;
