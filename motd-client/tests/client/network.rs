//! What a server can do on the wire, and what a request tells.

use std::time::{Duration, Instant};

use motd_client::transport::ProxyChoice;
use motd_client::{CheckConfig, Report};
use motd_server::serve::{Server, ServerSettings};
use motd_server::store::files::Files;

use motd_simulator::hostile::{HostileServer, Reaction};
use motd_simulator::repo::{RepositorySimulator, document, document_bytes, notice};
use motd_simulator::{HOUR, Simulation, config, outcome, titles};

/// A configuration for a server on this machine.
fn over_http(world: &Simulation, url: &str, seconds: i64) -> CheckConfig {
    let mut config =
        config(&world.root, url, seconds).with_state_dir(world.state.path().join("motd"));
    config.http.proxy = ProxyChoice::Direct;
    config
}

/// Checks over a raw socket, with a deadline that is short for a person and long for a machine.
async fn check(world: &Simulation, server: &HostileServer, milliseconds: u64) -> Report {
    let config =
        over_http(world, &server.url(), HOUR).with_deadline(Duration::from_millis(milliseconds));
    motd_client::check(&config).await
}

fn raw(text: &str) -> Reaction {
    Reaction::Raw(text.as_bytes().to_vec())
}

/// Something done on the wire to one file, and what a warm client makes of it.
struct WireCase {
    name: &'static str,
    file: &'static str,
    act: fn(&RepositorySimulator) -> Reaction,
    expected: &'static str,
}

const CASES: &[WireCase] = &[
    WireCase {
        name: "closed without a word",
        file: "timestamp.json",
        act: |_| raw(""),
        expected: "cached timestamp:connect",
    },
    WireCase {
        name: "not HTTP",
        file: "timestamp.json",
        act: |_| raw("SSH-2.0-OpenSSH_9.6\r\n"),
        expected: "cached timestamp:connect",
    },
    WireCase {
        name: "HTTP 0.9",
        file: "timestamp.json",
        act: |_| raw("{\"signed\":{},\"signatures\":[]}"),
        expected: "cached timestamp:connect",
    },
    WireCase {
        name: "headers without end",
        file: "timestamp.json",
        act: |_| Reaction::Endless(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec(), b'x'),
        expected: "cached timestamp:connect",
    },
    WireCase {
        name: "half a status line",
        file: "timestamp.json",
        act: |_| raw("HTTP/1.1 2"),
        expected: "cached timestamp:connect",
    },
    WireCase {
        name: "a body that is cut short",
        file: "timestamp.json",
        act: |_| raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"signed\""),
        expected: "cached timestamp:truncated",
    },
    WireCase {
        name: "chunks that are cut short",
        file: "timestamp.json",
        act: |_| raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sig\r\n"),
        expected: "cached timestamp:truncated",
    },
    WireCase {
        name: "chunks of no length",
        file: "timestamp.json",
        act: |_| raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n0\r\n\r\n"),
        expected: "cached timestamp:truncated",
    },
    WireCase {
        name: "a body without end",
        file: "timestamp.json",
        act: |_| Reaction::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b' '),
        expected: "cached timestamp:too-long",
    },
    WireCase {
        name: "a length beyond the limit",
        file: "timestamp.json",
        act: |_| Reaction::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 16385\r\n\r\n".to_vec()),
        expected: "cached timestamp:too-long",
    },
    WireCase {
        name: "a root without end",
        file: "2.root.json",
        act: |_| Reaction::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b'x'),
        expected: "cached root:too-long",
    },
    WireCase {
        name: "a snapshot one byte longer than it should be",
        file: "snapshot.json",
        act: |repo| {
            let mut bytes = repo.roles["snapshot"].clone();
            bytes.push(b' ');
            Reaction::ok(bytes)
        },
        expected: "cached snapshot:too-long",
    },
    WireCase {
        name: "silence",
        file: "timestamp.json",
        act: |_| Reaction::Stall(Vec::new()),
        expected: "cached timestamp:timeout",
    },
    WireCase {
        name: "a stall in the headers",
        file: "timestamp.json",
        act: |_| Reaction::Stall(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        expected: "cached timestamp:timeout",
    },
    WireCase {
        name: "a stall in the body",
        file: "notices.json",
        act: |_| Reaction::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()),
        expected: "cached target:timeout",
    },
    WireCase {
        name: "500",
        file: "timestamp.json",
        act: |_| Reaction::status("500 Internal Server Error"),
        expected: "cached timestamp:status",
    },
    WireCase {
        name: "503 for the next root",
        file: "2.root.json",
        act: |_| Reaction::status("503 Service Unavailable"),
        expected: "cached root:status",
    },
    WireCase {
        name: "206",
        file: "timestamp.json",
        act: |repo| {
            Reaction::Reply(
                "HTTP/1.1 206 Partial Content\r\n".to_owned(),
                repo.roles["timestamp"].clone(),
            )
        },
        expected: "cached timestamp:status",
    },
    WireCase {
        name: "304 to a request that had no validator",
        file: "timestamp.json",
        act: |_| raw("HTTP/1.1 304 Not Modified\r\n\r\n"),
        expected: "cached timestamp:status",
    },
    WireCase {
        name: "401",
        file: "timestamp.json",
        act: |_| {
            Reaction::Reply(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n".to_owned(),
                Vec::new(),
            )
        },
        expected: "cached timestamp:status",
    },
    WireCase {
        name: "compressed without being asked",
        file: "timestamp.json",
        act: |repo| {
            Reaction::Reply(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n".to_owned(),
                repo.roles["timestamp"].clone(),
            )
        },
        expected: "cached timestamp:encoding",
    },
    WireCase {
        name: "identity, said aloud",
        file: "timestamp.json",
        act: |repo| {
            let start = "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n".to_owned();
            Reaction::Reply(start, repo.roles["timestamp"].clone())
        },
        expected: "fresh",
    },
    WireCase {
        name: "a redirect to another host",
        file: "timestamp.json",
        act: |_| redirect("http://evil.invalid/timestamp.json"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to another port",
        file: "timestamp.json",
        act: |_| redirect("//127.0.0.1:1/timestamp.json"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to another scheme",
        file: "timestamp.json",
        act: |_| redirect("https://127.0.0.1/timestamp.json"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to a query string",
        file: "timestamp.json",
        act: |_| redirect("timestamp.json?you=42"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to itself",
        file: "timestamp.json",
        act: |_| redirect("timestamp.json"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to nowhere",
        file: "timestamp.json",
        act: |_| Reaction::status("302 Found"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a redirect to a file",
        file: "timestamp.json",
        act: |_| redirect("file:///elsewhere/timestamp.json"),
        expected: "cached timestamp:redirect",
    },
    WireCase {
        name: "a captive portal",
        file: "timestamp.json",
        act: |_| {
            Reaction::Reply(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n".to_owned(),
                b"<html>".to_vec(),
            )
        },
        expected: "cached timestamp:not-metadata",
    },
    WireCase {
        name: "nested without end",
        file: "timestamp.json",
        act: |_| Reaction::ok([b'['; 16_000]),
        expected: "cached timestamp:not-metadata",
    },
    WireCase {
        name: "signed nonsense",
        file: "timestamp.json",
        act: |_| Reaction::ok(*b"{\"signed\":{\"_type\":\"timestamp\"},\"signatures\":[]}"),
        expected: "none timestamp:malformed",
    },
    WireCase {
        name: "numbers that are no integers",
        file: "timestamp.json",
        act: |_| {
            Reaction::ok(
                *b"{\"signed\":{\"_type\":\"timestamp\",\"version\":1e999},\"signatures\":[]}",
            )
        },
        expected: "cached timestamp:not-metadata",
    },
    WireCase {
        name: "bytes that are no text",
        file: "2.root.json",
        act: |_| Reaction::ok([0xff_u8; 512]),
        expected: "cached root:not-metadata",
    },
];

fn redirect(location: &str) -> Reaction {
    Reaction::Reply(
        format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\n"),
        Vec::new(),
    )
}

#[tokio::test]
async fn every_act_on_the_wire_has_its_outcome() {
    let mut wrong = Vec::new();
    for case in CASES {
        let mut world = Simulation::warm().await;
        world
            .repo
            .publish_file(&document_bytes(&document(&[notice("news", "News")])));
        let (file, act) = (case.file, (case.act)(&world.repo));
        let server = HostileServer::start(&world.repo, move |path| {
            path.ends_with(file).then(|| act.clone())
        })
        .await;
        // Only what waits for the deadline has to wait for it.
        let deadline = if case.expected.ends_with("timeout") {
            300
        } else {
            30_000
        };
        let began = Instant::now();
        let report = check(&world, &server, deadline).await;
        let found = outcome(&report);
        let shown: &[&str] = match found.split(' ').next() {
            Some("fresh") => &["News"],
            Some("cached") => &["Hello"],
            _ => &[],
        };
        if found != case.expected || titles(&report) != shown {
            wrong.push(format!(
                "{}: {found} {:?}, not {}",
                case.name,
                titles(&report),
                case.expected
            ));
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_listens() {
    let world = Simulation::warm().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metadata/", listener.local_addr().unwrap());
    drop(listener);
    let report = motd_client::check(&over_http(&world, &url, HOUR)).await;
    assert_eq!(outcome(&report), "cached root:connect");
}

#[tokio::test]
async fn a_server_that_answers_slowly_many_times_is_no_slower_than_the_deadline() {
    let mut world = Simulation::warm().await;
    for _ in 0..20 {
        world.repo.rotate(&[], |_| {});
    }
    let server = HostileServer::start(&world.repo, |path| {
        // Every root in time, the last one never.
        path.ends_with("19.root.json")
            .then(|| Reaction::Stall(Vec::new()))
    })
    .await;
    let began = Instant::now();
    let report = check(&world, &server, 1_000).await;
    assert_eq!(report.failure.unwrap().code, motd_core::Code::Timeout);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_request_tells_nothing_of_who_asks() {
    let mut world = Simulation::warm().await;
    world
        .repo
        .publish_file(&document_bytes(&document(&[notice("news", "News")])));
    let timestamp = world.repo.roles["timestamp"].clone();
    let cookies = move |path: &str| {
        let start = "HTTP/1.1 200 OK\r\nSet-Cookie: you=42\r\nETag: \"you-42\"\r\nLast-Modified: Thu, 12 Apr 2018 08:00:00 GMT\r\n";
        path.ends_with("timestamp.json")
            .then(|| Reaction::Reply(start.to_owned(), timestamp.clone()))
    };
    let server = HostileServer::start(&world.repo, cookies).await;
    for _ in 0..2 {
        assert_eq!(outcome(&check(&world, &server, 30_000).await), "fresh");
    }
    let heads = server.heads();
    assert_eq!(heads.len(), 7, "{heads:?}");
    for head in heads {
        let mut lines: Vec<String> = head
            .trim_end()
            .split("\r\n")
            .map(str::to_ascii_lowercase)
            .collect();
        let request = lines.remove(0);
        assert!(
            request.starts_with("get /")
                && request.ends_with(" http/1.1")
                && !request.contains('?'),
            "{request}"
        );
        lines.sort();
        let host = format!("host: {}", server.address());
        let expected = [
            "accept-encoding: gzip",
            "accept: */*",
            host.as_str(),
            "user-agent: pip/24.0 tuf-motd/1.0",
        ];
        assert_eq!(lines, expected);
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_and_counted() {
    let world = Simulation::warm().await;
    let bytes = world.repo.roles["timestamp"].clone();
    let server = HostileServer::start(&world.repo, move |path| match path {
        "metadata/timestamp.json" => Some(redirect("/elsewhere/timestamp.json#fragment")),
        "elsewhere/timestamp.json" => Some(Reaction::ok(bytes.clone())),
        _ => None,
    })
    .await;
    let report = check(&world, &server, 30_000).await;
    assert_eq!((outcome(&report).as_str(), report.requests), ("fresh", 3));
}

#[tokio::test]
async fn the_real_server_and_the_real_client() {
    let mut world = Simulation::new();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(
        address,
        Files(world.repo.files.clone()),
        ServerSettings::default(),
    )
    .await
    .unwrap();
    let url = format!("http://{}/metadata/", server.address());
    let report = motd_client::check(&over_http(&world, &url, 0)).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    assert_eq!((report.requests, report.round_trips), (5, 4));
    // Compressed on the wire.
    let files: usize = ["timestamp", "snapshot", "targets", "motd"]
        .map(|role| world.repo.roles[role].len())
        .iter()
        .sum();
    let files = u64::try_from(files).unwrap();
    assert!(
        (files / 3..files * 3 / 4).contains(&report.bytes),
        "{}",
        report.bytes
    );

    world
        .repo
        .publish_file(&document_bytes(&document(&[notice("news", "News")])));
    server.replace(Files(world.repo.files.clone()));
    let report = motd_client::check(&over_http(&world, &url, HOUR)).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );

    server.stop().await;
    let report = motd_client::check(&over_http(&world, &url, HOUR)).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached root:connect", vec!["News".to_owned()])
    );
}

#[test]
fn the_blocking_facade_works_inside_and_outside_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = Simulation::new();
    let outside = motd_client::check_blocking(&world.config(0)).unwrap();
    let inside =
        runtime.block_on(async { motd_client::check_blocking(&world.config(HOUR)).unwrap() });
    assert_eq!(
        (outcome(&outside).as_str(), outcome(&inside).as_str()),
        ("fresh", "fresh")
    );
}

/// MOTD-NET-3: from any answer that is not 200 and that the run did not complete with, as it does where a root is absent.
#[tokio::test]
async fn a_wish_to_be_left_alone_counts_on_every_status_that_ends_a_run() {
    for (status, ends) in [
        ("404 Not Found", false),
        ("403 Forbidden", false),
        ("302 Found", true),
        ("503 Service Unavailable", true),
    ] {
        let world = Simulation::warm().await;
        let server = HostileServer::start(&world.repo, move |path| {
            let answer = format!("HTTP/1.1 {status}\r\nRetry-After: 3600\r\n");
            path.ends_with("2.root.json")
                .then(|| Reaction::Reply(answer, Vec::new()))
        })
        .await;
        check(&world, &server, 30_000).await;
        let url = format!("http://{}/metadata/", server.address());
        let report = motd_client::check(&over_http(&world, &url, HOUR + 600)).await;
        assert_eq!(report.requests == 0, ends, "{status}");
        if ends {
            assert_eq!(outcome(&report), "cached root:status", "{status}");
        }
        let report = motd_client::check(&over_http(&world, &url, 2 * HOUR)).await;
        assert!(report.requests > 0, "{status}");
    }
}
