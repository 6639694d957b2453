//! The bounds of a server.

use std::time::Duration;

/// How a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// How long `timestamp.json` and the absence of the next root may be cached, in seconds; at most 60 are used.
    pub timestamp_seconds: u32,
    /// How many connections are open at most; others wait to be accepted.
    pub connections: usize,
    /// How many connections one address may have open; more are closed at once. 0 is no bound, for a server behind a
    /// proxy, where all come from one address. An IPv6 address counts with its /64, which one user has whole.
    pub connections_per_address: usize,
    /// How long a connection may stand still.
    pub idle: Duration,
    /// How long a client may take for one request, from its first byte to the last of its head.
    pub request: Duration,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How old a connection may become: the first answer after that closes it, and once more the idle time after it
    /// nothing is waited for.
    pub life: Duration,
    /// The longest body of a request under `/api/`, in bytes. Bodies of other requests are not read.
    pub body_bytes: usize,
    /// How long requests under way may take when the server stops.
    pub grace: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            timestamp_seconds: 10,
            connections: 1_024,
            connections_per_address: 256,
            idle: Duration::from_secs(30),
            request: Duration::from_secs(20),
            handshake: Duration::from_secs(10),
            life: Duration::from_mins(5),
            body_bytes: 1 << 20,
            grace: Duration::from_secs(30),
        }
    }
}
