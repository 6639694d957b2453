//! Whether enough of the right people have signed: MOTD-PUB-3 and MOTD-PUB-9.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

use std::collections::BTreeSet;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;

use super::reader::{PublicationContent, RoleMetadata};
use crate::simulator::canonical;

/// Who may sign a role, and how many have to.
struct RoleThreshold<'a> {
    keys: &'a Value,
    ids: &'a Value,
    threshold: u64,
}

/// The roles that do not bear their threshold of valid signatures by distinct keys.
pub(super) fn unsigned(published: &PublicationContent) -> Vec<String> {
    let mut unsigned = Vec::new();
    let mut before: Option<&RoleMetadata> = None;
    for root in &published.roots {
        // TUF 5.3.4: by the keys of the root before as well.
        if ![Some(root), before]
            .into_iter()
            .flatten()
            .all(|by| of_root(by, "root").is_met(root))
        {
            unsigned.push(format!("{}.root", root.named.unwrap_or_default()));
        }
        before = Some(root);
    }
    for (name, role) in &published.roles {
        let authority = match name.as_str() {
            "timestamp" | "snapshot" | "targets" => {
                published.root().map(|root| of_root(root, name))
            }
            _ => published
                .roles
                .values()
                .find_map(|by| of_delegation(by, name)),
        };
        if !authority.is_some_and(|authority| authority.is_met(role)) {
            unsigned.push(name.clone());
        }
    }
    unsigned
}

/// The roles, by their delegators, in which one key value stands under two key ids: MOTD-DEL-4.
pub(super) fn doubled(published: &PublicationContent) -> Vec<String> {
    let root = published.root().into_iter();
    let of_roots = root.flat_map(|root| {
        let names = root.signed["roles"].as_object().into_iter().flatten();
        names.map(|(name, _)| (name.as_str(), of_root(root, name)))
    });
    let delegators = published.roles.values();
    let delegated = delegators.flat_map(|by| {
        delegations(by).filter_map(|entry| {
            let name = entry["name"].as_str()?;
            Some((name, of_delegation(by, name)?))
        })
    });
    let doubled = of_roots
        .chain(delegated)
        .filter(|(_, authority)| authority.is_doubled());
    doubled.map(|(name, _)| name.to_owned()).collect()
}

/// The entries of a role's delegations, in their order.
pub(super) fn delegations(by: &RoleMetadata) -> impl Iterator<Item = &Value> {
    by.signed["delegations"]["roles"]
        .as_array()
        .into_iter()
        .flatten()
}

fn of_root<'a>(root: &'a RoleMetadata, name: &str) -> RoleThreshold<'a> {
    let role = &root.signed["roles"][name];
    RoleThreshold::of(&root.signed["keys"], role)
}

fn of_delegation<'a>(by: &'a RoleMetadata, name: &str) -> Option<RoleThreshold<'a>> {
    let entry = delegations(by).find(|entry| entry["name"] == name)?;
    Some(RoleThreshold::of(&by.signed["delegations"]["keys"], entry))
}

impl<'a> RoleThreshold<'a> {
    fn of(keys: &'a Value, role: &'a Value) -> Self {
        // A threshold that is none is met by nobody.
        let threshold = role["threshold"]
            .as_u64()
            .filter(|threshold| *threshold > 0);
        Self {
            keys,
            ids: &role["keyids"],
            threshold: threshold.unwrap_or(u64::MAX),
        }
    }

    fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        let ids = self
            .ids
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        ids.filter_map(|id| Some((id, self.keys[id]["keyval"]["public"].as_str()?)))
    }

    fn is_met(&self, role: &RoleMetadata) -> bool {
        let message = canonical(&role.signed);
        let signed = |id: &str, value: &str| {
            let signatures = role.signatures.iter().filter(|(by, _)| by == id);
            signatures
                .into_iter()
                .any(|(_, signature)| verifies(value, &message, signature))
        };
        let valid: BTreeSet<&str> = self
            .values()
            .filter(|(id, value)| signed(id, value))
            .map(|(_, value)| value)
            .collect();
        valid.len() as u64 >= self.threshold
    }

    fn is_doubled(&self) -> bool {
        let values: Vec<&str> = self.values().map(|(_, value)| value).collect();
        values.iter().collect::<BTreeSet<_>>().len() < values.len()
    }
}

fn verifies(public: &str, message: &[u8], signature: &str) -> bool {
    let (Ok(public), Ok(signature)) = (hex::decode(public), hex::decode(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, public)
        .verify(message, &signature)
        .is_ok()
}
