//! Where files stand in a repository. TUF 3.1 and 5.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::hashes::Hashes;
use crate::limits;

/// The file of a top-level or delegated role, version-prefixed with consistent snapshots (TUF 6.2).
///
/// `None` for a role name that no request is made for: an empty one, or one longer than
/// [`limits::ROLE_NAME_BYTES`].
pub(crate) fn role_file(role: &str, version: u64, consistent: bool) -> Option<String> {
    if role.is_empty() || role.len() > limits::ROLE_NAME_BYTES {
        return None;
    }
    let name = utf8_percent_encode(role, ENCODED);
    Some(if consistent {
        format!("{version}.{name}.json")
    } else {
        format!("{name}.json")
    })
}

/// The file of a target: with consistent snapshots `folder/HASH.name` (TUF 5.7.3).
///
/// The hash goes into a URL, so it has to be one: `None` when the entry has neither a SHA-256 nor a SHA-512 of the
/// right form.
pub(crate) fn target_file(path: &str, hashes: &Hashes, consistent: bool) -> Option<String> {
    if !consistent {
        return Some(path.to_owned());
    }
    let hash = [("sha256", 64), ("sha512", 128)]
        .into_iter()
        .find_map(|(algorithm, length)| {
            let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            let is_hex = |hash: &&str| hash.len() == length && hash.bytes().all(is_digit);
            hashes.of(algorithm).filter(is_hex)
        })?;
    Some(match path.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{hash}.{name}"),
        None => format!("{hash}.{path}"),
    })
}

/// What is percent-encoded in a role name: all but the unreserved characters of RFC 3986. `/` is, so that no role name
/// leaves the folder of the metadata.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_name_leaves_the_folder() {
        let file = |role: &str| role_file(role, 3, true);
        assert_eq!(file("motd").as_deref(), Some("3.motd.json"));
        assert_eq!(file("../../x").as_deref(), Some("3...%2F..%2Fx.json"));
        assert_eq!(file("a?b#c:d").as_deref(), Some("3.a%3Fb%23c%3Ad.json"));
        assert_eq!(role_file("motd", 3, false).as_deref(), Some("motd.json"));
        assert_eq!(file(""), None);
        assert_eq!(file(&"x".repeat(limits::ROLE_NAME_BYTES + 1)), None);
    }

    #[test]
    fn only_a_hash_goes_into_a_url() {
        let hashes = |hash: &str| Hashes(vec![("sha256".to_owned(), hash.to_owned())]);
        let hash = "a".repeat(64);
        let file = target_file("motd/notices.json", &hashes(&hash), true);
        assert_eq!(file, Some(format!("motd/{hash}.notices.json")));
        for none in ["../../../secret", &"A".repeat(64), &"a".repeat(63)] {
            assert_eq!(target_file("motd/notices.json", &hashes(none), true), None);
        }
        assert_eq!(
            target_file("motd/notices.json", &Hashes::default(), true),
            None
        );
    }
}
