//! From a notice to an answer: authoring, loading, preparing, answering. The figures are in docs/performance.
#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::hint::black_box;

use axum::http::{HeaderMap, Method};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use motd_core::Time;
use motd_server::publish::fixture;
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::publish::metadata::write;
use motd_server::serve::Site;
use motd_server::store::files::{Files, TIMESTAMP, versioned};
use serde_json::{Value, json};

/// As many as an index of half a million packages has (PEP 458).
const BINS: u32 = 16_384;

fn now() -> Time {
    Time::from_unix_seconds(1_600_000_000).unwrap()
}

fn notice() -> Value {
    json!({
        "id": "tls", "revision": 1, "severity": "warning", "topic": "deprecation",
        "begins": "2020-09-01T00:00:00Z", "ends": "2020-12-31T00:00:00Z",
        "text": { "en": {
            "title": "TLS 1.2 will be required on 30 June",
            "body": ["From that day the index refuses connections that use TLS 1.0 or 1.1."],
        } },
    })
}

fn repository() -> TestRepository {
    let id = "example.org".parse().unwrap();
    TestRepository::assert_test_repository(&id, 1, Shape::Sidecar, now()).unwrap()
}

/// The files of a repository whose snapshot lists the bins too.
fn with_bins(repository: &TestRepository) -> Files {
    let mut files = repository.repository.files().clone();
    // What is in a bin makes no difference to what is measured, so all are one.
    let expires = write::after(now(), 30).to_string();
    let bin = json!({
        "_type": "targets", "spec_version": "1.0.31", "version": 1, "expires": expires, "targets": {},
    });
    let bin = fixture::sign_raw(&bin, &[&repository.package]).unwrap();
    let mut snapshot = repository.repository.snapshot().signed().clone();
    let version = repository.repository.snapshot().version();
    for number in 0..BINS {
        let name = format!("bin-{number:04x}");
        let entry = json!({ "version": 1 });
        let meta = snapshot.get_mut("meta").unwrap().as_object_mut().unwrap();
        meta.insert(format!("{name}.json"), entry);
        files.0.insert(versioned(1, &name), bin.clone());
    }
    let snapshot = fixture::sign_raw(&snapshot, &[&repository.snapshot]).unwrap();
    let mut timestamp = repository.repository.timestamp().signed().clone();
    let meta = timestamp.get_mut("meta").unwrap();
    *meta = json!({ "snapshot.json": write::meta_entry(version, &snapshot) });
    let timestamp = fixture::sign_raw(&timestamp, &[&repository.timestamp]).unwrap();
    files.0.insert(versioned(version, "snapshot"), snapshot);
    files.0.insert(TIMESTAMP.to_owned(), timestamp);
    files
}

fn authoring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("author");
    group.sample_size(20);
    group.bench_function("propose, sign twice, publish", |bencher| {
        bencher.iter_batched(
            repository,
            |mut repository| {
                repository.publish_notices(&[notice()], now()).unwrap();
                repository
            },
            BatchSize::SmallInput,
        );
    });
    let small = repository().repository.files().clone();
    group.bench_function("load and verify", |bencher| {
        bencher.iter_batched(
            || small.clone(),
            |files| fixture::assert_test_load(files).unwrap(),
            BatchSize::SmallInput,
        );
    });
    let large = with_bins(&repository());
    group.sample_size(10);
    group.bench_function("load and verify, 16,384 bins", |bencher| {
        bencher.iter_batched(
            || large.clone(),
            |files| fixture::assert_test_load(files).unwrap(),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn serving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("serve");
    group.sample_size(10);
    let large = with_bins(&repository());
    let snapshot = versioned(1, "snapshot");
    let bytes = large.bytes(&snapshot).unwrap().to_vec();
    let alone = Files([(snapshot, bytes)].into_iter().collect());
    let small = repository().repository.files().clone();
    group.bench_function("prepare a small repository", |bencher| {
        bencher.iter_batched(
            || small.clone(),
            |files| Site::new(files, 10),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("prepare the snapshot of 16,384 bins", |bencher| {
        bencher.iter_batched(
            || alone.clone(),
            |files| Site::new(files, 10),
            BatchSize::SmallInput,
        );
    });
    let site = Site::new(large.clone(), 10);
    group.bench_function("replace 16,384 bins by the same", |bencher| {
        bencher.iter_batched(
            || large.clone(),
            |files| site.replace(files),
            BatchSize::LargeInput,
        );
    });
    let file = ("targets/packages/five".to_owned(), vec![7; 5_120]);
    let site = Site::new(Files([file].into_iter().collect()), 10);
    let headers = HeaderMap::new();
    group.sample_size(100);
    group.bench_function("answer with a file of 5 KB", |bencher| {
        bencher.iter(|| {
            site.answer(
                &Method::GET,
                black_box("/targets/packages/five"),
                black_box(&headers),
            )
        });
    });
    group.finish();
}

criterion_group!(benches, authoring, serving);
criterion_main!(benches);
