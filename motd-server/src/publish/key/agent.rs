//! Keys that an ssh-agent holds: the two messages that signing needs, of draft-miller-ssh-agent.

use std::io::{self, Read, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use socket2::{Domain, SockAddr, Socket, Type};

use super::{KeyValue, PublicKey, Signer};
use crate::publish::PublishError;

// draft-miller-ssh-agent, 5.1.
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// The longest message either way; OpenSSH's agent takes no longer one.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// The name of the algorithm and of the key's form (RFC 8709).
const ED25519: &[u8] = b"ssh-ed25519";

/// An Ed25519 key in an ssh-agent.
pub struct AgentKey {
    agent: Agent,
    /// The public key as SSH writes it, by which the agent finds the private one.
    blob: Vec<u8>,
    public: PublicKey,
}

impl AgentKey {
    /// Finds the one Ed25519 key of that name in the agent at a socket.
    ///
    /// A name is a fingerprint (`SHA256:...`), a public key (as a `.pub` file has it, its middle part alone, or in
    /// hexadecimal), a key id, or a comment. A comment is looked at last, and has to be of one key only: the agent's
    /// other keys must not be able to pass for this one.
    ///
    /// `timeout` is for each request, and is how long a person has to confirm.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyAgent`] with what is wrong, never with anything that the agent said.
    pub fn find(socket: &Path, name: &str, timeout: Duration) -> Result<Self, PublishError> {
        let agent = Agent {
            socket: socket.to_owned(),
            timeout,
        };
        let answer = agent.ask(&[REQUEST_IDENTITIES])?;
        let identities = identities(&answer).ok_or(MALFORMED)?;
        let by_key = |identity: &&Identity| identity.is_named(name);
        let by_comment = |identity: &&Identity| identity.comment == name.as_bytes();
        let mut found: Vec<_> = identities.iter().filter(by_key).collect();
        if found.is_empty() {
            found = identities.iter().filter(by_comment).collect();
        }
        match found.as_slice() {
            [one] => Ok(Self {
                agent,
                blob: one.blob.clone(),
                public: one.public.clone(),
            }),
            [] => Err(fault("it has no Ed25519 key of that name")),
            _ => Err(fault("it has several keys with that comment")),
        }
    }
}

impl Signer for AgentKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PublishError> {
        let mut request = vec![SIGN_REQUEST];
        put(&mut request, &self.blob);
        put(&mut request, message);
        // No flags: they choose among the hashes of RSA.
        request.extend_from_slice(&[0; 4]);
        let answer = self.agent.ask(&request)?;
        let signature = signature(&answer).ok_or(MALFORMED)?;
        // An agent that signed with another key would give a publication that its people believe to be signed.
        if self.public.verifies(message, signature) {
            Ok(signature.to_vec())
        } else {
            Err(fault("what it gave back is no signature by that key"))
        }
    }
}

/// An agent, asked over a connection of its own each time.
struct Agent {
    socket: std::path::PathBuf,
    timeout: Duration,
}

impl Agent {
    /// One request and its answer, each with its kind in the first byte.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, PublishError> {
        if request.len() > MAX_MESSAGE_BYTES {
            return Err(fault("an agent takes no more than 256 KiB to sign"));
        }
        let deadline = Instant::now() + self.timeout;
        let answer = self.exchange(request, deadline);
        let answer = answer.map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                fault("it did not answer in time")
            }
            io::ErrorKind::InvalidData => fault("its answer is too long"),
            io::ErrorKind::UnexpectedEof => fault("it closed the connection"),
            _ => fault("there is no agent to talk to"),
        })?;
        let expected = match request.first() {
            Some(&SIGN_REQUEST) => SIGN_RESPONSE,
            _ => IDENTITIES_ANSWER,
        };
        // Anything else is a refusal (5.1: the agent failed), or a message that was not asked for.
        if answer.first() == Some(&expected) {
            Ok(answer)
        } else {
            Err(fault("it refused"))
        }
    }

    /// An agent that takes no connections is waited for as one that does not answer.
    fn connect(&self, deadline: Instant) -> io::Result<UnixStream> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_write_timeout(Some(left(deadline)?))?;
        socket.connect(&SockAddr::unix(&self.socket)?)?;
        Ok(socket.into())
    }

    fn exchange(&self, request: &[u8], deadline: Instant) -> io::Result<Vec<u8>> {
        let mut stream = self.connect(deadline)?;
        let mut framed = Vec::with_capacity(request.len() + 4);
        put(&mut framed, request);
        stream.set_write_timeout(Some(left(deadline)?))?;
        stream.write_all(&framed)?;
        let mut length = [0; 4];
        read_until(&mut stream, &mut length, deadline)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > MAX_MESSAGE_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut answer = vec![0; length];
        read_until(&mut stream, &mut answer, deadline)?;
        Ok(answer)
    }
}

/// Fills the buffer by the deadline, however few bytes come at a time.
fn read_until(stream: &mut UnixStream, mut buffer: &mut [u8], deadline: Instant) -> io::Result<()> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(left(deadline)?))?;
        let count = stream.read(buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.get_mut(count..).unwrap_or_default();
    }
    Ok(())
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// An Ed25519 key that the agent lists.
struct Identity {
    blob: Vec<u8>,
    public: PublicKey,
    comment: Vec<u8>,
}

impl Identity {
    fn is_named(&self, name: &str) -> bool {
        let base64 = STANDARD.encode(&self.blob);
        let mut words = name.split_ascii_whitespace();
        let as_file = words.next() == Some("ssh-ed25519") && words.next() == Some(&base64);
        let fingerprint = STANDARD_NO_PAD.encode(Sha256::digest(&self.blob));
        as_file
            || name.strip_prefix("SHA256:") == Some(&fingerprint)
            || name == base64
            || name == hex::encode(self.public.value().map_or(&[][..], KeyValue::bytes))
            || name == self.public.id()
    }
}

/// The Ed25519 keys of an answer (4.4); keys of other kinds are passed over.
fn identities(answer: &[u8]) -> Option<Vec<Identity>> {
    let (count, mut rest) = number(answer.get(1..)?)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (blob, comment);
        (blob, rest) = string(rest)?;
        (comment, rest) = string(rest)?;
        let Some(public) = public(blob) else { continue };
        found.push(Identity {
            blob: blob.to_vec(),
            public,
            comment: comment.to_vec(),
        });
    }
    rest.is_empty().then_some(found)
}

/// The public key of an `ssh-ed25519` blob (RFC 8709, 4).
fn public(blob: &[u8]) -> Option<PublicKey> {
    let (kind, rest) = string(blob)?;
    let (key, rest) = string(rest)?;
    (kind == ED25519 && rest.is_empty()).then(|| PublicKey::from_ed25519(key))?
}

/// The signature of an answer (4.5; RFC 8709, 6).
fn signature(answer: &[u8]) -> Option<&[u8]> {
    let (outer, rest) = string(answer.get(1..)?)?;
    let (kind, inner) = string(outer)?;
    let (signature, end) = string(inner)?;
    (kind == ED25519 && rest.is_empty() && end.is_empty()).then_some(signature)
}

/// A length and as many bytes (RFC 4251, 5).
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*head), rest))
}

fn put(message: &mut Vec<u8>, string: &[u8]) {
    // What is longer than the length can say is refused before it is sent.
    let length = u32::try_from(string.len()).unwrap_or(u32::MAX);
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(string);
}

const MALFORMED: PublishError = fault("its answer is malformed");

const fn fault(what: &'static str) -> PublishError {
    PublishError::KeyAgent { what }
}

/// Shows the key id.
impl core::fmt::Debug for AgentKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("AgentKey")
            .field("key_id", &self.public.id())
            .finish_non_exhaustive()
    }
}
