//! Links: plain https URLs of a small grammar.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::identifier::MalformedName;
use crate::{Word, limits};

/// A link of a notice. Chapter 3, section 3.5.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    pub(crate) rel: Word,
    pub(crate) url: LinkUrl,
}

impl Link {
    /// What the link leads to, registered or not.
    #[must_use]
    pub const fn rel(&self) -> &Word {
        &self.rel
    }

    /// The URL, as signed.
    #[must_use]
    pub const fn url(&self) -> &LinkUrl {
        &self.url
    }
}

/// An https URL of the grammar in chapter 3, section 3.5: ASCII, at most [`limits::URL_BYTES`] bytes. It has no user
/// information, no backslash and no literal address, so that two readers cannot see two hosts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkUrl(String);

impl LinkUrl {
    /// The URL as text, as signed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LinkUrl {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        // MOTD-LINK-3: `https://pypi.org@evil.example/` and `https://example.org\@evil.example/` are the attacks.
        if text.len() <= limits::URL_BYTES && is_url(text) {
            Ok(Self(String::from(text)))
        } else {
            Err(MalformedName("a link"))
        }
    }
}

impl fmt::Display for LinkUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let (authority, rest) = split_before(rest, &['/', '?', '#']);
    let (host, port) = authority
        .split_once(':')
        .map_or((authority, None), |(host, port)| (host, Some(port)));
    if !is_host(host) || !port.is_none_or(is_port) {
        return false;
    }
    let (path, rest) = split_before(rest, &['?', '#']);
    let (query, fragment) = split_before(rest, &['#']);
    // Each begins with its delimiter, when it is there at all.
    let (path, query, fragment) = (
        path,
        query.get(1..).unwrap_or(""),
        fragment.get(1..).unwrap_or(""),
    );
    follows(path, b"/") && follows(query, b"/?") && follows(fragment, b"/?")
}

/// The text before the first of these delimiters, and the text from it on.
fn split_before<'a>(text: &'a str, delimiters: &[char]) -> (&'a str, &'a str) {
    text.find(delimiters)
        .and_then(|position| text.split_at_checked(position))
        .unwrap_or((text, ""))
}

fn is_host(host: &str) -> bool {
    let Some((_, last)) = host.rsplit_once('.') else {
        return false;
    };
    host.len() <= 253
        && host.split('.').all(is_label)
        // The last label of an address in any of its spellings is a number.
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && !last.starts_with("0x")
}

fn is_label(label: &str) -> bool {
    let outer = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = label.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(outer)
        && bytes.last().is_some_and(outer)
        && bytes.iter().all(|byte| outer(byte) || *byte == b'-')
}

fn is_port(port: &str) -> bool {
    (1..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && !port.starts_with('0')
        && port.parse::<u16>().is_ok()
}

/// Whether a part is made of `pchar` (RFC 3986, section 3.3) and these.
fn follows(part: &str, others: &[u8]) -> bool {
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        let sound = match byte {
            b'%' => {
                bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())
                    && bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())
            }
            b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')'
            | b'*' | b'+' | b',' | b';' | b'=' => true,
            _ => byte.is_ascii_alphanumeric() || others.contains(&byte),
        };
        if !sound {
            return false;
        }
    }
    true
}
