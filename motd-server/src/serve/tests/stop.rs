//! The end of a server: no request is dropped.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

/// One client: as many requests on one connection as it is given, then on a connection to the next server.
async fn client(servers: [std::net::SocketAddr; 2], told: &Told) -> usize {
    let mut answered = 0;
    for address in servers {
        let mut stream = TcpStream::connect(address).await.unwrap();
        loop {
            if address == servers[1] && told.enough.load(Ordering::SeqCst) {
                return answered;
            }
            stream.write_all(TIMESTAMP_REQUEST).await.unwrap();
            told.sent.fetch_add(1, Ordering::SeqCst);
            let (head, body) = answer(&mut stream).await.expect("a request was dropped");
            assert!(head.starts_with("http/1.1 200"), "{head}");
            assert_eq!(body, b"timestamp");
            answered += 1;
            if head.contains("connection: close") {
                told.moved.fetch_add(1, Ordering::SeqCst);
                break;
            }
        }
    }
    unreachable!("the second server closes nothing");
}

#[derive(Default)]
struct Told {
    sent: AtomicUsize,
    moved: AtomicUsize,
    enough: AtomicBool,
}

/// Until so many have been counted; well before a test is given up.
async fn until(counter: &AtomicUsize, many: usize) {
    let reached = async {
        while counter.load(Ordering::SeqCst) < many {
            tokio::task::yield_now().await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_mins(1), reached).await;
    reached.expect("the clients stand still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drains_and_stops_drops_no_request() {
    const CLIENTS: usize = 16;
    let (first, second) = (
        bounded(ServerSettings::default()).await,
        bounded(ServerSettings::default()).await,
    );
    let servers = [first.address(), second.address()];
    let told = Arc::new(Told::default());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let told = Arc::clone(&told);
            tokio::spawn(async move { client(servers, &told).await })
        })
        .collect();
    until(&told.sent, 2_000).await;
    first.drain();
    // Whoever comes in that time is answered as well, and told.
    let mut late = TcpStream::connect(servers[0]).await.unwrap();
    late.write_all(TIMESTAMP_REQUEST).await.unwrap();
    assert!(
        answer(&mut late)
            .await
            .unwrap()
            .0
            .contains("connection: close")
    );
    until(&told.moved, CLIENTS).await;
    first.stop().await;
    let sent = told.sent.load(Ordering::SeqCst);
    until(&told.sent, sent + 1_000).await;
    told.enough.store(true, Ordering::SeqCst);
    let mut answered = 0;
    for client in clients {
        answered += client.await.unwrap();
    }
    assert_eq!(answered, told.sent.load(Ordering::SeqCst));
    assert!(answered >= 3_000);
    TcpStream::connect(servers[0]).await.unwrap_err();
    second.stop().await;
}

#[tokio::test]
async fn who_waits_to_be_accepted_is_answered_at_the_end() {
    // On one thread nothing is accepted before this test waits for something.
    let server = bounded(ServerSettings::default()).await;
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            use std::io::Write as _;
            let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
            stream.write_all(TIMESTAMP_REQUEST).unwrap();
            stream.set_nonblocking(true).unwrap();
            TcpStream::from_std(stream).unwrap()
        })
        .collect();
    server.stop().await;
    for mut stream in waiting {
        let (head, body) = answer(&mut stream).await.unwrap();
        assert!(head.contains("connection: close"), "{head}");
        assert_eq!(body, b"timestamp");
    }
}

#[tokio::test]
async fn an_answer_under_way_is_ended() {
    let body = vec![7; 32 << 20];
    let mut files = files();
    files.0.insert("targets/large".to_owned(), body.clone());
    let server = Server::bind(LOOPBACK.parse().unwrap(), files, ServerSettings::default())
        .await
        .unwrap();
    let mut stream = connect(&server).await;
    stream
        .write_all(b"GET /targets/large HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    let read = async {
        let mut read = Vec::new();
        stream.read_to_end(&mut read).await.unwrap();
        read
    };
    let (read, ()) = tokio::join!(read, server.stop());
    assert!(read.ends_with(&body));
}

#[tokio::test]
async fn who_takes_longer_than_the_grace_is_cut_off() {
    let mut files = files();
    files
        .0
        .insert("targets/large".to_owned(), vec![7; 32 << 20]);
    let settings = ServerSettings {
        grace: Duration::from_millis(50),
        ..ServerSettings::default()
    };
    let server = Server::bind(LOOPBACK.parse().unwrap(), files, settings)
        .await
        .unwrap();
    let mut stream = connect(&server).await;
    stream
        .write_all(b"GET /targets/large HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    // Nothing more is read meanwhile.
    let stopped = tokio::time::timeout(Duration::from_secs(20), server.stop()).await;
    assert!(stopped.is_ok());
}
