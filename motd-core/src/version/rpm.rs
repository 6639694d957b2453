//! The scheme `rpm`: RPM's versions. Chapter 4, section 4.10; rpm-version(7).

use alloc::string::String;
use alloc::vec::Vec;

use super::decimal::Decimal;

/// An RPM version in the order in which its members stand; without a release it is before one with a release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rpm {
    epoch: Decimal,
    version: Vec<RpmToken>,
    release: Option<Vec<RpmToken>>,
}

/// What two strings are compared by, one after another, with an end after all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RpmToken {
    /// `~`: before even the end, for what precedes a release.
    Tilde,
    End,
    /// `^`: just after the end, for what was made from a release.
    Caret,
    Letters(String),
    Number(Decimal),
}

impl Rpm {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = super::split_epoch(text)?;
        let (version, release) = rest
            .split_once('-')
            .map_or((rest, None), |(version, release)| (version, Some(release)));
        let release = match release {
            Some(release) => Some(tokens(release)?),
            None => None,
        };
        Some(Self {
            epoch: epoch.unwrap_or(Decimal::ZERO),
            version: tokens(version)?,
            release,
        })
    }
}

/// The tokens of a string, which is not empty; `None` when it holds another character.
fn tokens(mut text: &str) -> Option<Vec<RpmToken>> {
    if text.is_empty() {
        return None;
    }
    let mut tokens = Vec::new();
    while let Some(first) = text.bytes().next() {
        let (token, rest) = match first {
            b'0'..=b'9' => {
                let (number, rest) = Decimal::split(text)?;
                (Some(RpmToken::Number(number)), rest)
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let rest =
                    text.trim_start_matches(|character: char| character.is_ascii_alphabetic());
                let letters = text.strip_suffix(rest)?;
                (Some(RpmToken::Letters(String::from(letters))), rest)
            }
            b'~' => (Some(RpmToken::Tilde), text.get(1..)?),
            b'^' => (Some(RpmToken::Caret), text.get(1..)?),
            b'.' | b'_' | b'+' => (None, text.get(1..)?),
            _ => return None,
        };
        tokens.extend(token);
        text = rest;
    }
    tokens.push(RpmToken::End);
    Some(tokens)
}
