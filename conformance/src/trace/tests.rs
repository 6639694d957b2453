//! Each complaint, and what it is not about.

use super::*;
use crate::case::{Citation, sample};
use crate::requirements::compiled_in;
use crate::spec::{ConformanceRole, RequirementLevel};

#[test]
fn ids_are_found_in_a_line() {
    for (line, found) in [
        (
            "// MOTD-GATE-12, TUF 5.3: MOTD-X, MOTD-REP-1.",
            &["MOTD-GATE-12", "MOTD-REP-1"][..],
        ),
        ("MOTD-A-1: MOTD-A-2", &["MOTD-A-1", "MOTD-A-2"]),
        ("a MOTD- and a MOTD-A- and a MOTD--1, TUF-MOTD-A", &[]),
    ] {
        assert_eq!(ids(line), found);
    }
}

#[test]
fn a_place_is_a_line_of_code_that_names_a_requirement() {
    let workspace = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = workspace.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for package in PACKAGES {
        write(&format!("{package}/src/lib.rs"), "");
    }
    write(
        "motd-core/src/a/b.rs",
        "\n// MOTD-A-1, MOTD-A-2\n// MOTD-A-1\n",
    );
    write(
        "motd-cli/src/c.rs",
        "// MOTD-A-1\n#[cfg(test)]\n// MOTD-A-3\n",
    );
    write("motd-core/src/code.rs", "// MOTD-A-4\n");
    write("motd-cli/src/demo/attack.rs", "// MOTD-A-5\n");
    write("motd-core/src/d.md", "MOTD-A-6\n");
    write("motd-core/tests/e.rs", "// MOTD-A-7\n");
    let found: Vec<(String, Vec<String>)> = places(workspace.path())
        .unwrap()
        .into_iter()
        .map(|(id, places)| (id, places.into_iter().collect()))
        .collect();
    let row = |id: &str, places: &[&str]| {
        let places = places.iter().map(|place| (*place).to_owned());
        (id.to_owned(), places.collect::<Vec<_>>())
    };
    assert_eq!(
        found,
        [
            row(
                "MOTD-A-1",
                &[
                    "motd-cli/src/c.rs:1",
                    "motd-core/src/a/b.rs:2",
                    "motd-core/src/a/b.rs:3"
                ]
            ),
            row("MOTD-A-2", &["motd-core/src/a/b.rs:2"]),
        ]
    );
}

#[test]
fn specification_and_code_name_the_same_requirements_and_codes() {
    let good = compiled_in().unwrap();
    let everywhere = |blocks: &[Block]| -> RequirementPlaces {
        let place = |block: &Block| (block.id.clone(), BTreeSet::from(["a.rs:1".to_owned()]));
        blocks.iter().map(place).collect()
    };
    assert_eq!(complaints(&good, &everywhere(&good)), Vec::<String>::new());

    let mut places = everywhere(&good);
    places.remove(&good[0].id);
    let two = BTreeSet::from(["a.rs:1", "b.rs:2"].map(str::to_owned));
    places.insert("MOTD-NONE-1".to_owned(), two);
    assert_eq!(
        complaints(&good, &places),
        [
            format!("{} has no place in the code", good[0].id),
            "MOTD-NONE-1 is no requirement, but is named in a.rs:1 b.rs:2".to_owned(),
        ]
    );

    // A code under another requirement than the core says, and one that the core does not know.
    let mut moved = good.clone();
    let from = moved.iter().position(|block| !block.codes.is_empty());
    let from = &mut moved[from.unwrap()];
    let (id, code) = (from.id.clone(), from.codes.remove(0));
    from.codes.push("unheard-of".to_owned());
    assert_eq!(
        complaints(&moved, &everywhere(&good)),
        [
            format!("{id} yields the code unheard-of, which the core does not know"),
            format!("the code {code} claims {id}, which does not list it"),
        ]
    );
}

fn block(id: &str, text: &str, verification: Verification) -> Block {
    Block {
        id: id.to_owned(),
        area: "A".to_owned(),
        number: 1,
        role: ConformanceRole::Document,
        level: RequirementLevel("core".to_owned()),
        verification,
        text: text.to_owned(),
        codes: Vec::new(),
        chapter: String::new(),
        line: 1,
    }
}

/// A MUST that is tested from both sides, a SHOULD from one, and a MUST that cannot be.
fn requirements() -> Vec<Block> {
    vec![
        block("MOTD-A-1", "It MUST hold.", Verification::Test),
        block("MOTD-A-2", "It SHOULD hold.", Verification::Test),
        block(
            "MOTD-A-3",
            "It MUST hold.",
            Verification::Untestable("why".to_owned()),
        ),
    ]
}

fn citation(id: &str) -> Citation {
    let text = if id == "MOTD-A-2" {
        "It SHOULD hold."
    } else {
        "It MUST hold."
    };
    Citation {
        id: id.to_owned(),
        sha256: text_hash(text),
    }
}

fn cases() -> Vec<Case> {
    let case = |id, side, base, requirement| Case {
        requirements: vec![citation(requirement)],
        ..sample::case(id, side, base, &[])
    };
    let negative = Case {
        fault: Some("this".to_owned()),
        gain: Some("that".to_owned()),
        ..case("negative", Side::Negative, Some("base"), "MOTD-A-1")
    };
    vec![
        case("base", Side::Positive, None, "MOTD-A-1"),
        negative,
        case("should", Side::Positive, None, "MOTD-A-2"),
    ]
}

/// What is said of the cases after this change to them.
fn after(change: impl FnOnce(&mut Vec<Case>)) -> Vec<String> {
    let mut cases = cases();
    change(&mut cases);
    case_complaints(&requirements(), &cases)
}

#[test]
fn cases_that_hold_the_specification_are_not_complained_of() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
    // A base may be of a role that the case's role stands on, and a requirement that cannot be tested may be cited.
    let fine = after(|cases| {
        cases[1].role = ConformanceRole::Installer;
        cases[2].requirements.push(citation("MOTD-A-3"));
    });
    assert_eq!(fine, Vec::<String>::new());
}

/// One fault.
type CaseListChange = fn(&mut Vec<Case>);

#[test]
fn each_fault_of_a_case_is_one_complaint() {
    let cannot_carry = "negative stands on base, which cannot carry it";
    let without = "negative is negative and does not say what is wrong, or what is gained";
    let table: [(&str, CaseListChange); 10] = [
        ("MOTD-A-1 has no negative case", |cases| {
            cases.remove(1);
        }),
        ("MOTD-A-1 has no positive case", |cases| {
            cases[0].requirements = vec![citation("MOTD-A-2")];
        }),
        ("MOTD-A-2 has no case", |cases| {
            cases.remove(2);
        }),
        ("should cites MOTD-A-9, which is no requirement", |cases| {
            cases[2].requirements.push(citation("MOTD-A-9"));
        }),
        (
            "should was written for another wording of MOTD-A-1",
            |cases| {
                let mut other = citation("MOTD-A-1");
                other.sha256 = text_hash("It MAY hold.");
                cases[2].requirements.push(other);
            },
        ),
        ("negative is negative and has no base", |cases| {
            cases[1].base = None;
        }),
        ("negative stands on a case that is not there", |cases| {
            cases[1].base = Some("nobody".to_owned());
        }),
        (cannot_carry, |cases| {
            cases[0].role = ConformanceRole::Installer;
        }),
        (without, |cases| cases[1].fault = None),
        (without, |cases| cases[1].gain = None),
    ];
    for (complaint, change) in table {
        assert_eq!(after(change), [complaint]);
    }
    let on_itself = after(|cases| cases[1].base = Some("negative".to_owned()));
    assert_eq!(
        on_itself,
        ["negative stands on negative, which cannot carry it"]
    );
}

#[test]
fn a_case_that_a_report_leaves_out_is_named() {
    let report = |cases: &[Case]| -> SuiteReport {
        let of_case = |case: &Case| {
            serde_json::json!({
                "title": "", "role": "document", "level": "core", "side": "positive",
                "requirements": [],
                "judged": { "case": case.id, "status": "fail", "milliseconds": 1 },
            })
        };
        serde_json::from_value(serde_json::json!({
            "report": 1, "specification": "1.0", "protocol": 1,
            "implementation": {
                "name": "", "version": "", "language": "", "roles": [], "features": [],
            },
            "command": [], "seed": 1, "partial": false, "summary": {}, "conforms": [],
            "requirements": [], "milliseconds": 1,
            "cases": cases.iter().map(of_case).collect::<Vec<_>>(),
        }))
        .unwrap()
    };
    let cases = cases();
    assert_eq!(unreported(&cases, &report(&cases)), Vec::<String>::new());
    assert_eq!(
        unreported(&cases, &report(&cases[1..])),
        ["base is declared, and the report says nothing of it"]
    );
}
