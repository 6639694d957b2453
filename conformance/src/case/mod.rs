//! A case: what is asked of an implementation, and what it has to answer. Cases are written by the generators of
//! [`crate::cases`], kept as files under `conformance/vectors`, and read from there by the judge.

mod pattern;
#[cfg(test)]
pub(crate) mod sample;
mod vectors;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use pattern::differences;
pub use vectors::{VectorFiles, Vectors};

use crate::spec::ConformanceRole;

/// One case: one reason to pass, or one fault on a base that passes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// `role/area/words`, unique, and for ever.
    pub id: String,
    /// What happens, in a few words.
    pub title: String,
    /// Who is judged.
    pub role: ConformanceRole,
    /// `core`, or the feature without which the case is not asked.
    pub level: String,
    /// The requirements that it shows to be met, by the wording that it was written for. The first is the one that the
    /// case isolates.
    pub requirements: Vec<Citation>,
    /// Which side of them.
    pub side: Side,
    /// A case that passes without the fault; every negative case has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What is wrong here, and nothing else is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What whoever made the fault would gain from an implementation that does not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<String>,
    /// What is done, one after the other.
    pub steps: Vec<CaseStep>,
}

/// A requirement, and the hash of the wording that a case was written for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// `MOTD-AREA-number`.
    pub id: String,
    /// SHA-256 of its text, as in `spec/requirements.json`.
    pub sha256: String,
}

/// Whether a case shows that something good is taken, or that something bad is not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What the requirement allows works.
    Positive,
    /// What the requirement forbids does not.
    Negative,
}

impl Side {
    /// Its name in files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

/// One request with what surrounds it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseStep {
    /// What the judge's web server answers from now on. Without it, what it answered before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<Serve>,
    /// What is done to the folder of the request before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disturb: Vec<Disturbance>,
    /// Another process sends this request first, and is still waiting for the judge's web server while this step is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Value>,
    /// The process is killed as soon as this path is requested; there is no answer, and the next step has another process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub killed_at: Option<String>,
    /// The request, without its id. Members that are the same in every case may be left out (`vectors/README.md`).
    pub request: Value,
    /// A second request of the same kind, put to a second process at the same time. The answer is then an object whose
    /// `answers` are both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Value>,
    /// The answer, as a pattern.
    pub expect: Value,
    /// What else is to be seen from outside.
    #[serde(default, skip_serializing_if = "Observation::is_nothing")]
    pub observe: Observation,
}

/// What the judge's web server hands out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// Path to the name of a file in `vectors/files`. Whatever is not here is a 404.
    pub files: BTreeMap<String, String>,
    /// Path to an answer that is other than a file with status 200. The path `*` is every one that has no other answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Answer>,
}

/// One answer of the web server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Further header fields, as they stand. `{origin}` in a value is this server, `{elsewhere}` another one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body: a file of `vectors/files`; without it that of the path in `files`, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How it is sent.
    #[serde(default, skip_serializing_if = "Delivery::is_whole")]
    pub delivery: Delivery,
    /// Only for the first so many requests; then the path is answered as if this were not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

const fn ok() -> u16 {
    200
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: ok(),
            headers: Vec::new(),
            file: None,
            delivery: Delivery::Whole,
            times: None,
        }
    }
}

/// How a body travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delivery {
    /// With its length, and whole.
    #[default]
    Whole,
    /// In chunks, without a length.
    Chunked,
    /// The connection ends after so many bytes of it, whatever the length says.
    CutAfter(usize),
    /// Nothing more comes after so many bytes of it, and the connection stays open.
    StallAfter(usize),
    /// It is followed by spaces without end, in chunks.
    Endless,
    /// The connection is closed before any answer.
    Closed,
}

impl Delivery {
    /// Whether it is the usual one.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }
}

/// What happens to a folder between two requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Disturbance {
    /// Every file in it gets other bytes in its middle.
    CorruptAll,
    /// The file of this number is removed, counted from 0 in the order of paths; none when there are fewer.
    RemoveOne(usize),
    /// The file of this number gets other bytes in its middle.
    CorruptOne(usize),
    /// It is put back as it was after the step with this number, from 0.
    Restore(usize),
    /// Every file in it becomes a symbolic link to a file outside that the judge watches.
    LinkFiles,
    /// At this path in the folder stands a symbolic link to a file outside that the judge watches.
    Link(String),
    /// It belongs to another user; where the judge may not give it away, nobody may write into it.
    Unusable,
    /// It is read-only, with all that is in it, and still belongs to this user.
    ReadOnly,
    /// Other users can write into it, and it still belongs to this one.
    WritableByOthers,
    /// Files are published into it: path in it to the name of a file in `vectors/files`. `metadata/timestamp.json` comes
    /// last, by a rename.
    Put(BTreeMap<String, String>),
    /// So many spaces are added to the end of the file at this path, which leaves JSON what it was.
    Pad(String, usize),
}

/// What the judge sees for itself. A member that is absent is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a look of its own")]
pub struct Observation {
    /// The paths that were requested in this step, in any order, each as often as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<String>>,
    /// Paths that were not requested in this step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_requested: Vec<String>,
    /// Paths that were requested in this step, each at least once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requested: Vec<String>,
    /// Every request of this step keeps MOTD-PRIV-1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// The other origin was not asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stayed_home: bool,
    /// At most this many milliseconds until the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_milliseconds: Option<u64>,
    /// At most this many bytes of one body were taken from the web server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at_most: Option<u64>,
    /// None of these texts is in `stdout`, `stderr` or the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unheard: Vec<String>,
    /// No name of a file or folder in the state folder holds any of these texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unnamed: Vec<String>,
    /// The folder of the request holds the bytes that it held before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folder_unchanged: bool,
    /// Requests were the same as in the step with this number, from 0: paths, header fields, and their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_as_in: Option<usize>,
    /// The answer is at these JSON pointers what it was in the step with this number, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<AnswerComparison>,
    /// The answer is at none of these JSON pointers what it was in the step with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_than: Option<AnswerComparison>,
    /// The `ETag` is that of the step with this number, from 0, when the bytes are, and another one when they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_per_form: Option<usize>,
    /// A pattern of what the judge finds in the published folder after the step (`judge/publication`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<Value>,
    /// Whoever read the folder during the step found at every moment all that `timestamp.json` leads to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always_whole: bool,
    /// As many timestamps came as requests were accepted, and the document is that of an accepted one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each_took_effect: bool,
}

/// Places in an answer that are compared with those of another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerComparison {
    /// The number of the other step, from 0.
    pub step: usize,
    /// JSON pointers.
    pub at: Vec<String>,
}

impl Observation {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
