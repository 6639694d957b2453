//! `motd serve` as a process: signals, addresses, logs, and how soon a publication is seen.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::{Room, Serving, words};

/// A room with a repository `index`, made by the machine's clock, which a server goes by.
fn room() -> Room {
    let room = Room::new();
    room.motd(&["repo", "init", "index", "--repository", "example.org"])
        .with_status(0);
    room
}

/// The answer to a request, on a connection of its own.
fn get(url: &str) -> String {
    let (address, path) = parts(url);
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn parts(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}

fn signal(server: &Serving, signal: Signal) {
    let id = i32::try_from(server.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

#[test]
fn operators_have_an_address_of_their_own() {
    let room = room();
    let words = ["--operations", "127.0.0.1:0"];
    let mut server = Serving::start(&room, "index", &words, []);
    let (url, ready) = (server.url(), server.url());
    assert!(ready.ends_with("/readyz"), "{ready}");
    assert!(get(&ready).starts_with("HTTP/1.1 200"));
    let freshness = get(&ready.replace("readyz", "freshness"));
    let body = freshness.split_once("\r\n\r\n").unwrap().1;
    let freshness: Value = serde_json::from_str(body).unwrap();
    assert_eq!(freshness["state"], "ok");
    let roles: Vec<_> = freshness["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["timestamp", "snapshot", "motd", "targets", "root"]);
    get(&format!("{url}timestamp.json"));
    let metrics = get(&ready.replace("readyz", "metrics"));
    let counted = "motd_requests_total{kind=\"timestamp\",class=\"2xx\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(metrics.contains("motd_role_expiry_timestamp_seconds{role=\"root\"}"));
    // Nothing of it is public.
    let (address, _) = parts(&url);
    assert!(get(&format!("http://{address}/metrics")).starts_with("HTTP/1.1 404"));
}

/// No memory of a server with keys is written to a disk.
#[cfg(target_os = "linux")]
#[test]
fn a_server_leaves_no_core_dump() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    server.url();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let core: Vec<_> = core.unwrap().split_whitespace().skip(4).collect();
    assert_eq!(core, ["0", "0", "bytes"]);
}

#[test]
fn sigterm_drains_and_a_second_one_ends_it() {
    let room = room();
    let words = ["--operations", "127.0.0.1:0", "--drain", "3600"];
    let mut server = Serving::start(&room, "index", &words, []);
    let (url, ready) = (server.url(), server.url());
    assert_eq!(server.talk(), "serving index; Ctrl-C stops\n");
    signal(&server, Signal::TERM);
    assert_eq!(server.talk(), "stopping in 3600 s; Ctrl-C stops at once\n");
    let answer = get(&ready);
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("draining\n"));
    // Who comes all the same is answered, and told to go elsewhere.
    let (address, path) = parts(&url);
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path}timestamp.json HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("connection: close"), "{answer}");
    signal(&server, Signal::TERM);
    assert_eq!(server.wait(), Some(0));
}

/// Also while it waits for a store that says nothing.
#[test]
fn sigterm_ends_a_server_that_waits_for_its_store() {
    let room = Room::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let variables = [
        (
            "AWS_ENDPOINT_URL",
            format!("http://{}", silent.local_addr().unwrap()),
        ),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_REGION", "here".to_owned()),
        ("AWS_ACCESS_KEY_ID", "id".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let mut server = Serving::start(&room, "s3://bucket/index", &[], variables);
    let _asked = silent.accept().unwrap();
    let begun = Instant::now();
    signal(&server, Signal::TERM);
    assert_eq!(server.wait(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn ctrl_c_ends_it_without_waiting() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    let url = server.url();
    // A client that keeps its connection and says nothing more.
    let (address, path) = parts(&url);
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    let request = format!("GET {path}timestamp.json HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    signal(&server, Signal::INT);
    assert_eq!(server.wait(), Some(0));
    TcpStream::connect(address).unwrap_err();
}

#[test]
fn a_log_is_lines_of_json_in_the_place_of_talk() {
    let room = room();
    let words = ["--log", "json", "--access-log", "--drain", "0"];
    let mut server = Serving::start(&room, "index", &words, []);
    let url = server.url();
    let mut line = || -> Value { serde_json::from_str(&server.talk()).unwrap() };
    let serving = line();
    assert_eq!(
        (&serving["level"], &serving["message"], &serving["scheme"]),
        (&"INFO".into(), &"serving".into(), &"http".into())
    );
    let (address, _) = parts(&url);
    get(&format!("http://{address}/a%0Ab\"c?secret"));
    let request = line();
    assert_eq!(request["message"], "request");
    assert_eq!(request["path"], "\"/a%0Ab\\\"c\"", "{request}");
    assert_eq!(request["status"], 404);
    assert!(!request.to_string().contains("secret"), "{request}");
    signal(&server, Signal::TERM);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn sighup_reads_again_and_ends_nothing() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    let url = server.url();
    signal(&server, Signal::HUP);
    signal(&server, Signal::HUP);
    assert!(get(&format!("{url}timestamp.json")).starts_with("HTTP/1.1 200"));
}

#[test]
fn half_a_certificate_is_wrong_arguments_and_a_missing_one_has_its_name() {
    let room = room();
    room.motd(&["serve", "index", "--tls-key", "key.pem"])
        .with_status(2);
    let words = "serve index --tls-key key.pem --tls-certificate none.pem";
    let output = room.line(words).with_status(1);
    assert!(output.err.contains("none.pem"), "{}", output.err);
}

#[expect(
    clippy::print_stdout,
    reason = "the time, for who asks with --nocapture"
)]
#[test]
fn a_publication_is_seen_as_soon_as_it_is_made() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    let url = format!("{}timestamp.json", server.url());
    let keys = words("--key index/keys/person-1.pem --key index/keys/person-2.pem");
    let words = [&["publish", "index"][..], &keys].concat();
    let before = get(&url);
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    let began = Instant::now();
    room.motd(&words).with_status(0);
    let published = Instant::now();
    while body(&get(&url)) == body(&before) {
        assert!(
            published.elapsed() < Duration::from_secs(20),
            "it is not seen"
        );
    }
    let seen = published.elapsed();
    // The figures that count are of a release build, in docs/performance.
    println!("published in {:?}, seen {seen:?} later", published - began);
}
