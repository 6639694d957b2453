//! A real S3 endpoint on a free port of this machine: the protocol and its signatures by `s3s`, files by `s3s-fs`.
//!
//! `s3s-fs` compares and writes in two steps. Here one write happens at a time, and no read between its steps, which is
//! what S3 promises.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::error_handling::HandleError;
use axum::http::StatusCode;
use axum::serve::ListenerExt as _;
use s3s::auth::SimpleAuth;
use s3s::dto::{
    GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, PutObjectInput, PutObjectOutput,
};
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::RwLock;

/// What a test changes about the endpoint, and counts.
#[derive(Debug, Default)]
pub struct Habits {
    /// Answers as a server that has never heard of `If-Match`.
    pub ignores_if_match: AtomicBool,
    /// The same of `If-None-Match`.
    pub ignores_if_none_match: AtomicBool,
    /// The end of the name of an object: who writes such a one waits for ever, and it is said that somebody does.
    pub stuck_at: Mutex<Option<&'static str>>,
    /// Whether such a writer waits.
    pub stuck: AtomicBool,
    /// Whoever asks may only read.
    pub denies_writes: AtomicBool,
    /// Writes of `timestamp.json` that took effect.
    pub timestamps: AtomicUsize,
    /// Requests for the contents of objects.
    pub reads: AtomicUsize,
    /// Requests for the contents of objects at this moment.
    pub reading: AtomicUsize,
    /// The most of them at one moment.
    pub most_reading: AtomicUsize,
}

struct Endpoint {
    files: FileSystem,
    turn: RwLock<()>,
    habits: Arc<Habits>,
}

#[async_trait::async_trait]
impl S3 for Endpoint {
    async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        if self.habits.denies_writes.load(Ordering::SeqCst) {
            return Err(s3_error!(AccessDenied));
        }
        if self.habits.ignores_if_match.load(Ordering::SeqCst) {
            request.input.if_match = None;
        }
        if self.habits.ignores_if_none_match.load(Ordering::SeqCst) {
            request.input.if_none_match = None;
        }
        let stuck_at = *self.habits.stuck_at.lock().unwrap();
        if stuck_at.is_some_and(|end| request.input.key.ends_with(end)) {
            self.habits.stuck.store(true, Ordering::SeqCst);
            return std::future::pending().await;
        }
        let is_timestamp = request.input.key.ends_with("metadata/timestamp.json");
        let _turn = self.turn.write().await;
        let put = self.files.put_object(request).await?;
        if is_timestamp {
            self.habits.timestamps.fetch_add(1, Ordering::SeqCst);
        }
        Ok(put)
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let _turn = self.turn.read().await;
        self.habits.reads.fetch_add(1, Ordering::SeqCst);
        let reading = self.habits.reading.fetch_add(1, Ordering::SeqCst) + 1;
        self.habits
            .most_reading
            .fetch_max(reading, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let got = self.files.get_object(request).await;
        self.habits.reading.fetch_sub(1, Ordering::SeqCst);
        got
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let _turn = self.turn.read().await;
        self.files.head_object(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let _turn = self.turn.read().await;
        self.files.list_objects_v2(request).await
    }
}

/// The endpoint, on a runtime of its own so that it answers whatever the test's threads wait for.
#[derive(Debug)]
pub struct S3Server {
    /// How it behaves.
    pub habits: Arc<Habits>,
    endpoint: String,
    folder: tempfile::TempDir,
    runtime: Option<tokio::runtime::Runtime>,
}

impl S3Server {
    /// Starts an endpoint with one empty bucket.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let habits = Arc::new(Habits::default());
        let endpoint = Endpoint {
            files: FileSystem::new(folder.path()).unwrap(),
            turn: RwLock::default(),
            habits: Arc::clone(&habits),
        };
        let mut service = S3ServiceBuilder::new(endpoint);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = HandleError::new(service.build(), async |_| StatusCode::BAD_REQUEST);
        let router = axum::Router::new().fallback_service(service);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            habits,
            endpoint,
            folder,
            runtime: Some(runtime),
        }
    }

    /// The variables with which every tool for S3 is configured.
    #[must_use]
    pub fn variables(&self) -> [(String, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    /// Makes another bucket: the files behind the endpoint are looked through bucket by bucket.
    pub fn make_bucket(&self, name: &str) {
        std::fs::create_dir(self.folder.path().join(name)).unwrap();
    }

    /// Where an object's bytes lie.
    #[must_use]
    pub fn path(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.path().join(bucket).join(key)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The bucket that is there from the start.
pub const BUCKET: &str = "notices";
const KEY: &str = "access";
const SECRET: &str = "a secret of this test";
