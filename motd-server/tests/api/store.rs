//! What somebody else writes into the place where proposals wait: another server, or a thief of its credentials.

use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::world::{World, alice, bob, carol, signature_of, stranger};

/// An object as it would be written, with another value in it.
async fn edited(world: &World, path: &str, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let got = world.waiting.get(&Path::from(path)).await.unwrap();
    let mut value: Value = serde_json::from_slice(&got.bytes().await.unwrap()).unwrap();
    edit(&mut value);
    value.to_string().into_bytes()
}

async fn put(world: &World, path: &str, bytes: Vec<u8>) {
    let path = Path::from(path);
    world.waiting.put(&path, bytes.into()).await.unwrap();
}

fn folder(id: &str) -> String {
    format!("proposals/{}", id.replace('-', "/"))
}

/// What a signature's object is called.
fn signature_name(role: &str, key_id: &str) -> String {
    let hash = hex::encode(Sha256::digest(format!("{role}\0{key_id}")));
    format!("signature-{}.json", &hash[..32])
}

#[tokio::test]
async fn an_object_that_cannot_be_read_keeps_nobody_from_the_others() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let folder = folder(&id);
    let day = &folder[..folder.rfind('/').unwrap()];
    let elsewhere = |digit: &str| format!("{day}/{}", digit.repeat(32));
    let opened = format!("{folder}/request.json");
    let same = edited(&world, &opened, |_| {}).await;
    let objects = [
        ("a".repeat(32), b"{".to_vec()),
        ("b".repeat(32), b"{}".to_vec()),
        ("c".repeat(32), vec![b' '; 800_000]),
        // Under another name than its own.
        ("d".repeat(32), same),
        (
            "e".repeat(32),
            json!({ "opened": "2018-04-12T08:00:00Z", "key_ids": [], "files": {} })
                .to_string()
                .into_bytes(),
        ),
    ];
    for (hash, bytes) in objects {
        put(&world, &format!("{day}/{hash}/request.json"), bytes).await;
    }
    put(
        &world,
        &format!("{}/discarded.json", elsewhere("f")),
        vec![],
    )
    .await;
    let sig = json!({ "role": "root", "keyid": "a", "sig": "", "time": "2018-04-12T08:00:00Z" });
    for (name, bytes) in [
        ("signature-x.json".to_owned(), b"{".to_vec()),
        ("signature-y.json".to_owned(), vec![b' '; 800_000]),
        (signature_name("root", "a"), sig.to_string().into_bytes()),
    ] {
        put(&world, &format!("{folder}/{name}"), bytes).await;
    }
    let list = world.json("/proposals", &bob()).await;
    let list = list["proposals"].as_array().unwrap();
    assert_eq!(list.len(), 1, "{list:#?}");
    assert_eq!(list[0]["id"], id);
    world.opened(&world.request("Another", &[&carol()])).await;
    let signature = world.signature(&request, &bob());
    assert_eq!(world.sign(&id, &signature).await.status(), 200);
    let releases = world.release().await;
    assert!(releases.iter().all(|release| release.end.is_ok()));
    assert_eq!(releases.len(), 1);
    let other = format!("{}-{}", &id[..8], "d".repeat(32));
    let answer = world
        .ask(Method::GET, &format!("/proposals/{other}"), &bob())
        .await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn a_proposal_is_not_opened_on_another_day_than_its_name_says() {
    let world = World::new().await;
    let id = world.opened(&world.request("After", &[&alice()])).await;
    let path = format!("{}/request.json", folder(&id));
    let for_ever = edited(&world, &path, |object| {
        object["opened"] = "9999-01-01T00:00:00Z".into();
    })
    .await;
    put(&world, &path, for_ever).await;
    let list = world.json("/proposals", &bob()).await;
    assert_eq!(list, json!({ "proposals": [] }));
}

#[tokio::test]
async fn a_signature_of_the_store_takes_no_other_ones_place() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let (a, b) = (alice(), bob());
    let good = world.signature(&request, &b);
    assert_eq!(world.sign(&id, &good).await.status(), 200);
    let forged = |key_id: &str| {
        json!({ "role": "motd", "keyid": key_id, "sig": "00".repeat(64), "time": "2018-04-12T08:00:00Z" })
            .to_string()
            .into_bytes()
    };
    for (name, key_id) in [
        (signature_name("motd", &a.key_id()), a.key_id()),
        (signature_name("motd", "nobody"), "nobody".to_owned()),
        (
            "signature-00000000000000000000000000000000.json".to_owned(),
            b.key_id(),
        ),
        ("signature-zzzz.json".to_owned(), b.key_id()),
    ] {
        put(&world, &format!("{}/{name}", folder(&id)), forged(&key_id)).await;
    }
    let releases = world.release().await;
    assert_eq!(releases.len(), 1, "{releases:?}");
    assert!(releases[0].end.is_ok(), "{releases:?}");
}

#[tokio::test]
async fn what_nobody_signed_is_not_published_from_the_store_either() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let forged = |key_id: &str, sig: &str| {
        json!({ "role": "motd", "keyid": key_id, "sig": sig, "time": "2018-04-12T08:00:00Z" })
            .to_string()
            .into_bytes()
    };
    let mut theirs = request.clone();
    let notices = theirs.notices.as_mut().unwrap();
    notices
        .sign_with(|role| role.add_signature(&stranger()))
        .unwrap();
    let theirs = signature_of(&theirs, "motd", &stranger().key_id());
    let alices = signature_of(&request, "motd", &alice().key_id());
    for (key_id, sig) in [
        (bob().key_id(), theirs.sig.as_str()),
        (carol().key_id(), alices.sig.as_str()),
        (stranger().key_id(), theirs.sig.as_str()),
    ] {
        let name = signature_name("motd", &key_id);
        put(
            &world,
            &format!("{}/{name}", folder(&id)),
            forged(&key_id, sig),
        )
        .await;
    }
    let path = format!("{}/request.json", folder(&id));
    let all = edited(&world, &path, |object| {
        object["key_ids"] = json!([alice().key_id(), bob().key_id(), carol().key_id()]);
    })
    .await;
    put(&world, &path, all).await;
    assert!(world.release().await.is_empty());
    assert_eq!(world.repository().notices().version(), 2);
}

#[tokio::test]
async fn what_nobody_signed_beside_a_role_is_not_published_from_the_store() {
    let world = World::new().await;
    let id = world
        .opened(&world.request("After", &[&alice(), &bob()]))
        .await;
    let path = format!("{}/request.json", folder(&id));
    let noted = edited(&world, &path, |object| {
        let text = object["files"]["motd.json"].as_str().unwrap();
        object["files"]["motd.json"] = text.replacen('{', "{\"note\":\"read me\",", 1).into();
    })
    .await;
    put(&world, &path, noted).await;
    let releases = world.release().await;
    assert!(releases[0].end.is_err(), "{releases:?}");
    assert_eq!(world.repository().notices().version(), 2);
    // Nor does it keep the next one.
    world
        .opened(&world.request("Next", &[&alice(), &bob()]))
        .await;
    let releases = world.release().await;
    assert!(
        releases.iter().any(|release| release.end.is_ok()),
        "{releases:?}"
    );
}
