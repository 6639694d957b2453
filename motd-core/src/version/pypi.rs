//! The scheme `pypi`: PEP 440, as its Appendix B reads it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::cmp::Ordering;

use super::decimal::Decimal;
use super::intdot::Numbers;

/// A PEP 440 version as its sort key: epoch, release, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pypi {
    epoch: Decimal,
    release: Numbers,
    /// `None` for a version that ends after its release, as most do.
    suffix: Option<Box<Suffix>>,
}

/// What follows a release: the derived order of these fields is the order of chapter 4, section 4.6.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Suffix {
    pre: Pre,
    /// Absent is before present.
    post: Option<Decimal>,
    dev: Dev,
}

/// The suffix of a version that ends after its release.
static NO_SUFFIX: Suffix = Suffix {
    pre: Pre::Absent,
    post: None,
    dev: Dev::Absent,
};

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

const SEPARATORS: [char; 3] = ['.', '-', '_'];

impl Pypi {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
        let edges = [text.as_bytes().first(), text.as_bytes().last()];
        let trimmed = if edges.into_iter().flatten().any(is_space) {
            text.trim_matches(|character| matches!(character, '\t'..='\r' | ' '))
        } else {
            text
        };
        let lower: Cow<'_, str> = if trimmed.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(trimmed.to_ascii_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        };
        let public = lower.strip_prefix('v').unwrap_or(&lower);
        // MOTD-VERS-7: a local version is its public version, so that no audience is one firm.
        let public = match split_at(public, b'+') {
            Some((public, local)) => local.split(SEPARATORS).all(is_segment).then_some(public)?,
            None => public,
        };
        let (epoch, rest) = match split_at(public, b'!') {
            Some((epoch, rest)) => (Decimal::parse(epoch)?, rest),
            None => (Decimal::ZERO, public),
        };
        let (release, rest) = Numbers::split(rest)?;
        if rest.is_empty() {
            return Some(Self {
                epoch,
                release,
                suffix: None,
            });
        }
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
            suffix: Some(Box::new(Suffix { pre, post, dev })),
        })
    }

    fn suffix(&self) -> &Suffix {
        self.suffix.as_deref().unwrap_or(&NO_SUFFIX)
    }
}

impl Ord for Pypi {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| self.release.cmp(&other.release))
            .then_with(|| self.suffix().cmp(other.suffix()))
    }
}

impl PartialOrd for Pypi {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The text before the first of these bytes, and the text after it.
fn split_at(text: &str, delimiter: u8) -> Option<(&str, &str)> {
    let position = text.bytes().position(|byte| byte == delimiter)?;
    Some((text.get(..position)?, text.get(position + 1..)?))
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
    Decimal::split(text).unwrap_or((Decimal::ZERO, text))
}
