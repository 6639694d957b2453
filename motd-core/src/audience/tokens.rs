//! The registered tokens of `os`, `arch` and `commands`, from `spec/registries`. Section 4.2: a token that is not registered is
//! false, whatever a machine reports.

/// What an operating system is called: `registries/os.json`.
pub const OPERATING_SYSTEMS: [&str; 12] = [
    "linux",
    "macos",
    "windows",
    "freebsd",
    "openbsd",
    "netbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "android",
    "ios",
];

/// What an architecture is called: `registries/architectures.json`.
pub const ARCHITECTURES: [&str; 11] = [
    "x86_64",
    "x86",
    "aarch64",
    "arm",
    "riscv64",
    "powerpc64",
    "powerpc64le",
    "s390x",
    "loongarch64",
    "mips64",
    "wasm32",
];

/// What a user asks an installer for: `registries/commands.json`.
pub const COMMANDS: [&str; 10] = [
    "install", "update", "remove", "download", "resolve", "build", "search", "audit", "upload",
    "account",
];
