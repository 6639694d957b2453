//! What a proposal changes, computed from the payload itself: what a person reads before signing.

use serde_json::Value;

use super::TARGET_PATH;
use crate::limits::pointer;

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer into what is signed.
    pub place: String,
    /// What is published; absent when it is new.
    pub before: Option<Value>,
    /// What would be; absent when it goes.
    pub after: Option<Value>,
}

impl Difference {
    /// Whether every new version of any role has it.
    #[must_use]
    pub fn is_version_or_expiry(&self) -> bool {
        matches!(self.place.as_str(), "/version" | "/expires")
    }

    /// Whether it stands at one of these places, or inside.
    #[must_use]
    pub fn is_among(&self, places: &[&str]) -> bool {
        let stands_in = |place: &&str| {
            let inside = self.place.strip_prefix(place);
            inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        places.iter().any(stands_in)
    }

    /// Whether every new version of a notice role has it: its version, its expiry, and the entry of the reserved path.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        let entry = pointer("/targets", TARGET_PATH);
        let inside = self.place.strip_prefix(&entry);
        self.is_version_or_expiry()
            || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The values that differ, in the order of names. Arrays are compared whole, because their order has a meaning.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(
    place: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    if before == after {
        return;
    }
    let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) else {
        let (before, after) = (before.cloned(), after.cloned());
        return found.push(Difference {
            place: place.to_owned(),
            before,
            after,
        });
    };
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        compare(&pointer(place, name), old.get(name), new.get(name), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_that_differs_is_named() {
        let before = json!({ "version": 1, "same": [1], "gone": 1, "targets": { "motd/notices.json": { "length": 1 }, "motd/other": 1 } });
        let after = json!({ "version": 2, "same": [1], "new": null, "targets": { "motd/notices.json": { "length": 2 }, "motd/other": 2 } });
        let found: Vec<_> = differences(&before, &after)
            .into_iter()
            .map(|found| (found.place.clone(), found.is_expected()))
            .collect();
        let expected = [
            ("/gone", false),
            ("/new", false),
            ("/targets/motd~1notices.json/length", true),
            ("/targets/motd~1other", false),
            ("/version", true),
        ];
        assert_eq!(
            found,
            expected.map(|(place, expected)| (place.to_owned(), expected))
        );
        assert_eq!(differences(&before, &before), []);
    }

    #[test]
    fn a_name_that_only_begins_like_the_reserved_path_is_not_expected() {
        let found = differences(
            &json!({ "targets": {} }),
            &json!({ "targets": { "motd/notices.json.sig": {} } }),
        );
        assert_eq!(
            found
                .iter()
                .map(Difference::is_expected)
                .collect::<Vec<_>>(),
            [false]
        );
    }
}
