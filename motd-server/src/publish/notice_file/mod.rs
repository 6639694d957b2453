//! A notice as a person writes it: a TOML file, with the place of everything in it.
//!
//! The members are those of the JSON form: `[text.en]` is a table for each language, `[[links]]` and `[[audience]]` one
//! for each link and clause. `begins` and `ends` may be TOML date-times with an offset.
//!
//! ```
//! use motd_server::publish::notice_file::NoticeFile;
//! let file = NoticeFile::read("tls.toml", r#"
//!     id = "tls-1.2-required"
//!     revision = 1
//!     severity = "warning"
//!     begins = 2018-04-12T00:00:00Z
//!     ends = 2018-06-30T00:00:00Z
//!
//!     [text.en]
//!     title = "TLS 1.2 will be required on 30 June"
//!     body = ["Older clients will not connect."]
//! "#).unwrap();
//! assert_eq!(file.locate("/severity"), (4, 16));
//! ```

mod finding;
mod lint;
mod registry;
mod repair;
mod template;
mod toml;

use std::collections::BTreeMap;

use motd_core::json::Value;

pub use finding::{Finding, FindingLevel};
pub use template::{NewNotice, Template};

/// A notice file that is well-formed TOML.
#[derive(Clone, Debug)]
pub struct NoticeFile {
    name: String,
    json: serde_json::Value,
    places: Places,
}

/// Where everything stands in the text.
#[derive(Clone, Debug, Default)]
struct Places {
    /// Byte offset of each line's beginning.
    lines: Vec<usize>,
    text: String,
    /// Byte offset of the value of each JSON pointer.
    values: BTreeMap<String, usize>,
    /// Byte offset of its name, for members.
    names: BTreeMap<String, usize>,
}

impl NoticeFile {
    /// Reads the bytes of a file; `name` is what findings call it.
    ///
    /// # Errors
    ///
    /// A [`Finding`] with the code `not-toml` and the place where the parser stopped.
    pub fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Self, Finding> {
        toml::read(name, bytes.as_ref())
    }

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

    /// The notice as a value to be judged and composed into a document; absent when it nests too deep or has a name that
    /// is not ASCII, which [`NoticeFile::lint`] says.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        Value::from_parsed(&self.json).ok()
    }

    /// Line and column, both counted from 1, of what a JSON pointer from the notice names, or of what it would stand in.
    #[must_use]
    pub fn locate(&self, place: &str) -> (usize, usize) {
        self.places.locate(&self.places.values, place)
    }
}

impl Places {
    fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            lines: core::iter::once(0)
                .chain(breaks.map(|(offset, _)| offset + 1))
                .collect(),
            text: text.to_owned(),
            ..Self::default()
        }
    }

    fn locate(&self, offsets: &BTreeMap<String, usize>, place: &str) -> (usize, usize) {
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

    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

#[cfg(test)]
mod tests;
