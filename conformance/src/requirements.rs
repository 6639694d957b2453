//! `spec/requirements.json`: the requirements as a machine reads them, made from the text.

use anyhow::{Context as _, Result};
use hex::ToHex as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::spec::{Block, ConformanceRole, RequirementLevel, Verification};

/// A copy of `spec/requirements.json`, which `generate` writes, so that the judge needs no checkout.
pub const COPY: &str = include_str!("../copies/requirements.json");

/// The version of the specification that the list belongs to.
pub const SPEC_VERSION: &str = "1.0";

#[derive(Debug, Serialize, Deserialize)]
struct RequirementList {
    specification: String,
    version: String,
    requirements: Vec<Requirement>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Requirement {
    id: String,
    area: String,
    role: ConformanceRole,
    level: RequirementLevel,
    text: String,
    /// SHA-256 of the text, so that a case can say which wording it was written for.
    sha256: String,
    codes: Vec<String>,
    verification: Verification,
    chapter: String,
}

/// The requirements as they were when this program was made. Their lines in the text are unknown, and 0.
///
/// # Errors
/// When the copy is not of its form.
pub fn compiled_in() -> Result<Vec<Block>> {
    let list: RequirementList = serde_json::from_str(COPY)?;
    let requirements = list.requirements.into_iter();
    requirements
        .map(|one| {
            let number = one.id.rsplit_once('-').context("an id without a number")?.1;
            Ok(Block {
                number: number.parse()?,
                id: one.id,
                area: one.area,
                role: one.role,
                level: one.level,
                verification: one.verification,
                text: one.text,
                codes: one.codes,
                chapter: one.chapter,
                line: 0,
            })
        })
        .collect()
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
            id: block.id.clone(),
            area: block.area.clone(),
            role: block.role,
            level: block.level.clone(),
            text: block.text.clone(),
            sha256: text_hash(&block.text),
            codes: block.codes.clone(),
            verification: block.verification.clone(),
            chapter: block.chapter.clone(),
        })
        .collect();
    let list = RequirementList {
        specification: "TUF-MOTD".to_owned(),
        version: SPEC_VERSION.to_owned(),
        requirements,
    };
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}
