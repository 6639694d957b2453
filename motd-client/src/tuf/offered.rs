//! A role as it was offered: its bytes are parsed here, and nowhere again.
//!
//! `sigstore-tuf` makes its typed view of them, and a scan looks at what that view does not keep. Its error texts quote
//! the metadata; they end here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use motd_core::{Code, Time};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use sigstore_tuf::{Error, MetaFile, Metadata, Role};

use super::hashes;

/// A type of role whose parsed file can be kept for the rest of a run.
pub(crate) trait AnyRole: Role + Clone + Send + Sync + 'static {}

impl<T: Role + Clone + Send + Sync + 'static> AnyRole for T {}

/// A file that was offered for a role, from the network or the store.
#[derive(Clone)]
pub(crate) struct OfferedRole<T> {
    bytes: Arc<[u8]>,
    metadata: Result<Arc<Metadata<T>>, Code>,
    has_form: bool,
}

impl<T: Role> OfferedRole<T> {
    /// Parses a file, whatever comes of it.
    pub(crate) fn parse(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let (metadata, has_form) = parse(&bytes);
        Self {
            bytes,
            metadata: metadata.map(Arc::new),
            has_form,
        }
    }

    pub(crate) const fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// What the file says, before anything of it was verified.
    pub(crate) fn unverified(&self) -> Option<&Arc<Metadata<T>>> {
        self.metadata.as_ref().ok()
    }

    /// The metadata of a file that has the length and hashes of its parent's pin, and the form of its type. Its
    /// signatures are the next to look at. MOTD-GATE-6, MOTD-GATE-7.
    pub(crate) fn checked(&self, pin: Option<&MetaFile>) -> Result<&Arc<Metadata<T>>, Code> {
        // MOTD-GATE-6: what is no metadata at all is a captive portal's page, whatever else is wrong with it.
        if let Err(Code::NotMetadata) = self.metadata {
            return Err(Code::NotMetadata);
        }
        // Length and hash come first, and the form before who signed it and which version it is. Section 6.4.
        if let Some(code) = pin.and_then(|pin| hashes::integrity(&self.bytes, pin)) {
            return Err(code);
        }
        let metadata = self.metadata.as_ref().map_err(|code| *code)?;
        if self.has_form {
            Ok(metadata)
        } else {
            Err(Code::Malformed)
        }
    }
}

/// Metadata, or what is wrong with it, and whether it has the form that all readers share.
fn parse<T: Role>(bytes: &[u8]) -> (Result<Metadata<T>, Code>, bool) {
    let Some(signed) = signed(bytes) else {
        return (Err(Code::NotMetadata), false);
    };
    let metadata = Metadata::from_slice(bytes).map_err(|error| match error {
        // Not even JSON to a parser that looks into every member.
        Error::Json(error) if !error.is_data() => Code::NotMetadata,
        _ => fault(signed, T::TYPE),
    });
    (metadata, require_form(signed).is_ok())
}

/// What TUF's section 4 asks of every role and `sigstore-tuf` reads more freely: a version from 1 on, an expiry in the
/// one form that all readers share, a version of the specification in numbers. Of other types than these it has refused
/// the role already.
fn require_form(signed: &RawValue) -> Result<(), Code> {
    let signed = members(signed).ok_or(Code::Malformed)?;
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
    struct DelegationForms {
        #[serde(default)]
        roles: Vec<DelegationForm>,
    }
    #[derive(Deserialize)]
    struct DelegationForm {
        #[serde(rename = "terminating")]
        _terminating: bool,
        threshold: u64,
        paths: Option<IgnoredAny>,
        path_hash_prefixes: Option<IgnoredAny>,
    }
    impl DelegationForm {
        fn has_form(&self) -> bool {
            let one_of_both = self.paths.is_some() != self.path_hash_prefixes.is_some();
            self.threshold >= 1 && one_of_both
        }
    }
    if !signed.contains_key("delegations") {
        return Ok(());
    }
    let delegations: DelegationForms = member(signed, "delegations")?;
    if delegations.roles.iter().all(DelegationForm::has_form) {
        Ok(())
    } else {
        Err(Code::Malformed)
    }
}

/// Members of an object, of a name that stands twice the last: that is the one that is verified.
type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fn members(value: &RawValue) -> Option<Members<'_>> {
    serde_json::from_str(value.get()).ok()
}

fn member<'a, T: Deserialize<'a>>(members: &Members<'a>, name: &str) -> Result<T, Code> {
    let value = members.get(name).ok_or(Code::Malformed)?;
    serde_json::from_str(value.get()).map_err(|_| Code::Malformed)
}

/// The value of `signed` in a JSON object that has `signed` and `signatures`.
fn signed(bytes: &[u8]) -> Option<&RawValue> {
    let file: Members<'_> = serde_json::from_slice(bytes).ok()?;
    file.get("signatures")?;
    file.get("signed").copied()
}

/// Why metadata is not of the type `expected`, or not of the form of that type.
fn fault(signed: &RawValue, expected: &str) -> Code {
    let members = members(signed).unwrap_or_default();
    let text = |name: &str| member::<Cow<'_, str>>(&members, name).ok();
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
    use sigstore_tuf::Root;

    use super::*;

    fn code(body: &str) -> Option<Code> {
        let offered = OfferedRole::<Root>::parse(body.as_bytes());
        offered.checked(None).err()
    }

    #[test]
    fn what_is_no_metadata_is_unavailable() {
        for body in [
            "",
            "<html>sign in</html>",
            "[]",
            "{}",
            "{\"signed\":{}}",
            "{\"signatures\":[]}",
            "null",
            "{\"signed\"",
            "{\"signed\":1e999,\"signatures\":[]}",
            "{\"signed\":\"\\ud800\",\"signatures\":[]}",
        ] {
            assert_eq!(code(body), Some(Code::NotMetadata), "{body}");
        }
        assert_eq!(
            code("{\"signed\":{},\"signatures\":[]}"),
            Some(Code::Malformed)
        );
    }

    #[test]
    fn every_role_has_the_one_form() {
        let of = |version: &str, expires: &str, spec_version: &str| {
            let file = format!(
                r#"{{"signed":{{"version":{version},"expires":"{expires}","spec_version":"{spec_version}"}},"signatures":[]}}"#
            );
            require_form(signed(file.as_bytes()).unwrap())
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
        let of =
            |signed: &str| code(&format!("{{\"signed\":{signed},\"signatures\":[]}}")).unwrap();
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
}
