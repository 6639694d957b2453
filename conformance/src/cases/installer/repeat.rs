//! How often a notice comes back: section 6.9, run by run on a terminal.

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{Story, long_lived, republish};
use crate::case::Observation;
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::Repository;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    intervals(writer)?;
    wishes(writer)?;
    revisions(writer)?;
    budgets(writer)?;
    clocks(writer)?;
    all_clears(writer)?;
    displays(writer)?;
    forgetting(writer)
}

/// What an explicit check says of each notice.
fn says(notices: &[(&str, &str, &str)]) -> Value {
    let notices: Vec<Value> = notices
        .iter()
        .map(|(id, decision, reason)| json!({ "id": id, "decision": decision, "reason": reason }))
        .collect();
    json!({ "status": "accepted", "result": { "exit_status": 0, "report": { "state": "fresh", "notices": { "$in-any-order": notices } } } })
}

/// A list in which this notice stands.
fn lists(id: &str) -> Value {
    let contained = format!("Title of {id}\n");
    json!({ "status": "accepted", "result": { "exit_status": 0, "stderr": { "$contains": contained } } })
}

fn show(id: &'static str, reason: &'static str) -> [(&'static str, &'static str, &'static str); 1] {
    [(id, "show", reason)]
}

fn skip(id: &'static str, reason: &'static str) -> [(&'static str, &'static str, &'static str); 1] {
    [(id, "skip", reason)]
}

impl Story<'_> {
    /// An explicit check on a terminal, which displays what is due.
    fn sees(self, now: &str, notices: &[(&str, &str, &str)]) -> Self {
        self.look(
            json!({ "now": now, "output": { "form": "terminal" } }),
            says(notices),
            Observation::default(),
        )
    }

    fn acknowledges(self, now: &str, id: &str) -> Self {
        self.ask(
            json!({ "operation": "acknowledge", "now": now, "ids": [id] }),
            json!({ "status": "accepted" }),
        )
    }
}

fn with(change: impl FnOnce(&mut Value), severity: &str) -> Repository {
    let mut one = notice("a", severity);
    one["ends"] = json!("2027-03-01T00:00:00Z");
    change(&mut one);
    long_lived(&[one])
}

/// MOTD-REP-1.
fn intervals(writer: &mut Writer) -> Result<()> {
    for (severity, before, after, title) in [
        (
            "warning",
            "2026-11-07T23:59:59Z",
            "2026-11-08T00:00:00Z",
            "7 days",
        ),
        (
            "critical",
            "2026-11-01T23:59:59Z",
            "2026-11-02T00:00:00Z",
            "24 hours",
        ),
    ] {
        let repository = with(|_| {}, severity);
        let base = format!("repeat/{severity}-due");
        Story::good(
            writer,
            &repository,
            &base,
            &format!("a notice of severity {severity} is due again after {title}"),
            &["MOTD-REP-1"],
        )
        .serve_all_of(&repository)
        .sees("2026-11-01T00:00:00Z", &show("a", "new"))
        .sees(after, &show("a", "due-again"))
        .write()?;
        Story::bad(
            writer,
            &repository,
            &format!("repeat/{severity}-early"),
            &base,
            "a second earlier",
            &["MOTD-REP-1"],
        )
        .serve_all_of(&repository)
        .sees("2026-11-01T00:00:00Z", &show("a", "new"))
        .sees(before, &skip("a", "not-yet-due"))
        .write()?;
        Story::bad(
            writer,
            &repository,
            &format!("repeat/{severity}-acknowledged"),
            &base,
            "it was acknowledged",
            &["MOTD-REP-1", "MOTD-REP-3"],
        )
        .serve_all_of(&repository)
        .sees("2026-11-01T00:00:00Z", &show("a", "new"))
        .acknowledges("2026-11-01T00:00:01Z", "a")
        .sees("2026-12-01T00:00:00Z", &skip("a", "acknowledged"))
        .write()?;
    }
    let info = with(|_| {}, "info");
    Story::good(
        writer,
        &info,
        "repeat/info-new",
        "a notice of severity info is displayed once",
        &["MOTD-REP-1"],
    )
    .serve_all_of(&info)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .write()?;
    Story::bad(
        writer,
        &info,
        "repeat/info-again",
        "repeat/info-new",
        "a month later",
        &["MOTD-REP-1"],
    )
    .serve_all_of(&info)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .sees("2026-12-01T00:00:00Z", &skip("a", "seen"))
    .write()
}

/// MOTD-REP-2.
fn wishes(writer: &mut Writer) -> Result<()> {
    let once = with(|notice| notice["repeat"] = json!("once"), "warning");
    Story::good(
        writer,
        &once,
        "repeat/once",
        "a warning that asks to be displayed once",
        &["MOTD-REP-2"],
    )
    .serve_all_of(&once)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .sees("2026-11-20T00:00:00Z", &skip("a", "seen"))
    .write()?;
    for wish in ["always", "hourly"] {
        let often = with(|notice| notice["repeat"] = json!(wish), "info");
        Story::bad(
            writer,
            &often,
            &format!("repeat/{wish}"),
            "repeat/once",
            &format!("a notice asks for repetition {wish}"),
            &["MOTD-REP-2", "MOTD-FWD-5"],
        )
        .serve_all_of(&often)
        .sees("2026-11-01T00:00:00Z", &show("a", "new"))
        .sees("2026-11-20T00:00:00Z", &skip("a", "seen"))
        .write()?;
    }
    let often = with(|notice| notice["repeat"] = json!("always"), "warning");
    Story::bad(
        writer,
        &often,
        "repeat/always-warning",
        "repeat/once",
        "a warning asks for repetition always",
        &["MOTD-REP-2", "MOTD-FWD-5"],
    )
    .serve_all_of(&often)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .sees("2026-11-01T01:00:00Z", &skip("a", "not-yet-due"))
    .sees("2026-11-08T00:00:00Z", &show("a", "due-again"))
    .write()
}

/// MOTD-REP-3.
fn revisions(writer: &mut Writer) -> Result<()> {
    let first = with(|_| {}, "info");
    let changed = |revision: u32, title: &str| {
        let mut one = notice("a", "info");
        one["ends"] = json!("2027-03-01T00:00:00Z");
        one["revision"] = json!(revision);
        one["text"]["en"]["title"] = json!(title);
        let mut next = first.clone();
        republish(&mut next, &[one]);
        next
    };
    let revision = |number: u32| {
        let mut one = named("a", "info");
        one["revision"] = json!(number);
        one
    };
    let mut lowered = changed(2, "Another title");
    republish(&mut lowered, &[revision(1)]);
    const BASE: &str = "repeat/revision-2";
    Story::good(
        writer,
        &first,
        BASE,
        "the text changed, and the revision was raised",
        &["MOTD-REP-3"],
    )
    .serve_all_of(&first)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&changed(2, "Another title"))
    .sees("2026-11-02T00:00:00Z", &show("a", "new-revision"))
    .write()?;
    Story::bad(
        writer,
        &first,
        "repeat/revision-same",
        BASE,
        "the revision was not raised",
        &["MOTD-REP-3"],
    )
    .serve_all_of(&first)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&changed(1, "Another title"))
    .sees("2026-11-02T00:00:00Z", &skip("a", "seen"))
    .write()?;
    Story::bad(
        writer,
        &first,
        "repeat/revision-lower",
        BASE,
        "the revision is lowered again",
        &["MOTD-REP-3"],
    )
    .serve_all_of(&changed(2, "Another title"))
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&lowered)
    .sees("2026-11-02T00:00:00Z", &skip("a", "seen"))
    .write()?;
    let mut raised = lowered.clone();
    republish(&mut raised, &[revision(2)]);
    let listed =
        json!({ "now": "2026-11-03T00:00:00Z", "kind": "list", "output": { "form": "terminal" } });
    Story::bad(
        writer,
        &first,
        "repeat/revision-listed",
        BASE,
        "a lower revision was listed since the higher one was displayed",
        &["MOTD-REP-3"],
    )
    .serve_all_of(&changed(2, "Another title"))
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&lowered)
    .look(listed, lists("a"), Observation::default())
    .serve_all_of(&raised)
    .sees("2026-11-04T00:00:00Z", &skip("a", "seen"))
    .write()?;
    Story::good(
        writer,
        &first,
        "repeat/revision-acknowledged",
        "revision 1 was acknowledged, and revision 2 is new",
        &["MOTD-REP-3"],
    )
    .serve_all_of(&first)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .acknowledges("2026-11-01T00:00:01Z", "a")
    .serve_all_of(&changed(2, "Another title"))
    .sees("2026-11-02T00:00:00Z", &show("a", "new-revision"))
    .write()
}

/// Publications of one new notice each.
fn ever_new(severity: &str, count: usize) -> Vec<Repository> {
    let mut repository = long_lived(&[named("n0", severity)]);
    let mut all = vec![repository.clone()];
    for number in 1..count {
        republish(&mut repository, &[named(&format!("n{number}"), severity)]);
        all.push(repository.clone());
    }
    all
}

fn named(id: &str, severity: &str) -> Value {
    let mut notice = notice(id, severity);
    notice["ends"] = json!("2027-03-01T00:00:00Z");
    notice
}

/// MOTD-REP-4, MOTD-REP-5.
fn budgets(writer: &mut Writer) -> Result<()> {
    let warnings = ever_new("warning", 3);
    if let [one, two, three] = &warnings[..] {
        const BASE: &str = "repeat/budget-free";
        Story::good(
            writer,
            one,
            BASE,
            "three new warnings, the third 7 days after the first",
            &["MOTD-REP-4"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2026-11-02T00:00:00Z", &show("n1", "new"))
        .serve_all_of(three)
        .sees("2026-11-08T00:00:00Z", &show("n2", "new"))
        .write()?;
        Story::bad(
            writer,
            one,
            "repeat/budget-used",
            BASE,
            "the third a second earlier",
            &["MOTD-REP-4"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2026-11-02T00:00:00Z", &show("n1", "new"))
        .serve_all_of(three)
        .sees("2026-11-07T23:59:59Z", &skip("n2", "budget"))
        .sees("2026-11-08T00:00:00Z", &show("n2", "new"))
        .write()?;
    }
    let criticals = ever_new("critical", 4);
    if let [one, two, three, four] = &criticals[..] {
        const BASE: &str = "repeat/critical-budget-free";
        Story::good(
            writer,
            one,
            BASE,
            "four new critical notices, the fourth 24 hours after the first",
            &["MOTD-REP-5"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2026-11-01T01:00:00Z", &show("n1", "new"))
        .serve_all_of(three)
        .sees("2026-11-01T02:00:00Z", &show("n2", "new"))
        .serve_all_of(four)
        .sees("2026-11-02T00:00:00Z", &show("n3", "new"))
        .write()?;
        Story::bad(
            writer,
            one,
            "repeat/critical-budget-used",
            BASE,
            "the fourth a second earlier",
            &["MOTD-REP-5"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2026-11-01T01:00:00Z", &show("n1", "new"))
        .serve_all_of(three)
        .sees("2026-11-01T02:00:00Z", &show("n2", "new"))
        .serve_all_of(four)
        .sees("2026-11-01T23:59:59Z", &skip("n3", "budget"))
        .write()?;
    }
    Ok(())
}

/// MOTD-REP-6: a clock that was wrong.
fn clocks(writer: &mut Writer) -> Result<()> {
    let repository = with(|_| {}, "warning");
    const BASE: &str = "repeat/clock-right";
    Story::good(
        writer,
        &repository,
        BASE,
        "a clock that is right",
        &["MOTD-REP-6"],
    )
    .serve_all_of(&repository)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .sees("2026-11-09T00:00:00Z", &show("a", "due-again"))
    .write()?;
    Story::bad(
        writer,
        &repository,
        "repeat/clock-ahead",
        BASE,
        "the clock was three months ahead when it was displayed",
        &["MOTD-REP-6"],
    )
    .serve_all_of(&repository)
    .sees("2027-02-01T00:00:00Z", &show("a", "new"))
    .sees("2026-11-01T00:00:00Z", &skip("a", "not-yet-due"))
    .sees("2026-11-08T00:00:00Z", &show("a", "due-again"))
    .write()?;
    let warnings = ever_new("warning", 3);
    if let [one, two, three] = &warnings[..] {
        Story::bad(
            writer,
            one,
            "repeat/budget-ahead",
            BASE,
            "the clock was three months ahead when the budget was used up",
            &["MOTD-REP-6", "MOTD-REP-4"],
        )
        .serve_all_of(one)
        .sees("2027-02-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2027-02-01T00:01:00Z", &show("n1", "new"))
        .serve_all_of(three)
        .sees("2026-11-01T00:00:00Z", &skip("n2", "budget"))
        .sees("2026-11-08T00:00:00Z", &show("n2", "new"))
        .write()?;
    }
    Ok(())
}

/// MOTD-REP-7.
fn all_clears(writer: &mut Writer) -> Result<()> {
    let first = with(|_| {}, "critical");
    let mut over = notice("over", "critical");
    over["resolves"] = json!(["a"]);
    let mut resolved = first.clone();
    republish(&mut resolved, &[over]);
    const BASE: &str = "repeat/all-clear";
    Story::good(writer, &first, BASE, "what was displayed is over", &["MOTD-REP-7"])
        .serve_all_of(&first)
        .sees("2026-11-01T00:00:00Z", &show("a", "new"))
        .serve_all_of(&resolved)
        .look(json!({ "now": "2026-11-01T01:00:00Z", "output": { "form": "terminal" } }), json!({ "status": "accepted", "result": {
            "stderr": { "$contains": "notice[pypi] INFO: Title of over\n" },
            "report": { "notices": [{ "id": "over", "decision": "show", "reason": "all-clear", "text": { "severity": "info" } }] },
        } }), Observation::default())
        .write()?;
    Story::bad(
        writer,
        &first,
        "repeat/all-clear-unseen",
        BASE,
        "what is over was never displayed",
        &["MOTD-REP-7"],
    )
    .serve_all_of(&resolved)
    .sees("2026-11-01T01:00:00Z", &skip("over", "resolves-unseen"))
    .write()?;
    Story::bad(
        writer,
        &first,
        "repeat/all-clear-again",
        BASE,
        "it was said already",
        &["MOTD-REP-7"],
    )
    .serve_all_of(&first)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&resolved)
    .sees("2026-11-01T01:00:00Z", &show("over", "all-clear"))
    .sees("2026-11-05T00:00:00Z", &skip("over", "seen"))
    .write()?;
    // Outside the budgets: both runs below critical are used up.
    let warnings = ever_new("warning", 2);
    if let [one, two] = &warnings[..] {
        let mut over = named("over", "info");
        over["resolves"] = json!(["n0"]);
        let mut resolved = two.clone();
        republish(&mut resolved, &[over]);
        Story::good(
            writer,
            one,
            "repeat/all-clear-outside-budget",
            "the budget is used up, and the all-clear is said all the same",
            &["MOTD-REP-7", "MOTD-REP-4"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(two)
        .sees("2026-11-02T00:00:00Z", &show("n1", "new"))
        .serve_all_of(&resolved)
        .sees("2026-11-03T00:00:00Z", &show("over", "all-clear"))
        .write()?;
    }
    let warnings = ever_new("warning", 1);
    if let [one] = &warnings[..] {
        let mut over = named("over", "info");
        over["resolves"] = json!(["n0"]);
        let mut resolved = one.clone();
        republish(&mut resolved, &[over]);
        let mut next = resolved.clone();
        republish(&mut next, &[named("next", "warning")]);
        Story::good(
            writer,
            one,
            "repeat/all-clear-free",
            "an all-clear is charged to no budget",
            &["MOTD-REP-7", "MOTD-REP-4"],
        )
        .serve_all_of(one)
        .sees("2026-11-01T00:00:00Z", &show("n0", "new"))
        .serve_all_of(&resolved)
        .sees("2026-11-02T00:00:00Z", &show("over", "all-clear"))
        .serve_all_of(&next)
        .sees("2026-11-03T00:00:00Z", &show("next", "new"))
        .write()?;
    }
    Ok(())
}

/// MOTD-REP-8.
fn displays(writer: &mut Writer) -> Result<()> {
    let repository = with(|_| {}, "info");
    const BASE: &str = "repeat/displayed";
    Story::good(
        writer,
        &repository,
        BASE,
        "a display on a terminal counts",
        &["MOTD-REP-8"],
    )
    .serve_all_of(&repository)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .sees("2026-11-02T00:00:00Z", &skip("a", "seen"))
    .write()?;
    for form in ["pipe", "json"] {
        Story::bad(
            writer,
            &repository,
            &format!("repeat/not-displayed-{form}"),
            BASE,
            &format!("the first check writes to a {form}"),
            &["MOTD-REP-8"],
        )
        .serve_all_of(&repository)
        .look(
            json!({ "now": "2026-11-01T00:00:00Z", "output": { "form": form } }),
            says(&show("a", "new")),
            Observation::default(),
        )
        .sees("2026-11-02T00:00:00Z", &show("a", "new"))
        .write()?;
    }
    Story::bad(
        writer,
        &repository,
        "repeat/not-displayed-narrow",
        BASE,
        "the first terminal is too narrow",
        &["MOTD-REP-8"],
    )
    .serve_all_of(&repository)
    .look(
        json!({ "now": "2026-11-01T00:00:00Z", "output": { "form": "terminal", "columns": 20 } }),
        says(&skip("a", "too-narrow")),
        Observation::default(),
    )
    .sees("2026-11-02T00:00:00Z", &show("a", "new"))
    .write()?;
    // A list that the user asked for: what stands in it was seen, and no budget pays for it.
    let listed =
        json!({ "now": "2026-11-01T00:00:00Z", "kind": "list", "output": { "form": "terminal" } });
    Story::good(
        writer,
        &repository,
        "repeat/listed",
        "a list that the user asked for counts as seen",
        &["MOTD-REP-8", "MOTD-REP-1"],
    )
    .serve_all_of(&repository)
    .look(listed.clone(), lists("a"), Observation::default())
    .sees("2026-11-02T00:00:00Z", &skip("a", "seen"))
    .look(listed, lists("a"), Observation::default())
    .write()
}

/// MOTD-REP-9.
fn forgetting(writer: &mut Writer) -> Result<()> {
    let short = with(
        |notice| notice["ends"] = json!("2026-11-05T00:00:00Z"),
        "info",
    );
    let mut again = short.clone();
    let mut other = short.clone();
    republish(&mut other, &[named("other", "info")]);
    // Two publications later, so that it follows both of them.
    republish(&mut again, &[named("a", "info")]);
    republish(&mut again, &[named("a", "info")]);
    const BASE: &str = "repeat/remembered";
    Story::good(
        writer,
        &short,
        BASE,
        "an id is remembered until its end",
        &["MOTD-REP-9"],
    )
    .serve_all_of(&short)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&again)
    .sees("2026-11-04T23:59:59Z", &skip("a", "seen"))
    .write()?;
    Story::bad(
        writer,
        &short,
        "repeat/forgotten",
        BASE,
        "an id comes back after its end",
        &["MOTD-REP-9"],
    )
    .serve_all_of(&short)
    .sees("2026-11-01T00:00:00Z", &show("a", "new"))
    .serve_all_of(&other)
    .sees("2026-11-05T00:00:00Z", &show("other", "new"))
    .serve_all_of(&again)
    .sees("2026-11-20T00:00:00Z", &show("a", "new"))
    .write()?;
    // 288 ids in nine lists; the 32 that end first are the first to go.
    let publication = |number: usize| -> Vec<Value> {
        (0..32)
            .map(|index| {
                let mut one = notice(&format!("n{number}-{index:02}"), "info");
                one["ends"] = json!(format!("2026-12-{:02}T00:00:00Z", 10 + number));
                one
            })
            .collect()
    };
    let mut repository = long_lived(&publication(0));
    let first = repository.clone();
    let mut story = Story::bad(
        writer,
        &first,
        "repeat/256-entries",
        BASE,
        "288 ids were seen",
        &["MOTD-REP-9"],
    );
    for number in 0..9 {
        if number > 0 {
            republish(&mut repository, &publication(number));
        }
        story = story.serve_all_of(&repository).look(
            json!({ "kind": "list", "output": { "form": "terminal" } }),
            lists(&format!("n{number}-00")),
            Observation::default(),
        );
    }
    let mut last = repository.clone();
    let (gone, kept) = (publication(0), publication(8));
    let both: Vec<Value> = [gone.first(), kept.first()]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    republish(&mut last, &both);
    story
        .serve_all_of(&last)
        .sees(
            "2026-11-02T00:00:00Z",
            &[("n0-00", "show", "new"), ("n8-00", "skip", "seen")],
        )
        .write()
}
