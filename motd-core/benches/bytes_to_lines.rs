//! From bytes to lines: parse and judge, select, render. The figures are in the README.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops where it fails"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use motd_core::{
    Components, Decision, Document, Environment, Frame, Mode, SeenState, Time, Verified, decide,
    json, limit_run, render, select,
};
use serde_json::{Value, json};

fn notice(index: usize) -> Value {
    json!({
        "id": format!("notice-{index}"),
        "revision": 1,
        "severity": "warning",
        "topic": "deprecation",
        "begins": "2026-01-01T00:00:00Z",
        "ends": "2026-12-31T00:00:00Z",
        "text": { "en": { "title": "TLS 1.2 will be required on 30 June", "body": [
            "From that day the index refuses connections that use TLS 1.0 or TLS 1.1. ".repeat(4).trim(),
            "Python from python.org for macOS 10.12 or older needs an update. ".repeat(4).trim(),
        ] } },
        "links": [{ "rel": "details", "url": "https://status.example.org/tls" }],
    })
}

fn bytes(notices: &[Value]) -> Vec<u8> {
    let document = json!({ "schema_version": "1.0", "repository": "pypi.org", "notices": notices });
    json::Value::from_parsed(&document)
        .unwrap()
        .document_bytes()
}

/// Notices whose texts in this script fill the 64 KiB of the target carrier.
fn full(sentence: &str, with_audience: bool) -> Vec<u8> {
    let room = 65_536 / 32 - 700;
    let notices: Vec<Value> = (0..32)
        .map(|index| {
            let mut notice = notice(index);
            notice["text"]["en"]["body"] = json!([]);
            let (mut left, mut body) = (room, Vec::new());
            if with_audience {
                let component = |index: usize| json!({ "purl": format!("pkg:pypi/component-{index}"), "versions": "vers:pypi/>=1.0|!=1.5|<2.0" });
                notice["audience"] = json!([{ "components": (0..14).map(component).collect::<Vec<_>>() }]);
                left = 300;
            }
            while left > sentence.len() && body.len() < 8 {
                let mut paragraph = String::new();
                while paragraph.chars().count() + sentence.chars().count() < 1_000 && left > sentence.len() {
                    paragraph.push_str(sentence);
                    left -= sentence.len();
                }
                body.push(paragraph);
            }
            notice["text"]["en"]["body"] = json!(body);
            notice
        })
        .collect();
    let bytes = bytes(&notices);
    assert!((50_000..=65_536).contains(&bytes.len()), "{}", bytes.len());
    bytes
}

fn verified(bytes: &[u8]) -> Verified<Document> {
    let document = Document::judge_bytes(bytes, None).unwrap();
    assert!(
        document
            .entries()
            .iter()
            .all(|entry| entry.verdict().is_ok())
    );
    Verified::assert_author_preview(document)
}

fn environment(components: &Components) -> Environment<'_> {
    Environment {
        components,
        os: Some("linux".to_owned()),
        arch: Some("x86_64".to_owned()),
        command: Some("install".to_owned()),
        languages: vec!["de-CH".parse().unwrap(), "en".parse().unwrap()],
        ..Environment::new("2026-06-01T00:00:00Z".parse::<Time>().unwrap())
    }
}

fn judging(criterion: &mut Criterion) {
    for (name, sentence, with_audience) in [
        (
            "english",
            "The index refuses connections that use TLS 1.0. ",
            false,
        ),
        ("chinese", "从那天起，索引拒绝使用旧协议的连接。", false),
        ("hindi", "उस दिन से सूचकांक पुराने कनेक्शन अस्वीकार करेगा। ", false),
        ("audience", "The index refuses connections. ", true),
    ] {
        let bytes = full(sentence, with_audience);
        criterion.bench_function(&format!("judge/64-KiB-{name}"), |bencher| {
            bencher.iter(|| Document::judge_bytes(black_box(&bytes), None).unwrap());
        });
    }
}

fn selecting(criterion: &mut Criterion) {
    // Five hundred components that are named and installed, every one of which has to be compared.
    let clause = |first: usize| {
        let component = |index: usize| json!({ "purl": format!("pkg:pypi/component-{index}"), "versions": "vers:pypi/>=1.0|!=1.5|<2.0" });
        json!({ "components": (first..first + 25).map(component).collect::<Vec<_>>() })
    };
    let notices: Vec<Value> = (0..20)
        .map(|index| {
            let mut notice = notice(index);
            notice["audience"] = json!([clause(index * 25)]);
            notice
        })
        .collect();
    let document = verified(&bytes(&notices));
    let mut components = Components::new();
    for index in 0..500 {
        components.add(&format!("pkg:pypi/component-{index}"), "1.26.4");
    }
    let environment = environment(&components);
    assert!(
        select(&document, &environment)
            .iter()
            .all(|selected| selected.applicable().is_ok())
    );
    criterion.bench_function("select/500-components", |bencher| {
        bencher.iter(|| select(black_box(&document), black_box(&environment)));
    });
}

fn rendering(criterion: &mut Criterion) {
    let document = verified(&bytes(&(0..3).map(notice).collect::<Vec<_>>()));
    let components = Components::new();
    let environment = environment(&components);
    let frame = Frame::new("pypi".parse().unwrap(), Some(80)).unwrap();
    let seen = SeenState::new();
    criterion.bench_function("render/3-notices", |bencher| {
        let decisions = decide(
            select(&document, &environment),
            &seen,
            environment.now,
            Mode::Automatic,
        );
        bencher.iter(|| {
            let lines: Vec<_> = decisions
                .iter()
                .filter_map(Decision::shown)
                .map(|shown| render(black_box(&shown), &frame))
                .collect();
            assert_eq!(lines.len(), 3);
            lines
        });
    });
    criterion.bench_function("select-to-lines", |bencher| {
        bencher.iter(|| {
            let decisions = decide(
                select(&document, &environment),
                &seen,
                environment.now,
                Mode::Automatic,
            );
            let run = limit_run(
                decisions
                    .into_iter()
                    .map(|decision| ((), decision))
                    .collect(),
            );
            run.decisions
                .iter()
                .filter_map(|((), decision)| decision.shown())
                .map(|shown| render(&shown, &frame))
                .collect::<Vec<_>>()
        });
    });
}

criterion_group!(benches, judging, selecting, rendering);
criterion_main!(benches);
