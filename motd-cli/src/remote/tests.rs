//! Servers that are busy, silent, or never done.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread;

use motd_server::publish::key::SigningKey;

use super::*;

fn remote(listener: &TcpListener) -> Remote {
    let address = listener.local_addr().unwrap();
    Remote::new(&format!("http://{address}/").parse().unwrap()).unwrap()
}

/// Sends a signature to a server that refuses each request with the next of these codes. What it was sent comes back, and
/// what a person is told.
async fn refused(codes: &'static [&str]) -> (Vec<String>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = remote(&listener);
    let (sender, received) = channel();
    thread::spawn(move || {
        for code in codes {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut bytes = [0; 4_096];
            while !request.ends_with(b"}") {
                let count = stream.read(&mut bytes).unwrap();
                assert_ne!(count, 0);
                request.extend_from_slice(&bytes[..count]);
            }
            sender.send(String::from_utf8(request).unwrap()).unwrap();
            let body = format!("{{\"code\":\"{code}\",\"detail\":\"refused\"}}");
            let head = "HTTP/1.1 503 x\r\nConnection: close\r\nContent-Length:";
            write!(stream, "{head} {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    let signature = NewSignature {
        role: "motd".to_owned(),
        keyid: "k".to_owned(),
        sig: "s".to_owned(),
    };
    let id = "20261123-0123456789abcdef0123456789abcdef".parse().unwrap();
    let key = SigningKey::generate().unwrap();
    let now = crate::clock::now(None).unwrap();
    let sent = remote.sign(&id, &signature, &key, now).await;
    (received.try_iter().collect(), sent.unwrap_err().to_string())
}

#[tokio::test]
async fn a_request_is_signed_where_the_server_has_no_room_for_callers_without_keys() {
    for codes in [
        &["busy", "x"][..],
        &["rate-limited", "busy"],
        &["proposal-nothing-new", "x"],
    ] {
        let (sent, said) = refused(codes).await;
        assert!(said.ends_with(&format!("[{}]", codes[1])), "{said}");
        let is_signed = |request: &String| request.contains("signature-input: motd=");
        let signed: Vec<_> = sent.iter().map(is_signed).collect();
        assert_eq!(signed, [false, true]);
    }
    // A person does not touch a device for nothing.
    let (sent, said) = refused(&["proposal-closed"]).await;
    assert!(said.ends_with("[proposal-closed]"), "{said}");
    assert!(!sent[0].contains("signature-input"), "{}", sent[0]);
}

/// One clock for all answers: a server that is silent, or says just enough each time, ends no later.
#[tokio::test(start_paused = true)]
async fn a_server_cannot_hold_a_command() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = remote(&listener);
    let key = SigningKey::generate().unwrap();
    let now = crate::clock::now(None).unwrap();
    let begun = Instant::now();
    let root = SigningRequest::default();
    assert!(!remote.publishes(&root).await.unwrap());
    assert!(begun.elapsed() <= PUBLICATION + PERIOD);
    for _ in 0..40 {
        let listed = remote.list(&key, now).await.unwrap_err().to_string();
        assert!(listed.ends_with("did not answer in time"), "{listed}");
    }
    assert!(begun.elapsed() >= IN_ALL);
    assert!(begun.elapsed() <= IN_ALL + PUBLICATION);
}

/// Each part of a log comes soon enough, and the next one is always there.
#[tokio::test(start_paused = true)]
async fn a_log_that_drips_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = remote(&listener);
    let key = SigningKey::generate().unwrap();
    let now = crate::clock::now(None).unwrap();
    let begun = Instant::now();
    for after in 0..100 {
        let read = remote.log(after, &key, now).await.unwrap_err().to_string();
        assert!(read.ends_with("did not answer in time"), "{read}");
    }
    assert!(begun.elapsed() >= LOG);
    assert!(begun.elapsed() <= LOG + PATIENCE);
}
