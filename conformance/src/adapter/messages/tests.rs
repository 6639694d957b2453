//! Which messages keep the protocol.

use super::*;

fn parse() -> Value {
    json!({ "id": "a", "operation": "parse", "repository": "pypi.org", "target": "" })
}

#[test]
fn a_request_keeps_the_schema_of_its_operation() {
    let messages = Messages::shared();
    assert_eq!(messages.wrong_request(&parse()), None);
    let stop = json!({ "id": "a", "operation": "stop", "folder": "/somewhere" });
    assert_eq!(messages.wrong_request(&stop), None);
    let mut without_target = parse();
    without_target.as_object_mut().unwrap().remove("target");
    let mut of_another = parse();
    of_another["operation"] = json!("stop");
    let mut unheard_of = parse();
    unheard_of["operation"] = json!("sing");
    for (request, complaint) in [
        (without_target, "at its top: "),
        (of_another, "at its top: "),
        (unheard_of, "there is no message sing.request"),
        (json!({}), "there is no message .request"),
    ] {
        let wrong = messages.wrong_request(&request).unwrap();
        assert!(wrong.starts_with(complaint), "{wrong}");
    }
}

#[test]
fn an_answer_belongs_to_its_request_and_keeps_the_schema_of_its_status() {
    let messages = Messages::shared();
    let wrong = |answer: Value| messages.wrong_answer(&parse(), &answer);
    for answer in [
        json!({ "id": "a", "status": "accepted", "result": { "notices": [] } }),
        json!({ "id": "a", "status": "rejected", "stage": "document", "code": "json" }),
        json!({ "id": "a", "status": "unsupported", "reason": "" }),
        json!({ "id": "a", "status": "error", "message": "" }),
    ] {
        assert_eq!(wrong(answer.clone()), None, "{answer}");
        let mut of_another = answer.clone();
        of_another["id"] = json!("b");
        let told = "the answer's id is \"b\", the request's is \"a\"";
        assert_eq!(wrong(of_another).as_deref(), Some(told));
        let mut with_more = answer;
        with_more["more"] = json!(1);
        assert!(wrong(with_more).unwrap().starts_with("at its top: "));
    }
    for (answer, told) in [
        (
            json!({ "id": "a", "status": "maybe" }),
            "there is no status \"maybe\"",
        ),
        // A name in the schema is no status for that.
        (
            json!({ "id": "a", "status": "parse.accepted" }),
            "there is no status \"parse.accepted\"",
        ),
        (json!({ "id": "a" }), "there is no status"),
        (json!({ "id": "a", "status": 1 }), "there is no status"),
        (
            json!({ "status": "accepted" }),
            "the answer's id is null, the request's is \"a\"",
        ),
        (json!([]), "the answer's id is null, the request's is \"a\""),
    ] {
        assert_eq!(wrong(answer).as_deref(), Some(told));
    }
    let of_stop = json!({ "id": "a", "status": "accepted", "result": {} });
    assert!(wrong(of_stop).unwrap().starts_with("at /result: "));
}

#[test]
fn what_is_told_of_a_fault_is_not_longer_than_a_line() {
    let messages = Messages::shared();
    let long = json!({ "id": "a", "status": "x".repeat(400), "more": "x".repeat(400) });
    let answer = json!({ "id": "a", "status": "rejected", "stage": long, "code": "json" });
    let wrong = messages.wrong_answer(&parse(), &answer).unwrap();
    assert_eq!(wrong.chars().count(), 300);
}
