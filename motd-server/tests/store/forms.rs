//! What clients do not read is neither published nor served: MOTD-PUB-13 and MOTD-SRV-11, judged by the client itself.

use motd_server::publish::fixture::{TestRepository, sign_raw, signed_of};
use motd_server::publish::key::Signer;
use motd_server::publish::metadata::RoleFile;
use motd_server::publish::metadata::write::{meta_entry, set, set_version};
use motd_server::publish::{Proposal, PublishError, Published as _, Repository, SigningRequest};
use motd_server::store::files::{Files, TIMESTAMP, versioned};
use serde_json::{Value, json};

use super::reader::Reader;
use super::world::{HOUR, Team, at, key as person};

/// A change of what is signed.
type Change = fn(&mut Value);

/// The next version of a role, changed and signed by two people.
fn signed(base: &TestRepository, role: &RoleFile, change: Change) -> RoleFile {
    let mut next = role.signed().clone();
    set_version(&mut next, role.version() + 1, role.expires());
    change(&mut next);
    let people: [&dyn Signer; 2] = [&base.people[0], &base.people[1]];
    raw(role.name(), &sign_raw(&next, &people).unwrap())
}

/// The file under a name that it need not say itself.
fn raw(name: &str, bytes: &[u8]) -> RoleFile {
    RoleFile::read(name, bytes).unwrap()
}

/// The files as a thief of the online keys would publish a role.
fn taken_in(base: &TestRepository, name: &str, version: u64, bytes: &[u8]) -> Files {
    let mut files = base.repository.files().clone();
    files.0.insert(versioned(version, name), bytes.to_vec());
    let next = |before: &RoleFile, name: &str, version, bytes: &[u8], key: &dyn Signer| {
        let mut signed = before.signed().clone();
        set_version(&mut signed, before.version() + 1, before.expires());
        let entry = meta_entry(version, bytes);
        set(&mut signed["meta"], &format!("{name}.json"), entry);
        sign_raw(&signed, &[key]).unwrap()
    };
    let (snapshot, timestamp) = (base.repository.snapshot(), base.repository.timestamp());
    let (version, bytes) = match name {
        "snapshot" => (version, bytes.to_vec()),
        _ => (
            snapshot.version() + 1,
            next(snapshot, name, version, bytes, &base.snapshot),
        ),
    };
    let timestamp = next(timestamp, "snapshot", version, &bytes, &base.timestamp);
    files.0.insert(versioned(version, "snapshot"), bytes);
    files.0.insert(TIMESTAMP.to_owned(), timestamp);
    files
}

fn many(count: usize, of: impl Fn(usize) -> Value) -> Value {
    (0..count).map(of).collect()
}

fn key(number: usize) -> Value {
    json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": format!("{number:064x}") } })
}

fn keys(count: usize) -> Value {
    let keys = (0..count).map(|number| (format!("{number:064x}"), key(number)));
    Value::Object(keys.collect())
}

/// A delegation that leads away from the notices.
fn delegation(number: usize) -> Value {
    json!({ "name": format!("r{number}"), "keyids": [], "threshold": 1, "terminating": false, "paths": ["x/*"] })
}

/// Adds a delegation after those that there are.
fn delegate(role: &mut Value, delegation: Value) {
    let delegations = &mut role["delegations"];
    if !delegations.is_object() {
        *delegations = json!({ "keys": {}, "roles": [] });
    }
    delegations["roles"]
        .as_array_mut()
        .unwrap()
        .push(delegation);
}

/// Adds a key and a delegation, changed.
fn delegate_with(role: &mut Value, change: impl Fn(&mut Value)) {
    delegate(role, delegation(0));
    role["delegations"]["keys"]["x"] = json!({ "keytype": "x", "scheme": "x", "keyval": {} });
    change(&mut role["delegations"]);
}

fn last(delegations: &mut Value) -> &mut Value {
    delegations["roles"]
        .as_array_mut()
        .unwrap()
        .last_mut()
        .unwrap()
}

fn without(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

const CHANGES: [(&str, bool, Change); 25] = [
    ("nothing", true, |_| {}),
    ("an unknown member", true, |role| {
        role["more"] = json!([null]);
    }),
    ("another file", true, |role| {
        role["targets"]["other/x"] = json!({ "length": 1, "hashes": { "sha256": "00" } });
    }),
    ("spec_version 1.0", true, |role| {
        role["spec_version"] = json!("1.0");
    }),
    ("one more delegation", true, |role| {
        delegate(role, delegation(0));
    }),
    ("64 key ids", true, |role| {
        let mut many_ids = delegation(0);
        many_ids["keyids"] = many(64, |number| json!(format!("{number:064x}")));
        delegate(role, many_ids);
    }),
    ("spec_version is missing", false, |role| {
        without(role, "spec_version");
    }),
    ("spec_version 99.0", false, |role| {
        role["spec_version"] = json!("99.0");
    }),
    ("spec_version 1.x", false, |role| {
        role["spec_version"] = json!("1.x");
    }),
    ("spec_version with four numbers", false, |role| {
        role["spec_version"] = json!("1.0.0.0");
    }),
    ("targets are missing", false, |role| {
        without(role, "targets");
    }),
    ("a length that is text", false, |role| {
        role["targets"]["other/x"] = json!({ "length": "a", "hashes": {} });
    }),
    ("a file without hashes", false, |role| {
        role["targets"]["other/x"] = json!({ "length": 1 });
    }),
    ("a hash that is a number", false, |role| {
        role["targets"]["other/x"] = json!({ "length": 1, "hashes": { "sha256": 1 } });
    }),
    ("delegations are a number", false, |role| {
        role["delegations"] = json!(7);
    }),
    ("delegations are null", false, |role| {
        role["delegations"] = Value::Null;
    }),
    ("a delegation with a name alone", false, |role| {
        delegate(role, json!({ "name": "x" }));
    }),
    (
        "a delegation with two ways of naming paths",
        false,
        |role| {
            let mut both = delegation(0);
            both["path_hash_prefixes"] = json!(["00"]);
            delegate(role, both);
        },
    ),
    ("a delegation without paths", false, |role| {
        let mut neither = delegation(0);
        without(&mut neither, "paths");
        delegate(role, neither);
    }),
    ("a threshold of 0", false, |role| {
        let mut zero = delegation(0);
        zero["threshold"] = json!(0);
        delegate(role, zero);
    }),
    ("a key without a scheme", false, |role| {
        delegate(role, delegation(0));
        role["delegations"]["keys"]["x"] = json!({ "keytype": "ed25519", "keyval": {} });
    }),
    ("65 key ids", false, |role| {
        let mut many_ids = delegation(0);
        many_ids["keyids"] = many(65, |number| json!(format!("{number:064x}")));
        delegate(role, many_ids);
    }),
    ("4,097 keys", false, |role| {
        delegate(role, delegation(0));
        let more = keys(4_097);
        let known = role["delegations"]["keys"].as_object_mut().unwrap();
        known.extend(more.as_object().unwrap().clone());
    }),
    ("20,001 delegations", false, |role| {
        delegate(role, delegation(0));
        let roles = role["delegations"]["roles"].as_array_mut().unwrap();
        roles.extend((1..20_001).map(delegation));
    }),
    ("100,001 patterns", false, |role| {
        let mut wide = delegation(0);
        wide["paths"] = many(100_001, |number| json!(format!("{number}/*")));
        delegate(role, wide);
    }),
];

#[tokio::test]
async fn what_clients_do_not_read_is_not_published() {
    let base = Team::repository();
    let root = base.trusted_root();
    let online = base.online();
    for (name, readable, change) in CHANGES {
        let notices = signed(&base, base.repository.notices(), change);
        let document = base.repository.document(&base.id).unwrap();
        let targets = signed(&base, base.repository.targets(), change);
        let mut requests = vec![(
            SigningRequest {
                targets: Some(targets.clone()),
                ..SigningRequest::default()
            },
            targets,
        )];
        match Proposal::read(notices.bytes(), Some(document.bytes())) {
            Ok(proposal) => requests.push((proposal.into(), notices)),
            Err(error) => assert!(!readable, "{name}: {error}"),
        }
        for (request, file) in requests {
            let role = file.name();
            let files = taken_in(&base, role, file.version(), file.bytes());
            let read = Reader::new(&root).check(&files, at(HOUR)).await;
            assert_eq!(read.is_ok(), readable, "{role}, {name}: {read:?}");
            let served = Repository::load(files, &root).map(drop);
            assert_eq!(served.is_ok(), readable, "{role}, {name}: {served:?}");
            let admitted = base.repository.admit(&request, at(HOUR)).map(drop);
            let published = base
                .repository
                .publish(&request, &online, at(HOUR))
                .map(drop);
            for end in [admitted, published] {
                match end {
                    Ok(()) => assert!(readable, "{role}, {name}"),
                    Err(PublishError::Unreadable { .. }) => assert!(!readable, "{role}, {name}"),
                    Err(error) => panic!("{role}, {name}: {error}"),
                }
            }
        }
    }
}

/// A file of another type in the place of the role for notices is not even read.
#[test]
fn another_type_is_no_proposal() {
    let base = Team::repository();
    let mut root = base.repository.notices().signed().clone();
    root["_type"] = json!("root");
    let bytes = sign_raw(&root, &[&base.people[0] as &dyn Signer]).unwrap();
    assert!(Proposal::read(&bytes, None).is_err());
}

/// Nested containers.
fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// A file with a member beside what is signed.
fn beside(text: &str, value: &str) -> String {
    text.replacen('{', &format!("{{\"x\":{value},"), 1)
}

/// A file with one signature more.
fn with_signature(text: &str, signature: &str) -> String {
    text.replacen(
        "\"signatures\":[",
        &format!("\"signatures\":[{signature},"),
        1,
    )
}

fn first_signature(text: &str) -> Value {
    let file: Value = serde_json::from_str(text).unwrap();
    file["signatures"][0].clone()
}

/// A file with another first signature.
fn with_first_signature(text: &str, change: impl Fn(&mut Value)) -> String {
    let mut file: Value = serde_json::from_str(text).unwrap();
    change(&mut file["signatures"][0]);
    file.to_string()
}

fn with_signatures(text: &str, count: usize) -> String {
    let file: Value = serde_json::from_str(text).unwrap();
    let more = count - file["signatures"].as_array().unwrap().len();
    let more = (0..more).map(|number| format!("{{\"keyid\":\"{number}\",\"sig\":\"\"}}"));
    with_signature(text, &more.collect::<Vec<_>>().join(","))
}

/// Whom a change of a file's bytes leaves a reader.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Readers {
    All,
    /// A server refuses names that stand twice (MOTD-BYTES-9).
    Clients,
    None,
}
use Readers::{All, Clients, None as Nobody};

type TextChange = fn(&str) -> String;

/// What a writer of the store can do to a file without a key.
const TEXTS: [(&str, Readers, TextChange); 37] = [
    ("nothing", All, str::to_owned),
    ("white space", All, |text| format!(" \n{text}\r\n\t")),
    ("a member", All, |text| beside(text, "1")),
    ("null", All, |text| beside(text, "null")),
    ("63 containers", All, |text| beside(text, &nested(63))),
    ("64 containers", Nobody, |text| beside(text, &nested(64))),
    ("200 containers", Nobody, |text| beside(text, &nested(200))),
    ("the largest integer", All, |text| {
        beside(text, "9007199254740991")
    }),
    ("a larger integer", Nobody, |text| {
        beside(text, "9007199254740992")
    }),
    ("the smallest integer", All, |text| {
        beside(text, "-9007199254740991")
    }),
    ("a smaller integer", Nobody, |text| {
        beside(text, "-9007199254740992")
    }),
    ("an endless integer", Nobody, |text| {
        beside(text, &"9".repeat(400))
    }),
    ("minus zero", Nobody, |text| beside(text, "-0")),
    ("a fraction", Nobody, |text| beside(text, "1.0")),
    ("an exponent", Nobody, |text| beside(text, "1e0")),
    ("infinity", Nobody, |text| beside(text, "1e999")),
    ("no number", Nobody, |text| beside(text, "NaN")),
    ("a surrogate pair", All, |text| {
        beside(text, "\"\\ud83d\\ude00\"")
    }),
    ("half of a pair", Nobody, |text| beside(text, "\"\\ud83d\"")),
    ("half of a pair as a name", Nobody, |text| {
        beside(text, "{\"\\ude00\":1}")
    }),
    ("an escaped NUL", All, |text| beside(text, "\"\\u0000\"")),
    ("a byte order mark", Nobody, |text| {
        format!("\u{feff}{text}")
    }),
    ("more JSON behind", Nobody, |text| format!("{text}{{}}")),
    ("a name twice", Clients, |text| {
        beside(text, "{\"y\":1,\"y\":2}")
    }),
    ("signed twice", Clients, |text| {
        text.replacen('{', "{\"signed\":{},", 1)
    }),
    ("an unknown signature", All, |text| {
        with_signature(text, "{\"keyid\":\"zz\",\"sig\":\"no hex\"}")
    }),
    ("an empty signature", All, |text| {
        with_signature(text, "{\"keyid\":\"\",\"sig\":\"\"}")
    }),
    ("a signature with a member", All, |text| {
        with_first_signature(text, |first| first["x"] = json!([1]))
    }),
    ("a signature in capitals", All, |text| {
        with_first_signature(text, |first| {
            first["sig"] = json!(first["sig"].as_str().unwrap().to_uppercase());
        })
    }),
    ("a signature twice", Nobody, |text| {
        with_signature(text, &first_signature(text).to_string())
    }),
    ("a wrong signature first", Nobody, |text| {
        with_signature(
            text,
            &json!({ "keyid": first_signature(text)["keyid"], "sig": "00" }).to_string(),
        )
    }),
    ("a signature without value", Nobody, |text| {
        with_signature(text, "{\"keyid\":\"zz\"}")
    }),
    ("a signature that is a number", Nobody, |text| {
        with_signature(text, "1")
    }),
    ("a signature that is a list", Nobody, |text| {
        with_signature(text, "[\"zz\",\"00\"]")
    }),
    ("128 signatures", All, |text| with_signatures(text, 128)),
    ("129 signatures", Nobody, |text| with_signatures(text, 129)),
    ("a list", Nobody, |text| format!("[{text}]")),
];

/// What the owner of a role can do to what is signed, beside [`CHANGES`].
const SIGNED: [(&str, &str, bool, Change); 62] = [
    ("*", "62 containers", true, |role| {
        role["x"] = serde_json::from_str(&nested(62)).unwrap();
    }),
    ("*", "63 containers", false, |role| {
        role["x"] = serde_json::from_str(&nested(63)).unwrap();
    }),
    ("*", "names of any kind", true, |role| {
        role["x"] = json!([null, {"": 1, "\u{1f600}": 1, "\u{fb00}": 2}]);
    }),
    ("*", "a large integer", false, |role| {
        role["x"] = json!(1_u64 << 53);
    }),
    ("*", "spec_version 1.0", true, |role| {
        role["spec_version"] = json!("1.0");
    }),
    ("*", "spec_version 1", false, |role| {
        role["spec_version"] = json!("1");
    }),
    ("*", "spec_version 01.0", false, |role| {
        role["spec_version"] = json!("01.0");
    }),
    ("*", "spec_version 1.00", false, |role| {
        role["spec_version"] = json!("1.00");
    }),
    ("*", "spec_version 1.", false, |role| {
        role["spec_version"] = json!("1.");
    }),
    ("*", "spec_version 1.0-beta", false, |role| {
        role["spec_version"] = json!("1.0-beta");
    }),
    ("*", "spec_version is a number", false, |role| {
        role["spec_version"] = json!(1);
    }),
    ("*", "no spec_version", false, |role| {
        without(role, "spec_version");
    }),
    ("*", "a time without its zeros", false, |role| {
        role["expires"] = json!("2030-2-1T0:0:0Z");
    }),
    ("*", "a time with an offset", false, |role| {
        role["expires"] = json!("2030-01-01T00:00:00+00:00");
    }),
    ("*", "a version that is true", false, |role| {
        role["version"] = json!(true);
    }),
    ("*", "a version that is a text", false, |role| {
        role["version"] = json!("1");
    }),
    ("*", "another type", false, |role| {
        role["_type"] = json!("other");
    }),
    ("root", "consistent_snapshot is null", false, |role| {
        role["consistent_snapshot"] = Value::Null;
    }),
    ("root", "a threshold of 0", false, |role| {
        role["roles"]["targets"]["threshold"] = json!(0);
    }),
    ("root", "a threshold that is true", false, |role| {
        role["roles"]["targets"]["threshold"] = json!(true);
    }),
    ("root", "a role that is a list", false, |role| {
        role["roles"]["targets"] = json!([["x"], 1]);
    }),
    ("root", "a role is missing", false, |role| {
        without(&mut role["roles"], "snapshot");
    }),
    ("root", "roles that are a list", false, |role| {
        role["roles"] = json!([]);
    }),
    ("root", "keys that are a list", false, |role| {
        role["keys"] = json!([]);
    }),
    ("root", "a key that is a list", false, |role| {
        role["keys"]["x"] = json!(["x", "x", {}]);
    }),
    ("root", "a key without a scheme", false, |role| {
        role["keys"]["x"] = json!({ "keytype": "x", "keyval": {} });
    }),
    ("root", "a keyval that is a text", false, |role| {
        role["keys"]["x"] = json!({ "keytype": "x", "scheme": "x", "keyval": "x" });
    }),
    ("root", "a key without a value", true, |role| {
        role["keys"]["x"] = json!({ "keytype": "x", "scheme": "x", "keyval": {} });
    }),
    ("root", "a role that is a number", true, |role| {
        role["roles"]["odd"] = json!(7);
    }),
    ("root", "65 key ids", false, |role| {
        let ids = role["roles"]["targets"]["keyids"].as_array_mut().unwrap();
        ids.extend((0..65).map(|number| json!(number.to_string())));
    }),
    ("root", "4,097 keys", false, |role| {
        let keys = role["keys"].as_object_mut().unwrap();
        let key = json!({ "keytype": "x", "scheme": "x", "keyval": {} });
        keys.extend((0..4_097).map(|number| (number.to_string(), key.clone())));
    }),
    ("timestamp", "meta that is a list", false, |role| {
        role["meta"] = json!([{ "version": 1 }]);
    }),
    ("timestamp", "an entry that is a list", false, |role| {
        role["meta"]["snapshot.json"] = json!([1]);
    }),
    ("timestamp", "an unknown entry", true, |role| {
        role["meta"]["x.json"] = json!(7);
    }),
    ("timestamp", "no length and no hashes", true, |role| {
        let version = role["meta"]["snapshot.json"]["version"].clone();
        role["meta"]["snapshot.json"] = json!({ "version": version });
    }),
    ("timestamp", "hashes that are null", false, |role| {
        role["meta"]["snapshot.json"]["hashes"] = Value::Null;
    }),
    ("timestamp", "a length that is null", false, |role| {
        role["meta"]["snapshot.json"]["length"] = Value::Null;
    }),
    ("snapshot", "meta that is a list", false, |role| {
        role["meta"] = json!([{ "version": 1 }]);
    }),
    ("snapshot", "an entry that is a list", false, |role| {
        role["meta"]["x.json"] = json!([1]);
    }),
    ("snapshot", "an entry that is a number", false, |role| {
        role["meta"]["x.json"] = json!(7);
    }),
    ("snapshot", "version 0", false, |role| {
        role["meta"]["x.json"] = json!({ "version": 0 });
    }),
    ("snapshot", "hashes that are null", false, |role| {
        role["meta"]["motd.json"]["hashes"] = Value::Null;
    }),
    ("snapshot", "a hash that is a number", false, |role| {
        role["meta"]["motd.json"]["hashes"]["x"] = json!(1);
    }),
    ("snapshot", "a length that is null", false, |role| {
        role["meta"]["motd.json"]["length"] = Value::Null;
    }),
    ("targets", "a role twice", false, |role| {
        delegate_with(role, |all| last(all)["name"] = json!("motd"));
    }),
    ("targets", "a role that is top-level", false, |role| {
        delegate_with(role, |all| last(all)["name"] = json!("root"));
    }),
    ("targets", "a role without a name", false, |role| {
        delegate_with(role, |all| last(all)["name"] = json!(""));
    }),
    ("targets", "no roles", false, |role| {
        role["delegations"]["roles"] = Value::Null;
    }),
    ("motd", "no roles", false, |role| {
        role["delegations"] = json!({ "keys": {}, "roles": null });
    }),
    ("motd", "delegations without roles", true, |role| {
        role["delegations"] = json!({ "keys": {} });
    }),
    ("motd", "succinct roles", true, |role| {
        role["delegations"] = json!({ "keys": {}, "succinct_roles": 7 });
    }),
    ("motd", "custom that is a number", true, |role| {
        role["targets"]["x"] = json!({ "length": 1, "hashes": {}, "custom": 7 });
    }),
    ("motd", "targets that are a list", false, |role| {
        role["targets"] = json!([[1, {}]]);
    }),
    ("motd", "a target that is a list", false, |role| {
        role["targets"]["x"] = json!([1, {}, null]);
    }),
    ("motd", "hashes that are a list", false, |role| {
        role["targets"]["x"] = json!({ "length": 1, "hashes": [["sha256", "x"]] });
    }),
    ("motd", "another delegation", true, |role| {
        delegate_with(role, |_| {});
    }),
    ("motd", "a delegation that is a list", false, |role| {
        delegate_with(role, |all| {
            *last(all) = json!(["x", ["x"], 1, true, ["x/*"]]);
        });
    }),
    ("motd", "terminating is 0", false, |role| {
        delegate_with(role, |all| last(all)["terminating"] = json!(0));
    }),
    ("motd", "paths that are null", false, |role| {
        delegate_with(role, |all| {
            last(all)["paths"] = Value::Null;
            last(all)["path_hash_prefixes"] = json!([""]);
        });
    }),
    ("motd", "a pattern that is a number", false, |role| {
        delegate_with(role, |all| last(all)["paths"] = json!([7]));
    }),
    ("motd", "keys that are a list", false, |role| {
        delegate_with(role, |all| all["keys"] = json!([]));
    }),
    ("motd", "a keyval that is a list", false, |role| {
        delegate_with(role, |all| all["keys"]["x"]["keyval"] = json!([]));
    }),
];

/// The longest file of each role that clients read.
const FILES: [(&str, usize); 5] = [
    ("root", 512_000),
    ("timestamp", 16_384),
    ("snapshot", 2_000_000),
    ("targets", 5_000_000),
    ("motd", 5_000_000),
];

/// A repository with a second root, as the client and two servers see it: one holds its first root, one the second.
struct Judged {
    base: TestRepository,
    held: [Vec<u8>; 2],
}

impl Judged {
    fn new() -> Self {
        let mut base = Team::repository();
        base.rotate_root(person(8), person(9), at(0)).unwrap();
        let held = [base.trusted_root(), base.repository.root().bytes().to_vec()];
        Self { base, held }
    }

    fn role(&self, name: &str) -> &RoleFile {
        match name {
            "root" => self.base.repository.root(),
            "timestamp" => self.base.repository.timestamp(),
            "snapshot" => self.base.repository.snapshot(),
            name => self.base.repository.role(name).unwrap(),
        }
    }

    /// A role with a change of what is signed, signed again.
    fn signed(&self, name: &str, change: Change) -> Vec<u8> {
        let mut signed = self.role(name).signed().clone();
        change(&mut signed);
        let people: [&dyn Signer; 2] = [&self.base.people[0], &self.base.people[1]];
        let keys = match name {
            "timestamp" => &[&self.base.timestamp as &dyn Signer],
            "snapshot" => &[&self.base.snapshot as &dyn Signer],
            _ => &people[..],
        };
        sign_raw(&signed, keys).unwrap()
    }

    async fn judge(&self, name: &str, what: &str, bytes: Vec<u8>, readers: Readers) {
        let version = self.role(name).version();
        let says_else =
            name == "root" && signed_of(&bytes).ok().as_ref() != Some(self.role(name).signed());
        let mut files = self.base.repository.files().clone();
        match name {
            "root" => drop(files.0.insert(versioned(version, "root"), bytes)),
            "timestamp" => drop(files.0.insert(TIMESTAMP.to_owned(), bytes)),
            name => files = taken_in(&self.base, name, version, &bytes),
        }
        let read = Reader::new(&self.held[0]).check(&files, at(HOUR)).await;
        assert_eq!(read.is_ok(), readers != Nobody, "{name}, {what}: {read:?}");
        // Who holds the second root holds what it says.
        let held = if says_else {
            &self.held[..1]
        } else {
            &self.held
        };
        for held in held {
            let served = Repository::load(files.clone(), held).map(drop);
            assert_eq!(served.is_ok(), readers == All, "{name}, {what}: {served:?}");
        }
    }
}

#[tokio::test]
async fn a_server_takes_up_what_clients_read_and_nothing_else() {
    let judged = Judged::new();
    for (name, most) in FILES {
        let text = String::from_utf8(judged.role(name).bytes().to_vec()).unwrap();
        for (what, readers, change) in TEXTS {
            let bytes = change(&text).into_bytes();
            judged.judge(name, what, bytes, readers).await;
        }
        let padded = |length| [text.as_bytes(), &vec![b' '; length - text.len()]].concat();
        judged.judge(name, "the longest", padded(most), All).await;
        let longer = padded(most + 1);
        judged.judge(name, "a longer one", longer, Nobody).await;
        for (role, what, readable, change) in SIGNED {
            if role == "*" || role == name {
                let readers = if readable { All } else { Nobody };
                let bytes = judged.signed(name, change);
                judged.judge(name, what, bytes, readers).await;
            }
        }
    }
}
