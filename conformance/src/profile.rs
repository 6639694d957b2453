//! The profiles: which cases a claim rests on. `profiles/1.0.toml` is frozen: cases are added to it by a decision, and
//! none of it is removed or changed without one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use hex::ToHex as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::case::Case;
use crate::spec::{Block, ConformanceRole};

/// The file, as it was when this program was made.
const COMPILED_IN: &str = include_str!("../profiles/1.0.toml");

/// Where it is in the project.
pub const PATH: &str = "conformance/profiles/1.0.toml";

/// The profiles of one version of the specification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// The version of the specification.
    pub specification: String,
    /// One for each role and level.
    #[serde(default)]
    pub profile: Vec<Profile>,
}

/// What a claim of one role at one level rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The role.
    pub role: ConformanceRole,
    /// `core`, or a feature.
    pub level: String,
    /// The requirements.
    pub requirements: Vec<String>,
    /// Case to the first 16 hexadecimal digits of the SHA-256 of its JSON.
    pub cases: BTreeMap<String, String>,
}

impl Profiles {
    /// The frozen ones.
    ///
    /// # Errors
    /// When the file is not of its form.
    pub fn frozen() -> Result<Self> {
        toml::from_str(COMPILED_IN).context(PATH)
    }

    /// What would be frozen now.
    ///
    /// # Errors
    /// Never for cases that can be written.
    pub fn of(blocks: &[Block], cases: &[Case]) -> Result<Self> {
        let mut profile = Vec::new();
        for role in ConformanceRole::ALL {
            let levels: BTreeSet<&str> = cases
                .iter()
                .filter(|case| case.role == role)
                .map(|case| case.level.as_str())
                .collect();
            for level in levels {
                let of_part = cases
                    .iter()
                    .filter(|case| case.role == role && case.level == level);
                profile.push(Profile {
                    role,
                    level: level.to_owned(),
                    requirements: blocks
                        .iter()
                        .filter(|block| block.role == role && block.level.0 == level)
                        .map(|block| block.id.clone())
                        .collect(),
                    cases: of_part
                        .map(|case| Ok((case.id.clone(), digest(case)?)))
                        .collect::<Result<_>>()?,
                });
            }
        }
        Ok(Self {
            specification: crate::requirements::SPEC_VERSION.to_owned(),
            profile,
        })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never.
    pub fn to_toml(&self) -> Result<String> {
        let head = "# Which cases a claim of conformance to TUF-MOTD 1.0 rests on. Frozen: `motd-conformance generate --freeze` writes it.\n\n";
        Ok(format!("{head}{}", toml::to_string(self)?))
    }

    /// The profile of a role at a level.
    #[must_use]
    pub fn part(&self, role: ConformanceRole, level: &str) -> Option<&Profile> {
        self.profile
            .iter()
            .find(|part| part.role == role && part.level == level)
    }

    /// Where the cases are other than what was frozen.
    #[must_use]
    pub fn complaints(&self, now: &Self) -> Vec<String> {
        let cases = |profiles: &Self| -> BTreeMap<String, String> {
            profiles
                .profile
                .iter()
                .flat_map(|part| part.cases.clone())
                .collect()
        };
        let (frozen, now) = (cases(self), cases(now));
        let mut out = Vec::new();
        for (case, digest) in &frozen {
            match now.get(case) {
                None => out.push(format!(
                    "the case {case} is frozen, and is not there any more"
                )),
                Some(other) if other != digest => {
                    out.push(format!("the case {case} is frozen, and is another one now"));
                }
                Some(_) => {}
            }
        }
        let new = now.keys().filter(|case| !frozen.contains_key(*case));
        out.extend(new.map(|case| format!("the case {case} is in no profile")));
        out
    }
}

impl Profile {
    /// Whether a claim rests on this case, as it is.
    #[must_use]
    pub fn has(&self, case: &Case) -> bool {
        let frozen = self.cases.get(&case.id);
        frozen.is_some_and(|frozen| digest(case).is_ok_and(|digest| digest == *frozen))
    }
}

fn digest(case: &Case) -> Result<String> {
    let digest: String = Sha256::digest(serde_json::to_vec(case)?).encode_hex();
    Ok(digest.get(..16).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests;
