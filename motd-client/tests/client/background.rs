//! The check beside an installer's own work.

use std::fs;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use motd_client::transport::{Exchange, Transport};
use motd_client::{Background, BackgroundConfig, Display, check_beside, check_blocking};
use motd_core::{Code, Stage};

use motd_simulator::hostile::{HostileServer, Reaction};
use motd_simulator::{DAY, HOUR, Simulation, config, outcome, titles};

/// Waits for a background check as a command that takes a while does.
fn collect(world: &Simulation, seconds: i64) -> Option<String> {
    let mut background = Background::start(BackgroundConfig::new(
        world.config(seconds),
        Display::Terminal,
    ));
    background.wait_for_report(Duration::from_secs(30));
    background.finish(true).map(|report| outcome(&report))
}

#[test]
fn one_check_in_an_interval() {
    let world = Simulation::new();
    assert_eq!(collect(&world, 0).as_deref(), Some("fresh"));
    world.network.requests();
    // Four and a half hours are the shortest wait, seven and a half the longest.
    for hours in [0, 1, 4] {
        assert_eq!(collect(&world, hours * HOUR).as_deref(), Some("cached"));
    }
    assert_eq!(world.network.requests().len(), 0);
    assert_eq!(collect(&world, 8 * HOUR).as_deref(), Some("fresh"));
    assert_eq!(world.network.requests().len(), 2);
}

#[test]
fn an_explicit_check_sets_the_interval_that_is_configured() {
    let world = Simulation::new();
    let at = |seconds| {
        world
            .config(seconds)
            .with_interval(Duration::from_hours(12))
    };
    check_blocking(&at(0)).unwrap();
    // Nine hours are the shortest wait, fifteen the longest.
    for (hours, expected) in [(8, "cached"), (16, "fresh")] {
        let config = BackgroundConfig::new(at(hours * HOUR), Display::Terminal);
        let mut background = Background::start(config);
        background.wait_for_report(Duration::from_secs(30));
        let report = background.finish(true).unwrap();
        assert_eq!(outcome(&report), expected, "{hours}");
    }
}

#[test]
fn failures_back_off() {
    let world = Simulation::new();
    collect(&world, 0);
    world.network.fail("", Code::Connect);
    assert_eq!(
        collect(&world, 8 * HOUR).as_deref(),
        Some("cached root:connect")
    );
    world.network.requests();
    assert_eq!(collect(&world, 8 * HOUR + 899).as_deref(), Some("cached"));
    assert_eq!(world.network.requests().len(), 0);
    assert_eq!(
        collect(&world, 8 * HOUR + 1_125).as_deref(),
        Some("cached root:connect")
    );
    assert_eq!(
        collect(&world, 8 * HOUR + 1_125 + 1_799).as_deref(),
        Some("cached")
    );
}

#[test]
fn without_state_nothing_is_asked() {
    let world = Simulation::new();
    let mut check = world.config(0);
    check.state_dir = None;
    let mut background = Background::start(BackgroundConfig::new(check, Display::Terminal));
    background.wait_for_report(Duration::from_secs(30));
    assert_eq!(
        background
            .finish(true)
            .map(|report| outcome(&report))
            .as_deref(),
        Some("none")
    );
    assert_eq!(world.network.requests().len(), 0);
}

#[test]
fn off_and_nowhere_ask_nothing_and_touch_nothing() {
    for display in [Display::Off, Display::Nothing] {
        let world = Simulation::new();
        let mut background = Background::start(BackgroundConfig::new(world.config(0), display));
        background.wait_for_report(Duration::from_secs(30));
        assert!(background.finish(true).is_none());
        assert_eq!(world.network.requests().len(), 0);
        assert_eq!(fs::read_dir(world.state.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_stalled_server_delays_nobody_and_its_attempt_is_recorded() {
    let world = Simulation::warm().await;
    let (asked, mut was_asked) = tokio::sync::mpsc::unbounded_channel();
    let server = HostileServer::start(&world.repo, move |_| {
        let _ = asked.send(());
        Some(Reaction::Stall(Vec::new()))
    })
    .await;
    let check =
        config(&world.root, &server.url(), DAY / 3).with_state_dir(world.state.path().join("motd"));
    let background = Background::start(BackgroundConfig::new(check, Display::Terminal));
    was_asked.recv().await;
    // MOTD-FAIL-4: nothing is waited for when the command did not use the network.
    let began = Instant::now();
    let report = background.finish(false).unwrap();
    assert!(began.elapsed() < Duration::from_millis(100));
    // What is stored was ready before the first request.
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached root:timeout", vec!["Hello".to_owned()])
    );

    // The ended check lets its lock go; a person would never notice, this test waits for it.
    let folders = fs::read_dir(world.state.path().join("motd")).unwrap();
    let folder = folders.map(|entry| entry.unwrap().path()).next().unwrap();
    let lock = fs::File::open(folder.join("lock")).unwrap();
    tokio::task::spawn_blocking(move || lock.lock().unwrap())
        .await
        .unwrap();

    // The attempt was recorded before its first byte: the next command asks nothing.
    let heads = server.heads().len();
    let again = config(&world.root, &server.url(), DAY / 3 + 60)
        .with_state_dir(world.state.path().join("motd"));
    let mut background = Background::start(BackgroundConfig::new(again, Display::Terminal));
    background.wait_for_report(Duration::from_secs(30));
    let report = background.finish(true).unwrap();
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached", vec!["Hello".to_owned()])
    );
    let failure = report.last_failure.unwrap();
    assert_eq!((failure.stage, failure.code), (Stage::Root, Code::Timeout));
    assert_eq!(server.heads().len(), heads);
}

#[tokio::test]
async fn at_most_200_milliseconds_for_a_command_that_used_the_network() {
    let world = Simulation::warm().await;
    let server = HostileServer::start(&world.repo, |_| Some(Reaction::Stall(Vec::new()))).await;
    let check =
        config(&world.root, &server.url(), DAY / 3).with_state_dir(world.state.path().join("motd"));
    let background = Background::start(BackgroundConfig::new(check, Display::Terminal));
    let began = Instant::now();
    assert!(background.finish(true).is_some());
    let waited = began.elapsed();
    assert!(
        waited >= Duration::from_millis(190) && waited < Duration::from_millis(400),
        "{waited:?}"
    );
}

/// A server that takes requests and never answers.
struct Silent(Arc<AtomicUsize>);

impl Transport for Silent {
    fn get<'a>(&'a self, _: &'a url::Url, _: u64) -> Exchange<'a> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(pending())
    }
}

/// All stores are read before the first request. More sources stall than are asked at once, and none keeps another's
/// answer back but for its own deadline.
#[test]
fn sources_that_stall_delay_no_other() {
    let worlds: Vec<_> = (0..41).map(|_| Simulation::new()).collect();
    for world in &worlds {
        check_blocking(&world.config(0)).unwrap();
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let checks = worlds.iter().enumerate().map(|(number, world)| {
        let check = world
            .config(8 * HOUR)
            .with_deadline(Duration::from_millis(100));
        let silent = Arc::new(Silent(Arc::clone(&asked)));
        match number {
            40 => (number, check),
            _ => (number, check.with_transport(silent)),
        }
    });
    let mut said = Vec::new();
    check_beside(checks, |number, report| {
        if said.len() < 41 {
            assert_eq!(asked.load(Ordering::Relaxed), 0, "{number}");
        }
        assert_eq!(titles(&report), ["Hello"], "{number}");
        said.push((number, outcome(&report)));
    });
    let of = |number: usize| said.iter().filter(move |(other, _)| *other == number);
    for number in 0..40 {
        let outcomes: Vec<_> = of(number).map(|(_, outcome)| &**outcome).collect();
        assert_eq!(outcomes, ["cached root:timeout"; 2]);
    }
    let outcomes: Vec<_> = of(40).map(|(_, outcome)| &**outcome).collect();
    assert_eq!(outcomes, ["cached root:timeout", "fresh"]);
}

/// MOTD-GATE-5: what a check finds takes the place of what was stored.
#[test]
fn a_verification_failure_takes_back_what_was_stored() {
    let mut world = Simulation::new();
    check_blocking(&world.config(0)).unwrap();
    world.repo.edit_signed_by("timestamp", &[99], |_| {});
    world.serve();
    let mut said = Vec::new();
    check_beside([((), world.config(8 * HOUR))], |(), report| {
        said.push((outcome(&report), titles(&report).len()));
    });
    let failed = "none timestamp:signature-threshold".to_owned();
    assert_eq!(said, [("cached root:timeout".to_owned(), 1), (failed, 0)]);
}
