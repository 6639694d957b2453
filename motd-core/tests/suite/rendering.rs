//! Lines: their exact form, and that none is wider than it may be.

use motd_core::{
    Components, Decision, Document, Environment, Frame, Mode, SeenState, SkipReason, Verified,
    decide, is_ambiguous_wide, more_lines, render, select, title_in_ascii, to_json,
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
    Frame::new("pypi".parse().unwrap(), columns)
        .unwrap()
        .with_utf8(true)
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
        "notice[pypi]   From that day the index refuses connections that use TLS 1.0 or TLS",
        "notice[pypi]   1.1.",
        "notice[pypi]",
        "notice[pypi]   Python from python.org for macOS 10.12 or older needs an update.",
        "notice[pypi] details: https://status.example.org/tls",
    ];
    // 85 columns are a line of 83, which the second one fills to the last but one.
    assert_eq!(lines(&notice, &frame(Some(85))), expected);
    // The word that would be the 80th column goes to the next line.
    for columns in [Some(80), None] {
        assert_eq!(
            lines(&notice, &frame(columns))[2],
            "notice[pypi]   TLS 1.1."
        );
    }
    let plain = lines(
        &notice,
        &Frame::plain("pypi".parse().unwrap(), Some(80)).unwrap(),
    );
    assert_eq!(plain[0], "notice from pypi");
    assert_eq!(plain[1], "WARNING: TLS 1.2 will be required on 30 June");
    assert_eq!(
        plain[2],
        "  From that day the index refuses connections that use TLS 1.0 or TLS 1.1."
    );
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
    // A paragraph is indented: 37 columns leave 20 for it.
    let frame = frame(Some(37));
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
            .map(|line| line.strip_prefix("notice[pypi]   ").unwrap())
            .collect();
        assert_eq!(found, expected, "{paragraph}");
    }
}

#[test]
fn ambiguous_width() {
    let text = "±".repeat(20);
    let count = |frame| lines(&notice("T", &[&text]), &frame).len();
    assert_eq!(count(frame(Some(37)).with_ambiguous_wide(false)), 2);
    assert_eq!(count(frame(Some(37)).with_ambiguous_wide(true)), 3);
    // Who does not say it has a terminal that may be set either way.
    assert_eq!(count(frame(Some(37))), 3);
    for (list, expected) in [
        ("ja, en", true),
        ("zh-Hant", true),
        ("ko-KR", true),
        ("yue-HK", true),
        ("en, de", true),
        ("*, de", true),
        ("", true),
        ("de, en", false),
        ("ru", false),
    ] {
        assert_eq!(
            is_ambiguous_wide(&bases::languages(list)),
            expected,
            "{list}"
        );
    }
}

/// MOTD-SHOW-10: of what is not indented, each line begins with a word of the client or of the link's grammar.
#[test]
fn only_first_lines_are_not_indented() {
    let fake = "CRITICAL: no. 7 more: no. details: https://no.example/";
    let mut notice = notice(fake, &[fake, fake]);
    notice["links"] =
        json!([{ "rel": "details", "url": "https://status.example.org/a/long/path" }]);
    let source = || "pypi".parse().unwrap();
    for (frame, prefix) in [
        (frame(Some(35)), "notice[pypi] "),
        (Frame::plain(source(), Some(22)).unwrap(), ""),
    ] {
        let mut found = lines(&notice, &frame);
        found.extend(more_lines(2, &[], "motd list shows all of them", &frame));
        let bare: Vec<_> = found
            .iter()
            .filter_map(|line| line.strip_prefix(prefix))
            .filter(|line| !line.is_empty() && !line.starts_with("  "))
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        let heads = ["WARNING:", "details:", "2"];
        assert_eq!(bare[bare.len() - 3..], heads, "{found:#?}");
        assert_eq!(
            bare.len(),
            if prefix.is_empty() { 4 } else { 3 },
            "{found:#?}"
        );
    }
}

/// MOTD-SHOW-12: the last byte of U+015B is CSI where a terminal is not in UTF-8. Lines are broken as they are written.
#[test]
fn a_terminal_that_is_not_known_to_be_in_utf_8_gets_ascii() {
    let notice = notice("\u{15b}2J \\", &["\u{15b}\u{15b}\u{15b}"]);
    let source = || "pypi".parse().unwrap();
    assert_eq!(
        lines(&notice, &Frame::new(source(), Some(37)).unwrap()),
        [
            "notice[pypi] WARNING: \\u{15b}2J",
            "notice[pypi]   \\u{5c}",
            "notice[pypi]   \\u{15b}\\u{15b}\\u{15b",
            "notice[pypi]   }",
        ]
    );
    assert_eq!(
        lines(&notice, &Frame::plain(source(), Some(80)).unwrap())[1],
        "WARNING: \\u{15b}2J \\u{5c}"
    );
    assert_eq!(
        lines(&notice, &frame(Some(80)))[0],
        "notice[pypi] WARNING: \u{15b}2J \\"
    );
}

#[test]
fn more_and_one_line() {
    assert_eq!(
        more_lines(2, &[], "motd list", &frame(None)),
        ["notice[pypi] 2 more: motd list"]
    );
    let sources = ["d", "b", "a", "b"].map(|name| name.parse().unwrap());
    let [d, b, a, again] = &sources;
    for (critical, line) in [
        (vec![b, a, again], "9 more, 3 critical (a, b): motd list"),
        (vec![d, b, a], "9 more, 3 critical (a, b, d): motd list"),
    ] {
        let lines = more_lines(9, &critical, "motd list", &frame(None));
        assert_eq!(lines, [format!("notice[pypi] {line}")]);
    }
    let fourth = "c".parse().unwrap();
    assert_eq!(
        more_lines(9, &[d, b, a, &fourth], "motd list", &frame(None)),
        ["notice[pypi] 9 more, 4 critical: motd list"]
    );
    let document = bases::verified(&bases::document(&[notice("a\\b é 😀 日", &[])]));
    let shown = decisions(&document)[0].shown().unwrap();
    assert_eq!(
        title_in_ascii(&shown, &"pypi".parse().unwrap(), None),
        ["notice[pypi] WARNING: a\\u{5c}b \\u{e9} \\u{1f600} \\u{65e5}"]
    );
    // MOTD-SHOW-9: on a terminal no line is wrapped by it.
    let narrow = frame(Some(40));
    assert_eq!(
        title_in_ascii(&shown, &"pypi".parse().unwrap(), Some(narrow)),
        [
            "notice[pypi] WARNING: a\\u{5c}b \\u{e9}",
            "notice[pypi]   \\u{1f600} \\u{65e5}"
        ]
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
        static TABLES: std::cell::OnceCell<[Vec<(u32, u32)>; 2]> = const { std::cell::OnceCell::new() };
    }
    TABLES.with(|tables| {
        let [wide, ambiguous] = tables.get_or_init(|| ["wide", "ambiguous"].map(table));
        let holds = |table: &[(u32, u32)], character| {
            table
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&u32::from(character)))
        };
        line.chars()
            .map(|character| {
                let wide =
                    holds(wide, character) || (ambiguous_wide && holds(ambiguous, character));
                1 + usize::from(wide)
            })
            .sum()
    })
}

/// The marks that [`text`] uses.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{301}' | 'ा'..='ौ' | '\u{119e}' | '\u{11a8}' | '\u{302e}' | 'ﾞ' | '\u{1f3fd}'
    )
}

/// Texts of all that is hard to wrap: long words, wide and ambiguous characters, marks, runs of spaces.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z.,]{1,12}",
        3 => " {1,4}",
        2 => "[日本語한국어字ﾊ＊]{1,8}",
        2 => "[±×—“”§αβ䷀㉈☰]{1,6}",
        2 => "[a-z 字]\u{301}{1,4}",
        2 => "[\u{1112}ㅏ][\u{119e}\u{11a8}\u{302e}]{1,4}",
        1 => "(\u{1f44d}\u{1f3fd}|ｶﾞ){1,4}",
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
        for (index, line) in found.iter().enumerate() {
            // MOTD-SHOW-10: only the title's first line is not indented.
            let text = line.strip_prefix(if index == 0 { "notice[pypi] " } else { "notice[pypi]   " });
            prop_assert!(text.is_some_and(|text| !text.starts_with(is_mark)), "{line:?}");
            prop_assert!(width(line, wide) <= most, "{line:?}");
            prop_assert!(line.chars().all(|character| !character.is_control()));
        }
        let spoken: String = found.iter().map(|line| line.strip_prefix("notice[pypi] ").unwrap()).collect::<String>().replace(' ', "");
        prop_assert_eq!(spoken, format!("WARNING: {title}{paragraph}").replace(' ', ""));
    }
}
