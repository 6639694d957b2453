//! What the attacker's server answers for each path.

use std::collections::BTreeMap;

use anyhow::Result;
use motd_server::store::files::Files;

use super::hostile::{AttackerServer, HostileAnswer};

/// Where the baseline client reads.
pub(crate) const NAIVE_PATH: &str = "/notices.json";

/// Answers by path, and one for every other path.
#[derive(Debug, Clone)]
pub(crate) struct DemoSite {
    answers: BTreeMap<String, HostileAnswer>,
    otherwise: HostileAnswer,
}

impl DemoSite {
    /// The files of a repository, and what the baseline client reads.
    pub(crate) fn new(files: &Files, document: &[u8]) -> Self {
        let answers = files
            .0
            .iter()
            .map(|(path, bytes)| (format!("/{path}"), HostileAnswer::Body(bytes.clone())))
            .collect();
        Self {
            answers,
            otherwise: HostileAnswer::Absent,
        }
        .with(NAIVE_PATH, HostileAnswer::Body(document.to_vec()))
    }

    /// The same answer for everything.
    pub(crate) const fn with_one_answer(answer: HostileAnswer) -> Self {
        Self {
            answers: BTreeMap::new(),
            otherwise: answer,
        }
    }

    /// Another answer for one path.
    pub(crate) fn with(mut self, path: &str, answer: HostileAnswer) -> Self {
        self.answers.insert(path.to_owned(), answer);
        self
    }

    /// Serves it on a free port.
    pub(crate) fn serve(self) -> Result<AttackerServer> {
        let Self { answers, otherwise } = self;
        Ok(AttackerServer::start(move |path| {
            answers.get(path).unwrap_or(&otherwise).clone()
        })?)
    }
}
