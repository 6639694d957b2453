//! The first request of a run: who the implementation is.

use anyhow::Result;
use serde_json::json;

use super::process::Process;
use super::{Hello, Outcome, PROTOCOL};

/// Asks an adapter who it is.
///
/// # Errors
/// When it cannot be started.
pub fn hello(process: &mut Process<'_>) -> Result<std::result::Result<Hello, String>> {
    let request = json!({
        "operation": "hello", "protocol": PROTOCOL,
        "specification": crate::requirements::SPEC_VERSION,
    });
    Ok(match process.ask(request)? {
        Outcome::Answer(answer) if answer["status"] == "accepted" => {
            serde_json::from_value(answer["result"].clone()).map_err(|error| error.to_string())
        }
        Outcome::Answer(answer) => Err(format!("hello was answered with {}", answer["status"])),
        Outcome::Crash(why) => Err(why),
        Outcome::Timeout(limit) => Err(format!(
            "no answer to hello within {} ms; is the output flushed after each line?",
            limit.as_millis()
        )),
    })
}
