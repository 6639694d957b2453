//! What `sigstore-tuf` found, as a code from the closed registry. MOTD-GATE-6, MOTD-GATE-7.
//!
//! Its error texts quote the metadata; they end here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use motd_core::{Code, Time};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256, Sha512};
use sigstore_tuf::{Error, MetaFile};

/// Sorts an error over `bytes`, which were offered as metadata of the type `expected` (`root`, `timestamp`,
/// `snapshot` or `targets`) under this pin of their parent.
///
/// This looks at the bytes a second time, and only after a failure.
pub(crate) fn code(error: &Error, bytes: &[u8], expected: &str, pin: Option<&MetaFile>) -> Code {
    // MOTD-GATE-6: what is no metadata at all is a captive portal's page, whatever else is wrong with it.
    let Some(signed) = signed(bytes) else {
        return Code::NotMetadata;
    };
    // Length and hash come first, and the form before who signed it and which version it is. Section 6.4.
    if let Some(code) = pin.and_then(|pin| integrity(bytes, pin)) {
        return code;
    }
    if require_form(bytes).is_err() || shape(&signed, expected) != Code::Malformed {
        return shape(&signed, expected);
    }
    match error {
        Error::ThresholdNotMet { .. } => Code::SignatureThreshold,
        Error::Rollback { .. } | Error::EqualVersion { .. } => Code::Rollback,
        Error::Expired { .. } => Code::Expired,
        // Of length and hash nothing differs.
        Error::BadRootVersion { .. } | Error::IntegrityMismatch(_) => Code::VersionMismatch,
        _ => shape(&signed, expected),
    }
}

/// Compares bytes with the length and hashes of a pin: the code of what differs, `None` when nothing does.
pub(crate) fn integrity(bytes: &[u8], pin: &MetaFile) -> Option<Code> {
    if pin
        .length
        .is_some_and(|length| u64::try_from(bytes.len()) != Ok(length))
    {
        return Some(Code::LengthMismatch);
    }
    let hashes = pin.hashes.as_ref()?;
    (!hashes_match(bytes, hashes)).then_some(Code::HashMismatch)
}

/// What TUF's section 4 asks of every role and `sigstore-tuf` reads more freely: a version from 1 on, an expiry in the
/// one form that all readers share, a version of the specification in numbers. Of other types than these it has refused
/// the role already.
pub(crate) fn require_form(bytes: &[u8]) -> Result<(), Code> {
    let file: Members<'_> = serde_json::from_slice(bytes).map_err(|_| Code::Malformed)?;
    let signed: Members<'_> = member(&file, "signed")?;
    let version: u64 = member(&signed, "version")?;
    let expires: Cow<'_, str> = member(&signed, "expires")?;
    let spec_version: Cow<'_, str> = member(&signed, "spec_version")?;
    let mut numbers = spec_version.split('.');
    let numeric = numbers.clone().count() <= 3
        && numbers
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if version < 1 || expires.parse::<Time>().is_err() || !numeric {
        return Err(Code::Malformed);
    }
    require_delegations(&signed)
}

/// What TUF's section 4.5 asks of a delegation and `sigstore-tuf` fills in: whether it ends the search, a threshold of one at
/// the least, and one way of naming its paths.
fn require_delegations(signed: &Members<'_>) -> Result<(), Code> {
    #[derive(Deserialize)]
    struct Delegations {
        #[serde(default)]
        roles: Vec<Delegation>,
    }
    #[derive(Deserialize)]
    struct Delegation {
        #[serde(rename = "terminating")]
        _terminating: bool,
        threshold: u64,
        paths: Option<IgnoredAny>,
        path_hash_prefixes: Option<IgnoredAny>,
    }
    impl Delegation {
        fn has_form(&self) -> bool {
            let one_of_both = self.paths.is_some() != self.path_hash_prefixes.is_some();
            self.threshold >= 1 && one_of_both
        }
    }
    if !signed.contains_key("delegations") {
        return Ok(());
    }
    let delegations: Delegations = member(signed, "delegations")?;
    if delegations.roles.iter().all(Delegation::has_form) {
        Ok(())
    } else {
        Err(Code::Malformed)
    }
}

/// Members of an object, of a name that stands twice the last: that is the one that was verified.
type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fn member<'a, T: Deserialize<'a>>(members: &Members<'a>, name: &str) -> Result<T, Code> {
    let value = members.get(name).ok_or(Code::Malformed)?;
    serde_json::from_str(value.get()).map_err(|_| Code::Malformed)
}

/// Whether every known hash is that of the bytes, and at least one is known. TUF 5.5.2, MOTD-CARRY-8.
pub(crate) fn hashes_match(bytes: &[u8], hashes: &BTreeMap<String, String>) -> bool {
    let mut known = 0;
    for (algorithm, expected) in hashes {
        let actual = match algorithm.as_str() {
            "sha256" => hex::encode(Sha256::digest(bytes)),
            "sha512" => hex::encode(Sha512::digest(bytes)),
            _ => continue,
        };
        if actual != *expected {
            return false;
        }
        known += 1;
    }
    known > 0
}

/// Whether a hash by this algorithm is compared.
pub(crate) fn is_known(algorithm: &str) -> bool {
    matches!(algorithm, "sha256" | "sha512")
}

/// The value of `signed` in a JSON object that has `signed` and `signatures`.
fn signed(bytes: &[u8]) -> Option<Value> {
    let Ok(Value::Object(mut metadata)) = serde_json::from_slice(bytes) else {
        return None;
    };
    metadata.get("signatures")?;
    metadata.remove("signed")
}

fn shape(signed: &Value, expected: &str) -> Code {
    let text = |name: &str| signed.get(name).and_then(Value::as_str);
    if text("_type").is_some_and(|found| found != expected) {
        // A file of another role in this place: correctly signed, perhaps, and still not what was asked for.
        Code::WrongType
    } else if text("spec_version").is_some_and(|version| version.split('.').next() != Some("1")) {
        Code::SpecVersion
    } else {
        Code::Malformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_metadata_is_unavailable() {
        let error = Error::Malformed(String::new());
        for body in [
            "",
            "<html>sign in</html>",
            "[]",
            "{}",
            "{\"signed\":{}}",
            "{\"signatures\":[]}",
            "null",
            "{\"signed\"",
        ] {
            assert_eq!(
                code(&error, body.as_bytes(), "root", None),
                Code::NotMetadata,
                "{body}"
            );
        }
        assert_eq!(
            code(&error, b"{\"signed\":{},\"signatures\":[]}", "root", None),
            Code::Malformed
        );
    }

    #[test]
    fn every_role_has_the_one_form() {
        let of = |version: &str, expires: &str, spec_version: &str| {
            let file = format!(
                r#"{{"signed":{{"version":{version},"expires":"{expires}","spec_version":"{spec_version}"}},"signatures":[]}}"#
            );
            require_form(file.as_bytes())
        };
        let expires = "2030-01-01T00:00:00Z";
        for spec_version in ["1.0.31", "1.0", "1"] {
            assert_eq!(of("1", expires, spec_version), Ok(()));
        }
        for version in ["0", "-1", "1.0", "\"1\"", "null"] {
            assert_eq!(
                of(version, expires, "1.0"),
                Err(Code::Malformed),
                "{version}"
            );
        }
        for expires in [
            "2030-01-01T00:00:00+00:00",
            "2030-01-01T00:00:00.5Z",
            "2030-01-01 00:00:00Z",
            "2030-01-01t00:00:00z",
            "2030-01-01T00:00:60Z",
            "2030-01-01",
        ] {
            assert_eq!(of("1", expires, "1.0"), Err(Code::Malformed), "{expires}");
        }
        for spec_version in ["1.x", "1.0.0.0", "1.", "", "1.0-beta"] {
            assert_eq!(
                of("1", expires, spec_version),
                Err(Code::Malformed),
                "{spec_version}"
            );
        }
    }

    #[test]
    fn type_and_version_are_told_apart() {
        let error = Error::Malformed(String::new());
        let of = |signed: &str| {
            code(
                &error,
                format!("{{\"signed\":{signed},\"signatures\":[]}}").as_bytes(),
                "root",
                None,
            )
        };
        assert_eq!(of("{\"_type\":\"targets\"}"), Code::WrongType);
        assert_eq!(
            of("{\"_type\":\"root\",\"spec_version\":\"2.0\"}"),
            Code::SpecVersion
        );
        assert_eq!(
            of("{\"_type\":\"root\",\"spec_version\":\"1.0\"}"),
            Code::Malformed
        );
        assert_eq!(of("7"), Code::Malformed);
    }

    #[test]
    fn every_known_hash_counts_and_one_is_needed() {
        let hashes = |pairs: &[(&str, String)]| -> BTreeMap<String, String> {
            pairs
                .iter()
                .map(|(algorithm, hash)| ((*algorithm).to_owned(), hash.clone()))
                .collect()
        };
        let (short, long) = (
            hex::encode(Sha256::digest(b"x")),
            hex::encode(Sha512::digest(b"x")),
        );
        // One spelling, section 5.4.
        assert!(!hashes_match(
            b"x",
            &hashes(&[("sha256", short.to_uppercase())])
        ));
        assert!(hashes_match(
            b"x",
            &hashes(&[("sha256", short.clone()), ("blake2b", String::new())])
        ));
        assert!(!hashes_match(
            b"x",
            &hashes(&[("sha256", short.clone()), ("sha512", short)])
        ));
        assert!(!hashes_match(b"y", &hashes(&[("sha512", long)])));
        assert!(!hashes_match(b"x", &hashes(&[("md5", String::new())])));
    }
}
