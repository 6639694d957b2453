//! The scheme `pypi`: PEP 440, as its Appendix B reads it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::decimal::Decimal;
use super::intdot::numbers;

/// A PEP 440 version as its sort key: the derived order of these fields is the order of chapter 4, section 4.6.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pypi {
    epoch: Decimal,
    /// Without final zeros.
    release: Vec<Decimal>,
    pre: Pre,
    /// Absent is before present.
    post: Option<Decimal>,
    dev: Dev,
    /// Absent is before present; a beginning is before the whole.
    local: Option<Vec<Segment>>,
}

/// Where a version stands among the pre-releases of its release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    /// Neither pre nor post, but dev: before all of them.
    DevelopmentOnly,
    Alpha(Decimal),
    Beta(Decimal),
    Candidate(Decimal),
    /// After all of them.
    Absent,
}

/// Present is before absent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev {
    Present(Decimal),
    Absent,
}

/// A segment of a local version; a word is before a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Word(String),
    Number(Decimal),
}

const SEPARATORS: [char; 3] = ['.', '-', '_'];

impl Pypi {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim_matches(|character| matches!(character, '\t'..='\r' | ' '));
        let lower: Cow<'_, str> = if trimmed.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(trimmed.to_ascii_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        };
        let public = lower.strip_prefix('v').unwrap_or(&lower);
        let (public, local) = public
            .split_once('+')
            .map_or((public, None), |(public, local)| (public, Some(local)));
        let local = match local {
            Some(local) => Some(
                local
                    .split(SEPARATORS)
                    .map(segment)
                    .collect::<Option<Vec<_>>>()?,
            ),
            None => None,
        };
        let (epoch, rest) = match public.split_once('!') {
            Some((epoch, rest)) => (Decimal::parse(epoch)?, rest),
            None => (Decimal::ZERO, public),
        };
        let (release, rest) = split_release(rest);
        let release = numbers(release)?;
        let (pre, rest) = split_pre(rest);
        let (post, rest) = split_post(rest);
        let (dev, rest) = split_dev(rest);
        if !rest.is_empty() {
            return None;
        }
        let pre = match pre {
            Some(pre) => pre,
            None if post.is_none() && dev != Dev::Absent => Pre::DevelopmentOnly,
            None => Pre::Absent,
        };
        Some(Self {
            epoch,
            release,
            pre,
            post,
            dev,
            local,
        })
    }
}

fn segment(text: &str) -> Option<Segment> {
    if let Some(number) = Decimal::parse(text) {
        return Some(Segment::Number(number));
    }
    let word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    word.then(|| Segment::Word(String::from(text)))
}

/// The longest beginning of digits with single dots between them, and the rest.
fn split_release(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    loop {
        let digits = bytes
            .iter()
            .skip(end)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        end += digits;
        let dot = digits > 0
            && bytes.get(end) == Some(&b'.')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !dot {
            return text.split_at_checked(end).unwrap_or((text, ""));
        }
        end += 1;
    }
}

fn split_pre(text: &str) -> (Option<Pre>, &str) {
    // The longer spellings first: no beginning of one leaves a rest that could be anything else.
    type Letter = fn(Decimal) -> Pre;
    const LETTERS: [(&str, Letter); 8] = [
        ("alpha", Pre::Alpha),
        ("a", Pre::Alpha),
        ("beta", Pre::Beta),
        ("b", Pre::Beta),
        ("rc", Pre::Candidate),
        ("c", Pre::Candidate),
        ("preview", Pre::Candidate),
        ("pre", Pre::Candidate),
    ];
    LETTERS
        .iter()
        .find_map(|(letters, pre)| {
            split_labelled(text, letters).map(|(number, rest)| (Some(pre(number)), rest))
        })
        .unwrap_or((None, text))
}

fn split_post(text: &str) -> (Option<Decimal>, &str) {
    // `1.0-1`: the one spelling without a word.
    if let Some(rest) = text.strip_prefix('-')
        && rest.starts_with(|character: char| character.is_ascii_digit())
    {
        let (number, rest) = split_number(rest);
        return (Some(number), rest);
    }
    ["post", "rev", "r"]
        .iter()
        .find_map(|word| split_labelled(text, word).map(|(number, rest)| (Some(number), rest)))
        .unwrap_or((None, text))
}

fn split_dev(text: &str) -> (Dev, &str) {
    split_labelled(text, "dev").map_or((Dev::Absent, text), |(number, rest)| {
        (Dev::Present(number), rest)
    })
}

/// A separator, the word, a separator, a number; all but the word can be missing.
fn split_labelled<'a>(text: &'a str, word: &str) -> Option<(Decimal, &'a str)> {
    let rest = text
        .strip_prefix(SEPARATORS)
        .unwrap_or(text)
        .strip_prefix(word)?;
    Some(split_number(rest.strip_prefix(SEPARATORS).unwrap_or(rest)))
}

/// The longest beginning of digits as a number, 0 when there is none, and the rest.
fn split_number(text: &str) -> (Decimal, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (Decimal::parse(digits).unwrap_or(Decimal::ZERO), rest)
}
