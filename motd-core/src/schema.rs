//! The JSON Schema of the notice document (feature `schema`).
//!
//! It says what a schema can say: types, required members, lengths, patterns. What it cannot say (document bytes, code
//! point tables, orders, other notices) is left to the checks. A document of which no part is refused is valid under it; one
//! that is valid may still be refused.

#![expect(dead_code, reason = "these types are only ever described")]

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::limits;

/// The identifier of the schema.
const ID: &str = "urn:tuf-motd:1.0:notices";

/// The JSON Schema (draft 2020-12) of the notice document, as `spec/schema/notices.schema.json` publishes it.
#[must_use]
pub fn notices_schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<DocumentSchema>();
    schema.insert("$id".into(), ID.into());
    schema.into()
}

/// The notice document of TUF-MOTD 1.0.
///
/// Members that are not described are ignored, except inside `audience`, where they make their clause match nothing.
#[derive(JsonSchema)]
#[schemars(title = "TUF-MOTD notice document", extend("additionalProperties" = true))]
#[schemars(rename = "Document")]
struct DocumentSchema {
    /// The version of this format that the document follows.
    #[schemars(regex(pattern = r"^1\.(0|[1-9][0-9]*)$"))]
    schema_version: String,
    /// The identifier of the repository that speaks, as clients are configured with it.
    #[schemars(length(min = 1, max = limits::REPOSITORY_BYTES), regex(pattern = r"^[a-z0-9]([a-z0-9._/-]*[a-z0-9])?$"))]
    repository: String,
    /// The language that every notice has; `en` when absent.
    #[serde(default = "english")]
    default_language: LanguageTagSchema,
    /// The notices, in no particular order.
    #[serde(default)]
    #[schemars(length(max = limits::NOTICES))]
    notices: Vec<NoticeSchema>,
}

/// One notice.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[schemars(rename = "Notice")]
struct NoticeSchema {
    /// Identifies the notice in this repository, over all its revisions.
    id: Id,
    /// A higher one is new to the reader.
    #[schemars(range(min = 1, max = limits::INTEGER))]
    revision: u64,
    /// `info`, `warning` or `critical`; any other counts as `info`.
    severity: Id,
    /// What the notice is about, from the registry of topics or not.
    #[schemars(with = "Id", skip_serializing_if = "Option::is_none", default)]
    topic: Option<Id>,
    /// The first second at which the notice applies.
    begins: TimeSchema,
    /// The first second at which it no longer does; at most 366 days after `begins`.
    ends: TimeSchema,
    /// The text, by language.
    text: Texts,
    /// Where to read more.
    #[serde(default)]
    #[schemars(length(max = limits::LINKS))]
    links: Vec<LinkSchema>,
    /// Who is meant: the notice applies when one clause matches. Absent means everyone.
    #[schemars(with = "Vec<ClauseSchema>", length(min = 1, max = limits::CLAUSES), default)]
    audience: Option<Vec<ClauseSchema>>,
    /// `once`: shown once, whatever the severity's own rule.
    #[schemars(with = "Id", skip_serializing_if = "Option::is_none", default)]
    repeat: Option<Id>,
    /// The ids of notices for which this is the all-clear.
    #[serde(default)]
    #[schemars(length(max = limits::RESOLVES), extend("uniqueItems" = true))]
    resolves: Vec<Id>,
    /// Features that a reader has to know; version 1.0 has none.
    #[serde(default)]
    #[schemars(length(max = limits::REQUIRES), extend("uniqueItems" = true))]
    requires: Vec<Id>,
}

/// A title and paragraphs of plain text.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[schemars(rename = "Text")]
struct TextSchema {
    /// One line of plain text, not only spaces.
    #[schemars(length(min = 1, max = limits::TITLE_CODE_POINTS), regex(pattern = "[^ ]"))]
    title: String,
    /// Paragraphs of plain text; there may be none.
    #[schemars(length(max = limits::PARAGRAPHS))]
    body: Vec<Paragraph>,
}

/// A link.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[schemars(rename = "Link")]
struct LinkSchema {
    /// What the link leads to, from the registry of link relations or not.
    rel: Id,
    /// A plain https URL: a lower-case host name with a dot, no user, no address.
    #[schemars(
        length(max = limits::URL_BYTES),
        regex(pattern = r"^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:[1-9][0-9]{0,4})?([/?#][!-~]*)?$")
    )]
    url: String,
}

/// A clause: it matches when all of its members do.
#[derive(JsonSchema)]
#[schemars(extend("minProperties" = 1, "additionalProperties" = true))]
#[schemars(rename = "Clause")]
struct ClauseSchema {
    /// All of these are installed.
    #[schemars(with = "Vec<ComponentSchema>", length(min = 1, max = limits::COMPONENTS), default)]
    components: Option<Vec<ComponentSchema>>,
    /// The operating system is one of these.
    #[schemars(with = "Vec<Id>", length(min = 1, max = limits::CLAUSE_WORDS), default)]
    os: Option<Vec<Id>>,
    /// The processor architecture is one of these.
    #[schemars(with = "Vec<Id>", length(min = 1, max = limits::CLAUSE_WORDS), default)]
    arch: Option<Vec<Id>>,
    /// The command that runs is one of these.
    #[schemars(with = "Vec<Id>", length(min = 1, max = limits::CLAUSE_WORDS), default)]
    commands: Option<Vec<Id>>,
    /// A share of all machines; not in a `critical` notice.
    #[schemars(with = "RolloutSchema", default)]
    rollout: Option<RolloutSchema>,
}

/// An installed component.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[schemars(rename = "Component")]
struct ComponentSchema {
    /// A package URL without version, qualifiers and subpath.
    #[schemars(
        length(max = limits::PURL_BYTES),
        regex(pattern = r"^pkg:[a-z][a-z0-9.-]*(/([A-Za-z0-9._~:-]|%[0-9A-F]{2})+)+$")
    )]
    purl: String,
    /// A version range; absent means any version.
    #[schemars(
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^vers:[a-z][a-z0-9.-]*/(\*|[!-~]+)$"),
        default
    )]
    versions: Option<String>,
}

/// A share of all machines, chosen by a secret that never leaves them.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[schemars(rename = "Rollout")]
struct RolloutSchema {
    /// 0 is nobody, 100 everybody.
    #[schemars(range(min = 0, max = 100))]
    percent: u8,
    /// Another salt chooses other machines.
    #[schemars(length(min = 1, max = limits::SALT_BYTES))]
    salt: String,
}

/// A paragraph of plain text, not only spaces.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Paragraph(
    #[schemars(length(min = 1, max = limits::PARAGRAPH_CODE_POINTS), regex(pattern = "[^ ]"))]
    String,
);

/// A word of the id grammar.
#[derive(JsonSchema)]
#[schemars(transparent)]
struct Id(
    #[schemars(length(min = 1, max = limits::ID_BYTES), regex(pattern = r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$"))]
     String,
);

/// A BCP 47 language tag in canonical case.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[schemars(rename = "LanguageTag")]
struct LanguageTagSchema(#[schemars(regex(pattern = LANGUAGE_TAG))] String);

/// UTC in whole seconds, RFC 3339.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[schemars(rename = "Time")]
struct TimeSchema(
    #[schemars(regex(
        pattern = r"^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
    ))]
    String,
);

/// `langtag` of RFC 5646 with its case written out.
const LANGUAGE_TAG: &str = "^([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wyz](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?$";

/// Texts by language tag. Its members are languages: one of another name is not unknown, but refused.
struct Texts;

impl JsonSchema for Texts {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<TextSchema>();
        json_schema!({
            "type": "object",
            "description": "Texts by language tag (BCP 47, in canonical case), the default language among them.",
            "minProperties": 1,
            "maxProperties": limits::LANGUAGES,
            "patternProperties": { (LANGUAGE_TAG): text },
            "additionalProperties": false,
        })
    }
}

fn english() -> LanguageTagSchema {
    LanguageTagSchema("en".into())
}
