//! Each look that the judge takes, at what is as the case says and at what is not.

use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::case::AnswerComparison;
use crate::judge::folder::{Copy, Look};

/// What there is to look at, as a test makes it.
struct Stand {
    request: Value,
    beside: Option<Value>,
    answer: Value,
    answers_before: Vec<Value>,
    log: Vec<Request>,
    logs_before: Vec<Vec<Request>>,
    elsewhere: Vec<Request>,
    milliseconds: u64,
    folder: tempfile::TempDir,
    folder_before: Copy,
    look_before: Look,
}

impl Stand {
    fn new() -> Self {
        Self {
            request: json!({
                "installer": { "name": "pip", "version": "25.0" }, "now": "2026-11-01T00:00:00Z",
            }),
            beside: None,
            answer: json!({ "status": "accepted" }),
            answers_before: Vec::new(),
            log: vec![asked("a"), asked("b")],
            logs_before: Vec::new(),
            elsewhere: Vec::new(),
            milliseconds: 100,
            folder: tempfile::tempdir().unwrap(),
            folder_before: Copy::new(),
            look_before: Look::new(),
        }
    }

    fn wrong(&self, observation: &Observation) -> Vec<String> {
        differences(
            observation,
            &Scene {
                request: &self.request,
                beside: self.beside.as_ref(),
                answer: &self.answer,
                answers_before: &self.answers_before,
                log: &self.log,
                logs_before: &self.logs_before,
                elsewhere: &self.elsewhere,
                milliseconds: self.milliseconds,
                folder: self.folder.path(),
                folder_before: &self.folder_before,
                look_before: &self.look_before,
            },
        )
    }
}

/// A request that keeps MOTD-PRIV-1.
fn asked(path: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: vec![header("user-agent", "pip/25.0 tuf-motd/1.0")],
        status: 200,
        taken: 10,
    }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Each with how many complaints there are of a [`Stand`] that is not changed.
fn table() -> Vec<(Observation, usize)> {
    let nothing = Observation::default;
    vec![
        (nothing(), 0),
        (
            Observation {
                requests: Some(owned(&["b", "a"])),
                ..nothing()
            },
            0,
        ),
        (
            Observation {
                requests: Some(owned(&["a"])),
                ..nothing()
            },
            1,
        ),
        (
            Observation {
                requests: Some(owned(&["a", "a", "b"])),
                ..nothing()
            },
            1,
        ),
        (
            Observation {
                requested: owned(&["a", "b"]),
                ..nothing()
            },
            0,
        ),
        (
            Observation {
                requested: owned(&["a", "c", "d"]),
                ..nothing()
            },
            2,
        ),
        (
            Observation {
                not_requested: owned(&["c"]),
                ..nothing()
            },
            0,
        ),
        (
            Observation {
                not_requested: owned(&["a", "c", "b"]),
                ..nothing()
            },
            2,
        ),
        (
            Observation {
                private: true,
                stayed_home: true,
                folder_unchanged: true,
                within_milliseconds: Some(100),
                taken_at_most: Some(10),
                ..nothing()
            },
            0,
        ),
        (
            Observation {
                within_milliseconds: Some(99),
                ..nothing()
            },
            1,
        ),
        (
            Observation {
                taken_at_most: Some(9),
                ..nothing()
            },
            1,
        ),
        (
            Observation {
                same_as: Some(AnswerComparison {
                    step: 0,
                    at: owned(&["/status"]),
                }),
                ..nothing()
            },
            1,
        ),
    ]
}

#[test]
fn each_look_complains_of_what_is_not_as_the_case_says_and_of_nothing_else() {
    let stand = Stand::new();
    for (observation, complaints) in table() {
        let wrong = stand.wrong(&observation);
        assert_eq!(wrong.len(), complaints, "{observation:?} {wrong:?}");
    }
}

#[test]
fn nothing_may_follow_an_answer_that_asks_for_nothing_or_writes_nothing() {
    for (requests, folder_unchanged, is_over) in [
        (None, false, false),
        (Some(owned(&["a"])), false, false),
        (Some(Vec::new()), false, true),
        (None, true, true),
    ] {
        let observation = Observation {
            requests,
            folder_unchanged,
            ..Observation::default()
        };
        assert_eq!(is_over_with_the_answer(&observation), is_over);
    }
}

#[test]
fn a_request_that_tells_more_than_it_may_is_not_private() {
    let private = Observation {
        private: true,
        ..Observation::default()
    };
    let mut of_another = asked("a");
    of_another.headers = vec![header("user-agent", "curl/8")];
    let mut without = asked("a");
    without.headers.clear();
    let mut twice = asked("a");
    twice.headers.extend(without.headers.clone());
    twice.headers.extend(asked("a").headers);
    let with = |name: &str| {
        let mut request = asked("a");
        request.headers.push(header(name, "x"));
        request
    };
    for request in [
        with("cookie"),
        with("if-none-match"),
        with("if-modified-since"),
        asked("a?b"),
        of_another,
        without,
        twice,
    ] {
        let mut stand = Stand::new();
        stand.log.push(request);
        assert_eq!(stand.wrong(&private).len(), 1, "{:?}", stand.log);
        assert_eq!(stand.wrong(&Observation::default()), Vec::<String>::new());
    }
    let mut stand = Stand::new();
    stand.log.push(with("accept"));
    assert_eq!(stand.wrong(&private), Vec::<String>::new());
}

#[test]
fn another_origin_that_was_asked_is_named() {
    let mut stand = Stand::new();
    stand.elsewhere.push(asked("there"));
    let home = Observation {
        stayed_home: true,
        ..Observation::default()
    };
    assert_eq!(
        stand.wrong(&home),
        ["another origin was asked for [\"there\"]"]
    );
    assert_eq!(stand.wrong(&Observation::default()), Vec::<String>::new());
}

#[test]
fn requests_are_those_of_another_step_whatever_their_order() {
    let as_in = |step| Observation {
        requests_as_in: Some(step),
        ..Observation::default()
    };
    let mut stand = Stand::new();
    let mut more_taken = asked("a");
    more_taken.taken = 11;
    let mut headed = asked("a");
    headed.method = "HEAD".to_owned();
    let mut spoken = asked("a");
    spoken.headers.push(header("accept-language", "de"));
    stand.logs_before = vec![
        vec![asked("b"), more_taken],
        vec![asked("a")],
        vec![headed, asked("b")],
        vec![spoken, asked("b")],
        vec![asked("a"), asked("a")],
    ];
    assert_eq!(stand.wrong(&as_in(0)), Vec::<String>::new());
    for step in 1..=stand.logs_before.len() {
        assert_eq!(stand.wrong(&as_in(step)).len(), 1, "{step}");
    }
}

#[test]
fn what_nobody_signed_is_heard_in_each_part_of_an_answer() {
    let unheard = Observation {
        unheard: owned(&["evil"]),
        ..Observation::default()
    };
    for (part, said) in [
        ("stdout", json!("some evil text")),
        ("stderr", json!("evil")),
        ("report", json!({ "notices": [{ "id": "evil" }] })),
    ] {
        let mut stand = Stand::new();
        stand.answer = json!({ "result": { part: said } });
        assert_eq!(
            stand.wrong(&unheard),
            [format!("{part} has \"evil\", which nobody signed")]
        );
    }
    let mut stand = Stand::new();
    stand.answer = json!({ "result": { "stdout": "good", "other": "evil" } });
    assert_eq!(stand.wrong(&unheard), Vec::<String>::new());
}

#[test]
fn the_folder_is_looked_at_for_names_and_for_bytes() {
    let mut stand = Stand::new();
    let folder = stand.folder.path().join("a");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("of-somebody.json"), b"{}").unwrap();
    let unnamed = |text: &str| Observation {
        unnamed: owned(&[text]),
        ..Observation::default()
    };
    assert_eq!(
        stand.wrong(&unnamed("somebody")),
        ["a file of the state is called \"of-somebody.json\""]
    );
    assert_eq!(stand.wrong(&unnamed("nobody")), Vec::<String>::new());
    let unchanged = Observation {
        folder_unchanged: true,
        ..Observation::default()
    };
    assert_eq!(stand.wrong(&unchanged).len(), 1);
    stand.look_before = folder::look(stand.folder.path());
    assert_eq!(stand.wrong(&unchanged), Vec::<String>::new());
    let path = PathBuf::from("a/of-somebody.json");
    let seen = stand.look_before[&path].clone();
    for other in [
        (b"[]".to_vec(), seen.1, seen.2),
        (seen.0.clone(), seen.1 ^ 1, seen.2),
        (seen.0.clone(), seen.1, None),
    ] {
        stand.look_before.insert(path.clone(), other);
        assert_eq!(stand.wrong(&unchanged).len(), 1);
    }
    stand.look_before.insert(path, seen);
    stand
        .look_before
        .insert(PathBuf::from("b"), (Vec::new(), 0, None));
    assert_eq!(stand.wrong(&unchanged).len(), 1);
    assert_eq!(stand.wrong(&Observation::default()), Vec::<String>::new());
}

#[test]
fn a_published_folder_is_held_against_its_pattern_and_its_requests() {
    let mut stand = Stand::new();
    stand.answer = json!({ "status": "rejected" });
    let publication = |published: bool| Observation {
        publication: Some(json!({ "published": published })),
        ..Observation::default()
    };
    assert_eq!(stand.wrong(&publication(false)), Vec::<String>::new());
    assert_eq!(
        stand.wrong(&publication(true)),
        ["the folder: /published: expected true, found false"]
    );
    // Of the timestamp there is none, so that it did not rise by 0 either.
    let each = Observation {
        each_took_effect: true,
        ..Observation::default()
    };
    assert_eq!(stand.wrong(&each).len(), 1);
    assert_eq!(stand.wrong(&Observation::default()), Vec::<String>::new());
}
