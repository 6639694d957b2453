//! Adapters that implement nothing, each in its own way. The suite's own tests ask what the judge makes of them.
//!
//! The first argument says which: see [`main`]. `recognises` takes a file of answers by request id as its second.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON values, of which an absent one reads as null"
)]

use std::io::{BufRead as _, BufWriter, Write as _};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().context("which?")?;
    let known: Value = match arguments.next() {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path)?)?,
        None => Value::Null,
    };
    // Held to the end by `unflushed`, and flushed after each line by the others.
    let mut output = BufWriter::with_capacity(1 << 24, std::io::stdout());
    let mut before = Value::Null;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let request: Value = serde_json::from_str(&line?)?;
        let is_hello = request["operation"] == "hello";
        let answer = match kind.as_str() {
            _ if is_hello && kind != "crash-at-hello" => hello(&kind),
            "accept" => accept(&request),
            "shows" => shows(&request),
            "accept-then-reject" if number % 2 == 1 => accept(&request),
            "reject" | "unflushed" | "accept-then-reject" => reject(),
            "crash" | "crash-at-hello" => bail!("no more"),
            "hang" => continue,
            "garbage" => {
                writeln!(output, "all is well")?;
                output.flush()?;
                continue;
            }
            "other-id" => json!({ "id": "other", "status": "accepted", "result": {} }),
            "error" => json!({ "status": "error", "message": "no" }),
            "lying-hello" => json!({ "status": "unsupported", "reason": "later" }),
            // What it would have said to the request before this one.
            "stale" => std::mem::replace(&mut before, accept(&request)),
            "recognises" => known
                .get(request["id"].as_str().unwrap_or_default())
                .cloned()
                .unwrap_or_else(reject),
            other => bail!("no adapter is called {other}"),
        };
        let mut answer = if answer.is_null() { reject() } else { answer };
        if kind != "other-id" || is_hello {
            answer["id"] = request["id"].clone();
        }
        writeln!(output, "{answer}")?;
        if kind != "unflushed" {
            output.flush()?;
        }
    }
    Ok(())
}

fn hello(kind: &str) -> Value {
    json!({ "status": "accepted", "result": {
        "name": kind, "version": "0", "language": "none",
        "roles": ["document", "installer", "publisher", "server"], "features": ["rollout", "deb-rpm"],
    } })
}

fn reject() -> Value {
    json!({ "status": "rejected", "stage": "document", "code": "not-an-object" })
}

/// Of every repository, that all is well and the notice `a` is due: what most bases are answered with.
fn shows(request: &Value) -> Value {
    let mut answer = accept(request);
    let text = json!({ "severity": "info", "language": "en", "title": "Title of a", "body": [], "links": [] });
    let notice = json!({
        "id": "a", "revision": 1, "decision": "show", "reason": "new", "code": null, "text": text,
    });
    let report = &mut answer["result"]["report"];
    if report.is_object() {
        report["notices"] = json!([notice]);
        let printed = report.to_string();
        let output = &request["output"];
        if request["kind"] == "explicit" && output["form"] == "json" {
            answer["result"]["stdout"] = json!(printed);
        } else {
            answer["result"]["stderr"] = json!("notice[pypi] INFO: Title of a\n");
        }
    }
    answer
}

/// The emptiest answer that the schema takes.
fn accept(request: &Value) -> Value {
    let result = match request["operation"].as_str().unwrap_or_default() {
        "parse" | "select" => json!({ "notices": [] }),
        "render" => json!({ "lines": [], "notices": [] }),
        "check" => {
            json!({ "exit_status": 0, "stdout": request["command"]["stdout"].as_str().unwrap_or_default(), "stderr": "", "report": {
            "state": "fresh", "failure": null, "notices": [], "requests": 2, "round_trips": 1, "bytes": 0,
            "last_success": request["now"], "warnings": [],
        } })
        }
        "create" | "publish" | "renew" | "admit" => json!({ "warnings": [] }),
        "start" => {
            json!({ "metadata_url": "http://127.0.0.1:9/metadata/", "targets_url": "http://127.0.0.1:9/targets/" })
        }
        _ => json!({}),
    };
    json!({ "status": "accepted", "result": result })
}
