//! Properties of the whole way from bytes to decisions.

use motd_core::{Components, Document, Mode, SeenState, Verdict, Verified, decide, json, select};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bases;

/// Any JSON value that another parser can make, shallow enough.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map("[ -~]{1,8}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Notices, good and bad, with different ids.
fn notices() -> impl Strategy<Value = Vec<Value>> {
    let notice = prop_oneof![
        4 => Just(bases::notice("x", "info")),
        4 => Just(bases::notice("x", "warning")),
        4 => Just(bases::notice("x", "critical")),
        2 => Just({ let mut notice = bases::notice("x", "info"); notice["audience"] = json!([{ "os": ["plan9"] }]); notice }),
        2 => Just({ let mut notice = bases::notice("x", "info"); notice["ends"] = json!("2026-02-01T00:00:00Z"); notice }),
        1 => Just({ let mut notice = bases::notice("x", "info"); notice["revision"] = json!(0); notice }),
        1 => Just({ let mut notice = bases::notice("x", "info"); notice["text"]["en"]["title"] = json!("\u{202e}"); notice }),
    ];
    proptest::collection::vec(notice, 1..16).prop_map(|mut notices| {
        for (index, notice) in notices.iter_mut().enumerate() {
            notice["id"] = json!(format!("n{index}"));
        }
        notices
    })
}

/// Each notice's id with its verdict, decision and all.
fn verdicts(notices: &[Value]) -> Vec<(Option<String>, String, Verdict)> {
    let document = bases::verified(&bases::document(notices));
    let components = Components::new();
    let environment = bases::environment(&components);
    let decisions = decide(
        select(&document, &environment),
        &SeenState::new(),
        environment.now,
        Mode::Automatic,
    );
    let mut verdicts: Vec<_> = decisions
        .iter()
        .map(|decision| {
            let entry = decision.entry();
            let verdict = entry.verdict().map_or_else(
                |refusal| refusal.code.to_string(),
                |notice| notice.id().to_string(),
            );
            (
                entry.id().map(ToString::to_string),
                verdict,
                decision.verdict(),
            )
        })
        .collect();
    verdicts.sort_by(|left, right| left.0.cmp(&right.0));
    verdicts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Parse then print is the identity on document bytes.
    #[test]
    fn document_bytes_are_a_fixed_point(value in value()) {
        let value = json::Value::from_parsed(&value).unwrap();
        let bytes = value.document_bytes();
        let parsed = json::parse(&bytes).unwrap();
        prop_assert_eq!(&parsed, &value);
        prop_assert_eq!(parsed.document_bytes(), bytes.clone());
        // And every other parser reads the same value from them.
        let other: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(json::Value::from_parsed(&other).unwrap(), value);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _any = Document::judge_bytes(&bytes, None);
        let _any = Document::judge_any_form(&bytes, None);
    }

    #[test]
    fn no_near_json_makes_it_panic(text in "[\\[\\]{}\",:0-9eE.+ \\\\u-]{0,60}") {
        let found = json::parse(text.as_bytes());
        // It is JSON exactly when another parser says so; the limits aside.
        if let Ok(value) = &found {
            let other: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&json::Value::from_parsed(&other).unwrap(), value);
        }
    }

    /// A base document with a few bytes damaged: refused or not, and no panic on the way to lines.
    #[test]
    fn damaged_documents(damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = bases::bytes(&bases::full());
        for (index, byte) in damage {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok(document) = Document::judge_any_form(&bytes, None) {
            let document = Verified::assert_author_preview(document);
            let components = Components::new();
            prop_assert_eq!(select(&document, &bases::environment(&components)).len(), document.verified().entries().len());
        }
    }

    /// Any value in any member: judged without a panic, and the other notice stays.
    #[test]
    fn one_bad_notice_never_hides_a_good_one(member in "id|revision|severity|topic|begins|ends|text|links|audience|repeat|resolves|requires|later", value in value()) {
        let mut bad = bases::full()["notices"][0].clone();
        bad[member.as_str()] = value;
        let mut document = bases::document(&[bases::notice("good", "info"), bad]);
        prop_assume!(json::Value::from_parsed(&document).is_ok());
        document["repository"] = json!("pypi.org");
        let judged = bases::judged(&document);
        prop_assert!(judged.entries()[0].verdict().is_ok());
        prop_assert_eq!(judged.notices().count(), 1 + usize::from(judged.entries()[1].verdict().is_ok()));
    }

    /// Selection and decisions do not depend on the order of the notices.
    #[test]
    fn order_does_not_matter(notices in notices(), seed in any::<u64>()) {
        let mut shuffled = notices.clone();
        let mut state = seed;
        shuffled.sort_by_cached_key(|_| { state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); state >> 33 });
        prop_assert_eq!(verdicts(&notices), verdicts(&shuffled));
    }

    /// A refused notice leaves the others as they are: so does taking it away.
    #[test]
    fn refusals_stay_at_home(notices in notices()) {
        let all = verdicts(&notices);
        let refused = |id: &Option<String>| all.iter().any(|(other, _, verdict)| other == id && *verdict == Verdict::Skip(motd_core::SkipReason::Refused));
        let good: Vec<_> = notices.iter().filter(|notice| !refused(&notice["id"].as_str().map(str::to_owned))).cloned().collect();
        let kept: Vec<_> = all.iter().filter(|(id, _, _)| !refused(id)).cloned().collect();
        prop_assert_eq!(verdicts(&good), kept);
    }
}
