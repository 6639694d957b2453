//! No work grows faster than the document does.
//!
//! Each hostile shape is judged at one and at eight times its size, within the limits. Linear work takes eight times
//! as long, quadratic work sixty-four times; the line is drawn at twenty-four. A machine that does other work at the
//! same time makes any one measurement too long, and none too short: so the shortest of several tries counts, and one
//! round of several has to stay below the line.

use std::hint::black_box;
use std::time::Duration;

use motd_core::{Document, json};

/// The shortest of several tries.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test measures; the crate does not"
)]
fn shortest(mut work: impl FnMut()) -> Duration {
    (0..15)
        .map(|_| {
            let start = std::time::Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap()
}

/// Whether eight times the size takes less than twenty-four times as long.
fn is_linear(name: &str, time: impl Fn(usize) -> Duration) {
    let mut rounds = Vec::new();
    for _ in 0..8 {
        let (small, large) = (time(1), time(8));
        if large < small * 24 + Duration::from_micros(200) {
            return;
        }
        rounds.push((small, large));
    }
    panic!("{name}: {rounds:?}");
}

fn grows_linearly(name: &str, shape: impl Fn(usize) -> String) {
    is_linear(name, |size| {
        let bytes = shape(size).into_bytes();
        assert!(bytes.len() <= 65_536, "{name}: {}", bytes.len());
        shortest(|| {
            let _ = black_box(Document::judge_any_form(black_box(&bytes), None));
        })
    });
}

fn notice(members: &str) -> String {
    format!(
        "{{\"schema_version\":\"1.0\",\"repository\":\"a\",\"notices\":[{{\"id\":\"a\",\"revision\":1,\"severity\":\"info\",\
         \"begins\":\"2026-01-01T00:00:00Z\",\"ends\":\"2026-02-01T00:00:00Z\",{members}}}]}}"
    )
}

fn text(title: &str) -> String {
    format!("\"text\":{{\"en\":{{\"title\":\"{title}\",\"body\":[]}}}}")
}

#[test]
fn nothing_is_quadratic() {
    grows_linearly("members in falling order", |size| {
        let members: Vec<_> = (0..size * 700)
            .rev()
            .map(|index| format!("\"{index:05}\":1"))
            .collect();
        format!("{{{}}}", members.join(","))
    });
    grows_linearly("members of one name", |size| {
        format!("{{{}\"a\":1}}", "\"a\":1,".repeat(size * 1_300))
    });
    grows_linearly("depth", |size| {
        format!("{}{}", "[".repeat(size * 4_000), "]".repeat(size * 4_000))
    });
    grows_linearly("depth, never closed", |size| "[".repeat(size * 8_000));
    grows_linearly("objects in objects", |size| {
        format!(
            "{}1{}",
            "{\"a\":".repeat(size * 1_300),
            "}".repeat(size * 1_300)
        )
    });
    grows_linearly("escapes", |size| {
        format!("[\"{}\"]", "\\u0041".repeat(size * 1_300))
    });
    grows_linearly("deep surrogates", |size| {
        format!(
            "[[[[[[[[[\"{}\"]]]]]]]]]",
            "\\ud83d\\ude00".repeat(size * 650)
        )
    });
    grows_linearly("numbers beyond the doubles", |size| {
        format!("[{}1e999]", "1,".repeat(size * 4_000))
    });
    grows_linearly("one long number", |size| {
        format!("[{}]", "9".repeat(size * 8_000))
    });
    grows_linearly("ids of one beginning", |size| {
        let notices: Vec<_> = (0..32)
            .map(|index| format!("{{\"id\":\"{}{index}\"}}", "a".repeat(size * 200)))
            .collect();
        format!(
            "{{\"schema_version\":\"1.0\",\"repository\":\"a\",\"notices\":[{}]}}",
            notices.join(",")
        )
    });
    grows_linearly("languages", |size| {
        let languages: Vec<_> = (0..size * 8)
            .map(|index| format!("\"en-x-{index:06}{}\":1", "-abcdefgh".repeat(90)))
            .collect();
        notice(&format!("\"text\":{{{}}}", languages.join(",")))
    });
    grows_linearly("marks", |size| {
        notice(&text(&"e\u{301}".repeat(size * 2_500)))
    });
    grows_linearly("paragraphs", |size| {
        let paragraph = format!("\"{}\"", "ü\u{301} ".repeat(size * 20));
        notice(&format!(
            "\"text\":{{\"en\":{{\"title\":\"T\",\"body\":[{}]}}}}",
            vec![paragraph; 8].join(",")
        ))
    });
    grows_linearly("unknown members of clauses", |size| {
        let members: Vec<_> = (0..size * 600)
            .map(|index| format!("\"{index:05}\":1"))
            .collect();
        notice(&format!(
            "{},\"audience\":[{{{}}}]",
            text("T"),
            members.join(",")
        ))
    });
    grows_linearly("constraints", |size| {
        let versions = vec!["1"; size * 3_500].join("|");
        notice(&format!(
            "{},\"audience\":[{{\"components\":[{{\"purl\":\"pkg:pypi/a\",\"versions\":\"vers:pypi/{versions}\"}}]}}]",
            text("T")
        ))
    });
    grows_linearly("a package URL", |size| {
        notice(&format!(
            "{},\"audience\":[{{\"components\":[{{\"purl\":\"pkg:generic/{}\"}}]}}]",
            text("T"),
            "a/".repeat(size * 3_500)
        ))
    });
    grows_linearly("a URL", |size| {
        notice(&format!(
            "{},\"links\":[{{\"rel\":\"a\",\"url\":\"https://{}\"}}]",
            text("T"),
            "a.".repeat(size * 3_500)
        ))
    });
}

/// RFC 8785 form and back, of an object that is not sorted yet.
#[test]
fn serialising_is_linear() {
    is_linear("members that are not sorted", |size| {
        let members = (0..size * 4_000)
            .rev()
            .map(|index| (format!("{index:06}"), json::Value::Null))
            .collect();
        let value = json::Value::Object(members);
        shortest(|| {
            black_box(black_box(&value).document_bytes());
        })
    });
}
