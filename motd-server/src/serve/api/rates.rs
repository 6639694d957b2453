//! How often anybody may ask, before anything is read of what they send.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Requests in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// From one address, or one IPv6 network of 64 bits.
    pub from_each: NonZeroU32,
    /// From all of them together.
    pub from_all: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            from_each: FROM_EACH,
            from_all: FROM_ALL,
        }
    }
}

const FROM_EACH: NonZeroU32 = NonZeroU32::new(120).unwrap();
const FROM_ALL: NonZeroU32 = NonZeroU32::new(1_200).unwrap();

/// After so many requests, addresses that have not asked for a while are forgotten.
const FORGET_AFTER: u32 = 1_024;

#[derive(Debug)]
pub(super) struct Limiter {
    each: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
    asked: AtomicU32,
}

impl Limiter {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            each: RateLimiter::keyed(Quota::per_minute(rates.from_each)),
            all: RateLimiter::direct(Quota::per_minute(rates.from_all)),
            asked: AtomicU32::new(0),
        }
    }

    /// After how many seconds it may ask again, if it may not now.
    pub(super) fn check(&self, peer: IpAddr) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.each.retain_recent();
        }
        let now = DefaultClock::default().now();
        let wait = |until: governor::NotUntil<_>| until.wait_time_from(now).as_secs() + 1;
        // Who asks too often takes nothing from the others.
        self.each.check_key(&network(peer)).map_err(wait)?;
        self.all.check().map_err(wait)
    }
}

/// Who has one IPv6 address has 2^64 of them.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
