//! Keys that a program can reach: one question, one answer. `docs/signing.md` has the protocol for who writes such a
//! program.

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{PublicKey, Signer};
use crate::publish::PublishError;

/// The protocol's name and version, in every question.
const PROTOCOL: &str = "tuf-motd-signer/1";

/// More than any answer has.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// As much of what the program says to a person as is kept.
const MAX_SAID_BYTES: u64 = 64 * 1024;
const MAX_SAID_CHARS: usize = 200;

/// How long the last words of a program that has ended may take to be read.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often a program that has closed its output is looked at until it ends.
const PERIOD: Duration = Duration::from_millis(5);

/// An Ed25519 key behind a program: in a hardware module, a key service, another machine.
pub struct CommandKey {
    program: Program,
    public: PublicKey,
}

#[derive(Deserialize)]
struct PublicAnswer {
    keytype: String,
    public: String,
}

#[derive(Deserialize)]
struct SignatureAnswer {
    signature: String,
}

impl CommandKey {
    /// Asks the program for its public key. The program is a path and not a command line: it gets no arguments, and no
    /// shell reads it.
    ///
    /// `timeout` is for each question, and is how long a person has to enter a PIN or to touch a device.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`] when there is no such file, [`PublishError::KeyCommand`] otherwise.
    pub fn new(path: &Path, timeout: Duration) -> Result<Self, PublishError> {
        let program = Program {
            path: fs_err::canonicalize(path)?,
            timeout,
        };
        let question = json!({ "protocol": PROTOCOL, "operation": "public-key" });
        let answer: PublicAnswer = program.ask(&question)?;
        if answer.keytype != "ed25519" {
            return Err(program.fault("its key is no Ed25519 key"));
        }
        let public = hex::decode(&answer.public)
            .ok()
            .and_then(|bytes| PublicKey::from_ed25519(&bytes))
            .ok_or_else(|| program.fault("its public key is not 64 hexadecimal digits"))?;
        Ok(Self { program, public })
    }
}

impl Signer for CommandKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PublishError> {
        let public = self.public.object();
        let question = json!({
            "protocol": PROTOCOL,
            "operation": "sign",
            "keytype": public.get("keytype"),
            "public": public.pointer("/keyval/public"),
            "message": hex::encode(message),
        });
        let answer: SignatureAnswer = self.program.ask(&question)?;
        hex::decode(&answer.signature)
            .ok()
            // A device that signed with another key, a message that was cut, a program that answers at random.
            .filter(|signature| self.public.verifies(message, signature))
            .ok_or_else(|| {
                self.program
                    .fault("what it gave back is no signature by its key")
            })
    }
}

/// Shows the key id and the program.
impl core::fmt::Debug for CommandKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("CommandKey")
            .field("key_id", &self.public.id())
            .field("program", &self.program.path)
            .finish_non_exhaustive()
    }
}

/// A program that is started once for each question.
struct Program {
    path: PathBuf,
    timeout: Duration,
}

impl Program {
    /// One question on standard input, one answer on standard output, status 0.
    fn ask<Answer: for<'de> Deserialize<'de>>(
        &self,
        question: &Value,
    ) -> Result<Answer, PublishError> {
        let deadline = Instant::now() + self.timeout;
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|_| self.fault("it cannot be started"))?;
        let (answer, said) = talk(&mut child, format!("{question}\n").into_bytes());
        let answer = answer.recv_timeout(self.timeout);
        if answer
            .as_ref()
            .is_ok_and(|answer| answer.len() as u64 > MAX_ANSWER_BYTES)
        {
            end_by(&mut child, Instant::now());
            return Err(self.fault("its answer is too long"));
        }
        let status = end_by(&mut child, deadline);
        let (Ok(answer), Some(status)) = (answer, status) else {
            return Err(self.fault("it did not answer in time"));
        };
        if !status.success() {
            // What it started and left behind may keep the stream open.
            let said = said.recv_timeout(LAST_WORDS).unwrap_or_default();
            return Err(self.failure("it failed", &said));
        }
        serde_json::from_slice(&answer)
            .map_err(|_| self.fault("its answer is not the JSON object that was asked for"))
    }

    fn fault(&self, what: &'static str) -> PublishError {
        self.failure(what, &[])
    }

    /// What the program said to a person goes along: its last line, such that no terminal obeys it.
    fn failure(&self, what: &'static str, said: &[u8]) -> PublishError {
        let said = String::from_utf8_lossy(said);
        let line = said.lines().rev().find(|line| !line.trim().is_empty());
        let shown = line.unwrap_or_default().trim().chars();
        let shown = shown.map(|one| match one {
            ' '..='~' => one,
            _ => '?',
        });
        PublishError::KeyCommand {
            program: self.path.clone(),
            what,
            said: shown.take(MAX_SAID_CHARS).collect(),
        }
    }
}

/// The status of a program that has ended by then. One that has not is ended.
pub fn end_by(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    // Nothing is ever sent here: it is a clock.
    let (_never, clock) = channel::<()>();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => {}
            _ => break,
        }
        let _ = clock.recv_timeout(PERIOD);
    }
    stop(child, Child::kill);
    None
}

/// Ends a program. One that has become another user's cannot be ended, and is not waited for.
pub(super) fn stop(child: &mut Child, kill: impl FnOnce(&mut Child) -> io::Result<()>) {
    if kill(child).is_ok() {
        let _ = child.wait();
    }
}

/// Asks, and listens to both of the program's streams; none of it is waited for here.
fn talk(child: &mut Child, question: Vec<u8>) -> (Receiver<Vec<u8>>, Receiver<Vec<u8>>) {
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read to the end has its reasons, and its status.
        thread::spawn(move || input.write_all(&question));
    }
    (
        listen(child.stdout.take(), MAX_ANSWER_BYTES + 1),
        listen(child.stderr.take(), MAX_SAID_BYTES),
    )
}

/// What comes, up to a limit, once it has ended or is there.
fn listen(stream: Option<impl Read + Send + 'static>, limit: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            let _ = stream.take(limit).read_to_end(&mut bytes);
        }
        // Who asked may have given up.
        let _ = sender.send(bytes);
    });
    receiver
}
