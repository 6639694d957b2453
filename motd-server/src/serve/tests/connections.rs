//! The bounds of connections and of what comes over them.

use super::*;

#[tokio::test]
async fn a_connection_that_stands_still_is_closed() {
    let settings = ServerSettings {
        idle: Duration::from_millis(50),
        ..ServerSettings::default()
    };
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), files(), settings)
        .await
        .unwrap();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream
        .write_all(b"GET /metadata/timestamp.json HT")
        .await
        .unwrap();
    // Nothing more is sent; the end of the stream comes from the other side.
    let mut answer = Vec::new();
    let ended =
        tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_free_one() {
    let settings = ServerSettings {
        connections: 1,
        ..ServerSettings::default()
    };
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), files(), settings)
        .await
        .unwrap();
    let request = b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut first = TcpStream::connect(server.address()).await.unwrap();
    first.write_all(request).await.unwrap();
    let mut byte = [0];
    first.read_exact(&mut byte).await.unwrap();
    let mut second = TcpStream::connect(server.address()).await.unwrap();
    second.write_all(request).await.unwrap();
    let waiting =
        tokio::time::timeout(Duration::from_millis(100), second.read_exact(&mut byte)).await;
    assert!(
        waiting.is_err(),
        "the second connection was served beside the first"
    );
    drop(first);
    second.read_exact(&mut byte).await.unwrap();
    drop(second);
    server.stop().await;
}

#[tokio::test]
async fn an_address_with_enough_connections_gets_no_other_one() {
    let server = bounded(ServerSettings {
        connections_per_address: 2,
        ..ServerSettings::default()
    })
    .await;
    let (mut first, mut second) = (connect(&server).await, connect(&server).await);
    for stream in [&mut first, &mut second] {
        stream.write_all(TIMESTAMP_REQUEST).await.unwrap();
        answer(stream).await.unwrap();
    }
    assert_eq!(rest(&mut connect(&server).await).await, "");
    // Those that there are go on.
    first.write_all(TIMESTAMP_REQUEST).await.unwrap();
    answer(&mut first).await.unwrap();
    assert!(
        server
            .metrics_text()
            .contains("motd_limits_hit_total{limit=\"address\"} 1")
    );
    drop((first, second));
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let server = bounded(ServerSettings {
        request: Duration::from_millis(300),
        ..ServerSettings::default()
    })
    .await;
    let mut stream = connect(&server).await;
    // A whole request first: the time is of each request and not of the connection.
    stream.write_all(TIMESTAMP_REQUEST).await.unwrap();
    answer(&mut stream).await.unwrap();
    let mut interval = tokio::time::interval(Duration::from_millis(20));
    let dribble = async {
        loop {
            interval.tick().await;
            if stream.write_all(b"G").await.is_err() {
                break;
            }
        }
    };
    // Each byte moves something, so that the connection never stands still.
    let ended = tokio::time::timeout(Duration::from_secs(20), dribble).await;
    assert!(ended.is_ok());
    assert!(server.metrics_text().contains("limit=\"request\"} 1"));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_old_is_closed_with_an_answer() {
    let server = bounded(ServerSettings {
        life: Duration::ZERO,
        ..ServerSettings::default()
    })
    .await;
    let mut stream = connect(&server).await;
    stream.write_all(TIMESTAMP_REQUEST).await.unwrap();
    let (head, body) = answer(&mut stream).await.unwrap();
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!(body, b"timestamp");
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_young_connection_stays_open() {
    let server = bounded(ServerSettings::default()).await;
    let mut stream = connect(&server).await;
    for _ in 0..3 {
        stream.write_all(TIMESTAMP_REQUEST).await.unwrap();
        let (head, _) = answer(&mut stream).await.unwrap();
        assert!(!head.contains("connection:"), "{head}");
    }
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let server = bounded(ServerSettings::default()).await;
    let fields = |count: usize, length: usize| {
        let field = |index| format!("x-{index}: {}\r\n", "a".repeat(length));
        (0..count).map(field).collect::<Vec<_>>().concat()
    };
    for (what, target, fields, status) in [
        (
            "well",
            "/metadata/timestamp.json".to_owned(),
            fields(60, 200),
            "200",
        ),
        ("fields", "/".to_owned(), fields(64, 1), "431"),
        ("bytes", "/".to_owned(), fields(3, 8_000), "431"),
        (
            "path",
            format!("/{}", "a".repeat(20_000)),
            String::new(),
            "4",
        ),
    ] {
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
        let mut stream = connect(&server).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{what}: {answer}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_request_is_400_and_the_end() {
    let server = bounded(ServerSettings::default()).await;
    for nonsense in [
        "\u{16}\u{3}\u{1}\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET\r\n\r\n",
    ] {
        let mut stream = connect(&server).await;
        stream.write_all(nonsense.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_on_a_path_of_files_is_not_read() {
    let server = bounded(ServerSettings::default()).await;
    let mut stream = connect(&server).await;
    // Far more is promised than is sent: the answer does not wait for it.
    let request =
        b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nabc";
    stream.write_all(request).await.unwrap();
    let (head, body) = answer(&mut stream).await.unwrap();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, b"timestamp");
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}
