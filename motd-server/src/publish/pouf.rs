//! The [`tuf`] crate's data format, as the rest of the TUF world writes it: what its `Database` reads.
//!
//! The crate's own `Pouf1` signs the strict JSON form instead of the OLPC form: one line feed in a text and every
//! other library rejects the signature while the crate accepts it. It also insists on `spec_version` 1.0, which
//! python-tuf has not written for years.

use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use serde_json::Value;
use tuf::pouf::Pouf;
use tuf::{Error, Result};

use super::metadata::{canonical, limits};

/// What the types of the `tuf` crate insist on reading.
const CRATE_SPEC_VERSION: &str = "1.0.0";

/// OLPC canonical JSON for what is signed, strict JSON for what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OlpcPouf {}

impl Pouf for OlpcPouf {
    type RawData = Value;

    fn extension() -> &'static str {
        "json"
    }

    fn canonicalize(raw_data: &Value) -> Result<Vec<u8>> {
        canonical::canonical(raw_data).map_err(|fault| Error::Encoding(fault.to_string()))
    }

    fn deserialize<T: DeserializeOwned>(raw_data: &Value) -> Result<T> {
        let mut value = raw_data.clone();
        if let Some(version) = value.get("spec_version").and_then(Value::as_str)
            && is_one_dot_any(version)
            && let Some(member) = value.get_mut("spec_version")
        {
            *member = Value::from(CRATE_SPEC_VERSION);
        }
        Ok(serde_json::from_value(value)?)
    }

    fn serialize<T: Serialize>(data: &T) -> Result<Value> {
        Ok(serde_json::to_value(data)?)
    }

    fn from_slice<T: DeserializeOwned>(slice: &[u8]) -> Result<T> {
        let value = limits::read(slice).map_err(|fault| Error::Encoding(fault.to_string()))?;
        Self::deserialize(&value)
    }
}

/// TUF 5.3: a client that knows 1.x reads every 1.x.
fn is_one_dot_any(version: &str) -> bool {
    let mut parts = version.split('.');
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next() == Some("1") && {
        let rest: Vec<&str> = parts.collect();
        (1..=2).contains(&rest.len()) && rest.into_iter().all(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tuf::metadata::SnapshotMetadata;

    fn snapshot(version: &str) -> Value {
        json!({"_type": "snapshot", "spec_version": version, "version": 1, "expires": "2030-01-01T00:00:00Z", "meta": {}})
    }

    #[test]
    fn any_one_dot_version_is_read() {
        for version in ["1.0", "1.0.0", "1.0.31", "1.27.3"] {
            assert!(
                OlpcPouf::deserialize::<SnapshotMetadata>(&snapshot(version)).is_ok(),
                "{version}"
            );
        }
        for version in ["2.0.0", "0.9", "1", "1.", "1.0.0.0", "1.0.x", "", "10.0"] {
            assert!(
                OlpcPouf::deserialize::<SnapshotMetadata>(&snapshot(version)).is_err(),
                "{version}"
            );
        }
    }

    #[test]
    fn a_line_feed_is_signed_as_a_line_feed() {
        assert_eq!(OlpcPouf::canonicalize(&json!("a\nb")).unwrap(), b"\"a\nb\"");
    }
}
