//! The schemes `semver`, `cargo` and `npm`: Semantic Versioning 2.0.0, strictly.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::decimal::Decimal;

/// A semantic version without its build metadata, which has no part in the order (SemVer 2.0.0, section 10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SemVer {
    core: [Decimal; 3],
    pre: Vec<Identifier>,
}

/// A pre-release identifier; a number is before a word (SemVer 2.0.0, section 11.4.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(Decimal),
    Word(String),
}

impl SemVer {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, build) = text
            .split_once('+')
            .map_or((text, None), |(text, build)| (text, Some(build)));
        let (core, pre) = text
            .split_once('-')
            .map_or((text, None), |(core, pre)| (core, Some(pre)));
        if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
            return None;
        }
        let mut numbers = core.split('.').map(number);
        let core = [numbers.next()??, numbers.next()??, numbers.next()??];
        if numbers.next().is_some() {
            return None;
        }
        let pre = match pre {
            Some(pre) => pre.split('.').map(identifier).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        Some(Self { core, pre })
    }
}

impl Ord for SemVer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.core
            .cmp(&other.core)
            .then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                // Identifiers in turn, and the shorter list first.
                _ => self.pre.cmp(&other.pre),
            })
    }
}

impl PartialOrd for SemVer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A number without leading zeros.
fn number(digits: &str) -> Option<Decimal> {
    if digits.len() > 1 && digits.starts_with('0') {
        None
    } else {
        Decimal::parse(digits)
    }
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        number(text).map(Identifier::Number)
    } else {
        is_identifier(text).then(|| Identifier::Word(String::from(text)))
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
