//! A server or a link that is slow, at every point: nobody waits for it, and it gets there in the end.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motd_client::limits::{COLLECT, DEADLINE};
use motd_client::transport::{Exchange, ProxyChoice, Received, Transport};
use motd_client::{Background, BackgroundConfig, CheckConfig, Display};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

use motd_simulator::hostile::{HostileServer, Reaction};
use motd_simulator::memory::MemoryNetwork;
use motd_simulator::repo::{document, document_bytes, notice};
use motd_simulator::{DAY, HOUR, Simulation, config, outcome, titles};

/// A client that is warm, and a repository of which every role has changed since.
async fn behind() -> Simulation {
    let mut world = Simulation::warm().await;
    world.repo.rotate(&[], |_| {});
    world.repo.edit("targets", |_| {});
    world
        .repo
        .publish_file(&document_bytes(&document(&[notice("news", "News")])));
    world
}

/// A check that is due, over HTTP.
fn over(world: &Simulation, url: &str) -> CheckConfig {
    let mut config =
        config(&world.root, url, DAY / 3).with_state_dir(world.state.path().join("motd"));
    config.http.proxy = ProxyChoice::Direct;
    config
}

/// How long the end of an installation waits for this check, of which what was stored counts.
fn delay(background: Background, used_network: bool) -> Duration {
    let began = Instant::now();
    let report = background.finish(used_network).unwrap();
    let waited = began.elapsed();
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached root:timeout", vec!["Hello".to_owned()])
    );
    waited
}

/// Where a server stops to say anything.
const POINTS: [&[u8]; 4] = [
    b"",
    b"HTTP/1.1 20",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"signed\"",
];

#[tokio::test]
async fn a_stall_anywhere_costs_the_grace_or_nothing() {
    for file in [
        "2.root.json",
        "timestamp.json",
        "snapshot.json",
        "targets.json",
        "motd.json",
        "notices.json",
    ] {
        for (number, said) in POINTS.iter().enumerate() {
            let world = behind().await;
            let (asked, mut was_asked) = mpsc::unbounded_channel();
            let server = HostileServer::start(&world.repo, move |path| {
                path.ends_with(file).then(|| {
                    let _ = asked.send(());
                    Reaction::Stall(said.to_vec())
                })
            })
            .await;
            let check = over(&world, &server.url());
            let background = Background::start(BackgroundConfig::new(check, Display::Terminal));
            // The installation ends while the check hangs there.
            was_asked.recv().await.unwrap();
            // MOTD-FAIL-4: the longer wait is looked at once for each file.
            let used_network = number == 0;
            let waited = delay(background, used_network);
            if used_network {
                assert!(waited >= COLLECT, "{file}: {waited:?}");
                assert!(waited < COLLECT * 5, "{file}: {waited:?}");
            } else {
                assert!(waited < COLLECT, "{file} {number}: {waited:?}");
            }
        }
    }
}

/// A connection that never comes about.
struct Nowhere(mpsc::UnboundedSender<()>);

impl Transport for Nowhere {
    fn get<'a>(&'a self, _: &'a Url, _: u64) -> Exchange<'a> {
        let _ = self.0.send(());
        Box::pin(pending())
    }
}

#[tokio::test]
async fn a_connection_that_never_comes_about_costs_nothing() {
    let world = Simulation::warm().await;
    let (asked, mut was_asked) = mpsc::unbounded_channel();
    let check = world
        .config(DAY / 3)
        .with_transport(Arc::new(Nowhere(asked)));
    let background = Background::start(BackgroundConfig::new(check, Display::Terminal));
    was_asked.recv().await.unwrap();
    assert!(delay(background, false) < COLLECT);
}

#[tokio::test]
async fn a_tls_server_that_says_no_hello_costs_nothing() {
    let world = Simulation::warm().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/metadata/", listener.local_addr().unwrap());
    let background =
        Background::start(BackgroundConfig::new(over(&world, &url), Display::Terminal));
    let (stream, _) = listener.accept().await.unwrap();
    // The client has said its hello.
    stream.readable().await.unwrap();
    assert!(delay(background, false) < COLLECT);
}

/// A link with this delay for each request and so many bytes in a second, on the clock of tokio.
struct Slow {
    network: Arc<MemoryNetwork>,
    delay: Duration,
    bytes_per_second: u32,
}

impl Transport for Slow {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        Box::pin(async move {
            let received: Received = self.network.get(url, limit).await;
            let bytes = u32::try_from(received.bytes).unwrap();
            let takes = self.delay + Duration::from_secs(bytes.into()) / self.bytes_per_second;
            let _ = timeout(takes, pending::<()>()).await;
            received
        })
    }
}

/// 300 milliseconds and 32 kbit/s, and roles of 24 to 30 kilobytes.
#[tokio::test(start_paused = true)]
async fn a_slow_link_gets_there_over_several_runs() {
    let mut world = Simulation::new();
    let filler = json!({ "filler": "x".repeat(24_000) });
    world.repo.publish(&document(&[notice("news", "News")]));
    world
        .repo
        .edit("targets", |signed| signed["x"] = filler.clone());
    world
        .repo
        .edit("motd", |signed| signed["x"] = filler.clone());
    world
        .repo
        .list_with(|signed| signed["x"] = filler.clone(), |_| {});
    world.serve();
    let link = Arc::new(Slow {
        network: Arc::clone(&world.network),
        delay: Duration::from_millis(300),
        bytes_per_second: 4_000,
    });
    let mut outcomes = Vec::new();
    for hour in 0..3 {
        let config = world.config(hour * HOUR).with_transport(link.clone());
        let began = tokio::time::Instant::now();
        let report = motd_client::check(&config).await;
        // MOTD-NET-2.
        assert!(began.elapsed() <= DEADLINE);
        outcomes.push((outcome(&report), titles(&report)));
    }
    let none = Vec::<String>::new();
    let expected = [
        ("none targets:timeout".to_owned(), none.clone()),
        ("none delegation:timeout".to_owned(), none),
        ("fresh".to_owned(), vec!["News".to_owned()]),
    ];
    assert_eq!(outcomes, expected);
}
