//! Requests as types, and answers as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_core::{Refusal, Stage, Time};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value, json};

/// The longest id.
const ID_CHARACTERS: usize = 64;

/// The id of an answer to what has none.
const NO_ID: &str = "-";

/// The longest message of an error; a parser's can quote what it was given.
const MESSAGE_CHARACTERS: usize = 1000;

/// A line that arrived.
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) operation: Result<Operation, Fault>,
}

/// What is asked.
#[derive(Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case")]
pub(crate) enum Operation {
    Hello(Hello),
    Parse(Parse),
    Select(Box<Select>),
    Render(Box<Render>),
    Check(Box<Check>),
    Acknowledge(Box<Acknowledge>),
    Create(Create),
    Publish(Publish),
    Renew(Renew),
    Admit(Admit),
    Start(Start),
    Stop(Stop),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hello {
    pub(crate) protocol: u64,
    #[serde(rename = "specification")]
    _specification: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parse {
    pub(crate) repository: String,
    pub(crate) target: Option<Bytes>,
    pub(crate) entry: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Select {
    pub(crate) repository: String,
    pub(crate) document: Bytes,
    pub(crate) now: Time,
    pub(crate) machine: Machine,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Render {
    pub(crate) sources: Vec<Speaker>,
    pub(crate) now: Time,
    pub(crate) machine: Machine,
    pub(crate) form: RenderForm,
    #[serde(deserialize_with = "nullable")]
    pub(crate) columns: Option<u64>,
}

/// A source whose document needs no network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speaker {
    pub(crate) name: String,
    pub(crate) repository: String,
    pub(crate) document: Bytes,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RenderForm {
    Terminal,
    Plain,
    Ascii,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) source: Source,
    #[serde(deserialize_with = "nullable")]
    pub(crate) state: Option<PathBuf>,
    pub(crate) now: Time,
    pub(crate) kind: Kind,
    pub(crate) machine: Machine,
    pub(crate) output: Output,
    pub(crate) installer: InstallerName,
    pub(crate) deadline_milliseconds: u64,
    pub(crate) offline: bool,
    pub(crate) interval_seconds: u64,
    #[serde(deserialize_with = "nullable")]
    pub(crate) command: Option<Command>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) repository: String,
    pub(crate) root: Bytes,
    pub(crate) metadata_url: String,
    pub(crate) targets_url: String,
    #[serde(default)]
    pub(crate) kind: SourceKind,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SourceKind {
    Sidecar,
    #[default]
    InBand,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Explicit,
    Automatic,
    List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    pub(crate) form: OutputForm,
    #[serde(deserialize_with = "nullable")]
    pub(crate) columns: Option<u64>,
    pub(crate) plain: bool,
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OutputForm {
    Terminal,
    Pipe,
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstallerName {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// An installer's own work, described.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    pub(crate) milliseconds: u64,
    pub(crate) used_network: bool,
    pub(crate) stdout: String,
    pub(crate) exit_status: u8,
}

/// The machine and its reader.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Machine {
    pub(crate) components: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) os: Option<String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) arch: Option<String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) command: Option<String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) languages: Option<Vec<String>>,
    pub(crate) environment: BTreeMap<String, String>,
    #[serde(deserialize_with = "nullable")]
    pub(crate) rollout_secret: Option<Seed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acknowledge {
    pub(crate) source: Source,
    pub(crate) state: PathBuf,
    pub(crate) now: Time,
    pub(crate) ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) folder: PathBuf,
    pub(crate) now: Time,
    pub(crate) repository: String,
    pub(crate) roles: Roles,
}

/// Who signs what in a new repository.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    pub(crate) root: Role,
    pub(crate) targets: Role,
    pub(crate) snapshot: Role,
    pub(crate) timestamp: Role,
    pub(crate) motd: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) threshold: u64,
    pub(crate) keys: Vec<Seed>,
}

/// Role name to the seeds that may sign.
pub(crate) type Keys = BTreeMap<String, Vec<Seed>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    pub(crate) folder: PathBuf,
    pub(crate) root: Bytes,
    pub(crate) now: Time,
    pub(crate) repository: String,
    pub(crate) document: Bytes,
    pub(crate) keys: Keys,
    #[serde(deserialize_with = "nullable")]
    pub(crate) expires: Option<Time>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renew {
    pub(crate) folder: PathBuf,
    pub(crate) root: Bytes,
    pub(crate) now: Time,
    #[serde(rename = "repository")]
    _repository: String,
    pub(crate) keys: Keys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admit {
    pub(crate) folder: PathBuf,
    pub(crate) root: Bytes,
    pub(crate) now: Time,
    pub(crate) repository: String,
    pub(crate) role: Bytes,
    #[serde(deserialize_with = "nullable")]
    pub(crate) target: Option<Bytes>,
    pub(crate) keys: Keys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    pub(crate) folder: PathBuf,
    pub(crate) root: Bytes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stop {
    pub(crate) folder: PathBuf,
}

/// Bytes, which travel in base64.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text);
        bytes.map(Self).map_err(|_| de::Error::custom("not base64"))
    }
}

/// 32 bytes, which travel in hexadecimal.
pub(crate) struct Seed(pub(crate) [u8; 32]);

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut seed = [0; 32];
        hex::decode_to_slice(text, &mut seed)
            .map_err(|_| de::Error::custom("not 64 hexadecimal digits"))?;
        Ok(Self(seed))
    }
}

/// A member that has to be there, and can be null.
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl Request {
    /// Reads a line. What is no message still has an id to be answered with.
    pub(crate) fn read(line: &[u8]) -> Self {
        let mut members: Map<String, Value> = match serde_json::from_slice(line) {
            Ok(members) => members,
            Err(error) => {
                return Self {
                    id: NO_ID.to_owned(),
                    operation: Err(Fault::Failed(anyhow!("not a JSON object: {error}"))),
                };
            }
        };
        let is_id = |id: &&str| (1..=ID_CHARACTERS).contains(&id.chars().count());
        let id = members.remove("id");
        match id.as_ref().and_then(Value::as_str).filter(is_id) {
            Some(id) => Self {
                id: id.to_owned(),
                operation: serde_json::from_value(Value::Object(members))
                    .context("not a request")
                    .map_err(Fault::Failed),
            },
            None => Self {
                id: NO_ID.to_owned(),
                operation: Err(Fault::Failed(anyhow!("no id, or a malformed one"))),
            },
        }
    }
}

/// The result of an accepted request, or why there is none.
pub(crate) type Outcome = Result<Value, Fault>;

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Fault {
    /// What was asked was refused, for a reason of the registry.
    Rejected {
        stage: &'static str,
        code: &'static str,
    },
    /// The implementation does not have it.
    Unsupported(&'static str),
    /// The adapter failed.
    Failed(anyhow::Error),
}

impl Fault {
    /// A source that cannot be configured.
    pub(crate) const NOT_A_SOURCE: Self = Self::Rejected {
        stage: "configuration",
        code: "source",
    };

    /// A refusal at this stage.
    pub(crate) const fn rejected(stage: Stage, refusal: &Refusal) -> Self {
        Self::Rejected {
            stage: stage.as_str(),
            code: refusal.code.as_str(),
        }
    }
}

/// The answer to a request.
pub(crate) fn answer(id: &str, outcome: Outcome) -> Value {
    match outcome {
        Ok(result) => json!({ "id": id, "status": "accepted", "result": result }),
        Err(Fault::Rejected { stage, code }) => {
            json!({ "id": id, "status": "rejected", "stage": stage, "code": code })
        }
        Err(Fault::Unsupported(reason)) => {
            json!({ "id": id, "status": "unsupported", "reason": reason })
        }
        Err(Fault::Failed(error)) => {
            let message: String = format!("{error:#}")
                .chars()
                .take(MESSAGE_CHARACTERS)
                .collect();
            json!({ "id": id, "status": "error", "message": message })
        }
    }
}
