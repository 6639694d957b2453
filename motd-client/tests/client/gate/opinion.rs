//! A second opinion on every case: `tuf::Database`, which shares no code with the client's verifier.
//!
//! It is fed the same files in the same order. Where it takes what the client refuses, or the other way round, the
//! table below says why; a disagreement without a reason fails, and so does a reason without a disagreement.

use std::collections::{BTreeMap, BTreeSet};

use motd_client::transport::FileResponse;
use motd_server::publish::pouf::OlpcPouf;
use tuf::Database;
use tuf::metadata::{Delegations, Metadata as _, MetadataPath, RawSignedMetadata, TargetPath};

use super::{GateCase, cases};
use motd_simulator::repo::path_of;
use motd_simulator::{HOUR, Simulation, at};

/// What somebody makes of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecondOpinion {
    /// It is taken.
    Takes,
    /// It is refused, or could not be had.
    Leaves,
}

/// Why the two disagree, and in which cases.
struct Explained {
    why: &'static str,
    cases: &'static [&'static str],
}

const EXPLAINED: &[Explained] = &[
    // It takes what the client refuses.
    Explained {
        why: "the database has no floor for the snapshot that a timestamp lists",
        cases: &[
            "a newer timestamp of an older snapshot",
            "a newer timestamp of an older snapshot under a new root with the same keys",
        ],
    },
    Explained {
        why: "the database forgets delegated roles with each snapshot, and their versions with them",
        cases: &[
            "a newer snapshot of older notices",
            "a newer snapshot of older notices under a new root with the same keys",
        ],
    },
    Explained {
        why: "the database forgets every version with each root, and the snapshots' lists with them",
        cases: &["an older timestamp under a new root with the same keys"],
    },
    Explained {
        why: "length and hashes of a file are its caller's to compare",
        cases: &[
            "notices that are shorter than the snapshot says",
            "a second known hash that is wrong, of the snapshot",
            "a second known hash that is wrong, of the notices",
        ],
    },
    Explained {
        why: "target files are its caller's",
        cases: &[
            "a target file with another hash",
            "a target file that is too short",
            "a target file that is not there",
            "a second known hash that is wrong, of the target file",
        ],
    },
    Explained {
        why: "bounds on downloads, on rotations and on the search are its caller's",
        cases: &[
            "a root one byte beyond the limit",
            "more than 256 new roots",
            "32 of the longest roots, which are more bytes than a run may receive",
            "a timestamp one byte beyond the limit",
            "a snapshot of no stated length, one byte beyond the limit",
            "a snapshot that says it is larger than the limit",
            "targets of no stated length, one byte beyond the limit",
            "targets that say they are larger than the limit",
            "notices of no stated length, one byte beyond the limit",
            "notices that say they are larger than the limit",
            "a stated length of nothing",
            "4 delegated roles on the way, one behind the other",
            "4 delegated roles on the way, side by side",
            "a role whose name is longer than is asked for",
        ],
    },
    Explained {
        why: "its delegations may name a top-level role, which this search then visits twice",
        cases: &["a circle through the top-level role"],
    },
    // It refuses what the client takes.
    Explained {
        why: "its key ids are hashes of the key, or at least look like it",
        cases: &[
            "one key under two ids, and a second person who signs",
            "key ids of a delegation that are no hashes",
            "key ids of the root that are no hashes",
        ],
    },
    Explained {
        why: "our data format for it refuses a member that stands twice; the client takes what was signed",
        cases: &[
            "a duplicate member before the signed one",
            "a timestamp with a member twice",
        ],
    },
    Explained {
        why: "to start again after a publication in between is its caller's",
        cases: &["notices that are not there, once"],
    },
    Explained {
        why: "it refuses a hash algorithm that it does not know, also beside one that it knows",
        cases: &[
            "custom without a known hash",
            "a target file without a known hash",
            "a hash algorithm that nobody knows, of the snapshot",
            "a hash algorithm that nobody knows, of the notices",
            "a hash algorithm that nobody knows, of the target file",
        ],
    },
    Explained {
        why: "it takes role names for paths of files, and refuses those that are awkward",
        cases: &[
            "a role that climbs out of the folder",
            "a role that begins with a slash",
            "a role with a query string and a fragment",
            "a role that is two dots",
        ],
    },
    Explained {
        why: "it takes patterns and targets for paths of files, and refuses those that are awkward",
        cases: &[
            "a delegation with a question mark",
            "a delegation of a path with a slash before it",
            "a delegation of a path with dots in it",
            "a delegation of nothing",
            "a target that climbs out of the folder",
            "a target without a name",
        ],
    },
    Explained {
        why: "OLPC canonical JSON leaves control characters as they are, and its reader then finds no JSON",
        cases: &[
            "a role with control characters",
            "a target with control characters",
            "a notice that clears the screen, beside a good one",
        ],
    },
    Explained {
        why: "it has no delegations by hash",
        cases: &[
            "a delegation by a prefix of the path's hash",
            "a delegation by a prefix of another hash",
            "notices behind 16,384 bins",
            "a bin of 16,384 that has no notices",
            "notices behind bins in bins",
            "bins in bins that lead elsewhere",
        ],
    },
    Explained {
        why: "its timestamp lists a snapshot and nothing else",
        cases: &["members that nobody knows, everywhere"],
    },
    Explained {
        why: "a key or signature that is not hexadecimal makes it refuse the role",
        cases: &[
            "a known key with a scheme that nobody knows",
            "a key that is no key",
            "a signature of a key that nobody knows, and one that is no signature",
        ],
    },
];

/// The second opinion at work on one world.
struct Opinion<'w> {
    world: &'w Simulation,
    database: Database<OlpcPouf>,
    /// The reference time, as a text: the type that the crate has for it is not exported.
    now: String,
}

/// Nothing, or what the crate said.
type Heard<T = ()> = Result<T, String>;

fn text_of(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl<'w> Opinion<'w> {
    /// An opinion that has read the honest base, as the client has.
    fn of_base(world: &'w Simulation) -> Self {
        let root = RawSignedMetadata::new(world.root.clone());
        let database = Database::from_trusted_root(&root).unwrap();
        let mut opinion = Self {
            world,
            database,
            now: at(0).to_string(),
        };
        opinion.run().unwrap();
        opinion
    }

    /// The workflow of TUF 5 around what the database verifies.
    fn run(&mut self) -> Heard {
        self.roots()?;
        let now = self.now.clone();
        let timestamp = RawSignedMetadata::new(self.file("metadata/timestamp.json")?);
        self.database
            .update_timestamp(&now.parse().unwrap(), &timestamp)
            .map_err(text_of)?;
        let listed = self.database.trusted_timestamp().ok_or("no timestamp")?;
        let version = listed.snapshot().version();
        let snapshot = self.file(&self.path("snapshot", version))?;
        self.database
            .update_snapshot(&now.parse().unwrap(), &RawSignedMetadata::new(snapshot))
            .map_err(text_of)?;
        let targets = self.role("targets")?;
        self.database
            .update_targets(&now.parse().unwrap(), &RawSignedMetadata::new(targets))
            .map_err(text_of)?;
        self.search()
    }

    fn roots(&mut self) -> Heard {
        loop {
            let next = self.database.trusted_root().version() + 1;
            match self
                .world
                .network
                .request(&format!("metadata/{next}.root.json"))
            {
                Ok(FileResponse::Body(bytes)) => {
                    let root = RawSignedMetadata::new(bytes);
                    self.database.update_root(&root).map_err(text_of)?;
                }
                Ok(FileResponse::NotFound | FileResponse::Forbidden) => return Ok(()),
                Err(code) => return Err(code.as_str().to_owned()),
            }
        }
    }

    /// The roles on the way to the reserved path, each under the role that the search came from.
    fn search(&mut self) -> Heard {
        let path = TargetPath::new("motd/notices.json").unwrap();
        let top = self.database.trusted_targets().ok_or("no targets")?;
        if top.targets().contains_key(&path) {
            return Ok(());
        }
        let mut visited = BTreeSet::new();
        let mut pending = vec![];
        push_children(&mut pending, &MetadataPath::targets(), top.delegations());
        while let Some((parent, role)) = pending.pop() {
            if !visited.insert(role.to_string()) {
                continue;
            }
            let bytes = RawSignedMetadata::new(self.role(&role.to_string())?);
            let now = self.now.parse().unwrap();
            self.database
                .update_delegated_targets(&now, &parent, &role, &bytes)
                .map_err(text_of)?;
            let delegated = &self.database.trusted_delegations()[&role];
            if delegated.targets().contains_key(&path) {
                return Ok(());
            }
            push_children(&mut pending, &role, delegated.delegations());
        }
        Ok(())
    }

    fn role(&self, role: &str) -> Heard<Vec<u8>> {
        let snapshot = self.database.trusted_snapshot().ok_or("no snapshot")?;
        let path = MetadataPath::new(role.to_owned()).map_err(text_of)?;
        let listed = snapshot.meta().get(&path).ok_or("not listed")?;
        self.file(&self.path(role, listed.version()))
    }

    fn path(&self, role: &str, version: u32) -> String {
        if self.database.trusted_root().consistent_snapshot() {
            path_of(role, version.into())
        } else {
            format!("metadata/{role}.json")
        }
    }

    fn file(&self, path: &str) -> Heard<Vec<u8>> {
        match self.world.network.request(path) {
            Ok(FileResponse::Body(bytes)) => Ok(bytes),
            other => Err(format!("{path}: {other:?}")),
        }
    }
}

/// The delegations that have the reserved path: the first one last, and none behind one that ends the search.
fn push_children(
    pending: &mut Vec<(MetadataPath, MetadataPath)>,
    parent: &MetadataPath,
    delegations: &Delegations,
) {
    let has_path = |pattern: &TargetPath| matches(pattern.as_str(), "motd/notices.json");
    let mut children = Vec::new();
    for delegation in delegations.roles() {
        if delegation.paths().iter().any(has_path) {
            children.push((parent.clone(), delegation.name().clone()));
            if delegation.terminating() {
                pending.clear();
                break;
            }
        }
    }
    pending.extend(children.into_iter().rev());
}

/// `*` and `?` as the shell has them, within one segment of a path.
fn matches(pattern: &str, path: &str) -> bool {
    let (Some(first), Some(next)) = (pattern.chars().next(), path.chars().next()) else {
        return path.is_empty() && pattern.trim_matches('*').is_empty();
    };
    match first {
        '*' => matches(&pattern[1..], path) || (next != '/' && matches(pattern, &path[1..])),
        '?' if next != '/' => matches(&pattern[1..], &path[1..]),
        first => first == next && matches(&pattern[first.len_utf8()..], &path[next.len_utf8()..]),
    }
}

#[tokio::test]
async fn every_disagreement_has_its_reason() {
    let mut explained = BTreeMap::new();
    for reason in EXPLAINED {
        for name in reason.cases {
            assert_eq!(explained.insert(*name, reason.why), None, "{name}");
        }
    }
    let mut unknown: BTreeSet<&str> = explained.keys().copied().collect();
    let mut wrong = Vec::new();
    for case in cases() {
        let heard = heard(case);
        let theirs = if heard.is_ok() {
            SecondOpinion::Takes
        } else {
            SecondOpinion::Leaves
        };
        let ours = match case.expected.split(' ').next() {
            Some("fresh") => SecondOpinion::Takes,
            _ => SecondOpinion::Leaves,
        };
        unknown.remove(case.name);
        match (ours == theirs, explained.get(case.name)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => wrong.push(format!("{}: the reason is not needed", case.name)),
            (false, None) => wrong.push(format!("{}: {}, and {heard:?}", case.name, case.expected)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown.is_empty(), "no such case: {unknown:?}");
}

/// What the second opinion says about a case, after the base.
fn heard(case: &GateCase) -> Heard {
    let mut world = Simulation::new();
    let database = Opinion::of_base(&world).database;
    (case.make)(&mut world);
    let mut opinion = Opinion {
        world: &world,
        database,
        now: at(HOUR).to_string(),
    };
    opinion.run()
}
