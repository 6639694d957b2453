//! A repository and its proposals in memory, with the interface on a free port of this machine.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use motd_core::{LanguageTag, RepositoryId, Time};
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::publish::key::SigningKey;
use motd_server::publish::metadata::write;
use motd_server::publish::{Published as _, Repository, SigningRequest};
use motd_server::serve::api::message_signature::{Target, sign};
use motd_server::serve::api::{Api, ApiSettings, NewProposal, NewSignature, Rates, RequestFiles};
use motd_server::serve::proposals::Proposals;
use motd_server::serve::{LoadKeys, OnlineKeys, Release, Upkeep};
use motd_server::store::files::Files;
use motd_server::store::{Objects, RepositoryConfig, Store};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

pub(crate) const DAY: i64 = 86_400;

pub(crate) fn id() -> RepositoryId {
    "example.org".parse().unwrap()
}

pub(crate) fn seed(number: u8) -> [u8; 32] {
    let mut seed = [7; 32];
    seed[31] = number;
    seed
}

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::assert_test_seed(seed(number))
}

/// Alice, Bob and Carol sign; 4 and 5 are the server's.
pub(crate) fn alice() -> SigningKey {
    key(1)
}

pub(crate) fn bob() -> SigningKey {
    key(2)
}

pub(crate) fn carol() -> SigningKey {
    key(3)
}

pub(crate) fn stranger() -> SigningKey {
    key(99)
}

pub(crate) fn notice(title: &str) -> Value {
    json!({
        "id": title.to_lowercase(), "revision": 1, "severity": "warning",
        "begins": "2018-04-01T00:00:00Z", "ends": "2018-12-31T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } },
    })
}

/// What one test changes about the interface.
pub(crate) fn settings() -> ApiSettings {
    let many = NonZeroU32::new(100_000).unwrap();
    ApiSettings {
        rates: Rates {
            from_each: many,
            from_all: many,
        },
        ..ApiSettings::default()
    }
}

pub(crate) struct World {
    pub(crate) place: Objects,
    pub(crate) proposals: Proposals,
    pub(crate) waiting: Arc<InMemory>,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) signed: Arc<Notify>,
    clock: Arc<AtomicI64>,
    published: watch::Sender<Arc<Repository>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: ApiSettings) -> Self {
        Self::named(settings, &[]).await
    }

    /// With the names that the interface knows itself by.
    pub(crate) async fn named(settings: ApiSettings, names: &[String]) -> Self {
        Self::over(settings, names, |waiting| waiting).await
    }

    /// With this way to where proposals wait.
    pub(crate) async fn over(
        settings: ApiSettings,
        names: &[String],
        way: impl FnOnce(Objects) -> Objects,
    ) -> Self {
        let clock = Arc::new(AtomicI64::new(1_523_520_000));
        let begin = Time::from_unix_seconds(clock.load(Ordering::SeqCst)).unwrap();
        let mut test =
            TestRepository::assert_test_repository(&id(), 7, Shape::Sidecar, begin).unwrap();
        test.publish_notices(&[notice("Before")], begin).unwrap();
        let place = Objects::same(Arc::new(InMemory::new()));
        put(&place, test.repository.files()).await;
        let waiting = Arc::new(InMemory::new());
        let proposals = Proposals::on(way(Objects::same(Arc::clone(&waiting) as _)));
        let (published, current) = watch::channel(Arc::new(test.repository));
        let signed = Arc::new(Notify::new());
        let now = Arc::clone(&clock);
        let api = Api::new(
            id(),
            proposals.clone(),
            current,
            Arc::clone(&signed),
            Arc::new(move || Time::from_unix_seconds(now.load(Ordering::SeqCst)).unwrap()),
            settings,
        )
        .named(names);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = api
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            place,
            proposals,
            waiting,
            address,
            client: Client::builder().no_proxy().build().unwrap(),
            signed,
            clock,
            published,
        }
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_unix_seconds(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn repository(&self) -> Arc<Repository> {
        Arc::clone(&self.published.borrow())
    }

    /// A server that has the online keys.
    pub(crate) async fn upkeep(&self) -> Upkeep {
        self.upkeep_on(Store::on(self.place.clone())).await
    }

    /// The same, with this way to the repository.
    pub(crate) async fn upkeep_on(&self, store: Store) -> Upkeep {
        let keys: LoadKeys = Box::new(|| {
            Ok(Some(OnlineKeys {
                snapshot: Box::new(key(4)),
                timestamp: Box::new(key(5)),
            }))
        });
        let root = self.repository().root().bytes().to_vec();
        Upkeep::begin(store, &root, keys, 0).await.unwrap()
    }

    /// What a server does when it is told that a proposal has its signatures.
    pub(crate) async fn release(&self) -> Vec<Release> {
        let mut upkeep = self.upkeep().await;
        let releases = upkeep.release(&self.proposals, self.now()).await.unwrap();
        self.published
            .send_replace(Arc::new(upkeep.repository().clone()));
        releases
    }

    /// A request without signatures.
    pub(crate) fn unsigned(&self, title: &str) -> SigningRequest {
        let notice = motd_core::json::Value::from_parsed(&notice(title)).unwrap();
        let document = NoticeDocument::compose(&id(), "en", &[notice]).unwrap();
        let repository = self.repository();
        repository
            .propose(&document, self.now(), write::after(self.now(), 30))
            .unwrap()
    }

    /// The same, signed by these people.
    pub(crate) fn request(&self, title: &str, people: &[&SigningKey]) -> SigningRequest {
        let mut request = self.unsigned(title);
        let repository = self.repository();
        for person in people {
            repository
                .sign(&mut request, *person, self.now(), &[])
                .unwrap();
        }
        request
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1{path}", self.address)
    }

    pub(crate) async fn open(&self, request: &SigningRequest) -> Response {
        let files = RequestFiles::of(request).unwrap();
        self.post("/proposals", &json!(NewProposal { files })).await
    }

    /// Opens what has to be taken, and gives its name.
    pub(crate) async fn opened(&self, request: &SigningRequest) -> String {
        let answer = self.open(request).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        let proposal: Value = answer.json().await.unwrap();
        proposal["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self.client.post(self.url(path)).json(body);
        request.send().await.unwrap()
    }

    /// This person's signature on the notice role of a proposal.
    pub(crate) fn signature(&self, request: &SigningRequest, person: &SigningKey) -> NewSignature {
        let mut request = request.clone();
        self.repository()
            .sign(&mut request, person, self.now(), &[])
            .unwrap();
        signature_of(&request, "motd", &person.key_id())
    }

    pub(crate) async fn sign(&self, id: &str, signature: &NewSignature) -> Response {
        self.post(&format!("/proposals/{id}/signatures"), &json!(signature))
            .await
    }

    /// Asks as a person does, with a signature on the request.
    pub(crate) async fn ask(&self, method: Method, path: &str, person: &SigningKey) -> Response {
        let request = self.signed(method, path, person);
        request.send().await.unwrap()
    }

    /// Opens it as a person does, with a signature on the request.
    pub(crate) async fn open_as(&self, person: &SigningKey, request: &SigningRequest) -> Response {
        let files = RequestFiles::of(request).unwrap();
        let post = self.signed(Method::POST, "/proposals", person);
        post.json(&NewProposal { files }).send().await.unwrap()
    }

    pub(crate) fn signed(
        &self,
        method: Method,
        path: &str,
        person: &SigningKey,
    ) -> reqwest::RequestBuilder {
        let url: url::Url = self.url(path).parse().unwrap();
        let authority = self.address.to_string();
        let target = Target {
            method: method.as_str(),
            authority: &authority,
            path: url.path(),
            query: url.query(),
        };
        let [input, signature] = sign(target, person, self.now()).unwrap();
        let request = self.client.request(method, url);
        let request = request.header("signature-input", input);
        request.header("signature", signature)
    }

    /// Asks with a signature that is said to be of another key than the one that made it.
    pub(crate) async fn ask_as(&self, key_id: &str, path: &str, person: &SigningKey) -> Response {
        let authority = self.address.to_string();
        let path = format!("/api/v1{path}");
        let target = Target {
            method: "GET",
            authority: &authority,
            path: &path,
            query: None,
        };
        let [input, signature] = sign(target, person, self.now()).unwrap();
        let input = input.replace(&person.key_id(), key_id);
        let request = self.client.get(format!("http://{authority}{path}"));
        let request = request.header("signature-input", input);
        request.header("signature", signature).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str, person: &SigningKey) -> Value {
        let answer = self.ask(Method::GET, path, person).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Everything that lies in both stores.
    pub(crate) async fn everything(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for store in [&self.place.reads, &(Arc::clone(&self.waiting) as _)] {
            let objects: Vec<_> = store.list(None).try_collect().await.unwrap();
            for object in objects {
                let got = store.get(&object.location).await.unwrap();
                let bytes = got.bytes().await.unwrap().to_vec();
                found.push((object.location.to_string(), bytes));
            }
        }
        found.sort();
        found
    }
}

async fn put(place: &Objects, files: &Files) {
    let config = RepositoryConfig {
        repository: id(),
        default_language: LanguageTag::english(),
        lifetimes: motd_server::store::Lifetimes::default(),
    };
    let config = (RepositoryConfig::FILE, config.to_toml().into_bytes());
    let files = files
        .0
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.clone()));
    for (path, bytes) in files.chain([config]) {
        let path = Path::parse(path).unwrap();
        place.writes.put(&path, bytes.into()).await.unwrap();
    }
}

/// This person's signature on the notice role of a request, without a look at what is published.
pub(crate) fn signature_any(request: &SigningRequest, person: &SigningKey) -> NewSignature {
    let mut request = request.clone();
    let notices = request.notices.as_mut().unwrap();
    notices
        .sign_with(|role| role.add_signature(person))
        .unwrap();
    signature_of(&request, "motd", &person.key_id())
}

pub(crate) fn signature_of(request: &SigningRequest, role: &str, key_id: &str) -> NewSignature {
    let file = request.role(role).unwrap();
    let mut signatures = file.signatures();
    let (_, sig) = signatures.find(|(id, _)| *id == key_id).unwrap();
    NewSignature {
        role: role.to_owned(),
        keyid: key_id.to_owned(),
        sig: sig.to_owned(),
    }
}

/// The status and code of a refusal, which has to be one that RFC 9457 describes.
pub(crate) async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let header = |name: &str| {
        let value = answer.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let media = header("content-type").unwrap_or_default();
    assert_eq!(media, "application/problem+json", "{status}");
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    (status, body["code"].as_str().unwrap().to_owned())
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
