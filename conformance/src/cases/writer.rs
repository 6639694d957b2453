//! Where cases are collected while they are made.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::case::{Case, CaseStep, Citation, Side, VectorFiles, Vectors};
use crate::requirements::text_hash;
use crate::spec::{Block, ConformanceRole};

/// Collects cases and their files.
#[derive(Debug)]
pub struct Writer {
    blocks: BTreeMap<String, Block>,
    gains: BTreeMap<String, String>,
    cases: Vec<Case>,
    /// The environment variables that mean CI.
    pub ci_variables: Vec<String>,
    /// What web servers hand out.
    pub files: VectorFiles,
}

/// A case that is being made.
#[derive(Debug)]
pub struct CaseDraft {
    id: String,
    title: String,
    requirements: Vec<String>,
    side: Side,
    base: Option<String>,
    fault: Option<String>,
    steps: Vec<CaseStep>,
}

impl CaseDraft {
    /// Something good, which has to be taken.
    pub fn positive(id: &str, title: &str, requirements: &[&str]) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            requirements: requirements.iter().map(|id| (*id).to_owned()).collect(),
            side: Side::Positive,
            base: None,
            fault: None,
            steps: Vec::new(),
        }
    }

    /// One fault on a base that passes.
    pub fn negative(id: &str, base: &str, fault: &str, requirements: &[&str]) -> Self {
        Self {
            side: Side::Negative,
            base: Some(base.to_owned()),
            fault: Some(fault.to_owned()),
            ..Self::positive(id, fault, requirements)
        }
    }

    /// The same with one more step.
    #[must_use]
    pub fn step(mut self, step: CaseStep) -> Self {
        self.steps.push(step);
        self
    }

    /// The same with one more step that is a request and its answer.
    #[must_use]
    pub fn asks(self, request: Value, expect: Value) -> Self {
        self.step(CaseStep {
            request,
            expect,
            ..CaseStep::default()
        })
    }
}

impl Writer {
    /// Cases for a specification with these requirements.
    ///
    /// # Errors
    /// When the table of gains is not of its form.
    pub fn new(blocks: &[Block], ci_variables: &[String]) -> Result<Self> {
        Ok(Self {
            blocks: blocks
                .iter()
                .map(|block| (block.id.clone(), block.clone()))
                .collect(),
            gains: super::gains::read()?,
            cases: Vec::new(),
            ci_variables: ci_variables.to_vec(),
            files: VectorFiles::default(),
        })
    }

    /// Keeps a case.
    ///
    /// # Errors
    /// When it cites a requirement that is not there, or is negative and gains nothing.
    pub fn write(&mut self, draft: CaseDraft) -> Result<()> {
        let mut requirements = Vec::new();
        let (mut role, mut level) = (ConformanceRole::Document, "core".to_owned());
        for id in &draft.requirements {
            let block = self
                .blocks
                .get(id)
                .with_context(|| format!("{}: no requirement {id}", draft.id))?;
            // A case is asked of whoever has to meet all that it cites.
            role = role.max(block.role);
            if block.level.0 != "core" {
                level.clone_from(&block.level.0);
            }
            requirements.push(Citation {
                id: id.clone(),
                sha256: text_hash(&block.text),
            });
        }
        let first = draft
            .requirements
            .first()
            .context("a case without a requirement")?;
        let gain = match draft.side {
            Side::Positive => None,
            Side::Negative => Some(
                self.gains
                    .get(first)
                    .cloned()
                    .with_context(|| format!("{}: {first} has no gain in gains.txt", draft.id))?,
            ),
        };
        if draft.steps.is_empty() {
            bail!("{} has no step", draft.id);
        }
        self.cases.push(Case {
            id: draft.id,
            title: draft.title,
            role,
            level,
            requirements,
            side: draft.side,
            base: draft.base,
            fault: draft.fault,
            gain,
            steps: draft.steps,
        });
        Ok(())
    }

    /// All cases.
    ///
    /// # Errors
    /// When two have one id, or a base is not there or is negative.
    pub fn finish(mut self) -> Result<Vectors> {
        self.cases.sort_by(|one, other| one.id.cmp(&other.id));
        let mut ids = BTreeSet::new();
        for case in &self.cases {
            if !ids.insert(&case.id) {
                bail!("two cases are called {}", case.id);
            }
        }
        for case in &self.cases {
            let Some(base) = &case.base else { continue };
            let base = self.cases.iter().find(|other| other.id == *base);
            if base.is_none_or(|base| base.side == Side::Negative) {
                bail!("{}: no positive case is its base", case.id);
            }
        }
        Ok(Vectors {
            cases: self.cases,
            files: self.files,
        })
    }
}
