use motd_core::{Code, LanguageTag};
use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"id = "tls-1.2-required"
revision = 2
severity = "warning"
topic = "deprecation"
begins = 2018-04-12T02:00:00+02:00
ends = "2018-06-30T00:00:00Z"

[text.en]
title = "TLS 1.2 will be required on 30 June"
body = ["First paragraph.", "Second."]

[text.fr]
title = "TLS 1.2 sera obligatoire le 30 juin"
body = []

[[links]]
rel = "details"
url = "https://status.example.org/tls"

[[audience]]
os = ["macos"]
commands = ["install"]
components = [{ purl = "pkg:pypi/pip", versions = "vers:pypi/<9.0.3" }]
"#;

fn lint(text: &str) -> Vec<Finding> {
    NoticeFile::read("a.toml", text)
        .unwrap()
        .lint(&LanguageTag::english())
}

/// Line, column and code of each finding.
fn short(findings: &[Finding]) -> Vec<(usize, usize, Code)> {
    findings
        .iter()
        .map(|finding| (finding.line, finding.column, finding.code))
        .collect()
}

#[test]
fn a_good_file_has_no_findings_and_its_members_are_those_of_the_json() {
    assert_eq!(lint(GOOD), []);
    let json = NoticeFile::read("a.toml", GOOD).unwrap().json().clone();
    assert_eq!(json["begins"], "2018-04-12T00:00:00Z");
    assert_eq!(json["text"]["fr"]["body"], serde_json::json!([]));
    assert_eq!(json["links"][0]["rel"], "details");
    assert_eq!(json["audience"][0]["components"][0]["purl"], "pkg:pypi/pip");
}

#[test]
fn one_that_fits_into_no_document_is_too_large() {
    let with = |length: usize| format!("{GOOD}\n[later]\nmember = \"{}\"\n", "x".repeat(length));
    let too_large = |text: &str| {
        let found = lint(text);
        found
            .iter()
            .any(|finding| finding.code == Code::DocumentTooLarge)
    };
    let room = (0..70_000)
        .rev()
        .step_by(1_000)
        .find(|length| !too_large(&with(*length)));
    let room = room.unwrap();
    assert!((60_000..65_000).contains(&room), "{room}");
    let finding = &lint(&with(70_000))[0];
    assert_eq!((finding.code, finding.line), (Code::DocumentTooLarge, 1));
    assert_eq!(finding.requirement(), "MOTD-BYTES-1");
}

#[test]
fn three_mistakes_are_three_findings_with_their_lines() {
    let text = GOOD
        .replace("revision = 2", "revision = 0")
        .replace("\"Second.\"", "\"a\\u202eb\"")
        .replace("https://status", "http://status");
    assert_eq!(
        short(&lint(&text)),
        [
            (2, 12, Code::RevisionMalformed),
            (10, 29, Code::TextCodePoint),
            (18, 7, Code::LinkUrlMalformed)
        ]
    );
}

#[test]
fn every_fault_of_a_file_is_found() {
    let text = r#"id = "UPPER"
severity = 3
begins = 2018-04-12
ends = 2018-06-30T00:00:00.5Z
topic = "Not A Word"
resolves = ["a", "a"]

[text.en]
title = ""
body = ["good", "", 7]

[text.EN-us]
title = "bad tag"
body = []

[text.fr]
title = "Bonjour"

[[links]]
rel = "NOT A WORD"
url = "https://example.org/"

[[links]]
url = "ftp://example.org/"

[[audience]]
os = []

[[audience]]
components = [{ purl = "pip" }, { purl = "pkg:pypi/pip", versions = "vers:pypi/<2|<1" }]
"#;
    let found = short(&lint(text));
    let expected = [
        (1, Code::IdMalformed),
        (1, Code::RevisionMalformed),
        (2, Code::SeverityMalformed),
        (3, Code::TimeMalformed),
        (4, Code::TimeMalformed),
        (5, Code::TopicMalformed),
        (6, Code::ResolvesMalformed),
        (9, Code::TitleMalformed),
        (10, Code::ParagraphMalformed),
        (10, Code::ParagraphMalformed),
        (12, Code::LanguageTagMalformed),
        (16, Code::BodyMalformed),
        (20, Code::LinkRelMalformed),
        (23, Code::LinkRelMalformed),
        (24, Code::LinkUrlMalformed),
        (27, Code::ClauseMalformed),
        (30, Code::PurlMalformed),
    ];
    for (line, code) in expected {
        assert!(
            found
                .iter()
                .any(|(at, _, other)| (*at, *other) == (line, code)),
            "{line} {code}: {found:?}"
        );
    }
    assert!(
        found
            .iter()
            .any(|(line, _, code)| *line == 30 && *code != Code::PurlMalformed),
        "{found:?}"
    );
    assert_eq!(found.len(), expected.len() + 1, "{found:?}");
}

#[test]
fn a_syntax_error_is_a_finding_with_its_place() {
    let finding = NoticeFile::read("a.toml", "id = \"a\"\nrevision = = 2\n").unwrap_err();
    assert_eq!(
        (finding.line, finding.column, finding.code),
        (2, 12, Code::NotToml)
    );
    let shown = finding.to_string();
    assert!(
        shown.starts_with("a.toml:2:12: error: ") && shown.lines().count() == 1,
        "{shown}"
    );
    assert_eq!(
        NoticeFile::read("a.toml", "id = 1\nid = 2\n")
            .unwrap_err()
            .code,
        Code::NotToml
    );
}

#[test]
fn slips_are_warnings_with_the_nearest_name() {
    let text = GOOD
        .replace(
            "topic = \"deprecation\"",
            "topik = \"deprecation\"\nrepeat = \"onec\"",
        )
        .replace("severity = \"warning\"", "severity = \"warnin\"")
        .replace("rel = \"details\"", "rel = \"detials\"")
        .replace("os = [\"macos\"]", "os = [\"maccos\"]\nplattform = 1");
    let findings = lint(&text);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.line,
                finding.code,
                finding.level,
                finding.hint.clone().unwrap_or_default(),
            )
        })
        .collect();
    let warning = |line, code, name: &str| {
        let hint = if name.is_empty() {
            Code::AudienceUnknown.hint().unwrap_or_default().to_owned()
        } else {
            format!("did you mean {name}?")
        };
        (line, code, FindingLevel::Warning, hint)
    };
    assert_eq!(
        found,
        [
            warning(3, Code::SeverityUnknown, "warning"),
            warning(4, Code::UnknownMember, "topic"),
            warning(5, Code::RepeatUnknown, "once"),
            warning(18, Code::RelUnknown, "details"),
            warning(22, Code::AudienceUnknown, "macos"),
            warning(23, Code::AudienceUnknown, ""),
        ]
    );
}

/// MOTD-LINK-3: what a person could follow belongs into `links`, where it is checked.
/// What is found in a notice with this body, and with these links behind it.
fn lint_of(body: &[String], links: &str) -> Vec<Finding> {
    lint(&format!(
        "id = \"a\"\nrevision = 1\nseverity = \"info\"\nbegins = 2026-11-01T00:00:00Z\n\
         ends = 2026-12-01T00:00:00Z\n[text.en]\ntitle = \"T\"\nbody = {body:?}\n{links}"
    ))
}

#[test]
fn an_address_in_a_text_is_advised_against() {
    let codes = |text: &str| {
        lint_of(&[text.to_owned()], "")
            .iter()
            .map(|finding| (finding.code, finding.level, finding.line))
            .collect::<Vec<_>>()
    };
    for text in [
        "See https://evil.example/.",
        "HTTP://evil",
        "(www.evil.example)",
        "Look at pypi.org/simple",
        "\u{770b}:evil.example/x",
        "Write to help@evil.example.",
        "https://pypi.org@evil.example",
    ] {
        let expected = [(Code::TextAddress, FindingLevel::Warning, 8)];
        assert_eq!(codes(text), expected, "{text}");
    }
    for text in [
        "Python from python.org, e.g./i.e. TLS 1.2/1.3 and/or 3.x/3.y.",
        "Install pip@24.0 or @scope/package; at 10 @ noon.",
        "Awww. It is over.",
    ] {
        assert_eq!(codes(text), [], "{text}");
    }
}

#[test]
fn more_than_a_display_has_room_for_is_advised_against() {
    let link = |length: usize| {
        let path = "a".repeat(length - "https://example.org/".len());
        format!("[[links]]\nrel = \"details\"\nurl = \"https://example.org/{path}\"\n")
    };
    let codes = |body: &[String], link: &str| {
        lint_of(body, link)
            .iter()
            .map(|finding| (finding.code, finding.level, finding.place.clone()))
            .collect::<Vec<_>>()
    };
    // A row of a paragraph has 59 columns, and one of a link 61 and then 59.
    let row = "a".repeat(59);
    let at = |place: &str| vec![(Code::TextCut, FindingLevel::Warning, place.to_owned())];
    assert_eq!(codes(&[row.repeat(5)], &link(4 * 59)), []);
    assert_eq!(codes(&[row.repeat(3), row.clone()], ""), []);
    assert_eq!(
        codes(&[row.repeat(4), row.clone()], ""),
        at("/text/en/body")
    );
    assert_eq!(
        codes(&[format!("{}a", row.repeat(5))], ""),
        at("/text/en/body")
    );
    assert_eq!(codes(&[row], &link(4 * 59 + 1)), at("/links"));
}

#[test]
fn a_member_after_a_table_is_found_where_it_landed() {
    let findings = lint(&format!(
        "{GOOD}\n[text.de]\ntitle = \"Hallo\"\nbody = []\nrepeat = \"once\"\n"
    ));
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    assert_eq!(
        (finding.code, finding.place.as_str()),
        (Code::UnknownMember, "/text/de/repeat")
    );
}

#[test]
fn every_text_that_is_not_nfc_is_found() {
    let text = GOOD
        .replace("Second.", "Cafe\u{301}")
        .replace("obligatoire", "obligatoi\u{0301}re");
    assert_eq!(
        short(&lint(&text)),
        [(10, 29, Code::TextNotNfc), (13, 9, Code::TextNotNfc)]
    );
}

#[test]
fn an_unknown_member_keeps_the_limits_of_what_is_signed() {
    let codes = |line: &str| {
        lint(&format!("{line}\n{GOOD}"))
            .iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("x = 1.5"),
        [Code::UnknownMember, Code::PublisherLimits]
    );
    assert_eq!(
        codes("x = \"a\\nb\""),
        [Code::UnknownMember, Code::PublisherLimits]
    );
    assert_eq!(codes("x = \"plain\""), [Code::UnknownMember]);
    assert!(codes("\"é\" = 1").contains(&Code::NameNotAscii));
    assert!(codes("x = [[[[[[[[1]]]]]]]]").contains(&Code::TooDeep));
}

#[test]
fn a_missing_member_is_reported_where_it_belongs() {
    let text = GOOD.replace(
        "[text.fr]\ntitle = \"TLS 1.2 sera obligatoire le 30 juin\"\n",
        "[text.fr]\n",
    );
    assert_eq!(short(&lint(&text)), [(12, 1, Code::TitleMalformed)]);
    assert_eq!(
        short(&lint(&GOOD.replace("id = \"tls-1.2-required\"\n", ""))),
        [(1, 1, Code::IdMalformed)]
    );
    assert_eq!(
        lint("")
            .iter()
            .filter(|finding| finding.level == FindingLevel::Error)
            .count(),
        6
    );
}

#[test]
fn times_are_not_cut_or_guessed() {
    for bad in [
        "2018-04-12T00:00:00",
        "2018-04-12",
        "00:00:00",
        "2018-04-12T00:00:00.25Z",
        "1969-01-01T00:00:00Z",
    ] {
        let findings = lint(&GOOD.replace("2018-04-12T02:00:00+02:00", bad));
        assert_eq!(short(&findings), [(5, 10, Code::TimeMalformed)], "{bad}");
    }
    let order = lint(&GOOD.replace("2018-04-12T02:00:00+02:00", "2018-07-12T02:00:00+02:00"));
    assert_eq!(
        order.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        [Code::TimeOrder]
    );
}

/// Toml-like lines of known and unknown names with values of every type.
fn any_text() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "id",
        "revision",
        "severity",
        "topic",
        "begins",
        "ends",
        "text",
        "links",
        "audience",
        "repeat",
        "resolves",
        "requires",
        "text.en",
        "text.en.title",
        "text.en.body",
        "x",
        "\"\"",
    ]);
    let values = prop::sample::select(vec![
        "1",
        "-1",
        "1.5",
        "nan",
        "true",
        "\"a\"",
        "\"\"",
        "[]",
        "{}",
        "[1]",
        "[\"a\"]",
        "[{}]",
        "[{ purl = 1 }]",
        "2018-01-01T00:00:00Z",
        "{ en = { title = 1 } }",
        "{ en = 1, \"9\" = {}, a-b = {} }",
        "[{ components = [{ versions = 3 }] }]",
        "[{ rollout = 1 }]",
        "[{ os = [1] }]",
        "[{ rel = 1 }, 2]",
        "9223372036854775807",
    ]);
    prop::collection::vec((names, values), 0..12).prop_map(|lines| {
        let lines: Vec<_> = lines
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        lines.join("\n")
    })
}

proptest! {
    #[test]
    fn linting_ends_and_an_accepted_file_is_accepted_by_the_judge(text in any_text()) {
        let Ok(file) = NoticeFile::read("a.toml", &text) else { return Ok(()) };
        let findings = file.lint(&LanguageTag::english());
        let errors = findings.iter().any(|finding| finding.level == FindingLevel::Error);
        let entry = file.value().map(|value| motd_core::Document::judge_notice(&value, &LanguageTag::english()));
        let refused = entry.is_none_or(|entry| {
            entry.verdict().is_err() || entry.languages().iter().any(|language| language.verdict.is_err())
        });
        prop_assert!(!refused || errors, "refused without a finding");
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}") {
        if let Ok(file) = NoticeFile::read("a.toml", &text) {
            let _ = file.lint(&LanguageTag::english());
        }
    }
}
