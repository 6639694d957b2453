//! What operators are told.

use std::sync::Mutex;

use motd_core::Time;

use super::*;
use crate::serve::page::Page;

const DAY: i64 = 86_400;

fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(1_000_000_000 + seconds).unwrap()
}

fn freshness(timestamp: i64, renewal: Renewal) -> Freshness {
    let life = |role: &str, version, expires, late_seconds| RoleLife {
        role: role.to_owned(),
        version,
        expires: at(expires),
        late_seconds,
    };
    Freshness {
        roles: vec![
            life("timestamp", 7, timestamp, 43_200),
            life("root", 1, 300 * DAY, 36 * 86_400),
        ],
        renewal,
    }
}

struct Told {
    server: Server,
    client: reqwest::Client,
    health: Arc<Health>,
    now: Arc<Mutex<Time>>,
}

async fn told() -> Told {
    let health = Arc::new(Health::new(
        freshness(DAY, Renewal::Current),
        Arc::default(),
    ));
    let now = Arc::new(Mutex::new(at(0)));
    let clock = Arc::clone(&now);
    let page = Page {
        path: "/",
        content_type: "text/html",
        policy: None,
        body: b"operators".to_vec(),
    };
    let clock = Arc::new(move || *clock.lock().unwrap());
    let site = Site::without_files();
    site.set_pages(vec![page]);
    let service = Service::operations(Arc::clone(&health), clock, Arc::new(site));
    Told {
        server: started(service).await,
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        health,
        now,
    }
}

impl Told {
    async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.server.address());
        let got = self.client.get(url).send().await.unwrap();
        (got.status().as_u16(), got.text().await.unwrap())
    }
}

#[tokio::test]
async fn readiness_ends_with_the_repository_and_with_draining() {
    let told = told().await;
    assert_eq!(told.get("/livez").await, (200, "ok\n".to_owned()));
    assert_eq!(told.get("/readyz").await, (200, "ready\n".to_owned()));
    *told.now.lock().unwrap() = at(DAY);
    assert_eq!(told.get("/readyz").await, (503, "expired\n".to_owned()));
    assert_eq!(told.get("/livez").await, (200, "ok\n".to_owned()));
    told.health.set(freshness(2 * DAY, Renewal::Current));
    assert_eq!(told.get("/readyz").await, (200, "ready\n".to_owned()));
    told.health.drain();
    assert_eq!(told.get("/readyz").await, (503, "draining\n".to_owned()));
    told.server.stop().await;
}

#[tokio::test]
async fn freshness_is_told_before_clients_refuse() {
    let told = told().await;
    for (seconds, status, state, left) in [
        (0, 200, "ok", 86_400),
        (43_200, 200, "ok", 43_200),
        (43_201, 503, "late", 43_199),
        (86_400, 503, "expired", 0),
    ] {
        *told.now.lock().unwrap() = at(seconds);
        let (found, text) = told.get("/freshness").await;
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (found, json["state"].as_str(), json["seconds_left"].as_u64()),
            (status, Some(state), Some(left))
        );
        assert_eq!(json["roles"][0]["version"], 7);
        assert_eq!(json["roles"][1]["state"], "ok");
    }
    *told.now.lock().unwrap() = at(0);
    let overdue = Renewal::Overdue {
        expires: at(DAY),
        code: "key-readable-by-others",
        fact: "/secret/place can be read".to_owned(),
    };
    told.health.set(freshness(DAY, overdue));
    let (status, text) = told.get("/freshness").await;
    assert_eq!(status, 503);
    assert!(
        text.contains("\"code\":\"key-readable-by-others\"") && !text.contains("secret"),
        "{text}"
    );
    told.server.stop().await;
}

#[tokio::test]
async fn metrics_are_numbers_with_units() {
    let told = told().await;
    let url = format!("http://{}/metrics", told.server.address());
    let got = told.client.get(&url).send().await.unwrap();
    assert_eq!(
        header(&got, "content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert_eq!(header(&got, "cache-control"), "no-store");
    let text = got.text().await.unwrap();
    let expires = 1_000_000_000 + DAY;
    for line in [
        "motd_ready 1".to_owned(),
        format!("motd_role_expiry_timestamp_seconds{{role=\"timestamp\"}} {expires}"),
        "motd_role_version{role=\"timestamp\"} 7".to_owned(),
        format!(
            "motd_build_info{{version=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION")
        ),
        "# EOF".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let head = told.client.head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(told.client.post(&url).send().await.unwrap().status(), 405);
    told.server.stop().await;
}

#[tokio::test]
async fn requests_are_counted_by_what_they_ask_for() {
    let (server, client, base) = server().await;
    for path in [
        "/metadata/timestamp.json",
        "/metadata/1.root.json",
        "/metadata/9.x.json",
        "/",
        "/api/x",
    ] {
        client
            .get(format!("{base}{path}"))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
    }
    let look = UpkeepReport {
        replaced: None,
        published: true,
        renewed: true,
        failure: Some("storage"),
        trouble: None,
    };
    server.metrics().upkeep(&look);
    let text = server.metrics_text();
    for line in [
        "motd_requests_total{kind=\"timestamp\",class=\"2xx\"} 1",
        "motd_requests_total{kind=\"metadata\",class=\"2xx\"} 1",
        "motd_requests_total{kind=\"metadata\",class=\"4xx\"} 1",
        "motd_requests_total{kind=\"page\",class=\"4xx\"} 1",
        "motd_requests_total{kind=\"api\",class=\"4xx\"} 1",
        "motd_response_body_bytes_total 13",
        "motd_connections_accepted_total 1",
        "motd_connections_open 1",
        "motd_publications_taken_up_total 1",
        "motd_renewals_total 1",
        "motd_upkeep_failures_total{code=\"storage\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn operators_have_a_page_and_no_repository() {
    let told = told().await;
    assert_eq!(told.get("/").await, (200, "operators".to_owned()));
    assert_eq!(told.get("/metadata/timestamp.json").await.0, 404);
    told.server.stop().await;
    // And nobody else is told.
    let (server, client, base) = server().await;
    for path in ["/livez", "/readyz", "/freshness", "/metrics"] {
        let got = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(got.status(), 404, "{path}");
    }
    server.stop().await;
}
