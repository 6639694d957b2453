//! What is answered to a path.

use axum::http::{HeaderMap, Method, Response};

use super::super::answers::Answers;
use super::super::body::ResponseBody;
use super::{files, header, raw, server};

#[tokio::test]
async fn names_that_never_change_are_cached_for_ever_and_the_timestamp_for_seconds() {
    let (server, client, base) = server().await;
    let hash = crate::publish::metadata::write::sha256(b"document");
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
        format!(
            "\"{}\"",
            crate::publish::metadata::write::sha256(b"timestamp")
        )
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

/// Metadata that is worth compressing, and its answer to a header.
fn compressible(accept: Option<&str>) -> (Vec<u8>, Response<ResponseBody>) {
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
    let etag = format!("\"{}\"", crate::publish::metadata::write::sha256(&body));
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
