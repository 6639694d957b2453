use std::time::Duration;

use axum::http::{HeaderMap, Method, Response};

use super::answers::Answers;
use super::body::Body;
use super::*;
use crate::files::Files;

/// A repository in small: paths and bytes.
fn files() -> Files {
    let hash = crate::author::raw::sha256(b"document");
    let named = [
        ("metadata/1.root.json".to_owned(), "root"),
        ("metadata/1.motd.json".to_owned(), "motd"),
        ("metadata/timestamp.json".to_owned(), "timestamp"),
        (format!("targets/motd/{hash}.notices.json"), "document"),
        ("targets/packages/a b-1.0.tar.gz".to_owned(), "package"),
        ("keys/timestamp.pem".to_owned(), "secret"),
        ("metadata/.new-x".to_owned(), "secret"),
        ("metadata/notes.txt".to_owned(), "secret"),
        ("metadata/2.motd.json~".to_owned(), "secret"),
        ("metadata/sub/1.motd.json".to_owned(), "secret"),
        ("metadata/1.json".to_owned(), "secret"),
        ("motd-repository.toml".to_owned(), "secret"),
    ];
    Files(
        named
            .into_iter()
            .map(|(path, text)| (path, text.as_bytes().to_vec()))
            .collect(),
    )
}

async fn server() -> (Server, reqwest::Client, String) {
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), files(), Settings::default())
        .await
        .unwrap();
    let base = format!("http://{}", server.address());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    (server, client, base)
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn names_that_never_change_are_cached_for_ever_and_the_timestamp_for_seconds() {
    let (server, client, base) = server().await;
    let hash = crate::author::raw::sha256(b"document");
    for path in [
        "/metadata/1.root.json",
        "/metadata/1.motd.json",
        &format!("/targets/motd/{hash}.notices.json"),
    ] {
        let response = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(
            header(&response, "cache-control"),
            "public, max-age=31536000, immutable",
            "{path}"
        );
        assert_eq!(header(&response, "content-type"), "application/json");
    }
    let response = client
        .get(format!("{base}/metadata/timestamp.json"))
        .send()
        .await
        .unwrap();
    assert_eq!(header(&response, "cache-control"), "public, max-age=10");
    let response = client
        .get(format!("{base}/targets/packages/a%20b-1.0.tar.gz"))
        .send()
        .await
        .unwrap();
    assert_eq!(header(&response, "cache-control"), "public, max-age=10");
    assert_eq!(
        header(&response, "content-type"),
        "application/octet-stream"
    );
    assert_eq!(response.text().await.unwrap(), "package");
    server.stop().await;
}

#[test]
fn the_timestamp_is_never_cached_longer_than_a_minute() {
    let answers = Answers::new(files(), 86_400, None);
    let response = answers.answer(&Method::GET, "/metadata/timestamp.json", &HeaderMap::new());
    assert_eq!(response.headers()["cache-control"], "public, max-age=60");
}

#[test]
fn no_body_is_prepared_for_head() {
    use hyper::body::Body as _;
    let answers = Answers::new(files(), 10, None);
    let size = |method| {
        let response = answers.answer(&method, "/metadata/timestamp.json", &HeaderMap::new());
        response.body().size_hint().exact()
    };
    assert_eq!((size(Method::GET), size(Method::HEAD)), (Some(9), Some(0)));
}

#[tokio::test]
async fn absence_of_a_versioned_file_is_not_remembered() {
    let (server, client, base) = server().await;
    for (path, cache) in [
        ("/metadata/2.motd.json", "no-store"),
        ("/metadata/2.snapshot.json", "no-store"),
        ("/metadata/2.root.json", "public, max-age=10"),
        ("/metadata/x.root.json", "no-store"),
        ("/elsewhere", "no-store"),
    ] {
        let response = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                header(&response, "cache-control").as_str()
            ),
            (404, cache),
            "{path}"
        );
        assert_eq!(response.text().await.unwrap(), "");
    }
    server.stop().await;
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (server, client, base) = server().await;
    for path in [
        "/metadata/1.root.json",
        "/metadata/timestamp.json",
        "/metadata/9.motd.json",
    ] {
        let get = client.get(format!("{base}{path}")).send().await.unwrap();
        let head = client.head(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(get.status(), head.status());
        for name in [
            "content-length",
            "content-type",
            "etag",
            "cache-control",
            "x-content-type-options",
        ] {
            assert_eq!(header(&get, name), header(&head, name), "{path} {name}");
        }
        assert_eq!(head.bytes().await.unwrap().len(), 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn nothing_outside_the_trees_and_no_listing() {
    let (server, client, base) = server().await;
    let paths = [
        "/",
        "/metadata",
        "/metadata/",
        "/targets/",
        "/targets/motd/",
        "/keys/timestamp.pem",
        "/motd-repository.toml",
        "/metadata/.new-x",
        "/metadata/notes.txt",
        "/metadata/2.motd.json~",
        "/metadata/sub/1.motd.json",
        "/metadata/1.json",
        "/metadata/..%2fkeys/timestamp.pem",
        "/metadata/%2e%2e/keys/timestamp.pem",
        "//metadata/1.root.json",
        "/metadata//1.root.json",
        "/metadata/1.root.json/",
        "/metadata/1.root.json%00",
        "/metadata/%zz",
        "/metadata/%f",
        "/metadata/%ff",
        "/etc/passwd",
        "/%2fetc/passwd",
    ];
    for path in paths {
        let response = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.text().await.unwrap(), "", "{path}");
    }
    // What a client library would tidy away is sent as it is.
    for path in [
        "/metadata/../keys/timestamp.pem",
        "/metadata/./1.root.json",
        "\\keys\\timestamp.pem",
    ] {
        assert!(
            raw(&server, path).await.starts_with("HTTP/1.1 40"),
            "{path}"
        );
    }
    server.stop().await;
}

/// One request line as it is, and the answer.
async fn raw(server: &Server, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn no_cookie_no_redirect_and_no_other_method() {
    let (server, client, base) = server().await;
    for path in ["/metadata/1.root.json", "/metadata", "/targets"] {
        let response = client.get(format!("{base}{path}")).send().await.unwrap();
        assert!(!response.status().is_redirection());
        assert_eq!(
            header(&response, "set-cookie") + &header(&response, "location"),
            ""
        );
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = client
            .request(method, format!("{base}/metadata/timestamp.json"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                header(&response, "allow").as_str()
            ),
            (405, "GET, HEAD")
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn an_etag_is_strong_and_answers_who_asks_with_it() {
    let (server, client, base) = server().await;
    let url = format!("{base}/metadata/timestamp.json");
    let first = client.get(&url).send().await.unwrap();
    let etag = header(&first, "etag");
    assert_eq!(
        etag,
        format!("\"{}\"", crate::author::raw::sha256(b"timestamp"))
    );
    let again = client
        .get(&url)
        .header("if-none-match", format!("\"x\", {etag}"))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "etag"), etag);
    let other = client
        .get(&url)
        .header("if-none-match", "\"x\"")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn replacing_the_files_shows_all_of_them_at_once() {
    let (server, client, base) = server().await;
    let mut next = files();
    next.0
        .insert("metadata/timestamp.json".to_owned(), b"later".to_vec());
    next.0
        .insert("metadata/2.motd.json".to_owned(), b"motd 2".to_vec());
    server.replace(next);
    let text = async |path: &str| {
        client
            .get(format!("{base}{path}"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    assert_eq!(text("/metadata/timestamp.json").await, "later");
    assert_eq!(text("/metadata/2.motd.json").await, "motd 2");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_stands_still_is_closed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let settings = Settings {
        idle: Duration::from_millis(50),
        ..Settings::default()
    };
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), files(), settings)
        .await
        .unwrap();
    let mut stream = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let settings = Settings {
        connections: 1,
        ..Settings::default()
    };
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), files(), settings)
        .await
        .unwrap();
    let request = b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut first = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    first.write_all(request).await.unwrap();
    let mut byte = [0];
    first.read_exact(&mut byte).await.unwrap();
    let mut second = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
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

/// Metadata that is worth compressing, and its answer to a header.
fn compressible(accept: Option<&str>) -> (Vec<u8>, Response<Body>) {
    let text = "{\"signed\": {}, \"signatures\": []}".repeat(20);
    let mut files = files();
    let path = "metadata/2.snapshot.json";
    files.0.insert(path.to_owned(), text.clone().into_bytes());
    let mut headers = HeaderMap::new();
    if let Some(accept) = accept {
        headers.insert("accept-encoding", accept.parse().unwrap());
    }
    let answers = Answers::new(files, 10, None);
    let response = answers.answer(&Method::GET, "/metadata/2.snapshot.json", &headers);
    (text.into_bytes(), response)
}

#[tokio::test]
async fn who_takes_gzip_gets_it() {
    use std::io::Read as _;
    let (text, response) = compressible(Some("br, gzip;q=0.5"));
    let (head, body) = response.into_parts();
    assert_eq!(head.headers["content-encoding"], "gzip");
    assert_eq!(head.headers["vary"], "Accept-Encoding");
    let body = axum::body::to_bytes(axum::body::Body::new(body), 10_000)
        .await
        .unwrap();
    assert_eq!(head.headers["content-length"], body.len().to_string());
    let etag = format!("\"{}\"", crate::author::raw::sha256(&body));
    assert_eq!(head.headers["etag"], etag);
    assert!(body.len() < text.len() / 2);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&body[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, text);
}

#[tokio::test]
async fn who_does_not_take_gzip_gets_the_file() {
    for accept in [
        None,
        Some("identity"),
        Some("gzip;q=0"),
        Some("gzip; q=0.000"),
        Some("br"),
    ] {
        let (text, response) = compressible(accept);
        let (head, body) = response.into_parts();
        assert!(!head.headers.contains_key("content-encoding"), "{accept:?}");
        assert_eq!(head.headers["vary"], "Accept-Encoding");
        let body = axum::body::to_bytes(axum::body::Body::new(body), 10_000)
            .await
            .unwrap();
        assert_eq!(body, text, "{accept:?}");
    }
}

#[test]
fn what_is_short_or_no_json_is_never_compressed() {
    let mut headers = HeaderMap::new();
    headers.insert("accept-encoding", "gzip".parse().unwrap());
    let mut files = files();
    let package = "targets/packages/a b-1.0.tar.gz".to_owned();
    files.0.insert(package, b"aaaaaaaaaa".repeat(1_000));
    let answers = Answers::new(files, 10, None);
    for path in [
        "/metadata/timestamp.json",
        "/targets/packages/a%20b-1.0.tar.gz",
    ] {
        let response = answers.answer(&Method::GET, path, &headers);
        assert_eq!(response.status(), 200);
        assert!(
            !response.headers().contains_key("content-encoding"),
            "{path}"
        );
        assert!(!response.headers().contains_key("vary"), "{path}");
    }
}
