//! motd-server
