//! Markers in everything that a server can say.

use std::time::Duration;

use super::{CANARY, ears, kept, require_silence};
use motd_simulator::hostile::{HostileServer, Reaction};
use motd_simulator::repo::{RepositorySimulator, document, notice};
use motd_simulator::{HOUR, Simulation, config, outcome};

/// What a hostile server says, with the marker in it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn acts(repo: &RepositorySimulator) -> Vec<(&'static str, Reaction)> {
    let reply = |start: String, body: &str| Reaction::Reply(start, body.as_bytes().to_vec());
    let metadata = |signed: String| {
        reply(
            "HTTP/1.1 200 OK\r\n".to_owned(),
            &format!("{{\"signed\":{signed},\"signatures\":[]}}"),
        )
    };
    let wrong = |role: &str, edit: &dyn Fn(&mut serde_json::Value)| {
        let mut signed = repo.signed(role);
        edit(&mut signed);
        Reaction::ok(RepositorySimulator::sign(&signed, &[10]))
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
            Reaction::Raw(format!("{CANARY}\r\n\r\n").into_bytes()),
        ),
        (
            "timestamp.json",
            Reaction::Raw(
                format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n")
                    .into_bytes(),
            ),
        ),
        (
            "timestamp.json",
            Reaction::Raw(format!("HTTP/1.1 200 OK\r\n{CANARY}: \u{1}\r\n\r\n").into_bytes()),
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
            Reaction::ok(format!("{{\"signed\":{{\"version\":\"{CANARY}")),
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
        ("notices.json", Reaction::ok(CANARY)),
    ]
}

#[tokio::test]
async fn no_marker_gets_out() {
    ears::open();
    for (number, (file, act)) in acts(&RepositorySimulator::new()).into_iter().enumerate() {
        for warm in [false, true] {
            let mut world = if warm {
                Simulation::warm().await
            } else {
                Simulation::new()
            };
            if warm {
                world
                    .repo
                    .publish_file(&motd_simulator::repo::document_bytes(&document(&[notice(
                        "news", "News",
                    )])));
            }
            let act = act.clone();
            let server = HostileServer::start(&world.repo, move |path| {
                path.ends_with(file).then(|| act.clone())
            })
            .await;
            let config = config(&world.root, &server.url(), HOUR)
                .with_deadline(Duration::from_secs(30))
                .with_state_dir(world.state.path().join("motd"));
            let report = motd_client::check(&config).await;
            let cold_target = file == "notices.json" && !warm;
            assert_eq!(report.failure.is_some(), !cold_target, "case {number}");
            require_silence(&report, &format!("case {number}"));
            assert!(
                !kept(world.state.path()).contains(CANARY),
                "case {number}: in the state folder"
            );
        }
    }
}

/// An answer is taken, and what stands around its body is not.
#[tokio::test]
async fn a_server_that_is_well_says_nothing_either() {
    ears::open();
    let world = Simulation::new();
    let files = world.repo.files.clone();
    let server = HostileServer::start(&world.repo, move |path| {
        let (path, redirected) = match path.strip_prefix(CANARY) {
            Some(rest) => (rest.trim_start_matches('/'), true),
            None => (path, false),
        };
        let Some(body) = files.get(path) else {
            let start = format!("HTTP/1.1 404 {CANARY}\r\nX-{CANARY}: {CANARY}\r\n");
            return Some(Reaction::Reply(start, CANARY.into()));
        };
        let headers = format!("Server: {CANARY}\r\nSet-Cookie: {CANARY}={CANARY}\r\n");
        Some(if redirected {
            let start = format!(
                "HTTP/1.1 103 {CANARY}\r\nLink: <{CANARY}>\r\n\r\nHTTP/1.1 200 {CANARY}\r\n{headers}"
            );
            Reaction::Reply(start, body.clone())
        } else {
            let start =
                format!("HTTP/1.1 307 {CANARY}\r\nLocation: /{CANARY}/{path}\r\n{headers}");
            Reaction::Reply(start, CANARY.into())
        })
    })
    .await;
    let config =
        config(&world.root, &server.url(), HOUR).with_state_dir(world.state.path().join("motd"));
    let report = motd_client::check(&config).await;
    assert_eq!((outcome(&report).as_str(), report.requests), ("fresh", 9));
    require_silence(&report, "a server that is well");
    assert!(!kept(world.state.path()).contains(CANARY));
}
