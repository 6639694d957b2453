//! The search for a target through the delegations: pre-order, depth first. TUF 5.6.7.
//!
//! It knows no network and no store: the caller asks for the next role, gets its metadata verified, and enters it.
//! Nothing is ever skipped: a role that cannot be had or verified ends the search, or whoever holds it back would
//! choose which role speaks next.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use motd_core::Code;
use sha2::{Digest as _, Sha256};

use super::offered::Metadata;
use super::roles::{Authority, Key, TargetFile, Targets};
use crate::carrier::TARGET_PATH;
use crate::limits;

/// The name of the top-level role at which every search begins.
pub(crate) const TARGETS: &str = "targets";

/// A role to visit, and who delegates to it.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) role: String,
    /// `None` for the top-level targets role.
    pub(crate) delegation: Option<(Authority, Arc<BTreeMap<String, Key>>)>,
}

/// A search that is under way.
pub(crate) struct Search<'p> {
    path: &'p str,
    /// Most delegated roles that are visited.
    most: usize,
    /// The next role stands last.
    pending: Vec<Edge>,
    visited: BTreeSet<String>,
}

impl<'p> Search<'p> {
    pub(crate) fn new(path: &'p str) -> Self {
        let targets = Edge {
            role: TARGETS.to_owned(),
            delegation: None,
        };
        // MOTD-GATE-15: each role that is requested tells the server what the store lacks.
        let most = if path == TARGET_PATH {
            limits::DELEGATIONS
        } else {
            limits::DELEGATIONS_OF_A_SESSION
        };
        Self {
            path,
            most,
            pending: vec![targets],
            visited: BTreeSet::new(),
        }
    }

    /// The role to verify and [`Search::enter`] next; `None` when no role has the target.
    pub(crate) fn next(&mut self) -> Result<Option<Edge>, Code> {
        while let Some(edge) = self.pending.pop() {
            // TUF 5.6.7.1: a role that was visited is not visited again; that ends cycles.
            if self.visited.contains(&edge.role) {
                continue;
            }
            // The top-level role is not counted.
            if self.visited.len() > self.most {
                return Err(Code::TooManyDelegations);
            }
            self.visited.insert(edge.role.clone());
            return Ok(Some(edge));
        }
        Ok(None)
    }

    /// Looks at a verified role: its entry for the target, or nothing, after which the search goes on.
    pub(crate) fn enter(
        &mut self,
        targets: &Metadata<Targets>,
    ) -> Result<Option<TargetFile>, Code> {
        let keys = targets.signed().delegations();
        let delegations = keys.map_or(&[][..], |delegations| &delegations.roles);
        let mut names = HashSet::new();
        for delegation in delegations {
            let name = delegation.name.as_str();
            let reserved = matches!(name, "" | "root" | "timestamp" | "snapshot" | TARGETS);
            // A role listed twice would be found by the paths of one entry and verified by the keys of the other.
            if reserved || !names.insert(name) {
                return Err(Code::Malformed);
            }
        }
        if let Some(entry) = targets.target(self.path) {
            return Ok(Some(entry));
        }
        let hash = hex::encode(Sha256::digest(self.path));
        let mut children = Vec::new();
        for delegation in delegations {
            if delegation.matches_path(self.path, &hash) {
                children.push(delegation);
                // TUF 5.6.7.2.1: behind a terminating delegation nothing else is asked.
                if delegation.terminating {
                    self.pending.clear();
                    break;
                }
            }
        }
        // What a role says of others is not kept. Behind so many unvisited ones the search is over (MOTD-GATE-15).
        children.retain(|child| !self.visited.contains(&child.name));
        children.truncate(self.most + 1);
        let ids = children.iter().flat_map(|child| child.authority.key_ids());
        let key = |id: Cow<'_, str>| Some((id.to_string(), keys?.keys.get(&*id)?.clone()));
        let keys = Arc::new(ids.filter_map(key).collect());
        let edges = children.into_iter().rev().map(|child| Edge {
            role: child.name.clone(),
            delegation: Some((child.authority.clone(), Arc::clone(&keys))),
        });
        self.pending.extend(edges);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::tuf::offered::OfferedRole;

    fn targets(delegations: &Value) -> Arc<Metadata<Targets>> {
        let file = json!({ "signatures": [], "signed": {
            "_type": "targets", "spec_version": "1.0.31", "version": 1, "expires": "2030-01-01T00:00:00Z",
            "targets": {}, "delegations": { "keys": {}, "roles": delegations },
        } });
        let offered = OfferedRole::parse(file.to_string().into_bytes());
        Arc::clone(offered.checked(None).unwrap())
    }

    fn delegation(name: &str, path: &str, terminating: bool) -> Value {
        json!({ "name": name, "keyids": [], "threshold": 1, "terminating": terminating, "paths": [path] })
    }

    /// Visits a graph of (delegator, delegations) and returns the order.
    fn order(graph: &[(&str, Value)]) -> Result<Vec<String>, Code> {
        visit("motd/other", graph)
    }

    fn visit(path: &str, graph: &[(&str, Value)]) -> Result<Vec<String>, Code> {
        let mut search = Search::new(path);
        let mut visited = Vec::new();
        while let Some(edge) = search.next()? {
            visited.push(edge.role.clone());
            let none = json!([]);
            let delegations = graph
                .iter()
                .find(|(name, _)| *name == edge.role)
                .map_or(&none, |(_, list)| list);
            assert!(search.enter(&targets(delegations))?.is_none());
        }
        Ok(visited)
    }

    #[test]
    fn pre_order_depth_first() {
        let graph = [
            (
                "targets",
                json!([
                    delegation("a", "*/*", false),
                    delegation("x", "other/*", false),
                    delegation("b", "motd/*", false)
                ]),
            ),
            (
                "a",
                json!([delegation("c", "*/*", false), delegation("d", "*/*", false)]),
            ),
        ];
        assert_eq!(order(&graph).unwrap(), ["targets", "a", "c", "d", "b"]);
    }

    #[test]
    fn terminating_ends_all_other_branches() {
        let graph = [
            (
                "targets",
                json!([delegation("a", "*/*", false), delegation("b", "*/*", false)]),
            ),
            (
                "a",
                json!([delegation("c", "*/*", true), delegation("d", "*/*", false)]),
            ),
        ];
        assert_eq!(order(&graph).unwrap(), ["targets", "a", "c"]);
    }

    #[test]
    fn cycles_end() {
        let graph = [
            ("targets", json!([delegation("a", "*/*", false)])),
            ("a", json!([delegation("b", "*/*", false)])),
            (
                "b",
                json!([delegation("a", "*/*", false), delegation("b", "*/*", false)]),
            ),
        ];
        assert_eq!(order(&graph).unwrap(), ["targets", "a", "b"]);
    }

    #[test]
    fn a_role_listed_twice_or_under_a_reserved_name_is_malformed() {
        let twice = json!([
            delegation("a", "other/*", false),
            delegation("a", "motd/*", false)
        ]);
        assert_eq!(order(&[("targets", twice)]), Err(Code::Malformed));
        for name in ["root", "targets", "timestamp", "snapshot", ""] {
            assert_eq!(
                order(&[("targets", json!([delegation(name, "other/*", false)]))]),
                Err(Code::Malformed)
            );
        }
    }

    #[test]
    fn so_many_delegated_roles_and_no_more() {
        let list = |count: usize| -> Value {
            (0..count)
                .map(|n| delegation(&format!("r{n}"), "motd/*", false))
                .collect()
        };
        for (path, most) in [("motd/notices.json", 3), ("motd/other", 32)] {
            let visited = |count| visit(path, &[("targets", list(count))]);
            assert_eq!(visited(most).unwrap().len(), most + 1, "{path}");
            assert_eq!(visited(most + 1), Err(Code::TooManyDelegations), "{path}");
        }
    }
}
