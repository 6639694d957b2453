//! What does not get in, each with the code that it gets; and nothing is kept of any of it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use motd_server::serve::api::{
    ApiSettings, BODY_BYTES, NewProposal, NewSignature, Rates, RequestFiles,
};
use motd_server::serve::proposals::{OPEN_FOR_EACH_KEY, OPENED_BY_EACH_KEY, Proposals};
use motd_server::store::{Location, Objects, S3Settings};
use reqwest::{Body, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;

use super::forge::{document, notices, root, targets, with_signatures, with_text};
use super::world::{
    DAY, PATIENCE, World, alice, bob, carol, key, notice, refusal, settings, signature_of, stranger,
};
use crate::store::faulty::Faulty;

/// One upload, and what it gets.
struct Case {
    name: &'static str,
    body: Value,
    expected: (u16, &'static str),
}

fn case(name: &'static str, body: Value, status: u16, code: &'static str) -> Case {
    Case {
        name,
        body,
        expected: (status, code),
    }
}

fn body(files: &RequestFiles) -> Value {
    json!({ "files": files })
}

/// Whoever may sign now has signed none of it.
fn unsigned(world: &World) -> Vec<Case> {
    let (a, stranger, server) = (alice(), stranger(), key(4));
    let as_alice = |signatures: &mut Vec<Value>| signatures[0]["keyid"] = a.key_id().into();
    let of = |key| notices(world, &[key], |_| {});
    let appointed = |request: &mut Value| {
        let id = stranger.key_id();
        request["keys"][&id] = stranger.key_object();
        request["roles"]["root"] = json!({ "keyids": [id], "threshold": 1 });
    };
    let delegated = |signed: &mut Value| {
        let id = stranger.key_id();
        signed["delegations"]["keys"] = json!({ &id: stranger.key_object() });
        signed["delegations"]["roles"][0]["keyids"] = json!([id]);
        signed["delegations"]["roles"][0]["threshold"] = 1.into();
    };
    let mut takeover = targets(world, &[&stranger], delegated);
    let theirs = of(&stranger);
    (takeover.motd, takeover.notices) = (theirs.motd, theirs.notices);
    vec![
        case(
            "no signature at all",
            body(&notices(world, &[], |_| {})),
            403,
            "unsigned",
        ),
        case(
            "a stranger's signature",
            body(&of(&stranger)),
            403,
            "unsigned",
        ),
        case(
            "a stranger's signature under a person's key id",
            with_signatures(world, &[&stranger], as_alice),
            403,
            "unsigned",
        ),
        case("the server's own key", body(&of(&server)), 403, "unsigned"),
        case(
            "the key of another repository's people",
            body(&of(&key_of_another_repository())),
            403,
            "unsigned",
        ),
        case(
            "a person's signature on something else",
            with_text(world, &[&a], |text| {
                text.replace("\"version\":3", "\"version\":4")
            }),
            403,
            "unsigned",
        ),
        case(
            "a root that appoints who signed it",
            body(&root(world, &[&stranger], appointed)),
            403,
            "unsigned",
        ),
        case(
            "targets that appoint who signed the notices",
            body(&takeover),
            403,
            "unsigned",
        ),
    ]
}

fn key_of_another_repository() -> motd_server::publish::key::SigningKey {
    let mut seed = [8; 32];
    seed[31] = 1;
    motd_server::publish::key::SigningKey::assert_test_seed(seed)
}

/// Somebody who may sign has signed it, and more stands there than that.
fn signatures(world: &World) -> Vec<Case> {
    let (a, b, stranger) = (alice(), bob(), stranger());
    let twice = |signatures: &mut Vec<Value>| signatures.push(signatures[0].clone());
    let broken = |signatures: &mut Vec<Value>| {
        let sig = signatures[1]["sig"].as_str().unwrap();
        let flipped = if sig.starts_with('0') { "1" } else { "0" };
        signatures[1]["sig"] = format!("{flipped}{}", &sig[1..]).into();
    };
    let swapped = |signatures: &mut Vec<Value>| signatures[1]["sig"] = signatures[0]["sig"].clone();
    let more = |signatures: &mut Vec<Value>| signatures[0]["by"] = "the security team".into();
    let less = |signatures: &mut Vec<Value>| signatures.push(json!({ "keyid": "a" }));
    let huge = |signatures: &mut Vec<Value>| {
        signatures.push(json!({ "keyid": bob().key_id(), "sig": "ab".repeat(10_000) }));
    };
    let with = |edit: fn(&mut Vec<Value>)| with_signatures(world, &[&a, &b], edit);
    vec![
        case(
            "a stranger beside a person",
            body(&notices(world, &[&a, &stranger], |_| {})),
            403,
            "key-not-in-role",
        ),
        case(
            "one person's signature twice",
            with(twice),
            422,
            "signature-twice",
        ),
        case(
            "a signature that is off by a digit",
            with(broken),
            422,
            "signature-invalid",
        ),
        case(
            "one person's signature under two names",
            with(swapped),
            422,
            "signature-invalid",
        ),
        case(
            "a signature of ten thousand bytes",
            with_signatures(world, &[&a], huge),
            422,
            "signature-invalid",
        ),
        case(
            "a signature with words beside it",
            with(more),
            422,
            "repository-metadata",
        ),
        case(
            "a signature without a signature",
            with(less),
            422,
            "repository-metadata",
        ),
        case(
            "words beside what is signed",
            with_text(world, &[&a], |text| {
                text.replacen('{', "{\"note\":\"read me\",", 1)
            }),
            422,
            "repository-metadata",
        ),
        case(
            "a member that stands twice",
            with_text(world, &[&a], |text| {
                text.replacen("\"version\":3", "\"version\":9,\"version\":3", 1)
            }),
            422,
            "publisher-limits",
        ),
        case(
            "bytes after the file",
            with_text(world, &[&a], |text| format!("{text}{{}}")),
            422,
            "publisher-limits",
        ),
    ]
}

/// Uploads that are wrong in one value: a role and a JSON pointer into what is signed of it, or the whole body, and the
/// value that is put there; what it gets; what it is.
const EDITED: &str = r#"
notices /version | 2                | 422 publisher-version   | another text under the published version
notices /version | 4                | 422 publisher-version   | a version too early
notices /version | 9007199254740991 | 422 publisher-version   | the last of all versions
notices /version | 9007199254740993 | 422 publisher-version   | a version that parsers disagree about
notices /expires | "2018-04-11T00:00:00Z" | 422 publisher-expiry | expired already
notices /expires | "2019-04-11T00:00:00Z" | 422 publisher-expiry | signed for a year
notices /x-weight | 9007199254740993 | 422 publisher-limits    | a number that parsers disagree about
notices /targets | {}               | 422 repository-metadata | no entry for the notices
notices /targets/motd~1notices.json/length | 1 | 422 repository-metadata | the entry of another document
notices /targets/motd~1notices.json/custom/motd/notices | [] | 422 repository-metadata | one text inline, another beside
root /version | 3                   | 422 publisher-version   | root, two versions ahead
root /consistent_snapshot | false   | 422 repository-metadata | root without consistent snapshots
root /expires | "2018-01-01T00:00:00Z" | 422 repository-expired | root that has expired
targets /expires | "2018-01-01T00:00:00Z" | 422 repository-expired | targets that have expired
body | {"files": {}}                | 422 repository-file-missing | no files
body | {"files": {"notices.json": "{}"}} | 422 repository-file-missing | a document without a role
body | {"files": {"../timestamp.json": "{}"}} | 400 request-malformed | a file of another name
body | {"files": {}, "force": true} | 400 request-malformed   | a member more
body | {"files": null}              | 400 request-malformed   | null for files
body | []                           | 400 request-malformed   | a list
body | {"files": {"motd.json": {}}} | 400 request-malformed   | a file that is no text
body | {"files": {"motd.json": "{"}} | 422 publisher-limits   | a file that is no JSON
body | {"files": {"motd.json": "[]"}} | 422 repository-metadata | a file that is no metadata
"#;

fn edited(world: &World) -> Vec<Case> {
    let a = alice();
    let case = |line: &'static str| {
        let [place, value, expected, name] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let value: Value = serde_json::from_str(value).unwrap();
        let (role, pointer) = place.trim().split_once(' ').unwrap_or((place.trim(), ""));
        let edit = |signed: &mut Value| {
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            signed.pointer_mut(parent).unwrap()[member] = value.clone();
        };
        let body = match role {
            "notices" => body(&notices(world, &[&a], edit)),
            "root" => body(&root(world, &[&a], edit)),
            "targets" => body(&targets(world, &[&a], edit)),
            _ => value,
        };
        let (status, code) = expected.trim().split_once(' ').unwrap();
        case(name.trim(), body, status.parse().unwrap(), code)
    };
    EDITED.trim().lines().map(case).collect()
}

/// Somebody who may sign has signed what can never be published.
fn contents(world: &World) -> Vec<Case> {
    let a = alice();
    let published = RequestFiles {
        motd: Some(text(world, "metadata/2.motd.json")),
        ..RequestFiles::default()
    };
    let in_its_place = |files: RequestFiles| {
        let role = files.root.or(files.targets);
        let document = notices(world, &[&a], |_| {}).notices;
        json!({ "files": { "motd.json": role, "notices.json": document } })
    };
    let soon = |signed: &mut Value| {
        signed["version"] = 3.into();
        signed["expires"] = "2018-05-01T00:00:00Z".into();
    };
    let of_targets = in_its_place(targets(world, &[&a], soon));
    let of_root = in_its_place(root(world, &[&a], soon));
    vec![
        case(
            "a replay of what is published",
            json!(NewProposal { files: published }),
            422,
            "publisher-version",
        ),
        case(
            "top-level targets in the place of notices",
            of_targets,
            422,
            "repository-metadata",
        ),
        case(
            "root in the place of notices",
            of_root,
            422,
            "repository-metadata",
        ),
    ]
}

/// Documents that a client would refuse, or that say less than they change.
fn documents(world: &World) -> Vec<Case> {
    let a = alice();
    let doc = |notices: Value| {
        json!({
            "schema_version": "1.0", "repository": "example.org", "default_language": "en", "notices": notices,
        })
    };
    let of = |value: &Value| body(&document(world, &a, value));
    let mut other = doc(json!([notice("After")]));
    other["repository"] = "staging.example.org".into();
    let mut escape = notice("After");
    escape["text"]["en"]["title"] = "\u{202e}redro esrever".into();
    let mut quietly = notice("Before");
    quietly["text"]["en"]["title"] = "Changed without a word".into();
    vec![
        case(
            "another repository's notices",
            of(&other),
            422,
            "repository-other",
        ),
        case(
            "text that turns around",
            of(&doc(json!([escape]))),
            422,
            "text-code-point",
        ),
        case(
            "a changed text under the same revision",
            of(&doc(json!([quietly]))),
            422,
            "publisher-revision",
        ),
        case(
            "two notices with one id",
            of(&doc(json!([notice("After"), notice("After")]))),
            422,
            "id-duplicate",
        ),
    ]
}

/// The roles above, by somebody who may sign them.
fn roles(world: &World) -> Vec<Case> {
    let a = alice();
    let of_root = |edit: &dyn Fn(&mut Value)| body(&root(world, &[&a], edit));
    let of_targets = |edit: &dyn Fn(&mut Value)| body(&targets(world, &[&a], edit));
    let twin = |value: &mut Value| {
        let mut object = a.key_object();
        object["keyval"]["public"] = object["keyval"]["public"]
            .as_str()
            .unwrap()
            .to_uppercase()
            .into();
        value["keys"]["twin"] = object;
    };
    vec![
        case(
            "root with one person under two names",
            of_root(&|signed| {
                twin(signed);
                signed["roles"]["root"]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("twin".into());
            }),
            422,
            "publisher-duplicate-key",
        ),
        case(
            "targets that carry notices themselves",
            of_targets(&|signed| {
                signed["targets"]["motd/notices.json"] =
                    json!({ "length": 1, "hashes": { "sha256": "0".repeat(64) } });
            }),
            422,
            "publisher-shadowed",
        ),
        case(
            "a delegation before that of the notices",
            of_targets(&|signed| {
                let mut other = signed["delegations"]["roles"][0].clone();
                other["name"] = "aaa".into();
                other["paths"] = json!(["*/*"]);
                signed["delegations"]["roles"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, other);
            }),
            422,
            "publisher-shadowed",
        ),
        case(
            "targets with one person under two names",
            of_targets(&|signed| {
                twin(&mut signed["delegations"]);
                signed["delegations"]["roles"][0]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("twin".into());
            }),
            422,
            "publisher-duplicate-key",
        ),
    ]
}

/// What is no request at all.
fn shapes(world: &World) -> Vec<Case> {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let a = alice();
    let long = || {
        let edit = |signed: &mut Value| signed["x-padding"] = "x".repeat(300_000).into();
        body(&notices(world, &[&a], edit))
    };
    let file = json!({ "files": { "motd.json": deep } });
    vec![
        case(
            "a file of a hundred thousand brackets",
            file,
            422,
            "publisher-limits",
        ),
        case(
            "files longer than a proposal may be",
            long(),
            413,
            "proposal-too-long",
        ),
    ]
}

fn raw_text(bytes: &[u8]) -> String {
    str::from_utf8(bytes).unwrap().to_owned()
}

fn text(world: &World, path: &str) -> String {
    raw_text(world.repository().files().bytes(path).unwrap())
}

#[tokio::test]
async fn nothing_that_is_refused_leaves_a_trace() {
    let world = World::new().await;
    let before = world.everything().await;
    let mut cases = unsigned(&world);
    cases.extend(signatures(&world));
    cases.extend(edited(&world));
    cases.extend(contents(&world));
    cases.extend(documents(&world));
    cases.extend(roles(&world));
    cases.extend(shapes(&world));
    let mut wrong = Vec::new();
    for case in &cases {
        let (status, code) = refusal(world.post("/proposals", &case.body).await).await;
        println!("{:<50} {status} {code}", case.name);
        if (status, code.as_str()) != case.expected {
            wrong.push((case.name, status, code));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cases.len() >= 40, "{}", cases.len());
    assert!(world.release().await.is_empty());
    let after = world.everything().await;
    // The log says what was published before, which is no upload.
    let kept = |(path, _): &&(String, Vec<u8>)| path != "log/000000000001.json";
    assert!(before.iter().eq(after.iter().filter(kept)));
}

#[tokio::test]
async fn every_case_of_the_table_gets_in_without_its_fault() {
    let world = World::new().await;
    let a = alice();
    for good in [
        notices(&world, &[&a], |_| {}),
        root(&world, &[&a], |_| {}),
        targets(&world, &[&a], |_| {}),
        document(
            &world,
            &a,
            &json!({
                "schema_version": "1.0", "repository": "example.org", "default_language": "en",
                "notices": [notice("Another")],
            }),
        ),
    ] {
        world.opened(&good.request().unwrap()).await;
    }
    let body = with_signatures(&world, &[&a, &bob()], |_| {});
    assert!(world.post("/proposals", &body).await.status().is_success());
}

#[tokio::test]
async fn a_signature_gets_in_only_where_it_belongs() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let other = world.request("Other", &[&carol()]);
    let id = world.opened(&request).await;
    let before = world.everything().await;
    let good = world.signature(&request, &bob());
    let with = |edit: fn(&mut NewSignature)| {
        let mut signature = good.clone();
        edit(&mut signature);
        signature
    };
    let stranger = {
        let forged = notices(&world, &[&stranger()], |_| {});
        signature_of(&forged.request().unwrap(), "motd", &stranger().key_id())
    };
    let mut as_bob = stranger.clone();
    as_bob.keyid = bob().key_id();
    let cases = [
        ("a stranger's", stranger, (403, "key-not-in-role")),
        (
            "a stranger's under a person's key id",
            as_bob,
            (422, "signature-invalid"),
        ),
        (
            "that of another proposal",
            world.signature(&other, &bob()),
            (422, "signature-invalid"),
        ),
        (
            "one under another's name",
            with(|s| s.keyid = super::world::carol().key_id()),
            (422, "signature-invalid"),
        ),
        (
            "no hexadecimal",
            with(|s| s.sig = "signed, Bob".to_owned()),
            (422, "signature-invalid"),
        ),
        (
            "an empty one",
            with(|s| s.sig.clear()),
            (422, "signature-invalid"),
        ),
        (
            "one with more behind it",
            with(|s| s.sig.push_str("00")),
            (422, "signature-invalid"),
        ),
        (
            "for a role that is not in it",
            with(|s| s.role = "root".to_owned()),
            (422, "repository-file-missing"),
        ),
        (
            "for a path",
            with(|s| s.role = "../timestamp".to_owned()),
            (422, "repository-file-missing"),
        ),
        (
            "under a path",
            with(|s| s.keyid = "../../timestamp".to_owned()),
            (403, "key-not-in-role"),
        ),
    ];
    for (name, signature, expected) in cases {
        let (status, code) = refusal(world.sign(&id, &signature).await).await;
        assert_eq!((status, code.as_str()), expected, "{name}");
    }
    let unknown = format!("{}-{}", &id[..8], "0".repeat(32));
    let long_ago = format!("20180301-{}", &id[9..]);
    let paths = [
        (unknown.as_str(), "proposal-unknown"),
        (long_ago.as_str(), "proposal-unknown"),
        (&id[..40], "proposal-name"),
        ("..%2F..%2Fmetadata", "proposal-name"),
        ("%2e%2e", "not-found"),
        ("%00", "proposal-name"),
    ];
    for (path, expected) in paths {
        let (status, code) = refusal(world.sign(path, &good).await).await;
        assert_eq!((status, code.as_str()), (404, expected), "{path}");
    }
    assert_eq!(world.everything().await, before);
    assert_eq!(world.sign(&id, &good).await.status(), 200);
}

#[tokio::test]
async fn a_person_opens_eight_at_most() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for number in 0..OPEN_FOR_EACH_KEY {
        let request = world.request(&format!("Number{number}"), &[&alice()]);
        ids.push(world.opened(&request).await);
    }
    let more = world.request("More", &[&alice()]);
    assert_eq!(
        refusal(world.open(&more).await).await,
        (429, "proposals-full".to_owned())
    );
    // Also beside somebody who has opened none.
    let both = world.request("More", &[&alice(), &bob()]);
    assert_eq!(
        refusal(world.open(&both).await).await,
        (429, "proposals-full".to_owned())
    );
    let bobs = world.request("More", &[&bob()]);
    assert_eq!(world.open(&bobs).await.status(), 201);
    let path = format!("/proposals/{}", ids[0]);
    world.ask(reqwest::Method::DELETE, &path, &alice()).await;
    let other = world.request("Yet-another", &[&alice()]);
    let answer = world.open(&other).await;
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    world.pass(7 * DAY);
    world
        .opened(&world.request("A-week-later", &[&alice()]))
        .await;
}

#[tokio::test]
async fn nobody_takes_up_the_room_of_others_with_what_they_have_signed() {
    let world = World::new().await;
    let alices = world.request("After", &[&alice()]);
    world.opened(&alices).await;
    let beside = |number: usize, keys: &[&dyn motd_server::publish::key::Signer]| {
        let files = targets(&world, keys, |signed| signed["x-number"] = number.into());
        let mut request = files.request().unwrap();
        request.notices = alices.notices.clone();
        request
    };
    // Whoever has read it can put it beside drafts that nobody has signed, and need not sign anything.
    for number in 0..3 {
        assert_eq!(
            refusal(world.open(&beside(number, &[])).await).await,
            (409, "proposal-nothing-new".to_owned())
        );
    }
    // What Bob signs beside it is Bob's.
    for number in 0..OPEN_FOR_EACH_KEY {
        world.opened(&beside(number, &[&bob()])).await;
    }
    assert_eq!(
        refusal(world.open(&beside(99, &[&bob()])).await).await,
        (429, "proposals-full".to_owned())
    );
    for number in 1..OPEN_FOR_EACH_KEY {
        let request = world.request(&format!("Number{number}"), &[&alice()]);
        world.opened(&request).await;
    }
    let more = world.request("More", &[&alice()]);
    assert_eq!(
        refusal(world.open(&more).await).await,
        (429, "proposals-full".to_owned())
    );
}

#[tokio::test]
async fn who_puts_a_signed_role_beside_something_else_spoils_nothing_for_its_owner() {
    let world = World::new().await;
    let alices = world.request("After", &[&alice()]);
    let mut beside = targets(&world, &[], |_| {}).request().unwrap();
    beside.notices.clone_from(&alices.notices);
    // Before Alice asks, and without any key.
    world.opened(&beside).await;
    world.pass(1);
    let nothing_new = (409, "proposal-nothing-new".to_owned());
    assert_eq!(refusal(world.open(&alices).await).await, nothing_new);
    // Others who ask for it have signed nothing of it.
    for other in [bob(), stranger()] {
        let answer = world.open_as(&other, &alices).await;
        assert_eq!(refusal(answer).await, nothing_new);
    }
    assert_eq!(world.open_as(&alice(), &alices).await.status(), 201);
    // Each that she asks for is hers.
    for number in 2..OPEN_FOR_EACH_KEY {
        let request = world.request(&format!("Number{number}"), &[&alice()]);
        assert_eq!(world.open_as(&alice(), &request).await.status(), 201);
    }
    let mut more = targets(&world, &[], |signed| signed["x-more"] = 1.into())
        .request()
        .unwrap();
    more.notices.clone_from(&alices.notices);
    assert_eq!(
        refusal(world.open_as(&alice(), &more).await).await,
        (429, "proposals-full".to_owned())
    );
}

#[tokio::test]
async fn at_the_same_time_a_person_opens_no_more_either() {
    let world = World::new().await;
    let repository = world.repository();
    // On a disk, where each waits while others go on.
    let folder = tempfile::tempdir().unwrap();
    let place = Location::parse(folder.path().into()).unwrap();
    let proposals = Proposals::on(Objects::at(&place, &S3Settings::default()).unwrap());
    let titles = (0..OPEN_FOR_EACH_KEY + 4).map(|number| format!("Number{number}"));
    let requests: Vec<_> = titles
        .map(|title| world.request(&title, &[&alice()]))
        .collect();
    let now = world.now();
    let opening = requests
        .iter()
        .map(|request| proposals.open(request, None, &repository, now));
    let opened = futures_util::future::join_all(opening).await;
    let opened = opened.iter().filter(|opened| opened.is_ok());
    assert_eq!(opened.count(), OPEN_FOR_EACH_KEY);
}

#[tokio::test]
async fn a_person_opens_so_many_in_a_week_whatever_becomes_of_them() {
    let world = World::new().await;
    for number in 0..OPENED_BY_EACH_KEY {
        let request = world.request(&format!("Number{number}"), &[&alice()]);
        let id = world.opened(&request).await;
        let path = format!("/proposals/{id}");
        let answer = world.ask(reqwest::Method::DELETE, &path, &alice()).await;
        assert_eq!(answer.status(), 204);
    }
    let more = world.request("More", &[&alice()]);
    assert_eq!(
        refusal(world.open(&more).await).await,
        (429, "proposals-full".to_owned())
    );
    world.opened(&world.request("More", &[&bob()])).await;
}

#[tokio::test]
async fn a_body_has_a_type_and_a_length() {
    let world = World::new().await;
    let send = async |media: &str, encoding: Option<&str>, body: Body| -> Response {
        let mut request = world.client.post(world.url("/proposals"));
        request = request.header("content-type", media);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        request.body(body).send().await.unwrap()
    };
    let json = "application/json";
    let form = send("application/x-www-form-urlencoded", None, "files=1".into()).await;
    assert_eq!(refusal(form).await, (415, "request-media-type".to_owned()));
    let packed = send(json, Some("gzip"), "x".into()).await;
    assert_eq!(
        refusal(packed).await,
        (415, "request-media-type".to_owned())
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in [
        "",
        "{",
        "\u{feff}{}",
        r#"{"files":{"motd.json":"a","motd.json":"b"}}"#,
        deep.as_str(),
    ] {
        let answer = send(json, None, text.to_owned().into()).await;
        assert_eq!(refusal(answer).await, (400, "request-malformed".to_owned()));
    }
    let long = vec![b' '; BODY_BYTES + 1];
    let said = send(json, None, long.clone().into()).await;
    assert_eq!(refusal(said).await, (413, "request-too-large".to_owned()));
    // In chunks, whose length nobody says.
    let chunks = long
        .chunks(65_536)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
    let chunks: Vec<_> = chunks.collect();
    let unsaid = Body::wrap_stream(futures_util::stream::iter(chunks));
    let unsaid = send(json, None, unsaid).await;
    assert_eq!(refusal(unsaid).await, (413, "request-too-large".to_owned()));
}

#[tokio::test]
async fn a_body_that_is_said_to_be_too_long_is_not_waited_for() {
    let world = World::with(ApiSettings {
        patience: Duration::from_millis(50),
        ..settings()
    })
    .await;
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let length = BODY_BYTES + 1;
    let head = format!(
        "POST /api/v1/proposals HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 2_048];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer[..read.unwrap().unwrap()]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_slow_body_ends() {
    let world = World::with(ApiSettings {
        patience: Duration::from_millis(50),
        uploads: 1,
        ..settings()
    })
    .await;
    let mut slow = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = "POST /api/v1/proposals HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 2_048];
    let read = tokio::time::timeout(PATIENCE, slow.read(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer[..read.unwrap().unwrap()]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request-timeout"), "{answer}");
    // The room that it took is free again.
    world.opened(&world.request("After", &[&alice()])).await;
}

#[tokio::test]
async fn there_is_room_for_so_many_bodies() {
    let world = World::with(ApiSettings {
        uploads: 1,
        ..settings()
    })
    .await;
    let mut first = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = "POST /api/v1/proposals HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    first.write_all(head.as_bytes()).await.unwrap();
    // Until the first has its place, the second gets its own answer.
    let busy = async {
        loop {
            let answer = world.post("/proposals", &json!({ "files": {} })).await;
            if let (503, code) = refusal(answer).await {
                return code;
            }
        }
    };
    let code = tokio::time::timeout(PATIENCE, busy).await.unwrap();
    assert_eq!(code, "busy");
    drop(first);
}

/// So many requests a minute from each, and from all.
async fn behind_proxy(from_each: u32, from_all: u32) -> World {
    World::with(ApiSettings {
        rates: Rates {
            from_each: NonZeroU32::new(from_each).unwrap(),
            from_all: NonZeroU32::new(from_all).unwrap(),
        },
        behind_proxy: true,
        ..settings()
    })
    .await
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let world = behind_proxy(5, 8).await;
    let ask = async |from: &str| {
        let request = world.client.get(world.url(""));
        request
            .header("x-forwarded-for", from)
            .send()
            .await
            .unwrap()
    };
    for _ in 0..5 {
        assert_eq!(ask("203.0.113.1").await.status(), 200);
    }
    // What stands before the last comma is anybody's word.
    let answer = ask("198.51.100.7, 203.0.113.1").await;
    let wait: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
    assert_eq!(refusal(answer).await, (429, "rate-limited".to_owned()));
    // One network of IPv6 is one; and then there is the bound for all.
    for from in ["2001:db8::1", "2001:db8::2", "2001:db8::3"] {
        assert_eq!(ask(from).await.status(), 200, "{from}");
    }
    let all = ask("203.0.113.9").await;
    assert_eq!(refusal(all).await, (429, "rate-limited".to_owned()));
}

#[tokio::test]
async fn one_ipv6_network_is_one_who_asks() {
    let world = behind_proxy(1, 100).await;
    let ask = async |from: &str| {
        let request = world.client.get(world.url(""));
        request
            .header("x-forwarded-for", from)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(ask("2001:db8:0:1::1").await, 200);
    assert_eq!(ask("2001:db8:0:1:ffff::2").await, 429);
    assert_eq!(ask("2001:db8:0:2::1").await, 200);
    assert_eq!(ask("::ffff:203.0.113.1").await, 200);
    assert_eq!(ask("203.0.113.1").await, 429);
}

/// Some proxies write the port of each connection: without that, all who ask through them would be one.
#[tokio::test]
async fn an_address_counts_without_the_port_that_a_proxy_writes() {
    let world = behind_proxy(1, 100).await;
    for (from, status) in [
        ("203.0.113.1:50000", 200),
        ("203.0.113.1:50001", 429),
        ("203.0.113.1", 429),
        ("203.0.113.2:50000", 200),
        ("203.0.113.1, 203.0.113.3:50000", 200),
        ("[2001:db8::1]:50000", 200),
        ("2001:db8::2", 429),
        ("[2001:db8:0:1::1]:50000", 200),
        // What is no address counts as the connection.
        ("203.0.113.4:port", 200),
        ("unknown", 429),
    ] {
        let request = world.client.get(world.url(""));
        let answer = request.header("x-forwarded-for", from).send().await;
        assert_eq!(answer.unwrap().status(), status, "{from}");
    }
}

/// Begins an upload from an address, and does not end it.
async fn begun(world: &World, from: &str) -> tokio::net::TcpStream {
    let mut slow = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "POST /api/v1/proposals HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {from}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow
}

/// An upload from an address, without a signature on the request.
async fn upload(world: &World, from: &str) -> Response {
    let request = world.client.post(world.url("/proposals"));
    let request = request.header("x-forwarded-for", from);
    request.json(&json!({ "files": {} })).send().await.unwrap()
}

#[tokio::test]
async fn callers_without_keys_cannot_take_the_room_of_people() {
    let world = World::with(ApiSettings {
        uploads: 16,
        behind_proxy: true,
        ..settings()
    })
    .await;
    let busy = (503, "busy".to_owned());
    let mut slow = Vec::new();
    for address in 0..8 {
        // One address has two places, and the next one has its own.
        let from = format!("203.0.113.{address}");
        for _ in 0..2 {
            slow.push(begun(&world, &from).await);
        }
        let taken = async { while refusal(upload(&world, &from).await).await != busy {} };
        tokio::time::timeout(PATIENCE, taken).await.unwrap();
    }
    assert_eq!(refusal(upload(&world, "198.51.100.1").await).await, busy);
    let request = world.request("After", &[&alice()]);
    assert_eq!(refusal(world.open(&request).await).await, busy);
    let answer = world.open_as(&stranger(), &request).await;
    assert_eq!(refusal(answer).await, busy);
    assert_eq!(world.open_as(&alice(), &request).await.status(), 201);
}

#[tokio::test]
async fn callers_without_keys_cannot_take_the_rate_of_people() {
    let world = behind_proxy(5, 8).await;
    let limited = (429, "rate-limited".to_owned());
    let request = world.request("After", &[&alice()]);
    for address in 0..8 {
        upload(&world, &format!("203.0.113.{address}")).await;
    }
    assert_eq!(refusal(upload(&world, "198.51.100.1").await).await, limited);
    assert_eq!(refusal(world.open(&request).await).await, limited);
    let answer = world.open_as(&stranger(), &request).await;
    assert_eq!(refusal(answer).await, limited);
    assert_eq!(world.open_as(&alice(), &request).await.status(), 201);
    // A person has a rate of their own, from wherever they ask.
    let [alice, bob] = [alice(), bob()];
    let ask = async |person, from: &str| {
        let request = world.signed(reqwest::Method::GET, "/proposals", person);
        let request = request.header("x-forwarded-for", from);
        request.send().await.unwrap()
    };
    for address in 1..5 {
        let from = format!("198.51.100.{address}");
        assert_eq!(ask(&alice, &from).await.status(), 200);
    }
    let answer = ask(&alice, "198.51.100.9").await;
    assert_eq!(refusal(answer).await, limited);
    assert_eq!(ask(&bob, "198.51.100.9").await.status(), 200);
}

/// Each of them lists all that waits: over object storage many would keep people waiting.
#[tokio::test]
async fn callers_without_keys_work_on_the_proposals_a_few_at_a_time() {
    let listings = Arc::new(Semaphore::new(0));
    let settings = ApiSettings {
        patience: Duration::from_millis(200),
        behind_proxy: true,
        ..settings()
    };
    let world = World::over(settings, &[], |waiting| {
        let mut slow = Faulty::new(waiting, None);
        slow.listings = Some(Arc::clone(&listings));
        slow.objects().1
    });
    let world = Arc::new(world.await);
    let request = world.request("After", &[&alice()]);
    let post = |from: u8| {
        let files = RequestFiles::of(&request).unwrap();
        let post = world.client.post(world.url("/proposals"));
        let post = post.header("x-forwarded-for", format!("203.0.113.{from}"));
        post.json(&NewProposal { files }).send()
    };
    let busy = (503, "busy".to_owned());
    // Two have their turn, and the others are told in time.
    let mut posts: FuturesUnordered<_> = (0..6).map(post).collect();
    for _ in 0..4 {
        let answer = tokio::time::timeout(PATIENCE, posts.next()).await;
        assert_eq!(refusal(answer.unwrap().unwrap().unwrap()).await, busy);
    }
    // That they hang up does not end their work.
    drop(posts);
    let in_time = async |answer| tokio::time::timeout(PATIENCE, answer).await.unwrap();
    for from in 6..9 {
        let answer = in_time(post(from)).await.unwrap();
        assert_eq!(refusal(answer).await, busy);
    }
    let path = "/proposals/20180412-00000000000000000000000000000000";
    let stranger = stranger();
    let shown = in_time(world.signed(reqwest::Method::GET, path, &stranger).send()).await;
    assert_eq!(refusal(shown.unwrap()).await, busy);
    let signature = world.signature(&request, &alice());
    let signed = world.sign("20180412-00000000000000000000000000000000", &signature);
    let signed = tokio::time::timeout(PATIENCE, signed).await.unwrap();
    assert_eq!(refusal(signed).await, busy);
    // A person waits for those two alone.
    let person = tokio::spawn({
        let (world, request) = (Arc::clone(&world), request.clone());
        async move { world.open_as(&alice(), &request).await.status() }
    });
    listings.add_permits(1_000);
    let opened = tokio::time::timeout(PATIENCE, person).await.unwrap();
    // One of the two was first.
    assert_eq!(opened.unwrap(), 200);
}
