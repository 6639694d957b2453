//! Lines: their exact form, and that none is wider than it may be.

use motd_core::{
    Components, Decision, Document, Environment, Frame, Mode, SeenState, SkipReason, Verified,
    decide, is_ambiguous_wide, more_lines, one_line_ascii, render, select, to_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bases;

fn decisions(document: &Verified<Document>) -> Vec<Decision<'_>> {
    let components = Components::new();
    let environment = Environment {
        now: bases::time("2026-06-01T00:00:00Z"),
        ..bases::environment(&components)
    };
    decide(
        select(document, &environment),
        &SeenState::new(),
        environment.now,
        Mode::Automatic,
    )
}

fn notice(title: &str, body: &[&str]) -> Value {
    let mut notice = bases::notice("a", "warning");
    notice["text"]["en"] = json!({ "title": title, "body": body });
    notice
}

fn lines(notice: &Value, frame: &Frame) -> Vec<String> {
    let document = bases::verified(&bases::document(std::slice::from_ref(notice)));
    render(&decisions(&document)[0].shown().unwrap(), frame)
}

fn frame(columns: Option<u16>) -> Frame {
    Frame::new("pypi".parse().unwrap(), columns).unwrap()
}

#[test]
fn form() {
    let mut notice = notice(
        "TLS 1.2 will be required on 30 June",
        &[
            "From that day the index refuses connections that use TLS 1.0 or TLS 1.1.",
            "Python from python.org for macOS 10.12 or older needs an update.",
        ],
    );
    notice["links"] = json!([{ "rel": "details", "url": "https://status.example.org/tls" }]);
    let expected = [
        "notice[pypi] WARNING: TLS 1.2 will be required on 30 June",
        "notice[pypi] From that day the index refuses connections that use TLS 1.0 or TLS",
        "notice[pypi] 1.1.",
        "notice[pypi]",
        "notice[pypi] Python from python.org for macOS 10.12 or older needs an update.",
        "notice[pypi] details: https://status.example.org/tls",
    ];
    // 83 columns are a line of 81, which the second one fills to the last but one.
    assert_eq!(lines(&notice, &frame(Some(83))), expected);
    // The word that would be the 80th column goes to the next line.
    for columns in [Some(80), None] {
        assert_eq!(lines(&notice, &frame(columns))[2], "notice[pypi] TLS 1.1.");
    }
    let plain = lines(
        &notice,
        &Frame::plain("pypi".parse().unwrap(), Some(80)).unwrap(),
    );
    assert_eq!(plain[0], "notice from pypi");
    assert_eq!(plain[1], "WARNING: TLS 1.2 will be required on 30 June");
    assert_eq!(plain[3], "");
}

#[test]
fn wrapping() {
    // 34 columns are a line of 32, of which 13 are the prefix: 19 for text is too few, 20 is enough.
    assert_eq!(
        Frame::new("pypi".parse().unwrap(), Some(34)),
        Err(SkipReason::TooNarrow)
    );
    assert_eq!(
        Frame::plain("pypi".parse().unwrap(), Some(21)),
        Err(SkipReason::TooNarrow)
    );
    assert_eq!(
        Frame::new("pypi".parse().unwrap(), Some(0)),
        Err(SkipReason::TooNarrow)
    );
    let frame = frame(Some(35));
    for (paragraph, expected) in [
        ("aaaaaaaaa bbbbbbbbbb", &["aaaaaaaaa bbbbbbbbbb"][..]),
        ("aaaaaaaaaa bbbbbbbbbb", &["aaaaaaaaaa", "bbbbbbbbbb"]),
        ("aaaaaaaaaaaaaaaaaaaa b", &["aaaaaaaaaaaaaaaaaaaa", "b"]),
        (
            "aaaaaaaaaaaaaaaaaaaaaa b",
            &["aaaaaaaaaaaaaaaaaaaa", "aa b"],
        ),
        ("a   bbbbbbbbbbbbbbbbbbb", &["a", "bbbbbbbbbbbbbbbbbbb"]),
        (
            "   aaaaaaaaaaaaaaaaaaaaaa",
            &["   aaaaaaaaaaaaaaaaa", "aaaaa"],
        ),
        ("aaaaaaaaaaaaaaaaaaaa   ", &["aaaaaaaaaaaaaaaaaaaa"]),
        ("a  b", &["a  b"]),
        (
            "日本語日本語日本語日本語",
            &["日本語日本語日本語日", "本語"],
        ),
        (
            "a日本語日本語日本語日本語",
            &["a日本語日本語日本語", "日本語"],
        ),
        // A mark stays with its base, and counts.
        (
            "aaaaaaaaaaaaaaaaaaae\u{301}b",
            &["aaaaaaaaaaaaaaaaaaa", "e\u{301}b"],
        ),
        (
            "aaaaaaaaaaaaaaaae\u{301}\u{301}\u{301}\u{301}b",
            &["aaaaaaaaaaaaaaaa", "e\u{301}\u{301}\u{301}\u{301}b"],
        ),
        (
            "aaaaaaaaaaaaaaaaaa \u{301}b",
            &["aaaaaaaaaaaaaaaaaa \u{301}", "b"],
        ),
        (
            "aaaaaaaaaaaaaaaaa  \u{301}bb",
            &["aaaaaaaaaaaaaaaaa", " \u{301}bb"],
        ),
    ] {
        let found = lines(&notice("T", &[paragraph]), &frame);
        let found: Vec<_> = found[1..]
            .iter()
            .map(|line| line.strip_prefix("notice[pypi] ").unwrap())
            .collect();
        assert_eq!(found, expected, "{paragraph}");
    }
}

#[test]
fn ambiguous_width() {
    let text = "±".repeat(20);
    assert_eq!(lines(&notice("T", &[&text]), &frame(Some(35))).len(), 2);
    assert_eq!(
        lines(
            &notice("T", &[&text]),
            &frame(Some(35)).with_ambiguous_wide(true)
        )
        .len(),
        3
    );
    for (list, expected) in [
        ("ja, en", true),
        ("zh-Hant", true),
        ("ko-KR", true),
        ("en, ja", false),
        ("", false),
    ] {
        assert_eq!(
            is_ambiguous_wide(&bases::languages(list)),
            expected,
            "{list}"
        );
    }
}

#[test]
fn more_and_one_line() {
    assert_eq!(
        more_lines(2, "motd list", &frame(None)),
        ["notice[pypi] 2 more: motd list"]
    );
    let document = bases::verified(&bases::document(&[notice("a\\b é 😀 日", &[])]));
    let shown = decisions(&document)[0].shown().unwrap();
    assert_eq!(
        one_line_ascii(&shown, &"pypi".parse().unwrap()),
        "notice[pypi] WARNING: a\\u{5c}b \\u{e9} \\u{1f600} \\u{65e5}"
    );
}

#[test]
fn json() {
    let mut refused = bases::notice("b", "info");
    refused["revision"] = json!(0);
    let mut ended = bases::notice("c", "info");
    ended["ends"] = json!("2026-02-01T00:00:00Z");
    let document = bases::verified(&bases::document(&[
        notice("T", &["P"]),
        refused,
        ended,
        json!(1),
    ]));
    let found: Vec<_> = decisions(&document).iter().map(to_json).collect();
    let text = json!({ "severity": "warning", "language": "en", "title": "T", "body": ["P"], "links": [] });
    assert_eq!(
        found[0],
        json!({ "id": "a", "revision": 1, "decision": "show", "reason": "new", "code": null, "text": text })
    );
    assert_eq!(
        found[1],
        json!({ "id": "b", "revision": null, "decision": "skip", "reason": "refused", "code": "revision-malformed", "text": null })
    );
    assert_eq!(
        found[2],
        json!({ "id": "c", "revision": 1, "decision": "skip", "reason": "ended", "code": null, "text": null })
    );
    assert_eq!(
        found[3],
        json!({ "id": null, "revision": null, "decision": "skip", "reason": "refused", "code": "notice-not-an-object", "text": null })
    );
    let withheld = decisions(&document)[0].withheld(SkipReason::TooNarrow);
    assert_eq!(to_json(&withheld)["reason"], "too-narrow");
    assert_eq!(to_json(&withheld)["text"], text);
    assert_eq!(
        to_json(&decisions(&document)[2].withheld(SkipReason::TooNarrow))["reason"],
        "ended"
    );
}

fn width(line: &str, ambiguous_wide: bool) -> usize {
    // A second reading of the published tables, slow and plain.
    let table = |name: &str| -> Vec<(u32, u32)> {
        let text = std::fs::read_to_string(format!(
            "{}/src/tables/{name}.rs",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        let number =
            |text: &str| u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).unwrap();
        text.lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("(0x")?
                    .strip_suffix("),")?
                    .split_once(',')
            })
            .map(|(first, last)| (number(first), number(last)))
            .collect()
    };
    thread_local! {
        static TABLES: std::cell::OnceCell<[Vec<(u32, u32)>; 3]> = const { std::cell::OnceCell::new() };
    }
    TABLES.with(|tables| {
        let [marks, wide, ambiguous] =
            tables.get_or_init(|| ["marks", "wide", "ambiguous"].map(table));
        let holds = |table: &[(u32, u32)], character| {
            table
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&u32::from(character)))
        };
        line.chars()
            .map(|character| {
                let wide =
                    holds(wide, character) || (ambiguous_wide && holds(ambiguous, character));
                if wide && !holds(marks, character) {
                    2
                } else {
                    1
                }
            })
            .sum()
    })
}

/// Texts of all that is hard to wrap: long words, wide and ambiguous characters, marks, runs of spaces.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z.,]{1,12}",
        3 => " {1,4}",
        2 => "[日本語한국어字ﾊ＊]{1,8}",
        2 => "[±×—“”§αβ]{1,6}",
        2 => "[a-z ]\u{301}{1,4}",
        1 => "[a-zक-हਅ😀🎉]{1,60}",
        1 => "[ा-ौ]{1,2}",
    ];
    proptest::collection::vec(piece, 1..40)
        .prop_map(move |pieces| pieces.concat().chars().take(longest).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every line begins with the prefix, is no wider than it may be, and no mark begins one; and what stands in the
    /// lines is the text, but for the spaces at breaks.
    #[test]
    fn lines_stay_in_their_frame(title in text(120), paragraph in text(1_000), columns in proptest::option::of(35_u16..300), wide: bool) {
        let notice = notice(&title, &[&paragraph]);
        let document = bases::verified(&bases::document(std::slice::from_ref(&notice)));
        prop_assume!(document.verified().entries()[0].verdict().is_ok());
        let found = lines(&notice, &frame(columns).with_ambiguous_wide(wide));
        let most = usize::from(columns.unwrap_or(80).min(100)) - 2;
        for line in &found {
            let rest = line.strip_prefix("notice[pypi]").unwrap();
            prop_assert!(rest.is_empty() || rest.starts_with(' '));
            prop_assert!(width(line, wide) <= most, "{line:?}");
            let first = rest.chars().nth(1);
            prop_assert!(!first.is_some_and(|first| ('\u{300}'..='\u{36f}').contains(&first) || ('ा'..='ौ').contains(&first)), "{line:?}");
            prop_assert!(line.chars().all(|character| !character.is_control()));
        }
        let spoken: String = found.iter().map(|line| line.strip_prefix("notice[pypi] ").unwrap()).collect::<String>().replace(' ', "");
        prop_assert_eq!(spoken, format!("WARNING: {title}{paragraph}").replace(' ', ""));
    }
}
