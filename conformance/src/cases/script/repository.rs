//! The lines of a repository: what is changed of the one that it is `of`, or of a new one.
//!
//! `document`, `target-document`, `publish ROLES`, `renew TIME`, `sign-root KEYS` and `rotate ROLE: KEYS; ROLE: KEYS`
//! are the calls of [`SimulatedRepository`]. `keys ROLE: KEYS` and `signers ROLE: KEYS` take names of keys with commas
//! between them, and `KEY ~ COMMENT` for the same key under another key id; `-` is no key. `threshold`, `version` and
//! `expires` take roles with commas between them, or `*` for all but root. `hashes` has the snapshot state hashes.
//! `target ROLE PATH TEXT` lists a file, `served PATH TEXT` replaces it, `beside PATH TEXT` adds a file that no role
//! names, `entry ROLE PATH POINTER VALUE` changes its entry; `edit ROLE POINTER VALUE` changes what is signed, and a
//! value `-` removes. `mangle ROLE CHANGE` changes the bytes after the signature. `reserved-entry ROLE` lists the
//! notice document in that role too. `nothing` removes the notice document, `rename ROLE NAME` gives its entries to
//! another role. `delegate ROLE first|last|only NAME terminating|open PATHS` adds a delegation.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::values::{all, bytes, changed, merge, set, with_document};
use crate::simulator::{Key, NOTICES, PATH, SimulatedDelegation, SimulatedRepository};

/// The repositories of a file of cases, by their names.
#[derive(Default)]
pub(super) struct Repositories(BTreeMap<String, SimulatedRepository>);

impl Repositories {
    pub(super) fn named(&self, name: &str) -> Result<&SimulatedRepository> {
        let repository = self.0.get(name);
        repository.with_context(|| format!("no repository {name}"))
    }

    pub(super) fn insert(&mut self, name: &str, repository: SimulatedRepository) {
        self.0.insert(name.to_owned(), repository);
    }

    /// Keeps the repository of an entry, `NAME` or `NAME of BASE`.
    pub(super) fn read(&mut self, name: &str, lines: &[String]) -> Result<()> {
        let (name, mut repository) = match name.split_once(" of ") {
            Some((name, base)) => (name, self.named(base)?.clone()),
            None => (name, SimulatedRepository::new()),
        };
        for line in lines {
            change(&mut repository, line).with_context(|| line.clone())?;
        }
        self.insert(name, repository);
        Ok(())
    }
}

fn change(repository: &mut SimulatedRepository, line: &str) -> Result<()> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let roles = || rest.split(' ').filter(|role| !role.is_empty());
    match verb {
        "document" => repository.set_document(&document(rest)?),
        "target-document" => repository.set_document_as_target(&document(rest)?),
        "publish" => repository.publish(&roles().collect::<Vec<_>>()),
        "renew" => repository.renew(rest),
        "sign-root" => repository.sign_root(&keys(rest)),
        "hashes" => repository.states_hashes = true,
        "rotate" => {
            let changes = rest.split("; ").filter(|change| !change.is_empty());
            let changes: Vec<_> = changes.map(of_role).collect::<Result<_>>()?;
            repository.rotate(&changes);
        }
        "keys" | "signers" => {
            let (role, keys) = of_role(rest)?;
            let by_role = match verb {
                "keys" => &mut repository.keys,
                _ => &mut repository.signers,
            };
            by_role.insert(role.to_owned(), keys);
        }
        "threshold" | "version" | "expires" => {
            let (roles, value) = rest.split_once(' ').context("roles and a value")?;
            for role in named(repository, roles) {
                match verb {
                    "threshold" => {
                        repository.thresholds.insert(role, value.parse()?);
                    }
                    "version" => {
                        repository.versions.insert(role, value.parse()?);
                    }
                    _ => {
                        repository.expires.insert(role, value.to_owned());
                    }
                }
            }
        }
        "delegate" => delegate(repository, rest)?,
        "target" => {
            let [role, path, text] = words(rest)?;
            repository.set_target(role, path, bytes(text)?);
        }
        "beside" => {
            let (path, text) = rest.split_once(' ').context("a path and a text")?;
            repository.add_file(path, bytes(text)?);
        }
        "served" => {
            let (path, text) = rest.split_once(' ').context("a path and a text")?;
            repository.targets.insert(path.to_owned(), bytes(text)?);
        }
        "nothing" => {
            repository.entries.remove(NOTICES);
            repository.targets.clear();
        }
        "rename" => {
            let (role, name) = rest.split_once(' ').context("two names")?;
            let entries = repository.entries.remove(role).unwrap_or_default();
            repository.entries.insert(name.to_owned(), entries);
        }
        "entry" => {
            let [role, path, rest] = words(rest)?;
            let (pointer, value) = rest.split_once(' ').context("a pointer and a value")?;
            set(repository.entry_mut(role, path), pointer, new(value)?)?;
        }
        "edit" => {
            let [role, pointer, value] = words(rest)?;
            let (pointer, value) = (pointer.to_owned(), new(value)?);
            repository.edit(role, move |signed| {
                // A role that is null is in no expectation.
                if set(signed, &pointer, value.clone()).is_err() {
                    *signed = Value::Null;
                }
            });
        }
        "mangle" => {
            let (role, change) = rest.split_once(' ').context("a role and a change")?;
            let change = change.to_owned();
            repository.mangle(role, move |bytes| {
                changed(bytes.clone(), &change).unwrap_or(bytes)
            });
        }
        "reserved-entry" => {
            let entry = repository.entry_mut(NOTICES, PATH).clone();
            *repository.entry_mut(rest, PATH) = entry;
        }
        _ => bail!("no such change"),
    }
    Ok(())
}

fn document(text: &str) -> Result<Value> {
    let (mut document, more) = with_document(text)?;
    merge(&mut document, &more);
    Ok(document)
}

fn new(text: &str) -> Result<Option<Value>> {
    match text {
        "-" => Ok(None),
        _ => Ok(all(text)?.into_iter().next()),
    }
}

fn words(text: &str) -> Result<[&str; 3]> {
    let words = text.splitn(3, ' ').collect::<Vec<_>>();
    words.try_into().ok().context("not three words")
}

fn named(repository: &SimulatedRepository, roles: &str) -> Vec<String> {
    match roles {
        "*" => repository
            .versions
            .keys()
            .filter(|role| *role != "root")
            .cloned()
            .collect(),
        _ => roles.split(',').map(str::to_owned).collect(),
    }
}

fn of_role(text: &str) -> Result<(&str, Vec<Key>)> {
    let (role, names) = text.split_once(':').context("a role and its keys")?;
    Ok((role, keys(names)))
}

/// The keys of these names.
pub(super) fn keys(names: &str) -> Vec<Key> {
    names
        .split(',')
        .map(str::trim)
        .filter(|name| !["", "-"].contains(name))
        .map(|name| match name.split_once(" ~ ") {
            Some((name, comment)) => Key::named(name).respelled(comment),
            None => Key::named(name),
        })
        .collect()
}

fn delegate(repository: &mut SimulatedRepository, text: &str) -> Result<()> {
    let mut words = text.split(' ').map(str::to_owned);
    let mut next = || words.next().context("a word is missing");
    let (delegator, place, role, ending) = (next()?, next()?, next()?, next()?);
    let delegation = SimulatedDelegation {
        role,
        paths: words.collect(),
        terminating: ending == "terminating",
    };
    let delegations = repository.delegations.entry(delegator).or_default();
    delegations.retain(|other| place != "only" && other.role != delegation.role);
    match place.as_str() {
        "first" => delegations.insert(0, delegation),
        _ => delegations.push(delegation),
    }
    Ok(())
}
