//! The bundle: files that a first check needs, asked for at once and trusted as little as any other. Chapter 5,
//! section 5.8.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

/// Where it is, in the folder of the metadata.
pub(crate) const NAME: &str = "motd-bundle.json";

/// Texts of version-prefixed metadata files by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bundle(BTreeMap<String, String>);

impl Bundle {
    /// MOTD-BUNDLE-5: `None` for anything but one object of strings, each name once.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The file of this name, which stands for itself: no name, no version and no signature has been looked at.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        // MOTD-BUNDLE-6: what has no version is news, and news come from the network.
        let (version, _) = name.split_once('.')?;
        let versioned = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        versioned.then(|| self.0.get(name).map(String::as_bytes))?
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
            assert_eq!(Bundle::read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Bundle::read(b"{\"a\":\"\xFF\"}"), None);
    }

    #[test]
    fn only_names_with_a_version_are_answered() {
        let bundle = Bundle::read(
            br#"{"2.root.json":"{\"\u00e9\":1}\n","root.json":"a","timestamp.json":"b",".json":"c","x.1.json":"d"}"#,
        )
        .unwrap();
        assert_eq!(bundle.file("2.root.json"), Some("{\"é\":1}\n".as_bytes()));
        for name in [
            "3.root.json",
            "root.json",
            "timestamp.json",
            ".json",
            "x.1.json",
            "2",
        ] {
            assert_eq!(bundle.file(name), None, "{name}");
        }
    }
}
