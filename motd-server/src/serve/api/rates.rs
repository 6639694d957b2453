//! How often anybody may ask, before anything is read of what they send.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::serve::addresses::network;

/// Requests in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// From one address, or one IPv6 network of 64 bits; and with one person's key.
    pub from_each: NonZeroU32,
    /// From all addresses together, of requests without a valid signature.
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
    /// As many as there are people.
    people: DefaultKeyedRateLimiter<String>,
    all: DefaultDirectRateLimiter,
    asked: AtomicU32,
}

impl Limiter {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            each: RateLimiter::keyed(Quota::per_minute(rates.from_each)),
            people: RateLimiter::keyed(Quota::per_minute(rates.from_each)),
            all: RateLimiter::direct(Quota::per_minute(rates.from_all)),
            asked: AtomicU32::new(0),
        }
    }

    /// Whether this address may ask now, and whether this person may, whose key id comes back; after how many seconds, if
    /// not.
    ///
    /// A signature is verified only for an address within its bound. A person does not share the bound of all: addresses
    /// without a key cannot use it up for people.
    pub(super) fn check(
        &self,
        peer: IpAddr,
        person: impl FnOnce() -> Option<String>,
    ) -> Result<Option<String>, u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.each.retain_recent();
        }
        let now = DefaultClock::default().now();
        let wait = |until: governor::NotUntil<_>| until.wait_time_from(now).as_secs() + 1;
        // Who asks too often takes nothing from the others.
        self.each.check_key(&network(peer)).map_err(wait)?;
        let person = person();
        match &person {
            Some(key_id) => self.people.check_key(key_id).map_err(wait)?,
            None => self.all.check().map_err(wait)?,
        }
        Ok(person)
    }
}
