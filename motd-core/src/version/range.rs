//! Version ranges in the notation of VERS, with the grammar and meaning of chapter 4.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Scheme, Version};
use crate::{Code, Purl, limits};

/// The versions that a component may have. Chapter 4, sections 4.3 and 4.5.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Versions {
    /// `versions` is absent: presence is enough.
    Present,
    /// `*`: any version that the scheme can read.
    Readable(Scheme),
    /// A range.
    Range(VersionRange),
    /// A range under a scheme that is not implemented: it is sound, and matches nothing.
    Unimplemented,
}

/// A canonical range: a set of versions in its one spelling. Chapter 4, section 4.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    scheme: Scheme,
    /// At least one, versions strictly ascending.
    constraints: Vec<Constraint>,
}

/// A point on the line of versions, and what changes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    comparator: Comparator,
    version: Version,
}

/// What holds just below, at and just above a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// A bare version.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl Versions {
    /// Reads the member `versions` of a component with this purl.
    ///
    /// # Errors
    /// In this order: `versions-malformed`, `versions-scheme`, `versions-unparsable`, `versions-order`,
    /// `versions-redundant`.
    pub fn parse(text: &str, purl: &Purl) -> Result<Self, Code> {
        // MOTD-VERS-1: the draft's own grammar leaves spellings on which its readers disagree.
        let (name, constraints) = split(text).ok_or(Code::VersionsMalformed)?;
        let scheme = Scheme::from_name(name).map(|scheme| (scheme, scheme.is_allowed_for(purl)));
        let range = match (constraints, scheme) {
            ("*", _) => None,
            (_, Some((scheme, true))) => Some(VersionRange::parse(scheme, constraints)),
            _ if are_well_formed(constraints) => None,
            _ => return Err(Code::VersionsMalformed),
        };
        match (scheme, range) {
            (None, _) => Ok(Self::Unimplemented),
            // MOTD-VERS-2: npm's order says nothing about a version that PyPI made.
            (Some((_, false)), _) => Err(Code::VersionsScheme),
            (Some((scheme, true)), None) => Ok(Self::Readable(scheme)),
            (Some((_, true)), Some(range)) => range.map(Self::Range),
        }
    }

    /// Whether any of these installed versions is one of them; a version that the scheme cannot read is none.
    #[must_use]
    pub fn match_any(&self, installed: &[String]) -> bool {
        // MOTD-AUD-8: any one of the installed versions.
        match self {
            // MOTD-VERS-10: presence is enough, in whatever version.
            Self::Present => !installed.is_empty(),
            // MOTD-VERS-10: any version that parses.
            Self::Readable(scheme) => installed
                .iter()
                .any(|version| Version::parse(*scheme, version).is_some()),
            Self::Range(range) => installed.iter().any(|version| range.contains(version)),
            // MOTD-AUD-6: an unknown scheme matches nothing.
            Self::Unimplemented => false,
        }
    }
}

impl VersionRange {
    /// Reads constraints in one pass: a later one that is malformed comes before an earlier one that is unparsable.
    fn parse(scheme: Scheme, text: &str) -> Result<Self, Code> {
        let count = count(text).ok_or(Code::VersionsMalformed)?;
        let mut constraints = Vec::with_capacity(count);
        for constraint in text.split(is_bar) {
            let (comparator, version) =
                spelled_constraint(constraint).ok_or(Code::VersionsMalformed)?;
            constraints.extend(Version::parse(scheme, &version).map(|version| Constraint {
                comparator,
                version,
            }));
        }
        // MOTD-VERS-3: a bound that nobody can place on the line.
        if constraints.len() < count {
            return Err(Code::VersionsUnparsable);
        }
        // MOTD-VERS-4: one spelling for a set, which a reviewer can read from left to right.
        if !constraints.is_sorted_by(|left, right| left.version < right.version) {
            return Err(Code::VersionsOrder);
        }
        // MOTD-VERS-5: between two points nothing changes, so what the two say about it has to agree.
        if !constraints
            .is_sorted_by(|left, right| left.comparator.above() == right.comparator.below())
        {
            return Err(Code::VersionsRedundant);
        }
        Ok(Self {
            scheme,
            constraints,
        })
    }

    /// The scheme that orders the range.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether a version is in the range; one that the scheme cannot read is not.
    #[must_use]
    pub fn contains(&self, version: &str) -> bool {
        let Some(version) = Version::parse(self.scheme, version) else {
            return false;
        };
        // MOTD-VERS-6: membership in a set, pre-releases being ordinary points.
        match self
            .constraints
            .binary_search_by(|constraint| constraint.version.cmp(&version))
        {
            Ok(index) => self
                .constraints
                .get(index)
                .is_some_and(|constraint| constraint.comparator.at()),
            Err(0) => self
                .constraints
                .first()
                .is_some_and(|constraint| constraint.comparator.below()),
            Err(index) => self
                .constraints
                .get(index - 1)
                .is_some_and(|constraint| constraint.comparator.above()),
        }
    }
}

impl Comparator {
    const fn below(self) -> bool {
        matches!(self, Self::NotEqual | Self::Less | Self::LessOrEqual)
    }

    const fn at(self) -> bool {
        matches!(self, Self::Equal | Self::LessOrEqual | Self::GreaterOrEqual)
    }

    const fn above(self) -> bool {
        matches!(self, Self::NotEqual | Self::Greater | Self::GreaterOrEqual)
    }
}

/// Scheme and constraints of `vers:scheme/constraints`, the scheme well-formed.
fn split(text: &str) -> Option<(&str, &str)> {
    let (scheme, constraints) = text.strip_prefix("vers:")?.split_once('/')?;
    crate::audience::is_type(scheme).then_some((scheme, constraints))
}

fn are_well_formed(constraints: &str) -> bool {
    count(constraints).is_some()
        && constraints
            .split('|')
            .all(|constraint| spelled_constraint(constraint).is_some())
}

/// How many constraints there are, counted before anything is read; `None` when there are too many.
fn count(constraints: &str) -> Option<usize> {
    Some(constraints.bytes().filter(|byte| *byte == b'|').count() + 1)
        .filter(|count| *count <= limits::CONSTRAINTS)
}

fn spelled_constraint(text: &str) -> Option<(Comparator, Cow<'_, str>)> {
    let (comparator, length) = match text.as_bytes() {
        [b'<', b'=', ..] => (Comparator::LessOrEqual, 2),
        [b'>', b'=', ..] => (Comparator::GreaterOrEqual, 2),
        [b'!', b'=', ..] => (Comparator::NotEqual, 2),
        [b'<', ..] => (Comparator::Less, 1),
        [b'>', ..] => (Comparator::Greater, 1),
        _ => (Comparator::Equal, 0),
    };
    let version = decode(text.get(length..)?)?;
    (1..=limits::VERSION_BYTES)
        .contains(&version.len())
        .then_some((comparator, version))
}

/// Decodes a version: visible ASCII, of which exactly seven characters are percent-encoded.
fn decode(version: &str) -> Option<Cow<'_, str>> {
    if version.bytes().all(is_literal) {
        return Some(Cow::Borrowed(version));
    }
    let mut decoded = String::with_capacity(version.len());
    let mut bytes = version.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => match [bytes.next()?, bytes.next()?] {
                [b'2', b'1'] => '!',
                [b'2', b'5'] => '%',
                [b'2', b'A'] => '*',
                [b'3', b'C'] => '<',
                [b'3', b'D'] => '=',
                [b'3', b'E'] => '>',
                [b'7', b'C'] => '|',
                _ => return None,
            },
            byte if is_literal(byte) => char::from(byte),
            _ => return None,
        });
    }
    Some(Cow::Owned(decoded))
}

/// Whether a byte stands for itself in a version: visible ASCII but for the seven.
const fn is_literal(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'!' | b'%' | b'*' | b'<' | b'=' | b'>' | b'|')
}

/// Searched for character by character: constraints are shorter than a search for a byte takes to begin.
const fn is_bar(character: char) -> bool {
    character == '|'
}
