//! Role installer, without a network: which notices apply, and what a terminal shows.

use motd_client::{Source, Surroundings, Terminal, decisions, write_to_terminal};
use motd_core::{
    Components, Decision, Document, Entry, Environment, LanguageRange, Mode, Run, SeenState,
    SourceName, Time, Verified, decide, posix_language, to_json,
};
use serde_json::{Value, json};

use crate::document::{judge, repository};
use crate::message::{Fault, Machine, Outcome, Render, RenderForm, Select};

/// What follows `N more: `, in this installer's own words.
pub(crate) const HOW: &str = "motd list";

pub(crate) fn select(request: &Select) -> Outcome {
    let document = judged(&request.document.0, &request.repository)?;
    let components = request.machine.components();
    let environment = request.machine.environment(&components, request.now);
    let selected = motd_core::select(&document, &environment);
    let nothing_seen = SeenState::new();
    let decisions = decide(selected, &nothing_seen, request.now, Mode::List);
    let notices: Vec<_> = decisions.iter().map(to_json).collect();
    Ok(json!({ "notices": notices }))
}

pub(crate) fn render(request: &Render) -> Outcome {
    let nothing_seen = SeenState::new();
    let mut judged_sources = Vec::new();
    for source in &request.sources {
        let name: SourceName = source.name.parse().map_err(|_| Fault::NOT_A_SOURCE)?;
        judged_sources.push((name, judged(&source.document.0, &source.repository)?));
    }
    let sources: Vec<_> = judged_sources
        .iter()
        .map(|(name, document)| Source {
            name,
            document,
            seen: &nothing_seen,
        })
        .collect();
    let components = request.machine.components();
    let environment = request.machine.environment(&components, request.now);
    let columns = || columns(request.columns);
    let terminal = match request.form {
        // These lines are not wrapped: there is no width to be too narrow for.
        RenderForm::Ascii => Terminal::default().critical_alone(false),
        form => Terminal::new(&columns, form == RenderForm::Plain)
            .with_utf8(request.machine.surroundings(true, false).utf8),
    };
    let run = decisions(&sources, &environment, terminal, Mode::Automatic);
    let mut written = Vec::new();
    write_to_terminal(&run, &environment, terminal, Some(HOW), &mut written);
    let lines: Vec<_> = text(written)?.lines().map(str::to_owned).collect();
    let notices: Vec<_> = sources
        .iter()
        .map(|source| in_order(source.document.verified(), &run))
        .collect();
    Ok(json!({ "lines": lines, "notices": notices }))
}

/// A document that the request vouches for.
fn judged(bytes: &[u8], identifier: &str) -> Result<Verified<Document>, Fault> {
    let document = judge(bytes, &repository(identifier)?)?;
    Ok(Verified::assert_author_preview(document))
}

/// The columns of a terminal; one that is wider than any is as wide as the widest.
pub(crate) fn columns(columns: Option<u64>) -> Option<u16> {
    columns.map(|columns| u16::try_from(columns).unwrap_or(u16::MAX))
}

/// What was written, which is text.
pub(crate) fn text(written: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(written).map_err(|error| Fault::Failed(error.into()))
}

/// The decisions on a document's entries, in its own order.
fn in_order(document: &Document, run: &Run<'_, SourceName>) -> Vec<Value> {
    let decided = |entry: &Entry| {
        let all = run.decisions.iter().map(|(_, decision)| decision);
        let mut its = all.filter(|decision: &&Decision<'_>| std::ptr::eq(decision.entry(), entry));
        its.next().map(to_json)
    };
    document.entries().iter().filter_map(decided).collect()
}

impl Machine {
    /// What is installed.
    pub(crate) fn components(&self) -> Components {
        let mut components = Components::new();
        for (purl, versions) in &self.components {
            for version in versions {
                components.add(purl, version);
            }
        }
        components
    }

    /// The surroundings that its variables, the only ones that there are, describe.
    pub(crate) fn surroundings(&self, terminal: bool, quiet: bool) -> Surroundings {
        Surroundings::of(|name| self.variable(name), terminal, quiet)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).cloned()
    }

    /// The machine as an audience asks for it.
    pub(crate) fn environment<'a>(&self, components: &'a Components, now: Time) -> Environment<'a> {
        Environment {
            components,
            os: self.os.clone(),
            arch: self.arch.clone(),
            command: self.command.clone(),
            languages: self.languages(),
            now,
            rollout_secret: self.rollout_secret.as_ref().map(|secret| secret.0),
        }
    }

    fn languages(&self) -> Vec<LanguageRange> {
        if let Some(languages) = &self.languages {
            // What is no language range is none that a text could be in.
            return languages
                .iter()
                .filter_map(|range| range.parse().ok())
                .collect();
        }
        let [all, messages, lang] =
            ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| self.variable(name));
        let language = posix_language(all.as_deref(), messages.as_deref(), lang.as_deref());
        language.map(LanguageRange::from).into_iter().collect()
    }
}
