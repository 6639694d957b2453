//! Pages beside the files, and the router under `/api/`.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};

use super::*;
use crate::serve::page::Page;

fn page(path: &'static str, body: &str) -> Page {
    Page {
        path,
        content_type: "text/html; charset=utf-8",
        policy: Some("default-src 'none'".to_owned()),
        body: body.as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn a_page_is_answered_like_a_file() {
    let (server, client, base) = server().await;
    let site = server.site();
    let text = "<p>notice</p>".repeat(100);
    let plain = Page {
        path: "/feed.atom",
        content_type: "application/atom+xml",
        policy: None,
        body: b"<feed/>".to_vec(),
    };
    site.set_pages(vec![page("/", &text), plain]);
    let got = client.get(&base).send().await.unwrap();
    for (name, expected) in [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "public, max-age=60"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("vary", "Accept-Encoding"),
        (
            "etag",
            &format!(
                "\"{}\"",
                crate::publish::metadata::write::sha256(text.as_bytes())
            ),
        ),
    ] {
        assert_eq!(header(&got, name), expected, "{name}");
    }
    let head = client.head(&base).send().await.unwrap();
    assert_eq!(head.headers(), got.headers());
    let etag = header(&got, "etag");
    assert_eq!(got.text().await.unwrap(), text);
    let again = client.get(&base).header("if-none-match", &etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let zstd = client
        .get(&base)
        .header("accept-encoding", "gzip, zstd")
        .send()
        .await
        .unwrap();
    assert_eq!(header(&zstd, "content-encoding"), "zstd");
    assert_ne!(header(&zstd, "etag"), etag);
    let bytes = zstd.bytes().await.unwrap();
    assert_eq!(
        zstd::bulk::decompress(&bytes, 10_000).unwrap(),
        text.as_bytes()
    );
    let feed = client
        .get(format!("{base}/feed.atom"))
        .send()
        .await
        .unwrap();
    assert_eq!(header(&feed, "content-security-policy"), "");
    assert_eq!(header(&feed, "content-type"), "application/atom+xml");
    let post = client.post(&base).send().await.unwrap();
    assert_eq!(post.status(), 405);
    server.stop().await;
}

#[tokio::test]
async fn files_and_pages_are_exchanged_apart() {
    let (server, client, base) = server().await;
    let text = async |path: &str| {
        let got = client.get(format!("{base}{path}")).send().await.unwrap();
        (got.status().as_u16(), got.text().await.unwrap())
    };
    let site = server.site();
    site.set_pages(vec![page("/", "first"), page("/old", "old")]);
    site.replace(files());
    assert_eq!(text("/").await, (200, "first".to_owned()));
    site.set_pages(vec![page("/", "second")]);
    assert_eq!(text("/").await, (200, "second".to_owned()));
    assert_eq!(text("/old").await, (404, String::new()));
    assert_eq!(
        text("/metadata/timestamp.json").await,
        (200, "timestamp".to_owned())
    );
    server.stop().await;
}

#[tokio::test]
async fn a_page_with_another_policy_is_another_page() {
    let (server, client, base) = server().await;
    let site = server.site();
    for policy in [Some("default-src 'none'"), Some("default-src 'self'"), None] {
        site.set_pages(vec![Page {
            policy: policy.map(str::to_owned),
            ..page("/", "text")
        }]);
        let got = client.get(&base).send().await.unwrap();
        assert_eq!(
            header(&got, "content-security-policy"),
            policy.unwrap_or_default()
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_hides_nothing_of_the_repository() {
    let (server, client, base) = server().await;
    let site = server.site();
    site.set_pages(vec![
        page("/metadata/timestamp.json", "page"),
        page("/targets/x", "page"),
    ]);
    let got = client
        .get(format!("{base}/metadata/timestamp.json"))
        .send()
        .await
        .unwrap();
    assert_eq!(got.text().await.unwrap(), "timestamp");
    let got = client
        .get(format!("{base}/targets/x"))
        .send()
        .await
        .unwrap();
    assert_eq!(got.status(), 404);
    server.stop().await;
}

fn api() -> Service {
    let who = async |ConnectInfo(peer): ConnectInfo<SocketAddr>,
                     request: axum::extract::Request| {
        let id = request.extensions().get::<RequestId>().unwrap();
        format!("{} {}", peer.ip(), id.as_str())
    };
    let length = async |body: bytes::Bytes| body.len().to_string();
    let never = async || std::future::pending::<()>().await;
    let router = Router::new()
        .route("/api/who", get(who))
        .route("/api/length", post(length))
        .route("/api/never", get(never))
        .route("/elsewhere", get(async || "router"));
    let settings = ServerSettings {
        body_bytes: 1_000,
        request: Duration::from_millis(200),
        ..ServerSettings::default()
    };
    Service {
        api: Some(router),
        ..Service::new(Arc::new(Site::new(files(), 10)), settings)
    }
}

#[tokio::test]
async fn what_is_under_api_is_the_routers_with_a_peer_and_a_name() {
    let (_, client, _) = server().await;
    let server = started(api()).await;
    let base = format!("http://{}", server.address());
    let got = client
        .get(format!("{base}/api/who"))
        .header("x-request-id", "run-7")
        .send()
        .await
        .unwrap();
    assert_eq!(header(&got, "x-request-id"), "run-7");
    assert_eq!(got.text().await.unwrap(), "127.0.0.1 run-7");
    let got = client
        .get(format!("{base}/api/who"))
        .header("x-request-id", "a b")
        .send()
        .await
        .unwrap();
    let id = header(&got, "x-request-id");
    assert_eq!(id.len(), 16);
    assert_eq!(got.text().await.unwrap(), format!("127.0.0.1 {id}"));
    // Nothing else is its.
    let got = client
        .get(format!("{base}/elsewhere"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (got.status().as_u16(), header(&got, "x-request-id")),
        (404, String::new())
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_for_the_router_has_a_bound_whether_its_length_is_said_or_not() {
    let (_, client, _) = server().await;
    let server = started(api()).await;
    let url = format!("http://{}/api/length", server.address());
    for (length, status) in [(1_000, 200), (1_001, 413)] {
        let said = client
            .post(&url)
            .body(vec![0; length])
            .send()
            .await
            .unwrap();
        assert_eq!(said.status(), status, "{length}");
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(vec![0; length])]);
        let unsaid = client
            .post(&url)
            .body(reqwest::Body::wrap_stream(chunks))
            .send()
            .await
            .unwrap();
        assert_eq!(unsaid.status(), status, "{length}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_router_has_its_time() {
    let (_, client, _) = server().await;
    let server = started(api()).await;
    let url = format!("http://{}/api/never", server.address());
    let got = client.get(url).send().await.unwrap();
    assert_eq!(
        (
            got.status().as_u16(),
            header(&got, "cache-control").as_str()
        ),
        (503, "no-store")
    );
    server.stop().await;
}

#[tokio::test]
async fn without_a_router_there_is_nothing_under_api() {
    let (server, client, base) = server().await;
    server.site().set_pages(vec![page("/api/x", "page")]);
    let got = client.get(format!("{base}/api/x")).send().await.unwrap();
    assert_eq!(
        (
            got.status().as_u16(),
            header(&got, "cache-control").as_str()
        ),
        (404, "no-store")
    );
    server.stop().await;
}
