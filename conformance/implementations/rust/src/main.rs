//! Connects the reference implementation to the judge: requests on standard input, answers on standard output
//! (`conformance/PROTOCOL.md`).
//!
//! It is glue: a message is parsed, the library is called, its answer is written. The environment and the clock are those
//! of the request and of nothing else, and nothing is kept between two requests but the servers that run.

mod display;
mod document;
mod installer;
mod message;
mod publisher;
mod server;

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::anyhow;
use serde_json::{Value, json};

use crate::message::{Fault, Hello, Operation, Outcome, Request};
use crate::server::Servers;

fn main() -> io::Result<()> {
    session(io::stdin().lock(), io::stdout().lock())
}

/// Answers every line until there are no more.
fn session(mut requests: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut servers = Servers::default();
    let mut line = Vec::new();
    while requests.read_until(b'\n', &mut line)? > 0 {
        let mut answer = answer(&line, &mut servers).to_string();
        answer.push('\n');
        answers.write_all(answer.as_bytes())?;
        // A buffered answer is silence.
        answers.flush()?;
        line.clear();
    }
    Ok(())
}

fn answer(line: &[u8], servers: &mut Servers) -> Value {
    let Request { id, operation } = Request::read(line);
    let outcome = operation.and_then(|operation| survive(|| carry_out(operation, servers)));
    message::answer(&id, outcome)
}

/// A panic ends one request and not the session.
fn survive(work: impl FnOnce() -> Outcome) -> Outcome {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Fault::Failed(anyhow!("the implementation panicked"))))
}

fn carry_out(operation: Operation, servers: &mut Servers) -> Outcome {
    match operation {
        Operation::Hello(request) => hello(&request),
        Operation::Parse(request) => document::parse(&request),
        Operation::Select(request) => display::select(&request),
        Operation::Render(request) => display::render(&request),
        Operation::Check(request) => installer::check(&request),
        Operation::Acknowledge(request) => installer::acknowledge(&request),
        Operation::Create(request) => publisher::create(&request),
        Operation::Publish(request) => publisher::publish(&request),
        Operation::Renew(request) => publisher::renew(&request),
        Operation::Admit(request) => publisher::admit(&request),
        Operation::Start(request) => servers.start(&request.folder, &request.root.0),
        Operation::Stop(request) => Ok(servers.stop(&request.folder)),
    }
}

fn hello(request: &Hello) -> Outcome {
    if request.protocol != 1 {
        return Err(Fault::Unsupported(
            "version 1 of the protocol is spoken here",
        ));
    }
    Ok(json!({
        "name": "motd",
        "version": env!("CARGO_PKG_VERSION"),
        "language": "Rust",
        "roles": ["document", "installer", "publisher", "server"],
        "features": ["rollout", "deb-rpm"],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_no_end() {
        let outcome = survive(|| panic!("a defect"));
        assert_eq!(
            message::answer("k1", outcome),
            json!({ "id": "k1", "status": "error", "message": "the implementation panicked" })
        );
    }
}
