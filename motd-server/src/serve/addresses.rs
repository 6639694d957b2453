//! How many of something each address, or each key, has at the same time: connections, uploads.
//!
//! Kept beside tower's limits: they count requests, not what one address or one key has open.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Those that have one, and how many.
#[derive(Debug)]
pub(crate) struct OpenByOwner<K> {
    most: usize,
    open: Mutex<HashMap<K, usize>>,
}

impl<K: Eq + Hash + Clone> OpenByOwner<K> {
    /// At most so many for each; 0 is no bound.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::new(HashMap::new()),
        }
    }

    /// A place for one more of this owner, if it has fewer than the most.
    pub(crate) fn admit(self: &Arc<Self>, owner: K) -> Option<Place<K>> {
        if self.most == 0 {
            return Some(Place(None));
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(owner.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place(Some((Arc::clone(self), owner))))
    }
}

/// One of an owner's, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place<K: Eq + Hash>(Option<(Arc<OpenByOwner<K>>, K)>);

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let Some((owners, owner)) = self.0.take() else {
            return;
        };
        let mut open = owners.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = open.entry(owner) {
            *entry.get_mut() -= 1;
            // An owner without any is forgotten, so that the map has no more of them than there are places.
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// An address as proxies write it into `X-Forwarded-For`. Some, such as Azure's, add the port of the connection.
pub(crate) fn forwarded_for(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse().map(|address: SocketAddr| address.ip());
    entry.parse().or_else(|_| with_port()).ok()
}

/// One user of IPv6 has a /64, and with it as many addresses as they like.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(addresses: &Arc<OpenByOwner<IpAddr>>, address: &str) -> Option<Place<IpAddr>> {
        addresses.admit(network(address.parse().unwrap()))
    }

    #[test]
    fn an_address_has_its_bound_and_leaves_nothing_behind() {
        let addresses = Arc::new(OpenByOwner::new(2));
        let first = admit(&addresses, "192.0.2.1").unwrap();
        let second = admit(&addresses, "::ffff:192.0.2.1").unwrap();
        assert!(admit(&addresses, "192.0.2.1").is_none());
        let other = admit(&addresses, "192.0.2.2").unwrap();
        drop(first);
        let third = admit(&addresses, "192.0.2.1").unwrap();
        assert!(admit(&addresses, "192.0.2.1").is_none());
        drop((second, third, other));
        assert!(addresses.open.lock().unwrap().is_empty());
    }

    #[test]
    fn ipv6_counts_by_the_network_of_one_user() {
        let addresses = Arc::new(OpenByOwner::new(1));
        let _first = admit(&addresses, "2001:db8::1").unwrap();
        assert!(admit(&addresses, "2001:db8::ffff:2").is_none());
        assert!(admit(&addresses, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn zero_is_no_bound() {
        let addresses = Arc::new(OpenByOwner::new(0));
        let all: Vec<_> = (0..1_000).map(|_| admit(&addresses, "::1")).collect();
        assert!(all.iter().all(Option::is_some));
        assert!(addresses.open.lock().unwrap().is_empty());
    }
}
