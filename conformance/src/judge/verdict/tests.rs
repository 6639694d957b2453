//! What counts, case by case.

use super::*;
use crate::case::sample::case;
use crate::judge::ExpectedFailure;
use crate::profile::Profiles;
use crate::spec::ConformanceRole;

fn why() -> String {
    "because".to_owned()
}

fn otherwise() -> Seen {
    Seen::Otherwise(why())
}

/// A base and a negative case on it, as they were seen; the status of the negative one, which is listed or not.
fn of_negative(base: Option<Seen>, negative: Option<Seen>, is_listed: bool) -> Status {
    let cases = [
        case("base", Side::Positive, None, &[]),
        case("negative", Side::Negative, Some("base"), &[]),
    ];
    decided(&cases, [base, negative], is_listed, "negative").0
}

fn decided<const N: usize>(
    cases: &[Case; N],
    seen: [Option<Seen>; N],
    is_listed: bool,
    id: &str,
) -> (Status, Option<String>) {
    let seen = cases
        .iter()
        .zip(seen)
        .filter_map(|(case, seen)| Some((case.id.clone(), seen?)))
        .collect();
    let line = ExpectedFailure {
        case: id.to_owned(),
        reason: why(),
    };
    let expected = Expected {
        expected_failure: is_listed.then_some(line).into_iter().collect(),
    };
    let statuses = decide(&cases.iter().collect::<Vec<_>>(), &seen, &expected);
    assert_eq!(statuses.len(), N);
    statuses[id].clone()
}

#[test]
fn each_thing_seen_is_one_status_and_keeps_its_reason() {
    let table = [
        (Some(Seen::AsExpected), Status::Pass, None),
        (Some(otherwise()), Status::Fail, Some("because")),
        (
            Some(Seen::Unsupported(why())),
            Status::Unsupported,
            Some("because"),
        ),
        (Some(Seen::Crash(why())), Status::Crash, Some("because")),
        (Some(Seen::Timeout(why())), Status::Timeout, Some("because")),
        (
            Some(Seen::Harness(why())),
            Status::HarnessError,
            Some("because"),
        ),
        (
            Some(Seen::NotTried),
            Status::Inconclusive,
            Some("it was not tried"),
        ),
        (None, Status::Inconclusive, Some("it was not tried")),
    ];
    for (seen, status, why) in table {
        let cases = [case("one", Side::Positive, None, &[])];
        assert_eq!(
            decided(&cases, [seen], false, "one"),
            (status, why.map(str::to_owned))
        );
    }
}

#[test]
fn a_negative_case_counts_only_on_a_base_that_is_as_expected() {
    let base = Some(Seen::AsExpected);
    assert_eq!(
        of_negative(base, Some(Seen::AsExpected), false),
        Status::Pass
    );
    for base in [
        otherwise(),
        Seen::Unsupported(why()),
        Seen::Crash(why()),
        Seen::Timeout(why()),
        Seen::Harness(why()),
        Seen::NotTried,
    ] {
        assert_eq!(
            of_negative(Some(base), Some(Seen::AsExpected), false),
            Status::Inconclusive
        );
    }
    // What is seen of a case that is not in the run is nothing.
    assert_eq!(
        of_negative(None, Some(Seen::AsExpected), false),
        Status::Inconclusive
    );
    // A failure is one on any base.
    assert_eq!(
        of_negative(Some(otherwise()), Some(otherwise()), false),
        Status::Fail
    );
}

#[test]
fn a_negative_case_without_a_base_shows_nothing_and_a_positive_one_needs_none() {
    let negative = [case("one", Side::Negative, None, &[])];
    let (status, _) = decided(&negative, [Some(Seen::AsExpected)], false, "one");
    assert_eq!(status, Status::HarnessError);
    let cases = [
        case("base", Side::Positive, None, &[]),
        case("positive", Side::Positive, Some("base"), &[]),
    ];
    let seen = [Some(otherwise()), Some(Seen::AsExpected)];
    assert_eq!(
        decided(&cases, seen, false, "positive"),
        (Status::Pass, None)
    );
}

#[test]
fn what_is_listed_is_expected_to_be_no_pass() {
    let base = || Some(Seen::AsExpected);
    let table = [
        (base(), Some(otherwise()), Status::ExpectedFail),
        (base(), Some(Seen::Crash(why())), Status::ExpectedFail),
        (base(), Some(Seen::Timeout(why())), Status::ExpectedFail),
        (base(), Some(Seen::Unsupported(why())), Status::ExpectedFail),
        (base(), Some(Seen::AsExpected), Status::UnexpectedPass),
        // No list covers for the judge, nor for what nobody looked at.
        (base(), Some(Seen::Harness(why())), Status::HarnessError),
        (base(), Some(Seen::NotTried), Status::Inconclusive),
        (base(), None, Status::Inconclusive),
        // Whoever fails the base cannot make it conclusive.
        (
            Some(otherwise()),
            Some(Seen::AsExpected),
            Status::ExpectedFail,
        ),
    ];
    for (base, negative, status) in table {
        let shown = format!("{base:?} {negative:?}");
        assert_eq!(of_negative(base, negative, true), status, "{shown}");
    }
}

#[test]
fn an_expected_failure_says_why_it_is_expected_and_what_it_is() {
    let listed = |seen| {
        let cases = [case("one", Side::Positive, None, &[])];
        decided(&cases, [Some(seen)], true, "one")
    };
    let both = Some("expected, because: because".to_owned());
    assert_eq!(listed(otherwise()), (Status::ExpectedFail, both));
    assert_eq!(listed(Seen::AsExpected), (Status::UnexpectedPass, None));
    let of_the_judge = (Status::HarnessError, Some(why()));
    assert_eq!(listed(Seen::Harness(why())), of_the_judge);
}

#[test]
fn a_reason_is_one_line_and_no_longer_than_a_page() {
    let long = format!("a\nb{}", "c".repeat(4_000));
    let short = format!("a b{}", "c".repeat(3_997));
    assert_eq!(Seen::Otherwise(long).in_bounds(), Seen::Otherwise(short));
}

#[test]
fn a_status_and_a_thing_seen_have_their_own_words() {
    for status in Status::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    let seen = [
        (Seen::AsExpected, "as-expected"),
        (otherwise(), "otherwise"),
        (Seen::Unsupported(why()), "unsupported"),
        (Seen::Crash(why()), "crash"),
        (Seen::Timeout(why()), "timeout"),
        (Seen::Harness(why()), "harness-error"),
        (Seen::NotTried, "not-tried"),
    ];
    for (seen, word) in seen {
        let has_reason = !matches!(seen, Seen::AsExpected | Seen::NotTried);
        assert_eq!(seen.in_words(), (word, has_reason.then_some("because")));
    }
}

fn hello(roles: &[&str], features: &[&str]) -> Hello {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Hello {
        roles: owned(roles),
        features: owned(features),
        ..Hello::default()
    }
}

#[test]
fn core_needs_the_role_and_a_feature_both() {
    let both = hello(&["installer", "server"], &["rollout"]);
    for (role, level, claimed) in [
        ("installer", "core", true),
        ("server", "core", true),
        ("publisher", "core", false),
        ("installer", "rollout", true),
        ("installer", "deb-rpm", false),
        ("publisher", "rollout", false),
    ] {
        assert_eq!(claims(&both, role, level), claimed, "{role} {level}");
    }
}

#[test]
fn conforming_is_claiming_and_passing_every_case_of_the_profile_as_it_is_frozen() {
    let cases = ["one", "two"].map(|id| case(id, Side::Positive, None, &[]));
    let all: Vec<&Case> = cases.iter().collect();
    let profile = |level: &str, cases: &[Case]| {
        let frozen = Profiles::of(&[], cases).unwrap();
        let cases = frozen
            .part(ConformanceRole::Document, "core")
            .map(|part| part.cases.clone());
        Profile {
            role: ConformanceRole::Document,
            level: level.to_owned(),
            requirements: Vec::new(),
            cases: cases.unwrap_or_default(),
        }
    };
    let statuses = |one: Status, two: Option<Status>| -> BTreeMap<_, _> {
        let two = two.map(|two| ("two".to_owned(), (two, None)));
        [("one".to_owned(), (one, None))]
            .into_iter()
            .chain(two)
            .collect()
    };
    let good = statuses(Status::Pass, Some(Status::Pass));
    let (core, claimed) = (profile("core", &cases), hello(&["document"], &[]));
    assert!(conforms(&core, &all, &good, &claimed));

    assert!(!conforms(&core, &all, &good, &hello(&["installer"], &[])));
    assert!(!conforms(
        &profile("rollout", &cases),
        &all,
        &good,
        &claimed
    ));
    assert!(!conforms(&profile("core", &[]), &all, &good, &claimed));
    for status in Status::ALL {
        let statuses = statuses(Status::Pass, Some(status));
        let expected = status == Status::Pass;
        assert_eq!(conforms(&core, &all, &statuses, &claimed), expected);
    }
    assert!(!conforms(
        &core,
        &all,
        &statuses(Status::Pass, None),
        &claimed
    ));

    // Other cases under the frozen names are passed for nothing.
    let mut others = cases.clone();
    others[1].title = "Another one".to_owned();
    let others: Vec<&Case> = others.iter().collect();
    assert!(!conforms(&core, &others, &good, &claimed));
    assert!(!conforms(&core, &others[..1], &good, &claimed));
}
