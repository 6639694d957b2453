//! The bundle: the one file in which a sidecar has everything below root. Chapter 5, section 5.8.
//!
//! A file from it is trusted as little as one from the network.

use std::collections::BTreeMap;
use std::fmt;

use motd_core::Code;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use crate::transport::FileResponse;

/// Where it is, in the folder of the metadata.
pub(crate) const NAME: &str = "motd-bundle.json";

/// Texts of files, by the names that requests for them have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bundle(BTreeMap<String, String>);

impl Bundle {
    /// MOTD-BUNDLE-5: an error for anything but one object of strings, each name once.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Code> {
        serde_json::from_slice(bytes).map_err(|_| Code::NotMetadata)
    }

    /// The answer to a request for the file of this name. MOTD-BUNDLE-3: within the same limit as over the network.
    pub(crate) fn answer(&self, name: &str, limit: u64) -> Result<FileResponse, Code> {
        let Some(file) = self.0.get(name) else {
            return Ok(FileResponse::NotFound);
        };
        if u64::try_from(file.len()).is_ok_and(|length| length <= limit) {
            Ok(FileResponse::Body(file.clone().into_bytes()))
        } else {
            Err(Code::TooLong)
        }
    }
}

impl<'de> Deserialize<'de> for Bundle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BundleVisitor)
    }
}

struct BundleVisitor;

impl<'de> Visitor<'de> for BundleVisitor {
    type Value = Bundle;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bundle, A::Error> {
        let mut files = BTreeMap::new();
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if files.insert(name, text).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Bundle(files))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_of_strings_is_a_bundle() {
        for bad in [
            "",
            "[]",
            "null",
            "{\"2.root.json\":1}",
            "{\"2.root.json\":null}",
            "{\"2.root.json\":\"a\",\"2.root.json\":\"b\"}",
            "{} ]",
            "{\"2.root.json\":\"a\"",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert_eq!(
                Bundle::read(bad.as_bytes()),
                Err(Code::NotMetadata),
                "{bad}"
            );
        }
        assert_eq!(Bundle::read(b"{\"a\":\"\xFF\"}"), Err(Code::NotMetadata));
    }

    #[test]
    fn a_file_is_answered_within_its_limit() {
        let bundle = Bundle::read(br#"{"2.motd.json":"{\"\u00e9\":1}\n"}"#).unwrap();
        let file = "{\"é\":1}\n".as_bytes().to_vec();
        assert_eq!(
            bundle.answer("2.motd.json", 9),
            Ok(FileResponse::Body(file))
        );
        assert_eq!(bundle.answer("2.motd.json", 8), Err(Code::TooLong));
        assert_eq!(bundle.answer("3.motd.json", 9), Ok(FileResponse::NotFound));
    }
}
