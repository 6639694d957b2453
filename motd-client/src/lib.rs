//! motd-client
