//! Repeat rules, budgets, the limit of a run, and the state that they live on.

use motd_core::{
    Components, Decision, Document, Environment, Mode, NoticeId, SeenState, Selected, Shown, Time,
    Verdict, Verified, decide, limit_run, select,
};
use serde_json::{Value, json};

use crate::bases;

const DAY: u64 = 86_400;

fn at(base: &str, seconds: u64) -> Time {
    Time::from_unix_seconds(i64::try_from(bases::time(base).unix_seconds() + seconds).unwrap())
        .unwrap()
}

fn now(seconds: u64) -> Time {
    at("2026-06-01T00:00:00Z", seconds)
}

/// One reader of one repository, run after run.
#[derive(Default)]
struct SingleReader {
    seen: SeenState,
}

impl SingleReader {
    /// What each notice gets in a run; what is shown is written to a terminal.
    fn run_as(&mut self, notices: &[Value], time: Time, mode: Mode) -> Vec<&'static str> {
        let document = bases::verified(&bases::document(notices));
        let decisions = decide(applicable(&document, time), &self.seen, time, mode);
        let reasons = decisions.iter().map(reason).collect();
        let shown: Vec<Shown<'_>> = decisions.iter().filter_map(Decision::shown).collect();
        self.seen.record_shown(&shown, time);
        // What is stored is what is read.
        let stored = serde_json::to_string(&self.seen).unwrap();
        assert_eq!(
            serde_json::from_str::<SeenState>(&stored).unwrap(),
            self.seen
        );
        reasons
    }

    fn run(&mut self, notices: &[Value], time: Time) -> Vec<&'static str> {
        self.run_as(notices, time, Mode::Automatic)
    }
}

fn applicable(document: &Verified<Document>, time: Time) -> Vec<Selected<'_>> {
    let components = Components::new();
    select(
        document,
        &Environment {
            now: time,
            ..bases::environment(&components)
        },
    )
}

fn reason(decision: &Decision<'_>) -> &'static str {
    match decision.verdict() {
        Verdict::Show(reason) => reason.as_str(),
        Verdict::Skip(reason) => reason.as_str(),
    }
}

fn with(mut notice: Value, member: &str, value: Value) -> Value {
    notice[member] = value;
    notice
}

fn id(text: &str) -> NoticeId {
    text.parse().unwrap()
}

/// MOTD-REP-1, to the second.
#[test]
fn repetition_by_severity() {
    for (severity, pause) in [
        ("info", None),
        ("warning", Some(7 * DAY)),
        ("critical", Some(DAY)),
        ("notable", None),
    ] {
        let notices = [bases::notice("a", severity)];
        let mut reader = SingleReader::default();
        assert_eq!(reader.run(&notices, now(0)), ["new"]);
        let early = if pause.is_some() {
            "not-yet-due"
        } else {
            "seen"
        };
        assert_eq!(reader.run(&notices, now(0)), [early]);
        assert_eq!(
            reader.run(
                &notices,
                now(pause.unwrap_or(300 * DAY) - 1 - 100 * DAY * u64::from(pause.is_none()))
            ),
            [early]
        );
        if let Some(pause) = pause {
            assert_eq!(reader.run(&notices, now(pause)), ["due-again"]);
            assert_eq!(reader.run(&notices, now(pause + 1)), ["not-yet-due"]);
        }
        assert!(reader.seen.acknowledge(&id("a")));
        assert_eq!(reader.run(&notices, now(30 * DAY)), ["acknowledged"]);
        assert_eq!(
            reader.run(
                &[with(notices[0].clone(), "revision", json!(2))],
                now(30 * DAY)
            ),
            ["new-revision"]
        );
    }
    assert!(!SeenState::new().acknowledge(&id("a")));
}

/// MOTD-REP-3: displayed or acknowledged.
#[test]
fn what_applies_can_be_acknowledged_without_a_display() {
    let notices = [
        bases::notice("a", "warning"),
        with(bases::notice("clear", "info"), "resolves", json!(["a"])),
    ];
    let document = bases::verified(&bases::document(&notices));
    let mut reader = SingleReader::default();
    reader.seen.note(document.verified().notices(), now(0));
    assert_eq!(reader.seen.entries(), []);
    assert!(!reader.seen.acknowledge(&id("other")));
    assert!(reader.seen.acknowledge(&id("a")));
    // Nobody saw the alarm, so nobody needs the all-clear.
    assert_eq!(
        reader.run(&notices, now(0)),
        ["acknowledged", "resolves-unseen"]
    );
    let stored = serde_json::to_string(&reader.seen).unwrap();
    reader.seen = serde_json::from_str(&stored).unwrap();
    assert_eq!(reader.run(&notices[..1], now(30 * DAY)), ["acknowledged"]);
    let newer = with(notices[0].clone(), "revision", json!(2));
    assert_eq!(reader.run(&[newer], now(30 * DAY)), ["new"]);
}

/// MOTD-REP-2: `once` lowers, and nothing raises.
#[test]
fn repeat_member() {
    for (severity, repeat, later) in [
        ("warning", "once", "seen"),
        ("critical", "once", "seen"),
        ("info", "once", "seen"),
        ("info", "hourly", "seen"),
        ("warning", "hourly", "not-yet-due"),
        ("critical", "always", "not-yet-due"),
    ] {
        let notices = [with(bases::notice("a", severity), "repeat", json!(repeat))];
        let mut reader = SingleReader::default();
        assert_eq!(reader.run(&notices, now(0)), ["new"]);
        assert_eq!(
            reader.run(&notices, now(3_600)),
            [later],
            "{severity} {repeat}"
        );
    }
}

/// MOTD-REP-3: a higher revision is new, a lower one and another text are not.
#[test]
fn revisions() {
    let revision = |number: u64| [with(bases::notice("a", "info"), "revision", json!(number))];
    let mut reader = SingleReader::default();
    assert_eq!(reader.run(&revision(2), now(0)), ["new"]);
    assert_eq!(reader.run(&revision(1), now(1)), ["seen"]);
    assert_eq!(
        reader.run(
            &[with(
                revision(2)[0].clone(),
                "text",
                json!({ "en": { "title": "Other", "body": [] } })
            )],
            now(2)
        ),
        ["seen"]
    );
    assert_eq!(reader.run(&revision(3), now(3)), ["new-revision"]);
    assert_eq!(reader.seen.entry(&id("a")).unwrap().revision().number(), 3);
}

/// MOTD-REP-4, MOTD-REP-5: whatever the ids; a display is a run.
#[test]
fn budgets() {
    for (severity, displays, window) in [
        ("info", 2, 7 * DAY),
        ("warning", 2, 7 * DAY),
        ("critical", 3, DAY),
    ] {
        let mut reader = SingleReader::default();
        let mut round = 0;
        let mut fresh = |reader: &mut SingleReader, time| {
            round += 1;
            let notices = [
                bases::notice(&format!("a{round}"), severity),
                bases::notice(&format!("b{round}"), severity),
            ];
            reader.run(&notices, time)
        };
        for display in 0..displays {
            assert_eq!(
                fresh(&mut reader, now(display)),
                ["new", "new"],
                "{severity} {display}"
            );
        }
        assert_eq!(fresh(&mut reader, now(displays)), ["budget", "budget"]);
        assert_eq!(fresh(&mut reader, now(window - 1)), ["budget", "budget"]);
        assert_eq!(fresh(&mut reader, now(window)), ["new", "new"]);
        assert_eq!(fresh(&mut reader, now(window)), ["budget", "budget"]);
    }
}

/// The two budgets are apart; a list that was asked for is seen and not charged.
#[test]
fn what_is_charged() {
    let mut reader = SingleReader::default();
    for round in 0..2 {
        reader.run(
            &[bases::notice(&format!("w{round}"), "warning")],
            now(round),
        );
    }
    assert_eq!(
        reader.run(
            &[
                bases::notice("w", "warning"),
                bases::notice("c", "critical")
            ],
            now(3)
        ),
        ["budget", "new"]
    );

    let mut reader = SingleReader::default();
    for round in 0..5 {
        let notices = [bases::notice(&format!("w{round}"), "warning")];
        assert_eq!(reader.run_as(&notices, now(round), Mode::List), ["asked"]);
        // What was listed on a terminal was seen.
        assert_eq!(reader.run(&notices, now(round)), ["not-yet-due"]);
        assert_eq!(reader.run_as(&notices, now(round), Mode::List), ["asked"]);
    }
    for round in 10..12 {
        assert_eq!(
            reader.run(
                &[bases::notice(&format!("w{round}"), "warning")],
                now(round)
            ),
            ["new"]
        );
    }
    assert_eq!(
        reader.run(&[bases::notice("w", "warning")], now(20)),
        ["budget"]
    );
}

/// MOTD-REP-7: once, as info, outside the budget, to readers who saw what it resolves.
#[test]
fn all_clear() {
    let alarm = bases::notice("alarm", "critical");
    let clear = with(
        bases::notice("clear", "critical"),
        "resolves",
        json!(["other", "alarm"]),
    );
    let mut reader = SingleReader::default();
    assert_eq!(
        reader.run(std::slice::from_ref(&clear), now(0)),
        ["resolves-unseen"]
    );
    assert_eq!(
        reader.run_as(std::slice::from_ref(&clear), now(0), Mode::List),
        ["resolves-unseen"]
    );
    for round in 0..3 {
        reader.run(
            &[
                bases::notice(&format!("c{round}"), "critical"),
                bases::notice(&format!("i{round}"), "info"),
            ],
            now(round),
        );
    }
    assert_eq!(reader.run(std::slice::from_ref(&alarm), now(DAY)), ["new"]);
    reader.run(&[bases::notice("c8", "critical")], now(DAY + 1));
    reader.run(&[bases::notice("c9", "critical")], now(DAY + 2));
    assert_eq!(
        reader.run(
            &[
                bases::notice("more", "critical"),
                bases::notice("less", "info")
            ],
            now(DAY + 2)
        ),
        ["budget", "budget"]
    );
    assert_eq!(
        reader.run(std::slice::from_ref(&clear), now(DAY + 2)),
        ["all-clear"]
    );
    // Not daily, although it calls itself critical; and not again with a new revision.
    assert_eq!(
        reader.run(std::slice::from_ref(&clear), now(30 * DAY)),
        ["seen"]
    );
    assert_eq!(
        reader.run(&[with(clear, "revision", json!(2))], now(30 * DAY)),
        ["resolved"]
    );
    let document = bases::judged(&bases::document(&[with(alarm, "resolves", json!(["a"]))]));
    assert_eq!(
        document.entries()[0]
            .verdict()
            .unwrap()
            .effective_severity()
            .word(),
        "INFO"
    );
}

/// MOTD-REP-7: an all-clear is charged to no budget.
#[test]
fn all_clears_are_not_charged() {
    let mut reader = SingleReader::default();
    let alarms = ["a", "b", "c", "d", "e"].map(|id| bases::notice(id, "critical"));
    assert_eq!(reader.run(&alarms, now(0)), ["new"; 5]);
    for (round, id) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let clear = resolving(&format!("clear-{id}"), 1, &[id]);
        let time = now(u64::try_from(round).unwrap());
        assert_eq!(reader.run(&[clear], time), ["all-clear"]);
    }
    assert_eq!(reader.run(&[bases::notice("f", "info")], now(9)), ["new"]);
}

fn resolving(id: &str, revision: u64, ids: &[&str]) -> Value {
    let notice = with(bases::notice(id, "info"), "resolves", json!(ids));
    with(notice, "revision", json!(revision))
}

/// MOTD-REP-7: 31 all-clears for one notice, each raised in every publication, would be a display in every run.
#[test]
fn a_notice_has_one_all_clear_however_many_say_it() {
    let mut reader = SingleReader::default();
    assert_eq!(
        reader.run(&[bases::notice("alarm", "info")], now(0)),
        ["new"]
    );
    let mut said = 0;
    for run in 1..=24 {
        let ids: Vec<String> = (0..31).map(|number| format!("clear-{number}")).collect();
        let clears: Vec<Value> = ids
            .iter()
            .map(|id| resolving(id, run, &["alarm"]))
            .collect();
        let reasons = reader.run(&clears, now(run));
        said += reasons
            .iter()
            .filter(|reason| **reason == "all-clear")
            .count();
    }
    assert_eq!(said, 1);
    // Nor when the notice comes back with a new revision, which its budget pays for.
    let raised = with(bases::notice("alarm", "info"), "revision", json!(2));
    assert_eq!(reader.run(&[raised], now(DAY)), ["new-revision"]);
    let clear = resolving("clear", 1, &["alarm"]);
    assert_eq!(reader.run(&[clear], now(DAY)), ["resolved"]);
}

/// MOTD-REP-7: else each all-clear would open the door for the next one.
#[test]
fn an_all_clear_has_no_all_clear() {
    let mut reader = SingleReader::default();
    assert_eq!(
        reader.run(&[bases::notice("alarm", "info")], now(0)),
        ["new"]
    );
    let first = resolving("first", 1, &["alarm"]);
    assert_eq!(reader.run(&[first], now(1)), ["all-clear"]);
    let second = resolving("second", 1, &["first"]);
    assert_eq!(
        reader.run(std::slice::from_ref(&second), now(2)),
        ["resolved"]
    );
    // What was displayed as an all-clear is never resolved, whatever its id stands for later.
    assert_eq!(
        reader.run(
            &[with(bases::notice("first", "info"), "revision", json!(2))],
            now(3)
        ),
        ["new-revision"]
    );
    assert_eq!(reader.run(&[second], now(4)), ["resolved"]);
}

/// MOTD-REP-7: of several all-clears in one document the one that the display shows first, whatever their order there.
#[test]
fn all_clears_of_one_run() {
    let alarms = ["a", "b"].map(|id| bases::notice(id, "info"));
    let clears = [
        resolving("clear-1", 1, &["a"]),
        resolving("clear-2", 1, &["a", "unseen"]),
        resolving("clear-3", 1, &["a", "b"]),
        resolving("clear-4", 1, &["b"]),
    ];
    let reasons = ["all-clear", "resolved", "all-clear", "resolved"];
    let mut reader = SingleReader::default();
    reader.run(&alarms, now(0));
    assert_eq!(reader.run(&clears, now(1)), reasons);
    assert_eq!(
        reader.run(&clears, now(2)),
        ["seen", "resolved", "seen", "resolved"]
    );
    let mut reader = SingleReader::default();
    reader.run(&alarms, now(0));
    let mut backwards = clears;
    backwards.reverse();
    let mut found = reader.run(&backwards, now(1));
    found.reverse();
    assert_eq!(found, reasons);
    // A list shows all that applies.
    let mut listed = reader.run_as(&backwards, now(2), Mode::List);
    listed.dedup();
    assert_eq!(listed, ["asked"]);
}

/// MOTD-REP-3: a list that shows an older revision does not make the newer one new again.
#[test]
fn the_highest_revision_stays() {
    let revision = |number: u64| [with(bases::notice("a", "info"), "revision", json!(number))];
    let mut reader = SingleReader::default();
    assert_eq!(reader.run(&revision(2), now(0)), ["new"]);
    assert_eq!(reader.run_as(&revision(1), now(1), Mode::List), ["asked"]);
    assert_eq!(reader.run(&revision(2), now(2)), ["seen"]);
}

/// MOTD-REP-6: a time in the future counts as now, and is stored so.
#[test]
fn clocks_that_were_wrong() {
    let notices = [bases::notice("a", "warning")];
    let mut reader = SingleReader::default();
    reader.run(&notices, now(100 * DAY));
    reader.run(&[bases::notice("b", "info")], now(100 * DAY));
    // The clock is right again: not shown at once, and not silent until the wrong time comes.
    assert_eq!(reader.run(&notices, now(0)), ["not-yet-due"]);
    assert_eq!(reader.seen.entry(&id("a")).unwrap().shown(), now(0));
    assert_eq!(
        reader.run(&[bases::notice("c", "info")], now(0)),
        ["budget"]
    );
    assert_eq!(reader.run(&notices, now(7 * DAY)), ["due-again"]);
}

/// MOTD-REP-9, MOTD-REP-4: a clock that was ahead of every end, and of every budget.
#[test]
fn a_clock_that_is_ahead_forgets_nothing() {
    let info = |name| [bases::notice(name, "info")];
    let mut reader = SingleReader::default();
    assert_eq!(reader.run(&info("a"), now(0)), ["new"]);
    assert_eq!(reader.run(&info("b"), now(1)), ["new"]);
    assert!(reader.seen.acknowledge(&id("a")));
    let before = reader.seen.clone();
    let document = bases::verified(&bases::document(&info("a")));
    reader.seen.note(document.verified().notices(), now(0));
    let noted = reader.seen.clone();
    let ahead = now(3_650 * DAY);
    assert_eq!(reader.run(&info("a"), ahead), ["ended"]);
    reader.seen.note([], ahead);
    assert_eq!(reader.seen, noted);
    assert_ne!(reader.seen, before);
    assert_eq!(reader.run(&info("a"), now(2)), ["acknowledged"]);
    assert_eq!(reader.run(&info("c"), now(2)), ["budget"]);
}

/// MOTD-REP-8, MOTD-REP-9: only what was written; bounded.
#[test]
fn bounds() {
    let mut reader = SingleReader::default();
    let document = bases::verified(&bases::document(&[bases::notice("a", "info")]));
    let decisions = decide(
        applicable(&document, now(0)),
        &reader.seen,
        now(0),
        Mode::Automatic,
    );
    assert!(decisions[0].shown().is_some());
    reader.seen.record_shown(&[], now(0));
    assert_eq!(reader.seen, SeenState::new());

    for round in 0..20_u64 {
        let notices: Vec<_> = (0..32)
            .map(|index| {
                let ends = at("2026-07-01T00:00:00Z", 32 * round + index);
                with(
                    bases::notice(&format!("n{round}.{index}"), "info"),
                    "ends",
                    json!(ends.to_string()),
                )
            })
            .collect();
        reader.run_as(&notices, now(0), Mode::List);
    }
    assert_eq!(reader.seen.entries().len(), 256);
    assert!(
        reader.seen.entry(&id("n19.31")).is_some(),
        "what ends first goes first"
    );
    assert!(reader.seen.entry(&id("n0.0")).is_none());
}

/// A stored state that somebody wrote by hand keeps the bounds too.
#[test]
fn stored_states() {
    let entry = |index: u32| json!({ "id": format!("n{}", index % 1_000), "revision": index + 1, "shown": "2026-01-01T00:00:00Z", "ends": "2026-12-31T00:00:00Z" });
    let stored = json!({ "entries": (0..2_000).map(entry).collect::<Vec<_>>(), "displays": vec!["9999-01-01T00:00:00Z"; 1_000] });
    let state: SeenState = serde_json::from_value(stored).unwrap();
    assert_eq!(state.entries().len(), 256);
    assert!(
        state
            .entries()
            .iter()
            .all(|entry| entry.revision().number() > 1_000)
    );
    assert!(serde_json::to_string(&state).unwrap().len() < 40_000);
    assert_eq!(
        serde_json::from_str::<SeenState>("{}").unwrap(),
        SeenState::new()
    );
    for bad in [
        "[1]",
        "{\"entries\":[{\"id\":\"A\",\"revision\":1,\"shown\":\"2026-01-01T00:00:00Z\",\"ends\":\"2026-01-01T00:00:00Z\"}]}",
        "{\"displays\":[1]}",
    ] {
        assert!(serde_json::from_str::<SeenState>(bad).is_err(), "{bad}");
    }
}

/// MOTD-SHOW-5: of one source's many critical notices, all newer, the first comes before another source's, and no second one.
#[test]
fn sources_take_turns() {
    let many: Vec<_> = (0..32)
        .map(|number| bases::notice(&format!("n{number}"), "critical"))
        .map(|notice| with(notice, "begins", json!("2026-01-09T00:00:00Z")))
        .collect();
    let many = bases::verified(&bases::document(&many));
    let few = bases::verified(&bases::document(&[
        bases::notice("stolen", "critical"),
        bases::notice("word", "warning"),
    ]));
    let seen = SeenState::new();
    let all = [("bank", &few), ("noisy", &many)].into_iter();
    let all = all.flat_map(|(source, document)| {
        let applicable = applicable(document, now(0));
        let decided = decide(applicable, &seen, now(0), Mode::Automatic);
        decided.into_iter().map(move |decision| (source, decision))
    });
    let run = limit_run(all.collect());
    let order = run.decisions.iter().map(|(source, _)| *source);
    assert_eq!(
        order.take(3).collect::<Vec<_>>(),
        ["noisy", "bank", "noisy"]
    );
    assert_eq!(run.more, 31);
}

/// MOTD-SHOW-5: three over all sources, most severe first, then by turns, then later `begins`, then source, then id.
#[test]
fn limit_of_a_run() {
    let begins = |notice: Value, day: u32| {
        with(
            notice,
            "begins",
            json!(format!("2026-01-{day:02}T00:00:00Z")),
        )
    };
    let first = bases::verified(&bases::document(&[
        begins(bases::notice("old-info", "info"), 1),
        begins(bases::notice("b-warning", "warning"), 2),
        begins(bases::notice("a-warning", "warning"), 2),
    ]));
    let second = bases::verified(&bases::document(&[
        begins(bases::notice("late-info", "info"), 9),
        begins(bases::notice("critical", "critical"), 1),
        begins(bases::notice("a-warning", "warning"), 2),
    ]));
    let seen = SeenState::new();
    let mut all: Vec<_> = [("x", &first), ("a", &second)]
        .into_iter()
        .flat_map(|(source, document)| {
            decide(applicable(document, now(0)), &seen, now(0), Mode::Automatic)
                .into_iter()
                .map(move |decision| (source, decision))
        })
        .collect();
    for rotation in 0..all.len() {
        all.rotate_left(1);
        let run = limit_run(all.clone());
        assert_eq!(run.more, 3, "{rotation}");
        let order: Vec<_> = run.decisions[..3]
            .iter()
            .map(|(source, decision)| (*source, decision.id().unwrap().as_str()))
            .collect();
        assert_eq!(
            order,
            [("a", "critical"), ("a", "a-warning"), ("x", "a-warning")]
        );
        assert!(
            run.decisions[3..]
                .iter()
                .all(|(_, decision)| reason(decision) == "run-limit" && decision.shown().is_none())
        );
        assert_eq!(run.decisions.len(), 6);
    }
}
