//! A recorded case once more: whether the adapter answers as it did.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Attempt, Judged, Seen};
use crate::adapter::{Process, RecordedExchange};

/// One request of the record beside the same request now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Again {
    /// As it was.
    pub recorded: Option<RecordedExchange>,
    /// As it is.
    pub now: Option<RecordedExchange>,
}

impl Again {
    /// Whether request and answer are what they were, but for what is another in each run: ids, ports and folders.
    #[must_use]
    pub fn is_same(&self) -> bool {
        match (&self.recorded, &self.now) {
            (Some(recorded), Some(now)) => settled(recorded) == settled(now),
            _ => false,
        }
    }
}

/// Request and answer, with words in place of what is another in each run.
fn settled(exchange: &RecordedExchange) -> String {
    let RecordedExchange {
        request, answer, ..
    } = exchange;
    let started = answer
        .as_ref()
        .map_or(&Value::Null, |answer| &answer["result"]);
    let volatile = [
        (request["id"].as_str(), "ID"),
        (request["state"].as_str(), "FOLDER"),
        (request["folder"].as_str(), "FOLDER"),
        (origin(&request["source"]), "ORIGIN"),
        (origin(started), "ORIGIN"),
    ];
    let mut text = json!({ "request": request, "answer": answer }).to_string();
    for (value, word) in volatile {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text = text.replace(value, word);
        }
    }
    text
}

/// Scheme, host and port of these URLs.
fn origin(urls: &Value) -> Option<&str> {
    let url = urls["metadata_url"].as_str()?;
    let host = url.find("://")? + "://".len();
    let end = url.get(host..)?.find('/')?;
    url.get(..host + end)
}

/// Tries the case again and puts what is said beside what was said.
#[must_use]
pub fn replay(
    attempt: &Attempt<'_>,
    recorded: &Judged,
    process: &mut Process<'_>,
) -> (Seen, Vec<Again>) {
    let seen = attempt.run(process);
    let mut now = process.take_transcript().into_iter();
    let mut recorded = recorded.transcript.iter().cloned();
    let exchanges = std::iter::from_fn(|| {
        let pair = Again {
            recorded: recorded.next(),
            now: now.next(),
        };
        (pair.recorded.is_some() || pair.now.is_some()).then_some(pair)
    });
    (seen, exchanges.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(id: &str, folder: &str, port: u16, answer: &Value) -> RecordedExchange {
        RecordedExchange {
            request: json!({
                "id": id, "operation": "check", "state": folder,
                "source": { "metadata_url": format!("http://127.0.0.1:{port}/metadata/") },
            }),
            answer: Some(json!({ "id": id, "result": answer })),
            trouble: None,
            milliseconds: u64::from(port),
        }
    }

    #[test]
    fn ids_folders_and_ports_are_no_difference_and_everything_else_is() {
        let recorded = exchange(
            "a1",
            "/tmp/x",
            1,
            &json!({ "stderr": "cannot write /tmp/x" }),
        );
        let same = exchange(
            "b2",
            "/tmp/yy",
            2,
            &json!({ "stderr": "cannot write /tmp/yy" }),
        );
        let other = exchange("b2", "/tmp/yy", 2, &json!({ "stderr": "cannot write" }));
        let is_same = |now| {
            let recorded = Some(recorded.clone());
            Again { recorded, now }.is_same()
        };
        assert!(is_same(Some(same)));
        assert!(!is_same(Some(other)));
        assert!(!is_same(None));
    }
}
