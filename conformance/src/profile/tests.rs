//! What is frozen, and what is seen of a change to it.

use super::*;
use crate::case::{Side, sample};
use crate::requirements;

fn case(id: &str, role: ConformanceRole, level: &str) -> Case {
    Case {
        role,
        level: level.to_owned(),
        ..sample::case(id, Side::Positive, None, &[])
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("a", ConformanceRole::Document, "core"),
        case("b", ConformanceRole::Document, "rollout"),
        case("c", ConformanceRole::Installer, "core"),
        case("d", ConformanceRole::Installer, "core"),
    ]
}

fn of(cases: &[Case]) -> Profiles {
    let blocks = requirements::compiled_in().unwrap();
    Profiles::of(&blocks, cases).unwrap()
}

fn ids(profile: &Profile) -> Vec<&str> {
    profile.cases.keys().map(String::as_str).collect()
}

#[test]
fn each_role_and_level_has_its_own_cases_and_requirements() {
    let profiles = of(&cases());
    assert_eq!(profiles.profile.len(), 3);
    let part = |role, level| profiles.part(role, level).unwrap();
    assert_eq!(ids(part(ConformanceRole::Document, "core")), ["a"]);
    assert_eq!(ids(part(ConformanceRole::Document, "rollout")), ["b"]);
    assert_eq!(ids(part(ConformanceRole::Installer, "core")), ["c", "d"]);
    assert_eq!(profiles.part(ConformanceRole::Installer, "rollout"), None);
    assert_eq!(profiles.part(ConformanceRole::Server, "core"), None);
    let blocks = requirements::compiled_in().unwrap();
    for profile in &profiles.profile {
        let meant: Vec<&str> = blocks
            .iter()
            .filter(|block| (block.role, &block.level.0) == (profile.role, &profile.level))
            .map(|block| block.id.as_str())
            .collect();
        assert!(!meant.is_empty());
        assert_eq!(profile.requirements, meant);
    }
}

#[test]
fn a_file_of_profiles_says_what_they_are() {
    let profiles = of(&cases());
    let text = profiles.to_toml().unwrap();
    assert!(text.starts_with("# Which cases"));
    assert_eq!(toml::from_str::<Profiles>(&text).unwrap(), profiles);
}

#[test]
fn a_case_that_is_gone_changed_or_new_is_told() {
    let frozen = of(&cases());
    assert_eq!(frozen.complaints(&of(&cases())), Vec::<String>::new());
    let mut now = cases();
    now.remove(3);
    now[0].title = "Another one".to_owned();
    now.push(case("e", ConformanceRole::Server, "core"));
    assert_eq!(
        frozen.complaints(&of(&now)),
        [
            "the case a is frozen, and is another one now",
            "the case d is frozen, and is not there any more",
            "the case e is in no profile",
        ]
    );
}

#[test]
fn a_profile_has_a_case_only_as_it_was_frozen() {
    let (cases, profiles) = (cases(), of(&cases()));
    let core = profiles.part(ConformanceRole::Installer, "core").unwrap();
    let has: Vec<bool> = cases.iter().map(|case| core.has(case)).collect();
    assert_eq!(has, [false, false, true, true]);
    let mut other = cases[2].clone();
    other.title = "Another one".to_owned();
    assert!(!core.has(&other));
}

#[test]
fn the_frozen_profiles_are_there_and_name_cases_by_16_digits() {
    let frozen = Profiles::frozen().unwrap();
    assert_eq!(frozen.specification, crate::requirements::SPEC_VERSION);
    for role in ConformanceRole::ALL {
        let part = frozen.part(role, "core").unwrap();
        assert!(part.cases.values().all(|digest| digest.len() == 16));
        assert!(!part.cases.is_empty());
    }
}
