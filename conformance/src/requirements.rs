//! `spec/requirements.json`: the requirements as a machine reads them, made from the text.

use hex::ToHex as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::spec::{Block, Level, Role, Verification};

/// The version of the specification that the list belongs to.
pub const SPEC_VERSION: &str = "1.0";

#[derive(Debug, Serialize)]
struct List<'a> {
    specification: &'static str,
    version: &'static str,
    requirements: Vec<Requirement<'a>>,
}

#[derive(Debug, Serialize)]
struct Requirement<'a> {
    id: &'a str,
    area: &'a str,
    role: Role,
    level: &'a Level,
    text: &'a str,
    /// SHA-256 of the text, so that a case can say which wording it was written for.
    sha256: String,
    codes: &'a [String],
    verification: &'a Verification,
    chapter: &'a str,
}

/// The hash by which a case names the wording of a requirement: SHA-256 of the text, in lower-case hexadecimal.
#[must_use]
pub fn text_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).encode_hex()
}

/// The list as the bytes of `spec/requirements.json`.
///
/// # Errors
/// Never for blocks that were read from a chapter.
pub fn to_json(blocks: &[Block]) -> serde_json::Result<String> {
    let requirements = blocks
        .iter()
        .map(|block| Requirement {
            id: &block.id,
            area: &block.area,
            role: block.role,
            level: &block.level,
            text: &block.text,
            sha256: text_hash(&block.text),
            codes: &block.codes,
            verification: &block.verification,
            chapter: &block.chapter,
        })
        .collect();
    let list = List {
        specification: "TUF-MOTD",
        version: SPEC_VERSION,
        requirements,
    };
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}
