//! An implementation as the judge sees it: a process that answers lines with lines. `PROTOCOL.md`.

mod hello;
mod messages;
mod process;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use hello::hello;
pub use messages::Messages;
pub use process::{Ids, Process};

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// The longest answer, in bytes.
pub const LONGEST_ANSWER: usize = 1024 * 1024;

/// How an adapter is started.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// Program and arguments.
    pub words: Vec<String>,
    /// Environment variables beside those that there are.
    pub environment: Vec<(String, String)>,
    /// A process for each request.
    pub one_process_per_request: bool,
    /// Added to every limit of time, for slow machines.
    pub grace: Duration,
    /// No answer is waited for longer than this, whatever the limits are: for runs in which silence is expected.
    pub longest: Option<Duration>,
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// An answer that keeps its schema and belongs to the request.
    Answer(Value),
    /// The process ended, or wrote what is no answer.
    Crash(String),
    /// Nothing came in time.
    Timeout(Duration),
}

/// What an implementation says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The language it is written in.
    pub language: String,
    /// The roles that it claims.
    pub roles: Vec<String>,
    /// The features that it claims.
    pub features: Vec<String>,
}

/// One request with what became of it, as the report keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request as it was sent.
    pub request: Value,
    /// The answer, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// What went wrong, when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
}

/// How long an operation may take, by the table of the protocol.
#[must_use]
pub fn limit(request: &Value) -> Duration {
    let seconds = Duration::from_secs;
    match request.get("operation").and_then(Value::as_str) {
        Some("hello") => seconds(10),
        Some("parse" | "select" | "render" | "acknowledge") => seconds(5),
        Some("check") => {
            let deadline = request.get("deadline_milliseconds").and_then(Value::as_u64);
            Duration::from_millis(deadline.unwrap_or_default()) + seconds(5)
        }
        _ => seconds(20),
    }
}

#[cfg(test)]
mod tests;
