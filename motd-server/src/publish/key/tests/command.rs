//! Programs that hold a key, well-behaved and otherwise.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::store::StoreError;

const MESSAGE: &[u8] = b"what people sign";

/// Long enough for any program that answers at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with a program in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A script that does this with its question. Another process writes it: a file that this one had open for writing
    /// might still be so in a child of another test, and cannot be started then.
    fn program(&self, script: &str) -> PathBuf {
        let path = self.0.path().join("signer");
        let mut shell = Command::new("sh")
            .args(["-c", "cat >signer && chmod 700 signer"])
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("#!/bin/sh\n{script}\n");
        let mut input = shell.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        drop(input);
        assert!(shell.wait().unwrap().success());
        path
    }

    /// A script that gives its public key, and does this when it is asked to sign.
    fn signer(&self, sign: &str) -> PathBuf {
        self.program(&format!(
            "question=$(cat)\ncase $question in\n*public-key*) echo '{{\"keytype\":\"ed25519\",\"public\":\"{PUBLIC}\"}}' ;;\n*) {sign} ;;\nesac"
        ))
    }
}

/// The signature over the message by the key of a seed.
fn signature(key: &SigningKey) -> String {
    hex::encode(key.sign(MESSAGE).unwrap())
}

fn answer(signature: &str) -> String {
    format!("echo '{{\"signature\":\"{signature}\"}}'")
}

/// What the error says after the program's path.
#[track_caller]
fn said(error: &PublishError, path: &std::path::Path) -> String {
    let shown = error.to_string();
    let path = path.canonicalize().unwrap();
    let (before, what) = shown.split_once(": ").unwrap();
    assert_eq!(before, path.to_str().unwrap(), "{shown}");
    what.to_owned()
}

/// Why the program's signature is not used.
fn refusal(sign: &str) -> String {
    let desk = Desk::new();
    let path = desk.signer(sign);
    let key = CommandKey::new(&path, PATIENCE).unwrap();
    let error = PublishError::Signer(Box::new(key.sign(MESSAGE).unwrap_err())).to_string();
    error.split_once("signer: ").unwrap().1.to_owned()
}

#[test]
fn a_program_that_holds_a_key_signs() {
    let desk = Desk::new();
    let path = desk.signer(&format!(
        "echo \"$question\" >question; {}",
        answer(&signature(&key()))
    ));
    let script = std::fs::read_to_string(&path).unwrap();
    let here = script.replace(
        ">question",
        &format!(">{}/question", desk.0.path().display()),
    );
    let path = desk.program(here.trim_start_matches("#!/bin/sh\n"));
    let held = CommandKey::new(&path, PATIENCE).unwrap();
    assert_eq!(held.public(), key().public());
    assert_eq!(held.sign(MESSAGE).unwrap(), key().sign(MESSAGE).unwrap());
    let question = std::fs::read(desk.0.path().join("question")).unwrap();
    let question: Value = serde_json::from_slice(&question).unwrap();
    assert_eq!(
        question,
        json!({ "protocol": "tuf-motd-signer/1", "operation": "sign", "keytype": "ed25519",
                "public": PUBLIC, "message": hex::encode(MESSAGE) })
    );
}

/// MOTD-PUB-3 would find it later; a signer who believes to have signed should know now.
#[test]
fn a_signature_that_does_not_verify_is_not_used() {
    let wrong = "what it gave back is no signature by its key";
    let other = signature(&SigningKey::generate().unwrap());
    let flipped = signature(&key()).replacen(char::is_numeric, "f", 1);
    for signature in [other.as_str(), &flipped, "", "00", "not hexadecimal"] {
        assert_eq!(refusal(&answer(signature)), wrong, "{signature}");
    }
    let over_something_else = key().sign(b"something else").unwrap();
    let over_something_else = hex::encode(over_something_else);
    assert_eq!(refusal(&answer(&over_something_else)), wrong);
}

#[test]
fn what_is_no_answer_is_refused() {
    let no_answer = "its answer is not the JSON object that was asked for";
    for sign in ["true", "echo", "echo []", "echo '{}'", "echo '{}{}'"] {
        assert_eq!(refusal(sign), no_answer, "{sign}");
    }
    let long = format!("head -c 70000 /dev/zero; {}", answer(&signature(&key())));
    assert_eq!(refusal(&long), "its answer is too long");
    assert_eq!(refusal("yes"), "its answer is too long");
}

#[test]
fn a_status_is_a_refusal_whatever_was_answered() {
    let failed = format!("{}; exit 3", answer(&signature(&key())));
    assert_eq!(refusal(&failed), "it failed");
    assert_eq!(refusal("kill -9 $$"), "it failed");
}

#[test]
fn what_it_says_is_shown_as_one_harmless_line() {
    assert_eq!(
        refusal("printf 'one\\ninsert \\033]0;x\\007\\033[2Jthe card\\n\\n' >&2; exit 1"),
        "it failed (it said: insert ?]0;x??[2Jthe card)"
    );
    assert_eq!(
        refusal("head -c 300 /dev/zero | tr '\\0' x >&2; exit 1"),
        format!("it failed (it said: {})", "x".repeat(200))
    );
}

#[test]
fn a_program_that_does_not_end_is_ended() {
    let started = Instant::now();
    for script in [
        "exec tail -f /dev/null",
        // It answered, and goes on.
        "echo '{\"keytype\":\"ed25519\",\"public\":\"00\"}'; exec >/dev/null; exec tail -f /dev/null",
    ] {
        let desk = Desk::new();
        let path = desk.program(&format!("echo $$ >\"$0.pid\"; {script}"));
        let error = CommandKey::new(&path, Duration::from_secs(2)).unwrap_err();
        assert_eq!(said(&error, &path), "it did not answer in time");
        let pid = std::fs::read_to_string(path.with_extension("pid")).unwrap();
        assert!(!PathBuf::from(format!("/proc/{}", pid.trim())).exists());
    }
    assert!(started.elapsed() < PATIENCE);
}

/// A signer that is set-user-ID, or uses `sudo`: the system refuses to end it.
#[test]
fn a_program_of_another_user_is_not_waited_for() {
    let mut child = Command::new("tail")
        .args(["-f", "/dev/null"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        super::super::command::stop(&mut child, |_| {
            Err(std::io::ErrorKind::PermissionDenied.into())
        });
        sender.send(child).unwrap();
    });
    let mut child = receiver.recv_timeout(PATIENCE).unwrap();
    assert_eq!(child.try_wait().unwrap(), None);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_key_of_another_kind_is_refused() {
    for (answer, what) in [
        (
            r#"{"keytype":"ecdsa","public":"00"}"#,
            "its key is no Ed25519 key",
        ),
        (
            r#"{"keytype":"ed25519","public":"00"}"#,
            "its public key is not 64 hexadecimal digits",
        ),
    ] {
        let desk = Desk::new();
        let path = desk.program(&format!("cat >/dev/null; echo '{answer}'"));
        let error = CommandKey::new(&path, PATIENCE).unwrap_err();
        assert_eq!(said(&error, &path), what);
    }
}

#[test]
fn what_cannot_be_started_says_so() {
    let desk = Desk::new();
    let path = desk.0.path().join("nothing");
    assert!(matches!(
        CommandKey::new(&path, PATIENCE),
        Err(PublishError::Store(StoreError::Io(_)))
    ));
    std::fs::write(&path, "no program").unwrap();
    let error = CommandKey::new(&path, PATIENCE).unwrap_err();
    assert_eq!(said(&error, &path), "it cannot be started");
}

/// More than a pipe holds, to a program that reads nothing.
#[test]
fn a_long_message_to_who_does_not_read_is_no_dead_end() {
    let desk = Desk::new();
    let path = desk.program(&format!(
        "read -r question\ncase $question in\n*public-key*) echo '{{\"keytype\":\"ed25519\",\"public\":\"{PUBLIC}\"}}' ;;\n*) exit 1 ;;\nesac"
    ));
    let held = CommandKey::new(&path, PATIENCE).unwrap();
    let error = held.sign(&vec![b'x'; 1 << 20]).unwrap_err();
    assert!(error.to_string().ends_with("it failed"), "{error}");
}

/// The question itself must not be what is waited for.
#[test]
fn a_program_that_never_reads_a_long_message_is_ended() {
    let desk = Desk::new();
    let path = desk.program(&format!(
        "[ -e \"$0.asked\" ] && exec tail -f /dev/null\n: >\"$0.asked\"\necho '{{\"keytype\":\"ed25519\",\"public\":\"{PUBLIC}\"}}'"
    ));
    let held = CommandKey::new(&path, Duration::from_secs(2)).unwrap();
    let error = held.sign(&vec![b'x'; 1 << 20]).unwrap_err();
    assert!(error.to_string().ends_with("it did not answer in time"));
}
