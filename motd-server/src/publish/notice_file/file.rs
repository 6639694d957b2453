//! The file that was read, and where everything in it stands.

use std::collections::BTreeMap;

use motd_core::json::Value;

/// A notice file that is well-formed TOML.
#[derive(Clone, Debug)]
pub struct NoticeFile {
    pub(super) name: String,
    pub(super) json: serde_json::Value,
    pub(super) places: Places,
}

/// Where everything stands in the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Byte offset of each line's beginning.
    lines: Vec<usize>,
    text: String,
    /// Byte offset of the value of each JSON pointer.
    pub(super) values: BTreeMap<String, usize>,
    /// Byte offset of its name, for members.
    pub(super) names: BTreeMap<String, usize>,
}

impl NoticeFile {
    /// What findings call the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The notice as JSON.
    #[must_use]
    pub const fn json(&self) -> &serde_json::Value {
        &self.json
    }

    /// The notice as a value to be judged and composed into a document; absent when it nests too deep or has a name
    /// that is not ASCII, which [`NoticeFile::lint`] says.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        Value::from_parsed(&self.json).ok()
    }

    /// Line and column, both counted from 1, of what a JSON pointer from the notice names, or of what it would stand
    /// in.
    #[must_use]
    pub fn locate(&self, place: &str) -> (usize, usize) {
        self.places.locate(&self.places.values, place)
    }
}

impl Places {
    pub(super) fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            lines: core::iter::once(0)
                .chain(breaks.map(|(offset, _)| offset + 1))
                .collect(),
            text: text.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn locate(&self, offsets: &BTreeMap<String, usize>, place: &str) -> (usize, usize) {
        let mut place = place;
        loop {
            if let Some(offset) = offsets.get(place).or_else(|| self.values.get(place)) {
                return self.position(*offset);
            }
            match place.rsplit_once('/') {
                Some((parent, _)) => place = parent,
                None => return (1, 1),
            }
        }
    }

    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}
