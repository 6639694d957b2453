//! From a proposal to a publication: by several people, over several servers.

use object_store::ObjectStoreExt as _;
use reqwest::Method;
use serde_json::json;

use super::forge::targets;
use super::world::{DAY, World, alice, bob, carol, refusal, signature_any, signature_of, stranger};
use motd_server::publish::key::Signer as _;
use motd_server::publish::{Published as _, RoleKeys, SigningRequest};

#[tokio::test]
async fn two_people_publish_over_the_interface() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    // One signature is not enough, whoever looks.
    assert!(world.release().await.is_empty());
    assert_eq!(world.repository().notices().version(), 2);

    let seen = world.json(&format!("/proposals/{id}"), &bob()).await;
    assert_eq!(seen["standing"], "proposed");
    assert_eq!(seen["opened_by"], json!([alice().key_id()]));
    assert_eq!(seen["review"]["notices"][0]["id"], "after");
    assert_eq!(seen["review"]["notices"][0]["change"], "added");
    assert_eq!(seen["review"]["notices"][1]["change"], "withdrawn");
    let signing = &seen["review"]["roles"][0]["signing"][0];
    assert_eq!(signing["threshold"], 2);
    assert_eq!(signing["signed"], json!([alice().key_id()]));

    let answer = world.sign(&id, &world.signature(&request, &bob())).await;
    assert_eq!(answer.status(), 200);
    let signed: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(signed["standing"], "signed");
    // Whoever publishes has been told.
    tokio::time::timeout(super::world::PATIENCE, world.signed.notified())
        .await
        .unwrap();
    let releases = world.release().await;
    assert_eq!(releases.len(), 1);
    assert!(releases[0].end.is_ok(), "{releases:?}");
    assert_eq!(releases[0].id.to_string(), id);
    let repository = world.repository();
    assert_eq!(repository.notices().version(), 3);
    let document = repository.document(&super::world::id()).unwrap();
    assert_eq!(document.json()["notices"][0]["id"], "after");
    let seen = world.json(&format!("/proposals/{id}"), &carol()).await;
    assert_eq!(seen["standing"], "published");
    // And once is once.
    assert!(world.release().await.is_empty());
}

#[tokio::test]
async fn a_proposal_that_is_open_already_is_the_same() {
    let world = World::new().await;
    let id = world.opened(&world.request("After", &[&alice()])).await;
    world.pass(60);
    // The next day too, while it is open; and with another signature on it.
    let again = world.open(&world.request("Later", &[&bob()])).await;
    assert_eq!(again.status(), 201);
    let mut same = world.proposals.list(world.now()).await.unwrap();
    same.retain(|held| held.id.to_string() == id);
    world.pass(DAY);
    let again = world.open(&same[0].request).await;
    assert_eq!(again.status(), 200);
    let again: serde_json::Value = again.json().await.unwrap();
    assert_eq!(again["id"], id);
}

#[tokio::test]
async fn of_two_proposals_for_one_version_the_first_signed_is_published() {
    let world = World::new().await;
    let (one, other) = (
        world.request("One", &[&alice()]),
        world.request("Other", &[&alice()]),
    );
    let (first, second) = (world.opened(&one).await, world.opened(&other).await);
    assert_ne!(first, second);
    let answer = world
        .sign(&second, &world.signature(&other, &carol()))
        .await;
    assert_eq!(answer.status(), 200);
    let releases = world.release().await;
    assert_eq!(releases[0].id.to_string(), second);
    let seen = world.json(&format!("/proposals/{first}"), &alice()).await;
    assert_eq!(seen["standing"], "superseded");
    let late = world.sign(&first, &signature_any(&one, &bob())).await;
    assert_eq!(refusal(late).await, (409, "proposal-closed".to_owned()));
}

#[tokio::test]
async fn who_opened_a_proposal_takes_it_back() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let path = format!("/proposals/{id}");
    let answer = world.ask(Method::DELETE, &path, &bob()).await;
    assert_eq!(
        refusal(answer).await,
        (403, "proposal-not-yours".to_owned())
    );
    let answer = world.ask(Method::DELETE, &path, &alice()).await;
    assert_eq!(answer.status(), 204);
    let late = world.sign(&id, &world.signature(&request, &bob())).await;
    assert_eq!(refusal(late).await, (409, "proposal-closed".to_owned()));
    assert!(world.release().await.is_empty());
}

/// The signatures on it are in other people's hands, and are good for as long as what they signed.
#[tokio::test]
async fn what_was_taken_back_is_never_opened_again() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let answer = world.sign(&id, &world.signature(&request, &bob())).await;
    assert_eq!(answer.status(), 200);
    let kept = world.proposals.list(world.now()).await.unwrap();
    let kept = kept.into_iter().next().unwrap().request;
    let path = format!("/proposals/{id}");
    let answer = world.ask(Method::DELETE, &path, &alice()).await;
    assert_eq!(answer.status(), 204);
    let mut beside = targets(&world, &[&carol()], |_| {}).request().unwrap();
    beside.notices.clone_from(&kept.notices);
    for days in [0, 1, 8, 20] {
        world.pass(days * DAY);
        for request in [&request, &kept, &beside] {
            let answer = world.open(request).await;
            assert_eq!(refusal(answer).await, (409, "proposal-closed".to_owned()));
        }
        let answer = world.open_as(&alice(), &request).await;
        assert_eq!(refusal(answer).await, (409, "proposal-closed".to_owned()));
    }
    assert!(world.release().await.is_empty());
    // What Carol signed beside it is as good as before, and so is the same notice in a role of another hour.
    beside.notices = None;
    world.opened(&beside).await;
    world.opened(&world.request("After", &[&alice()])).await;
}

/// What is open already beside it goes too, and one person takes nothing back for another.
#[tokio::test]
async fn what_was_taken_back_is_not_published_beside_something_else() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let mut beside = targets(&world, &[&carol(), &bob()], |_| {})
        .request()
        .unwrap();
    beside.notices.clone_from(&request.notices);
    let wrapped = world.opened(&beside).await;
    let (owner, other) = (alice(), carol());
    let discard = async |id: &str, key| {
        let path = format!("/proposals/{id}");
        world.ask(Method::DELETE, &path, key).await.status()
    };
    assert_eq!(discard(&wrapped, &other).await, 204);
    let seen = world.json(&format!("/proposals/{id}"), &bob()).await;
    assert_eq!(seen["standing"], "proposed");
    let another = |signed: &mut serde_json::Value| signed["x-hour"] = 2.into();
    let mut beside = targets(&world, &[&carol(), &bob()], another)
        .request()
        .unwrap();
    beside.notices.clone_from(&request.notices);
    let wrapped = world.opened(&beside).await;
    assert_eq!(discard(&id, &owner).await, 204);
    let late = world
        .sign(&wrapped, &world.signature(&request, &bob()))
        .await;
    assert_eq!(refusal(late).await, (409, "proposal-closed".to_owned()));
    assert!(world.release().await.is_empty());
}

#[tokio::test]
async fn what_is_not_open_any_more_can_be_taken_back() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    world.pass(9 * DAY);
    let path = format!("/proposals/{id}");
    let answer = world.ask(Method::DELETE, &path, &alice()).await;
    assert_eq!(answer.status(), 204);
    let answer = world.open(&request).await;
    assert_eq!(refusal(answer).await, (409, "proposal-closed".to_owned()));
}

#[tokio::test]
async fn of_two_that_are_signed_the_older_is_published() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for title in ["One", "Other"] {
        ids.push(
            world
                .opened(&world.request(title, &[&alice(), &bob()]))
                .await,
        );
        world.pass(60);
    }
    let releases = world.release().await;
    assert_eq!(releases.len(), 1, "{releases:?}");
    assert_eq!(releases[0].id.to_string(), ids[0]);
}

#[tokio::test]
async fn what_a_failed_attempt_left_behind_is_published_as_it_lies_there() {
    let world = World::new().await;
    let request = world.request("After", &[&alice(), &bob()]);
    let id = world.opened(&request).await;
    let left = request.role("motd").unwrap().bytes().to_vec();
    let path = object_store::path::Path::from("metadata/3.motd.json");
    world.place.writes.put(&path, left.into()).await.unwrap();
    // One more has signed since, and under that name nothing else can be published.
    let answer = world.sign(&id, &world.signature(&request, &carol())).await;
    assert_eq!(answer.status(), 200);
    let releases = world.release().await;
    assert!(releases[0].end.is_ok(), "{releases:?}");
    let published = world.repository();
    assert_eq!(published.notices(), request.role("motd").unwrap());
}

#[tokio::test]
async fn what_is_closed_is_not_taken_back() {
    let world = World::new().await;
    let request = world.request("After", &[&alice(), &bob()]);
    let id = world.opened(&request).await;
    world.release().await;
    let before = world.everything().await;
    let path = format!("/proposals/{id}");
    let late = world.ask(Method::DELETE, &path, &alice()).await;
    assert_eq!(refusal(late).await, (409, "proposal-closed".to_owned()));
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn a_server_whose_clock_is_ahead_opens_what_the_others_see() {
    let world = World::new().await;
    world.pass(DAY);
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    world.pass(-DAY);
    let list = world.json("/proposals", &bob()).await;
    assert_eq!(list["proposals"][0]["id"], id);
    let answer = world.sign(&id, &world.signature(&request, &bob())).await;
    assert_eq!(answer.status(), 200);
    assert!(world.release().await[0].end.is_ok());
}

#[tokio::test]
async fn a_proposal_closes_after_seven_days() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let signature = world.signature(&request, &bob());
    world.pass(7 * DAY - 1);
    let seen = world.json(&format!("/proposals/{id}"), &bob()).await;
    assert_eq!(seen["standing"], "proposed");
    world.pass(1);
    let late = world.sign(&id, &signature).await;
    assert_eq!(refusal(late).await, (409, "proposal-closed".to_owned()));
    // A day later nobody looks at it any more.
    world.pass(DAY);
    let answer = world
        .ask(Method::GET, &format!("/proposals/{id}"), &bob())
        .await;
    assert_eq!(refusal(answer).await, (404, "proposal-unknown".to_owned()));
}

#[tokio::test]
async fn who_is_appointed_reads_and_signs_and_nobody_else() {
    let world = World::new().await;
    let repository = world.repository();
    // Dora comes for Carol, among those who sign notices.
    let dora = super::world::key(40);
    let team = [alice(), bob()];
    let keys = RoleKeys {
        keys: [&team[0], &team[1], &dora]
            .map(|key| key.public().clone())
            .to_vec(),
        threshold: 2,
    };
    let mut targets = repository
        .draft_notice_keys(&keys, world.now(), 365)
        .unwrap();
    targets.add_signature(&alice()).unwrap();
    let mut notices = world.request("After", &[]).notices.unwrap();
    // Signed under the delegation that it comes with.
    notices.sign_with(|role| role.add_signature(&dora)).unwrap();
    let request = SigningRequest {
        targets: Some(targets),
        notices: Some(notices),
        ..SigningRequest::default()
    };
    let id = world.opened(&request).await;
    let path = format!("/proposals/{id}");
    let seen = world.json(&path, &dora).await;
    assert_eq!(seen["review"]["roles"][0]["role"], "targets");
    let answer = world.ask(Method::GET, &path, &stranger()).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-key".to_owned())
    );
    let answer = world.ask(Method::GET, "/proposals", &dora).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-key".to_owned())
    );
    // Who only knows her key id is told neither that there is one nor that it appoints her.
    let unknown = format!("/proposals/{}-{}", &id[..8], "0".repeat(32));
    for path in [&path, &unknown] {
        let answer = world.ask_as(&dora.key_id(), path, &stranger()).await;
        assert_eq!(
            refusal(answer).await,
            (401, "request-signature-key".to_owned())
        );
    }

    let mut signed = request.clone();
    signed
        .targets
        .as_mut()
        .unwrap()
        .add_signature(&bob())
        .unwrap();
    signed
        .notices
        .as_mut()
        .unwrap()
        .sign_with(|role| role.add_signature(&bob()))
        .unwrap();
    for role in ["targets", "motd"] {
        let signature = signature_of(&signed, role, &bob().key_id());
        assert_eq!(world.sign(&id, &signature).await.status(), 200);
    }
    let releases = world.release().await;
    assert!(releases[0].end.is_ok(), "{releases:?}");
    assert_eq!(world.repository().targets().version(), 2);
    assert!(
        world
            .ask(Method::GET, "/proposals", &dora)
            .await
            .status()
            .is_success()
    );
    // Carol still holds root and targets here, so she still reads.
    assert!(
        world
            .ask(Method::GET, "/proposals", &carol())
            .await
            .status()
            .is_success()
    );
}

#[tokio::test]
async fn who_signed_and_has_left_does_not_keep_the_others_from_publishing() {
    let world = World::new().await;
    let request = world.request("After", &[&carol()]);
    let id = world.opened(&request).await;
    // Dora comes for Carol.
    let team = [alice(), bob(), super::world::key(40)];
    let keys = RoleKeys {
        keys: team.iter().map(|key| key.public().clone()).collect(),
        threshold: 2,
    };
    let drafted = world
        .repository()
        .draft_notice_keys(&keys, world.now(), 365);
    let mut targets = drafted.unwrap();
    for person in &team[..2] {
        targets.add_signature(person).unwrap();
    }
    world
        .opened(&SigningRequest {
            targets: Some(targets),
            ..SigningRequest::default()
        })
        .await;
    assert!(world.release().await[0].end.is_ok());
    for person in &team[..2] {
        let signature = world.signature(&request, person);
        assert_eq!(world.sign(&id, &signature).await.status(), 200);
    }
    let releases = world.release().await;
    assert_eq!(releases.len(), 1);
    assert!(releases[0].end.is_ok(), "{releases:?}");
    let published = world.repository();
    let notices = published.notices();
    assert_eq!(notices.version(), 3);
    assert_eq!(notices.signatures().count(), 2);
}

#[tokio::test]
async fn of_two_servers_one_publishes() {
    let world = World::new().await;
    let request = world.request("After", &[&alice(), &bob()]);
    let id = world.opened(&request).await;
    let (mut one, mut other) = (world.upkeep().await, world.upkeep().await);
    let (first, second) = tokio::join!(
        one.release(&world.proposals, world.now()),
        other.release(&world.proposals, world.now())
    );
    let ends = [first.unwrap(), second.unwrap()];
    let published = ends.iter().flatten().filter(|release| release.end.is_ok());
    assert!(published.count() >= 1, "{ends:?}");
    assert!(
        ends.iter().flatten().all(|release| release.end.is_ok()),
        "{ends:?}"
    );
    for server in [one, other] {
        assert_eq!(server.repository().notices().version(), 3);
        assert_eq!(server.repository().timestamp().version(), 3);
    }
    assert!(!id.is_empty());
}
