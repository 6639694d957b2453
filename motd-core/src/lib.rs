//! motd-core
