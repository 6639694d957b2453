//! Requirement blocks: a header line, one sentence with one keyword, and the reason codes that it yields.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Chapter, Fault, keyword::keywords};

/// Who has to meet a requirement.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename = "Role", rename_all = "lowercase")]
pub enum ConformanceRole {
    /// Whatever reads a notice document.
    Document,
    /// Whatever fetches, verifies and shows.
    Installer,
    /// Whatever writes and signs.
    Publisher,
    /// Whatever hands the files out.
    Server,
}

impl ConformanceRole {
    /// All of them, in the order in which one stands on the other.
    pub const ALL: [Self; 4] = [
        Self::Document,
        Self::Installer,
        Self::Publisher,
        Self::Server,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Installer => "installer",
            Self::Publisher => "publisher",
            Self::Server => "server",
        }
    }
}

/// `core`, or the name of an extended feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequirementLevel(pub String);

/// How a requirement is verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "how", content = "reason")]
pub enum Verification {
    /// By a case that observes it.
    Test,
    /// Not at all from outside, and why.
    Untestable(String),
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `MOTD-AREA-number`; never given to another requirement.
    pub id: String,
    /// The middle part of the id.
    pub area: String,
    /// The last part of the id.
    pub number: u32,
    /// Who has to meet it.
    pub role: ConformanceRole,
    /// The level that it belongs to.
    pub level: RequirementLevel,
    /// How it is verified.
    pub verification: Verification,
    /// The sentence, white space folded.
    pub text: String,
    /// Reason codes that breaking it yields.
    pub codes: Vec<String>,
    /// File name of its chapter.
    pub chapter: String,
    /// Line of its header, from 1.
    pub line: usize,
}

/// The levels of version 1.0.
const LEVELS: [&str; 3] = ["core", "rollout", "deb-rpm"];

/// The blocks of one chapter, and what is wrong with those that are none.
pub(super) fn read(chapter: &Chapter) -> (Vec<Block>, Vec<Fault>) {
    let mut blocks = Vec::new();
    let mut faults = Vec::new();
    let mut lines = chapter.text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let Some(header) = line.strip_prefix("> **MOTD-") else {
            continue;
        };
        let mut body = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with('>')) {
            body.push(line.trim_start_matches('>').trim());
        }
        match block(&format!("MOTD-{header}"), &body) {
            Ok(block) => blocks.push(Block {
                chapter: chapter.name.clone(),
                line: index + 1,
                ..block
            }),
            Err(what) => faults.push(Fault {
                chapter: chapter.name.clone(),
                line: index + 1,
                what,
            }),
        }
    }
    (blocks, faults)
}

fn block(header: &str, body: &[&str]) -> Result<Block, String> {
    let (id, attributes) = header
        .split_once("**")
        .ok_or("the id has no closing `**`")?;
    let mut parts = id.split('-');
    let (Some("MOTD"), Some(area), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("{id} is not MOTD-AREA-number"));
    };
    if area.is_empty()
        || !area.bytes().all(|byte| byte.is_ascii_uppercase())
        || number.starts_with('0')
    {
        return Err(format!("{id} is not MOTD-AREA-number"));
    }
    let number = number
        .parse()
        .map_err(|_| format!("{id} is not MOTD-AREA-number"))?;
    let attributes: Vec<&str> = attributes
        .split('·')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let [role, level, verification] = attributes[..] else {
        return Err(format!(
            "{id} has {} attributes instead of role, level, verification",
            attributes.len()
        ));
    };
    let role = match role {
        "document" => ConformanceRole::Document,
        "installer" => ConformanceRole::Installer,
        "publisher" => ConformanceRole::Publisher,
        "server" => ConformanceRole::Server,
        other => return Err(format!("{id} has the unknown role {other}")),
    };
    if !LEVELS.contains(&level) {
        return Err(format!("{id} has the unknown level {level}"));
    }
    let verification = match verification.split_once(':') {
        None if verification == "test" => Verification::Test,
        Some(("untestable", reason)) if !reason.trim().is_empty() => {
            Verification::Untestable(reason.trim().to_owned())
        }
        _ => {
            return Err(format!(
                "{id} is verified neither by `test` nor `untestable: reason`"
            ));
        }
    };
    let (codes, sentence): (Vec<&str>, Vec<&str>) =
        body.iter().partition(|line| line.starts_with("Codes:"));
    let text = sentence
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let found = keywords(&text);
    if found.len() != 1 {
        return Err(format!("{id} has {} keywords instead of one", found.len()));
    }
    Ok(Block {
        id: id.to_owned(),
        area: area.to_owned(),
        number,
        role,
        level: RequirementLevel(level.to_owned()),
        verification,
        text,
        codes: codes
            .iter()
            .flat_map(|line| line.split('`').skip(1).step_by(2))
            .map(str::to_owned)
            .collect(),
        chapter: String::new(),
        line: 0,
    })
}

/// Ids that come twice, and numbers that an area leaves out.
pub(super) fn numbering(blocks: &[Block]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut areas: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    let fault = |block: &Block, what| Fault {
        chapter: block.chapter.clone(),
        line: block.line,
        what,
    };
    for block in blocks {
        if !areas.entry(&block.area).or_default().insert(block.number) {
            faults.push(fault(block, format!("{} comes twice", block.id)));
        }
    }
    for block in blocks {
        let before = block.number - 1;
        if before > 0
            && !areas
                .get(block.area.as_str())
                .is_some_and(|numbers| numbers.contains(&before))
        {
            faults.push(fault(
                block,
                format!(
                    "MOTD-{}-{before} is missing before {}",
                    block.area, block.id
                ),
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let chapter = Chapter {
            name: "x.md".into(),
            text: text.into(),
        };
        let (_, faults) = crate::spec::blocks(&[chapter]);
        faults.into_iter().map(|fault| fault.what).collect()
    }

    const GOOD: &str =
        "> **MOTD-A-1** · document · core · test\n> It MUST\n> hold.\n> Codes: `a-b`, `c`\n";

    #[test]
    fn a_block_is_read_whole() {
        let chapter = Chapter {
            name: "x.md".into(),
            text: GOOD.into(),
        };
        let (blocks, faults) = crate::spec::blocks(&[chapter]);
        assert!(faults.is_empty(), "{faults:?}");
        let [block] = &blocks[..] else {
            panic!("{blocks:?}")
        };
        assert_eq!(
            (block.text.as_str(), block.number, block.line),
            ("It MUST hold.", 1, 1)
        );
        assert_eq!(block.codes, ["a-b", "c"]);
    }

    #[test]
    fn each_broken_rule_is_a_fault() {
        let with = |from: &str, to: &str| faults(&GOOD.replace(from, to));
        assert_eq!(
            with("MUST", "MUST and MAY"),
            ["MOTD-A-1 has 2 keywords instead of one"]
        );
        assert_eq!(
            with("MUST", "must"),
            ["MOTD-A-1 has 0 keywords instead of one"]
        );
        assert_eq!(
            with("core", "cool"),
            ["MOTD-A-1 has the unknown level cool"]
        );
        assert_eq!(
            with("document", "reader"),
            ["MOTD-A-1 has the unknown role reader"]
        );
        assert_eq!(
            with("test", "guess"),
            ["MOTD-A-1 is verified neither by `test` nor `untestable: reason`"]
        );
        assert_eq!(
            with("· core ", ""),
            ["MOTD-A-1 has 2 attributes instead of role, level, verification"]
        );
        assert_eq!(
            with("MOTD-A-1", "MOTD-A-01"),
            ["MOTD-A-01 is not MOTD-AREA-number"]
        );
        assert_eq!(faults(&format!("{GOOD}\n{GOOD}")), ["MOTD-A-1 comes twice"]);
        let third = GOOD.replace("A-1", "A-3");
        assert_eq!(
            faults(&format!("{GOOD}\n{third}")),
            ["MOTD-A-2 is missing before MOTD-A-3"]
        );
    }
}
