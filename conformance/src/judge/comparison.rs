//! Answers that are compared with those of earlier steps.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

use serde_json::Value;

use crate::case::Observation;

/// Where an answer is like an earlier one and should not be, or the other way round.
pub(super) fn differences(
    observation: &Observation,
    answer: &Value,
    before: &[Value],
) -> Vec<String> {
    let mut out = Vec::new();
    let compared = [
        (&observation.same_as, true),
        (&observation.other_than, false),
    ];
    for (likeness, wanted) in compared {
        let Some(likeness) = likeness else { continue };
        let earlier = before.get(likeness.step);
        for pointer in &likeness.at {
            let now = answer.pointer(pointer);
            let then = earlier.and_then(|answer| answer.pointer(pointer));
            if (now == then) != wanted {
                let step = likeness.step;
                out.push(format!(
                    "{pointer} is {}, and was {} in step {step}",
                    shown(now),
                    shown(then)
                ));
            }
        }
    }
    out.extend(confused_tag(observation, answer, before));
    out
}

/// MOTD-SRV-7: another form of a file has a tag of its own, and the same form the same one.
fn confused_tag(observation: &Observation, answer: &Value, before: &[Value]) -> Option<String> {
    let step = observation.tag_per_form?;
    let earlier = before.get(step).unwrap_or(&Value::Null);
    let tag = &answer["headers"]["etag"];
    let is_same_form = answer["body"] == earlier["body"];
    let has_same_tag = *tag == earlier["headers"]["etag"];
    (is_same_form != has_same_tag)
        .then(|| format!("the tag {tag} does not tell these bytes from those of step {step}"))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::AnswerComparison;

    fn at(pointer: &str) -> AnswerComparison {
        AnswerComparison {
            step: 0,
            at: vec![pointer.to_owned()],
        }
    }

    #[test]
    fn what_should_be_the_same_and_is_not_is_told() {
        let before = [json!({ "a": 1, "b": 2 })];
        let now = json!({ "a": 1, "b": 3 });
        let same = |pointer| {
            let observation = Observation {
                same_as: Some(at(pointer)),
                ..Observation::default()
            };
            differences(&observation, &now, &before).is_empty()
        };
        assert!(same("/a"));
        assert!(!same("/b"));
        let other = |pointer| {
            let observation = Observation {
                other_than: Some(at(pointer)),
                ..Observation::default()
            };
            differences(&observation, &now, &before).is_empty()
        };
        assert!(!other("/a"));
        assert!(other("/b"));
    }

    #[test]
    fn a_tag_belongs_to_one_body() {
        let answer = |body: &str, tag: &str| json!({ "body": body, "headers": { "etag": tag } });
        let observation = Observation {
            tag_per_form: Some(0),
            ..Observation::default()
        };
        let before = [answer("a", "1")];
        let is_told =
            |body, tag| !differences(&observation, &answer(body, tag), &before).is_empty();
        assert!(!is_told("a", "1"));
        assert!(!is_told("b", "2"));
        assert!(is_told("a", "2"));
        assert!(is_told("b", "1"));
    }

    #[test]
    fn every_place_is_compared_with_the_step_that_is_named() {
        let before = [json!({ "a": 1, "b": 1 }), json!({ "a": 2, "b": 2 })];
        let told = |step, now| {
            let observation = Observation {
                same_as: Some(AnswerComparison {
                    step,
                    at: vec!["/a".to_owned(), "/b".to_owned()],
                }),
                ..Observation::default()
            };
            differences(&observation, &now, &before)
        };
        assert_eq!(told(0, json!({ "a": 1, "b": 1 })), Vec::<String>::new());
        assert_eq!(
            told(1, json!({ "a": 1 })),
            [
                "/a is 1, and was 2 in step 1",
                "/b is nothing, and was 2 in step 1"
            ]
        );
    }

    #[test]
    fn a_step_that_is_not_there_is_like_nothing() {
        let same = Observation {
            same_as: Some(at("/a")),
            ..Observation::default()
        };
        assert_eq!(differences(&same, &json!({ "a": 1 }), &[]).len(), 1);
        let tag = Observation {
            tag_per_form: Some(0),
            ..Observation::default()
        };
        let now = json!({ "body": "a" });
        assert_eq!(
            differences(&tag, &now, &[]),
            ["the tag null does not tell these bytes from those of step 0"]
        );
    }
}
