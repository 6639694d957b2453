//! How many connections each address has open.
//!
//! Kept beside tower's limits: they count requests, not the connections of one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The addresses that have a connection.
#[derive(Debug)]
pub(crate) struct Addresses {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Addresses {
    /// At most so many for each; 0 is no bound.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::default(),
        }
    }

    /// A place for one more connection of this address, if it has fewer than the most.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<AddressPermit> {
        if self.most == 0 {
            return Some(AddressPermit(None));
        }
        let address = owner(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(AddressPermit(Some((Arc::clone(self), address))))
    }
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub(crate) struct AddressPermit(Option<(Arc<Addresses>, IpAddr)>);

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let Some((addresses, address)) = self.0.take() else {
            return;
        };
        let mut open = addresses
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = open.entry(address) {
            *entry.get_mut() -= 1;
            // Who has gone is forgotten, so that the map has no more addresses than there are connections.
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// One user of IPv6 has a /64, and with it as many addresses as they like.
fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(addresses: &Arc<Addresses>, address: &str) -> Option<AddressPermit> {
        addresses.admit(address.parse().unwrap())
    }

    #[test]
    fn an_address_has_its_bound_and_leaves_nothing_behind() {
        let addresses = Arc::new(Addresses::new(2));
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
        let addresses = Arc::new(Addresses::new(1));
        let _first = admit(&addresses, "2001:db8::1").unwrap();
        assert!(admit(&addresses, "2001:db8::ffff:2").is_none());
        assert!(admit(&addresses, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn zero_is_no_bound() {
        let addresses = Arc::new(Addresses::new(0));
        let all: Vec<_> = (0..1_000).map(|_| admit(&addresses, "::1")).collect();
        assert!(all.iter().all(Option::is_some));
        assert!(addresses.open.lock().unwrap().is_empty());
    }
}
