//! What readers would see change from one document to the next.

use serde_json::Value;

use super::difference::{Difference, differences};
use crate::publish::document::NoticeDocument;

/// What becomes of one notice.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NoticeChange {
    /// It is new.
    Added {
        /// As it would be published.
        after: Value,
    },
    /// It is another one under the same id.
    Changed {
        /// As it is published.
        before: Value,
        /// As it would be.
        after: Value,
    },
    /// It is not published any more: clients stop showing it with their next check.
    Withdrawn {
        /// As it is published.
        before: Value,
    },
    /// It stays as it is.
    Kept {
        /// As it is published.
        before: Value,
    },
}

impl NoticeChange {
    /// The notice's id.
    #[must_use]
    pub fn id(&self) -> &str {
        let (Self::Added { after: notice }
        | Self::Changed { after: notice, .. }
        | Self::Withdrawn { before: notice }
        | Self::Kept { before: notice }) = self;
        notice.get("id").and_then(Value::as_str).unwrap_or_default()
    }

    /// One word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Added { .. } => "added",
            Self::Changed { .. } => "changed",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Kept { .. } => "kept",
        }
    }

    /// The members that differ, by name, when it is changed.
    #[must_use]
    pub fn members(&self) -> Vec<&str> {
        let Self::Changed { before, after } = self else {
            return Vec::new();
        };
        let both = [before, after];
        let differs = |name: &str| before.get(name) != after.get(name);
        let mut found: Vec<&str> = both
            .iter()
            .filter_map(|value| value.as_object())
            .flat_map(serde_json::Map::keys)
            .map(String::as_str)
            .filter(|name| differs(name))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether who has seen the notice is shown it again: its revision is higher.
    #[must_use]
    pub fn is_new_to_readers(&self) -> bool {
        let revision = |notice: &Value| notice.get("revision").and_then(Value::as_u64);
        match self {
            Self::Added { .. } => true,
            Self::Changed { before, after } => revision(after) > revision(before),
            Self::Withdrawn { .. } | Self::Kept { .. } => false,
        }
    }
}

/// Every notice of both documents: in the order of the next one, and then what is withdrawn.
#[must_use]
pub fn changes(before: &NoticeDocument, after: &NoticeDocument) -> Vec<NoticeChange> {
    let old = notices(before);
    let new = notices(after);
    let with_id = |notices: &[Value], id: Option<&Value>| {
        let is_it = |notice: &&Value| notice.get("id") == id;
        notices.iter().find(is_it).cloned()
    };
    let mut changes: Vec<NoticeChange> = new
        .iter()
        .map(|notice| match with_id(&old, notice.get("id")) {
            None => NoticeChange::Added {
                after: notice.clone(),
            },
            Some(before) if before == *notice => NoticeChange::Kept { before },
            Some(before) => NoticeChange::Changed {
                before,
                after: notice.clone(),
            },
        })
        .collect();
    let gone = old
        .iter()
        .filter(|notice| with_id(&new, notice.get("id")).is_none());
    changes.extend(gone.map(|notice| NoticeChange::Withdrawn {
        before: notice.clone(),
    }));
    changes
}

/// Every value of both documents that differs and stands in no notice.
pub(super) fn members(before: &NoticeDocument, after: &NoticeDocument) -> Vec<Difference> {
    let mut found = differences(before.json(), after.json());
    found.retain(|difference| !difference.is_among(&["/notices"]));
    found
}

fn notices(document: &NoticeDocument) -> Vec<Value> {
    let notices = document.json().get("notices");
    notices
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notice(id: &str, revision: u64, title: &str) -> Value {
        json!({
            "id": id, "revision": revision, "severity": "info",
            "begins": "2018-04-01T00:00:00Z", "ends": "2018-05-01T00:00:00Z",
            "text": { "en": { "title": title, "body": [] } },
        })
    }

    fn document(notices: &[Value]) -> NoticeDocument {
        let notices: Vec<_> = notices
            .iter()
            .map(|notice| motd_core::json::Value::from_parsed(notice).unwrap())
            .collect();
        NoticeDocument::compose(&"example.org".parse().unwrap(), "en", &notices).unwrap()
    }

    #[test]
    fn every_notice_of_both_is_named_once() {
        let before = document(&[
            notice("same", 1, "a"),
            notice("gone", 1, "b"),
            notice("edited", 1, "c"),
            notice("quietly", 1, "d"),
        ]);
        let mut quietly = notice("quietly", 1, "d");
        quietly["severity"] = "warning".into();
        let after = document(&[
            notice("new", 1, "e"),
            notice("edited", 2, "f"),
            notice("same", 1, "a"),
            quietly,
        ]);
        let found = changes(&before, &after);
        let said: Vec<_> = found
            .iter()
            .map(|change| {
                (
                    change.id(),
                    change.word(),
                    change.members(),
                    change.is_new_to_readers(),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                ("new", "added", vec![], true),
                ("edited", "changed", vec!["revision", "text"], true),
                ("same", "kept", vec![], false),
                ("quietly", "changed", vec!["severity"], false),
                ("gone", "withdrawn", vec![], false),
            ]
        );
    }
}
