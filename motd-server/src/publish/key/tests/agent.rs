//! A real ssh-agent, and some that are none.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::*;

const MESSAGE: &[u8] = b"what people sign";
const PATIENCE: Duration = Duration::from_secs(30);

/// An agent with keys in it, which ends with this value.
struct SshAgent {
    folder: tempfile::TempDir,
    agent: Child,
}

impl SshAgent {
    fn start() -> Option<Self> {
        // `ssh-keygen` and `ssh-add` come with it.
        if !has("ssh-agent", "-h") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let agent = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self { folder, agent };
        let begun = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the agent does not listen");
            thread::yield_now();
        }
        Some(started)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// A new key in the agent; its `.pub` file's line.
    fn add(&self, kind: &str, name: &str, comment: &str) -> String {
        let path = self.folder.path().join(name);
        run(Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", "", "-C", comment, "-f"])
            .arg(&path));
        run(Command::new("ssh-add")
            .arg("-q")
            .arg(&path)
            .env("SSH_AUTH_SOCK", self.socket()));
        std::fs::read_to_string(path.with_extension("pub")).unwrap()
    }

    fn fingerprint(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        let line = run(Command::new("ssh-keygen").arg("-lf").arg(&path));
        line.split(' ').nth(1).unwrap().to_owned()
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What stops it.
#[track_caller]
fn fault(socket: &Path, name: &str, timeout: Duration) -> &'static str {
    match AgentKey::find(socket, name, timeout) {
        Err(PublishError::KeyAgent { what }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_in_an_agent_signs_whatever_it_is_called_by() {
    let Some(agent) = SshAgent::start() else {
        return;
    };
    let line = agent.add("ed25519", "alice", "alice at work");
    agent.add("ed25519", "bob", "bob");
    agent.add("ecdsa", "other", "other");
    let by_comment = AgentKey::find(&agent.socket(), "alice at work", PATIENCE).unwrap();
    let public = by_comment.public().clone();
    for name in [
        agent.fingerprint("alice"),
        line.clone(),
        line.split(' ').nth(1).unwrap().to_owned(),
        hex::encode(public.value().unwrap().bytes()),
        public.id().to_owned(),
    ] {
        let held = AgentKey::find(&agent.socket(), &name, PATIENCE).unwrap();
        assert_eq!(held.public(), &public, "{name}");
    }
    let signature = by_comment.sign(MESSAGE).unwrap();
    assert!(public.verifies(MESSAGE, &signature));
    let error = by_comment.sign(&vec![0; 256 * 1024]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ssh-agent: an agent takes no more than 256 KiB to sign"
    );
}

#[test]
fn a_name_is_of_one_key() {
    let Some(agent) = SshAgent::start() else {
        return;
    };
    agent.add("ed25519", "one", "twice");
    agent.add("ed25519", "two", "twice");
    // A comment that says what another key's fingerprint is.
    agent.add("ed25519", "imitator", &agent.fingerprint("one"));
    agent.add("ecdsa", "other", "other");
    let found = AgentKey::find(&agent.socket(), &agent.fingerprint("one"), PATIENCE).unwrap();
    let line = std::fs::read_to_string(agent.folder.path().join("one.pub")).unwrap();
    let one = AgentKey::find(&agent.socket(), &line, PATIENCE).unwrap();
    assert_eq!(found.public(), one.public());
    let fault = |name| fault(&agent.socket(), name, PATIENCE);
    assert_eq!(fault("twice"), "it has several keys with that comment");
    assert_eq!(fault("other"), "it has no Ed25519 key of that name");
    assert_eq!(fault("nobody"), "it has no Ed25519 key of that name");
}

#[test]
fn where_there_is_no_agent_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        fault(&folder.path().join("none"), "a", PATIENCE),
        "there is no agent to talk to"
    );
}

/// The system takes a few connections for it, and then none.
#[test]
fn an_agent_that_accepts_nothing_is_late() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    listener.bind(&SockAddr::unix(&socket).unwrap()).unwrap();
    listener.listen(1).unwrap();
    let waiting = std::iter::from_fn(|| {
        let next = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        next.set_nonblocking(true).unwrap();
        let address = SockAddr::unix(&socket).unwrap();
        next.connect(&address).is_ok().then_some(next)
    });
    let waiting: Vec<_> = waiting.collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    let asked = socket.clone();
    thread::spawn(move || sender.send(fault(&asked, "me", Duration::from_millis(100))));
    let fault = receiver.recv_timeout(PATIENCE).unwrap();
    // Some systems refuse where Linux waits.
    let refused = ["it did not answer in time", "there is no agent to talk to"];
    assert!(refused.contains(&fault), "{fault}");
    drop(waiting);
}

/// What stands for an agent: it answers each request with the next of these, and then keeps silent.
struct Impostor {
    folder: tempfile::TempDir,
}

impl Impostor {
    fn with(answers: Vec<Vec<u8>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        thread::spawn(move || {
            let mut silent = Vec::new();
            let mut answers = answers.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(answer) = answers.next() else {
                    silent.push(stream);
                    continue;
                };
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let mut request = vec![0; u32::from_be_bytes(length) as usize];
                stream.read_exact(&mut request).unwrap();
                // Who hears enough may go.
                let _ = stream.write_all(&answer);
            }
        });
        Self { folder }
    }

    fn find(&self, timeout: Duration) -> Result<AgentKey, PublishError> {
        AgentKey::find(&self.folder.path().join("socket"), "me", timeout)
    }

    #[track_caller]
    fn fault(&self, timeout: Duration) -> &'static str {
        fault(&self.folder.path().join("socket"), "me", timeout)
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

/// The blob of the test key.
fn blob() -> Vec<u8> {
    [
        string(b"ssh-ed25519"),
        string(key().public().value().unwrap().bytes()),
    ]
    .concat()
}

/// An answer that lists these keys.
fn list(count: u32, keys: &[Vec<u8>]) -> Vec<u8> {
    let keys: Vec<u8> = keys
        .iter()
        .flat_map(|blob| [string(blob), string(b"me")].concat())
        .collect();
    string(&[&[12][..], &count.to_be_bytes(), &keys].concat())
}

fn signed(kind: &[u8], signature: &[u8]) -> Vec<u8> {
    let inner = [string(kind), string(signature)].concat();
    string(&[&[14][..], &string(&inner)].concat())
}

#[test]
fn answers_that_lie_about_their_lengths_are_refused() {
    let malformed = "its answer is malformed";
    for (answer, what) in [
        (u32::MAX.to_be_bytes().to_vec(), "its answer is too long"),
        (
            (256_u32 * 1024 + 1).to_be_bytes().to_vec(),
            "its answer is too long",
        ),
        (string(&[]), "it refused"),
        (string(&[5]), "it refused"),
        (signed(b"ssh-ed25519", &[0; 64]), "it refused"),
        (string(&[12]), malformed),
        (list(u32::MAX, &[blob()]), malformed),
        (list(2, &[blob()]), malformed),
        (list(0, &[blob()]), malformed),
        (
            string(&[&[12][..], &1_u32.to_be_bytes(), &u32::MAX.to_be_bytes()].concat()),
            malformed,
        ),
        (
            list(1, &[[blob(), vec![0]].concat()]),
            "it has no Ed25519 key of that name",
        ),
    ] {
        let impostor = Impostor::with(vec![answer.clone()]);
        assert_eq!(impostor.fault(PATIENCE), what, "{answer:?}");
    }
}

#[test]
fn a_signature_that_does_not_verify_is_not_used() {
    let right = key().sign(MESSAGE).unwrap();
    let right = right.as_slice();
    let other = SigningKey::generate().unwrap().sign(MESSAGE).unwrap();
    let elsewhere = key().sign(b"something else").unwrap();
    let wrong = "ssh-agent: what it gave back is no signature by that key";
    for (answer, what) in [
        (signed(b"ssh-ed25519", &other), wrong),
        (signed(b"ssh-ed25519", &elsewhere), wrong),
        (signed(b"ssh-ed25519", &right[..63]), wrong),
        (signed(b"ssh-ed25519", &[]), wrong),
        (
            signed(b"ssh-rsa", right),
            "ssh-agent: its answer is malformed",
        ),
        (string(&[5]), "ssh-agent: it refused"),
    ] {
        let impostor = Impostor::with(vec![list(1, &[blob()]), answer]);
        let held = impostor.find(PATIENCE).unwrap();
        assert_eq!(held.sign(MESSAGE).unwrap_err().to_string(), what);
    }
    let honest = Impostor::with(vec![list(1, &[blob()]), signed(b"ssh-ed25519", right)]);
    let held = honest.find(PATIENCE).unwrap();
    assert_eq!(held.sign(MESSAGE).unwrap(), key().sign(MESSAGE).unwrap());
}

#[test]
fn an_agent_that_keeps_silent_is_left() {
    let started = Instant::now();
    let silent = Impostor::with(Vec::new());
    let late = "it did not answer in time";
    assert_eq!(silent.fault(Duration::from_millis(200)), late);
    // It says how much will come, and a part of it.
    let half = list(1, &[blob()]);
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let (done, until) = std::sync::mpsc::channel::<()>();
    let dripping = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&[0, 3, 0, 0]).unwrap();
        // One byte at a time, each well before a time-out of its own would end.
        for byte in half.iter().cycle() {
            let tick = until.recv_timeout(Duration::from_millis(20));
            if tick != Err(std::sync::mpsc::RecvTimeoutError::Timeout)
                || stream.write_all(&[*byte]).is_err()
            {
                return;
            }
        }
    });
    assert_eq!(fault(&socket, "me", Duration::from_millis(500)), late);
    drop(done);
    dripping.join().unwrap();
    assert!(started.elapsed() < PATIENCE);
}
