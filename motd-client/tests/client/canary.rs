//! No byte that TUF has not verified reaches a person: markers are planted in everything a server can say.

use std::path::Path;
use std::time::Duration;

use crate::common::hostile::{Act, Hostile};
use crate::common::repo::{Repo, document, notice};
use crate::common::{HOUR, World, config};

/// A marker that stands nowhere else.
const CANARY: &str = "cAnArY7f3a";

/// What a hostile server says, with the marker in it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn acts(repo: &Repo) -> Vec<(&'static str, Act)> {
    let reply = |start: String, body: &str| Act::Reply(start, body.as_bytes().to_vec());
    let metadata = |signed: String| {
        reply(
            "HTTP/1.1 200 OK\r\n".to_owned(),
            &format!("{{\"signed\":{signed},\"signatures\":[]}}"),
        )
    };
    let wrong = |role: &str, edit: &dyn Fn(&mut serde_json::Value)| {
        let mut signed = repo.signed(role);
        edit(&mut signed);
        Act::ok(Repo::sign(&signed, &[10]))
    };
    vec![
        (
            "timestamp.json",
            reply(
                "HTTP/1.1 200 OK\r\n".to_owned(),
                &format!("<html>{CANARY}</html>"),
            ),
        ),
        (
            "timestamp.json",
            reply(format!("HTTP/1.1 500 {CANARY}\r\n"), CANARY),
        ),
        (
            "timestamp.json",
            reply(
                format!("HTTP/1.1 500 x\r\nX-Why: {CANARY}\r\nRetry-After: {CANARY}\r\n"),
                "",
            ),
        ),
        (
            "timestamp.json",
            reply(
                format!("HTTP/1.1 302 x\r\nLocation: http://{CANARY}.invalid/\r\n"),
                "",
            ),
        ),
        (
            "timestamp.json",
            reply(format!("HTTP/1.1 302 x\r\nLocation: /{CANARY}\r\n"), ""),
        ),
        (
            "timestamp.json",
            reply(
                format!("HTTP/1.1 200 OK\r\nContent-Encoding: {CANARY}\r\n"),
                CANARY,
            ),
        ),
        (
            "timestamp.json",
            Act::Raw(format!("{CANARY}\r\n\r\n").into_bytes()),
        ),
        (
            "timestamp.json",
            Act::Raw(
                format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n")
                    .into_bytes(),
            ),
        ),
        (
            "timestamp.json",
            Act::Raw(format!("HTTP/1.1 200 OK\r\n{CANARY}: \u{1}\r\n\r\n").into_bytes()),
        ),
        (
            "timestamp.json",
            metadata(format!("{{\"_type\":\"{CANARY}\"}}")),
        ),
        (
            "timestamp.json",
            metadata(format!(
                "{{\"_type\":\"timestamp\",\"spec_version\":\"{CANARY}\"}}"
            )),
        ),
        (
            "timestamp.json",
            metadata(format!(
                "{{\"_type\":\"timestamp\",\"{CANARY}\":[[[\"{CANARY}\"]]]}}"
            )),
        ),
        ("timestamp.json", metadata(format!("\"{CANARY}\""))),
        (
            "timestamp.json",
            Act::ok(format!("{{\"signed\":{{\"version\":\"{CANARY}")),
        ),
        (
            "2.root.json",
            metadata(format!(
                "{{\"_type\":\"root\",\"keys\":{{\"{CANARY}\":\"{CANARY}\"}}}}"
            )),
        ),
        (
            "2.root.json",
            wrong("root", &|signed| {
                signed["version"] = 2.into();
                signed[CANARY] = CANARY.into();
            }),
        ),
        (
            "timestamp.json",
            wrong("timestamp", &|signed| {
                signed["meta"]["snapshot.json"]["hashes"][CANARY] = CANARY.into();
            }),
        ),
        (
            "motd.json",
            wrong("motd", &|signed| {
                signed["targets"]["motd/notices.json"]["custom"]["motd"] =
                    document(&[notice("evil", CANARY)]);
            }),
        ),
        ("notices.json", Act::ok(CANARY)),
    ]
}

#[tokio::test]
async fn no_marker_gets_out() {
    for (number, (file, act)) in acts(&Repo::new()).into_iter().enumerate() {
        for warm in [false, true] {
            let mut world = if warm {
                World::warm().await
            } else {
                World::new()
            };
            if warm {
                world
                    .repo
                    .publish_file(&crate::common::repo::document_bytes(&document(&[notice(
                        "news", "News",
                    )])));
            }
            let act = act.clone();
            let server = Hostile::start(&world.repo, move |path| {
                path.ends_with(file).then(|| act.clone())
            })
            .await;
            let config = config(&world.root, &server.url(), HOUR)
                .with_deadline(Duration::from_secs(30))
                .with_state_dir(world.state.path().join("motd"));
            let report = motd_client::check(&config).await;
            let cold_target = file == "notices.json" && !warm;
            assert_eq!(report.failure.is_some(), !cold_target, "case {number}");
            let mut said = format!("{report:?} {report:#?}");
            if let Some(failure) = report.failure {
                said.push_str(&failure.to_string());
            }
            for warning in &report.warnings {
                said.push_str(warning.fact());
            }
            assert!(!said.contains(CANARY), "case {number}: {said}");
            assert!(
                !kept(world.state.path()).contains(CANARY),
                "case {number}: in the state folder"
            );
        }
    }
}

/// Everything under a folder, names and contents.
fn kept(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        all.push_str(&entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            all.push_str(&kept(&entry.path()));
        } else {
            all.push_str(&String::from_utf8_lossy(
                &std::fs::read(entry.path()).unwrap(),
            ));
        }
    }
    all
}
