//! What a proposal is called: the day it was opened, and what would be published.

use core::fmt;
use core::str::FromStr;

use motd_core::Time;
use sha2::{Digest as _, Sha256};

use crate::publish::SigningRequest;
use crate::publish::metadata::write;
use crate::serve::ServeError;

/// How long a proposal stays open, in days.
pub const OPEN_DAYS: u64 = 7;

/// Where proposals lie.
pub(super) const FOLDER: &str = "proposals/";

/// The name of a proposal: `20261123-` and 32 hexadecimal digits.
///
/// The digits are a hash of what is signed and of the document, so that a signature more is no other proposal. Nothing
/// of it is chosen by who opens it, and it is the only part of a path that comes from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProposalId {
    day: String,
    hash: String,
}

impl ProposalId {
    /// Of a request that is opened at `now`.
    pub(super) fn new(request: &SigningRequest, now: Time) -> Result<Self, ServeError> {
        Ok(Self {
            day: day(now),
            hash: hash_of(request)?,
        })
    }

    /// Whether this is the name of what a request would publish. A signer asks this of what a server hands out: it could
    /// show one proposal for review, and another one for the signature.
    ///
    /// # Errors
    ///
    /// [`ServeError::Publish`] for a role that has no canonical form.
    pub fn names(&self, request: &SigningRequest) -> Result<bool, ServeError> {
        Ok(self.hash == hash_of(request)?)
    }

    /// The path of an object of it.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{FOLDER}{}/{}/{name}", self.day, self.hash)
    }

    /// The proposal that an object belongs to.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let mut names = path.strip_prefix(FOLDER)?.split('/');
        Self::of(names.next()?, names.next()?)
    }

    pub(super) fn is_of(&self, day: &str) -> bool {
        self.day == day
    }

    /// Whether the same would be published, opened on whatever day.
    pub(super) fn is_same_request(&self, other: &Self) -> bool {
        self.hash == other.hash
    }

    fn of(day: &str, hash: &str) -> Option<Self> {
        let is_day = day.len() == DAY_DIGITS && day.bytes().all(|byte| byte.is_ascii_digit());
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(is_digit);
        (is_day && is_hash).then(|| Self {
            day: day.to_owned(),
            hash: hash.to_owned(),
        })
    }
}

impl FromStr for ProposalId {
    type Err = ServeError;

    fn from_str(text: &str) -> Result<Self, ServeError> {
        let parts = text.split_once('-');
        let id = parts.and_then(|(day, hash)| Self::of(day, hash));
        id.ok_or(ServeError::ProposalName)
    }
}

impl fmt::Display for ProposalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.day, self.hash)
    }
}

fn hash_of(request: &SigningRequest) -> Result<String, ServeError> {
    let mut hash = Sha256::new();
    for role in request.roles() {
        let canonical = role.canonical()?;
        hash.update(role.name());
        hash.update([0]);
        hash.update(Sha256::digest(canonical));
    }
    if let Some(proposal) = &request.notices {
        hash.update(Sha256::digest(proposal.document().bytes()));
    }
    let digits = hash.finalize();
    Ok(hex::encode(
        digits.get(..HASH_DIGITS / 2).unwrap_or_default(),
    ))
}

/// The days in which a proposal that is open can have been opened, by a clock that may be some hours off.
pub(super) fn days(now: Time) -> impl Iterator<Item = String> {
    let today = i64::try_from(now.unix_seconds()).unwrap_or_default();
    let seconds = i64::try_from(write::DAY).unwrap_or_default();
    let open = i64::try_from(OPEN_DAYS).unwrap_or_default();
    (-open..=1)
        .filter_map(move |days| Time::from_unix_seconds(today + days * seconds))
        .map(day)
}

fn day(time: Time) -> String {
    let text = time.to_string();
    text.chars()
        .filter(char::is_ascii_digit)
        .take(DAY_DIGITS)
        .collect()
}

const DAY_DIGITS: usize = 8;
const HASH_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form_and_leads_to_one_place() {
        let name = "20261123-0123456789abcdef0123456789abcdef";
        let id: ProposalId = name.parse().unwrap();
        assert_eq!(id.to_string(), name);
        let path = id.path("request.json");
        assert_eq!(
            path,
            "proposals/20261123/0123456789abcdef0123456789abcdef/request.json"
        );
        assert_eq!(ProposalId::of_path(&path), Some(id));
    }

    #[test]
    fn what_could_be_a_path_is_no_name() {
        for name in [
            "",
            "20261123",
            "20261123-",
            "20261123-0123456789ABCDEF0123456789abcdef",
            "20261123-0123456789abcdef0123456789abcde",
            "20261123-0123456789abcdef0123456789abcdef0",
            "20261123-../../../../metadata/timestamp.jso",
            "2026112/-0123456789abcdef0123456789abcdef",
            "\u{664}0261123-0123456789abcdef0123456789abcdef",
            "20261123 0123456789abcdef0123456789abcdef",
        ] {
            assert!(name.parse::<ProposalId>().is_err(), "{name}");
        }
        for path in [
            "proposals/../x/y",
            "log/000000000001.json",
            "proposals/20261123",
        ] {
            assert_eq!(ProposalId::of_path(path), None, "{path}");
        }
    }

    #[test]
    fn seven_days_and_tomorrow_are_looked_at() {
        let now: Time = "2026-03-01T23:59:59Z".parse().unwrap();
        let days: Vec<_> = days(now).collect();
        let first = ["20260222", "20260223", "20260224", "20260225", "20260226"];
        let last = ["20260227", "20260228", "20260301", "20260302"];
        assert_eq!(days, [&first[..], &last].concat());
    }
}
