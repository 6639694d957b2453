//! The scheme `deb`: Debian's versions. Chapter 4, section 4.10; deb-version(7).

use alloc::vec::Vec;

use super::decimal::Decimal;

/// A Debian version in the order in which its members stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deb {
    epoch: Decimal,
    upstream: Vec<DebToken>,
    revision: Vec<DebToken>,
}

/// What two strings are compared by, one after another: the characters up to a number, their end, the number; and so
/// on, with an end after all. So at each place both have a character or both have a number, as long as they agree
/// before it, and the end of all is compared as the end of characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum DebToken {
    /// `~`: before even the end, for what precedes a release.
    Tilde,
    End,
    Letter(u8),
    Other(u8),
    Number(Decimal),
}

impl Deb {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = super::split_epoch(text)?;
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        let colon = |byte| byte == b':' && epoch.is_some();
        let sound = upstream.starts_with(|first: char| first.is_ascii_digit())
            && upstream
                .bytes()
                .all(|byte| is_plain(byte) || byte == b'-' || colon(byte))
            && !revision.is_empty()
            && revision.bytes().all(is_plain);
        sound.then(|| Self {
            epoch: epoch.unwrap_or(Decimal::ZERO),
            upstream: tokens(upstream),
            revision: tokens(revision),
        })
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'~')
}

fn tokens(mut text: &str) -> Vec<DebToken> {
    let mut tokens = Vec::new();
    while !text.is_empty() {
        let digits = text
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(text.len());
        let (characters, rest) = text.split_at(digits);
        tokens.extend(characters.bytes().map(|byte| match byte {
            b'~' => DebToken::Tilde,
            byte if byte.is_ascii_alphabetic() => DebToken::Letter(byte),
            byte => DebToken::Other(byte),
        }));
        let (number, rest) = Decimal::split(rest).unwrap_or((Decimal::ZERO, rest));
        tokens.extend([DebToken::End, DebToken::Number(number)]);
        text = rest;
    }
    tokens.push(DebToken::End);
    tokens
}
