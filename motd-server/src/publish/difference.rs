//! What a proposal changes, computed from the payload itself: what a person reads before signing.

use serde_json::Value;

use super::metadata::limits::pointer;
use super::{CUSTOM_MEMBER, TARGET_PATH};

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

    /// Whether it stands at one of these places, or inside. The empty place is none of them: it would be everything.
    #[must_use]
    pub fn is_among(&self, places: &[&str]) -> bool {
        let stands_in = |place: &&str| {
            let inside = self.place.strip_prefix(place);
            inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut places = places.iter().filter(|place| !place.is_empty());
        places.any(stands_in)
    }

    /// Whether every new version of a notice role has it: its version, its expiry, and of the entry of the reserved
    /// path what follows from the document. Anything else in that entry would be signed unread.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        let entry = pointer("/targets", TARGET_PATH);
        let inside = self.place.strip_prefix(&entry);
        self.is_version_or_expiry() || inside.is_some_and(|rest| self.follows_from_document(rest))
    }

    fn follows_from_document(&self, rest: &str) -> bool {
        let has_only = |value: Option<&Value>, names: &[&str]| {
            let members = value.and_then(Value::as_object).into_iter().flatten();
            members.fold(true, |only, (name, _)| {
                only && names.contains(&name.as_str())
            })
        };
        let after = self.after.as_ref();
        let of = |name: &str| after.and_then(|entry| entry.get(name));
        match rest {
            "" => {
                has_only(after, &["length", "hashes", "custom"])
                    && has_only(of("hashes"), &HASHES)
                    && has_only(of("custom"), &[CUSTOM_MEMBER])
            }
            "/length" => true,
            "/hashes" => has_only(after, &HASHES),
            "/custom" => has_only(after, &[CUSTOM_MEMBER]),
            inner => {
                let hash = inner.strip_prefix("/hashes/");
                let inline = inner.strip_prefix("/custom/");
                let inline = inline.and_then(|inner| inner.split('/').next());
                hash.is_some_and(|name| HASHES.contains(&name)) || inline == Some(CUSTOM_MEMBER)
            }
        }
    }
}

/// The hashes that are compared with the document's.
const HASHES: [&str; 2] = ["sha256", "sha512"];

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
    fn the_empty_place_accepts_nothing() {
        let found = differences(&json!({ "a": 1 }), &json!({ "a": 2 }));
        let accepted = |places: &[&str]| found.iter().any(|one| one.is_among(places));
        assert!(accepted(&["", "/a"]));
        for places in [&[][..], &[""], &["/"], &["", "/b"]] {
            assert!(!accepted(places), "{places:?}");
        }
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

    #[test]
    fn what_a_document_does_not_say_is_not_expected_in_its_entry() {
        let of = |entry: Value| json!({ "targets": { TARGET_PATH: entry } });
        let hash = "0".repeat(64);
        let known = json!({ "length": 1, "hashes": { "sha256": hash, "sha512": hash }, "custom": { "motd": { "a": 1 } } });
        let with = |place: &str, name: &str| {
            let mut entry = known.clone();
            entry.pointer_mut(place).unwrap()[name] = "more".into();
            of(entry)
        };
        let expected = |before: &Value, after: &Value| {
            let found = differences(before, after);
            assert!(!found.is_empty());
            found.iter().all(Difference::is_expected)
        };
        let nothing = json!({ "targets": {} });
        let bare = of(json!({}));
        for before in [&nothing, &bare, &of(json!({ "custom": {}, "hashes": {} }))] {
            assert!(expected(before, &of(known.clone())), "{before}");
            for (place, name) in [("", "x"), ("/hashes", "blake2b"), ("/custom", "other")] {
                assert!(!expected(before, &with(place, name)), "{before} {place}");
            }
        }
        assert!(expected(&of(known.clone()), &with("/custom/motd", "b")));
        assert!(!expected(&of(known.clone()), &with("/custom", "motd2")));
    }
}
