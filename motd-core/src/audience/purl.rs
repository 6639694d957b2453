//! Package URLs that name a component: no version, no qualifiers, no subpath.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::limits;

/// A component's package URL in its one strict spelling, without version, qualifiers and subpath. Chapter 4,
/// section 4.4.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl(String);

/// A text that is not such a package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the package URL is malformed")]
pub struct MalformedPurl;

impl Purl {
    /// Reads a machine's spelling: any percent-encoding, and normalised by the type's rules. `None` when it is
    /// malformed, which matches nothing (MOTD-AUD-7).
    #[must_use]
    pub fn from_machine(text: &str) -> Option<Self> {
        let parts = Parts::parse(text)?.normalised();
        // MOTD-PURL-3: compared after decoding and normalisation, so that both sides have the one spelling.
        parts.follows_type_rules().then(|| Self(parts.spelling()))
    }

    /// The strict spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The purl's type, such as `pypi`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0
            .strip_prefix("pkg:")
            .and_then(|rest| rest.split_once('/'))
            .map_or("", |(kind, _)| kind)
    }
}

impl FromStr for Purl {
    type Err = MalformedPurl;

    /// Reads the strict spelling only.
    fn from_str(text: &str) -> Result<Self, MalformedPurl> {
        // MOTD-PURL-1: one spelling for each name, so that a reviewer and a machine see the same one.
        if text.len() > limits::PURL_BYTES {
            return Err(MalformedPurl);
        }
        let parts = Parts::parse(text).ok_or(MalformedPurl)?;
        // MOTD-PURL-2: a name that its registry cannot hold is a mistake, and would match nobody for ever.
        // What is written without an escape has no other spelling.
        let strict = !text.contains('%') || parts.spelling() == text;
        if strict && parts.follows_type_rules() {
            Ok(Self(String::from(text)))
        } else {
            Err(MalformedPurl)
        }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether this is a purl type or a version scheme: `[a-z][a-z0-9.-]*`.
pub(crate) fn is_type(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

/// A package URL's decoded parts.
struct Parts<'a> {
    kind: &'a str,
    namespace: Vec<Cow<'a, str>>,
    name: Cow<'a, str>,
}

impl<'a> Parts<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (kind, path) = text.strip_prefix("pkg:")?.split_once('/')?;
        if !is_type(kind) {
            return None;
        }
        let (namespace, name) = match path.rsplit_once('/') {
            Some((namespace, name)) => (
                namespace
                    .split('/')
                    .map(decode_segment)
                    .collect::<Option<_>>()?,
                name,
            ),
            None => (Vec::new(), path),
        };
        Some(Self {
            kind,
            namespace,
            name: decode_segment(name)?,
        })
    }

    /// What chapter 4 prints for machines: they may spell more freely than a notice.
    fn normalised(mut self) -> Self {
        match self.kind {
            "pypi" => {
                let mut name = String::with_capacity(self.name.len());
                for character in self.name.chars() {
                    if !matches!(character, '-' | '_' | '.') {
                        name.push(character.to_ascii_lowercase());
                    } else if !name.ends_with('-') {
                        name.push('-');
                    }
                }
                self.name = Cow::Owned(name);
            }
            "npm" | "conda" | "deb" => {
                for segment in self.namespace.iter_mut().chain([&mut self.name]) {
                    segment.to_mut().make_ascii_lowercase();
                }
            }
            "rpm" => {
                for segment in &mut self.namespace {
                    segment.to_mut().make_ascii_lowercase();
                }
            }
            _ => {}
        }
        self
    }

    fn follows_type_rules(&self) -> bool {
        let name = &*self.name;
        match self.kind {
            "pypi" => self.namespace.is_empty() && is_normal_form(name.as_bytes()),
            "cargo" => {
                self.namespace.is_empty()
                    && name.len() <= 64
                    && name.starts_with(|character: char| character.is_ascii_alphabetic())
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            }
            "npm" => match self.namespace.as_slice() {
                [] => is_npm_name(name) && name.len() <= 214,
                [scope] => {
                    scope.strip_prefix('@').is_some_and(is_npm_name)
                        && is_npm_name(name)
                        && scope.len() + 1 + name.len() <= 214
                }
                _ => false,
            },
            "conda" => {
                let first = |byte| lower(byte) || byte == b'_';
                self.namespace.is_empty() && is_word(name, first, b".-")
            }
            "deb" => {
                is_distribution(&self.namespace) && name.len() >= 2 && is_word(name, lower, b"+.-")
            }
            "rpm" => {
                let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                is_distribution(&self.namespace) && is_word(name, first, b".+-")
            }
            _ => true,
        }
    }

    fn spelling(&self) -> String {
        let mut spelling = String::from("pkg:");
        spelling.push_str(self.kind);
        for segment in self.namespace.iter().chain([&self.name]) {
            spelling.push('/');
            encode_segment(segment, &mut spelling);
        }
        spelling
    }
}

/// The normal form of PEP 503: lower-case letters and digits, single hyphens between them.
fn is_normal_form(name: &[u8]) -> bool {
    let mut after_letter = false;
    for byte in name {
        let letter = lower(*byte);
        let hyphen = *byte == b'-' && after_letter;
        if !letter && !hyphen {
            return false;
        }
        after_letter = letter;
    }
    after_letter
}

fn is_npm_name(name: &str) -> bool {
    is_word(name, |byte| lower(byte) || b"~-".contains(&byte), b"._")
}

/// Whether a namespace is one distribution, such as `debian` or `fedora`.
fn is_distribution(namespace: &[Cow<'_, str>]) -> bool {
    matches!(namespace, [distribution] if is_word(distribution, lower, b"._-"))
}

const fn lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Whether a name begins with a byte of the first kind and has only such bytes and these others.
fn is_word(name: &str, first: impl Fn(u8) -> bool, others: &[u8]) -> bool {
    name.bytes().next().is_some_and(&first)
        && name
            .bytes()
            .all(|byte| first(byte) || others.contains(&byte))
}

/// Whether a byte stands for itself in a segment.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}

/// Decodes one segment: plain bytes and escapes, and after decoding UTF-8 without `/` and controls.
fn decode_segment(text: &str) -> Option<Cow<'_, str>> {
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hexadecimal(bytes.next()?)? << 4 | hexadecimal(bytes.next()?)?,
            byte if is_plain(byte) => byte,
            _ => return None,
        });
    }
    let decoded = String::from_utf8(decoded).ok()?;
    let sound = !decoded.is_empty()
        && !decoded
            .bytes()
            .any(|byte| byte == b'/' || byte < 0x20 || byte == 0x7F);
    sound.then_some(Cow::Owned(decoded))
}

fn encode_segment(segment: &str, spelling: &mut String) {
    const HEXADECIMAL: &[u8; 16] = b"0123456789ABCDEF";
    for byte in segment.bytes() {
        if is_plain(byte) {
            spelling.push(char::from(byte));
            continue;
        }
        spelling.push('%');
        for digit in [byte >> 4, byte & 0xF] {
            spelling.push(
                HEXADECIMAL
                    .get(usize::from(digit))
                    .map_or('0', |byte| char::from(*byte)),
            );
        }
    }
}

fn hexadecimal(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
