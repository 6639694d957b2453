//! Who is meant, in words.

use motd_core::{Clause, Notice, Word};
use serde_json::Value;

use super::versions;

/// One of the ways to be meant: all of its conditions.
pub(super) struct ClauseView {
    pub(super) components: Vec<ComponentView>,
    pub(super) conditions: Vec<String>,
}

/// A component that has to be installed.
pub(super) struct ComponentView {
    pub(super) purl: String,
    pub(super) versions: String,
    /// The range as it was signed.
    pub(super) range: Option<String>,
}

/// The clauses of a notice, any of which suffices; none means everyone. The ranges are taken from the notice as it was
/// signed, because their judged form is made for comparing.
pub(super) fn clauses(notice: &Notice, json: &Value) -> Vec<ClauseView> {
    let Some(audience) = notice.audience() else {
        return Vec::new();
    };
    let clause = |(index, clause): (usize, &Clause)| {
        let written = json.get("audience").and_then(|written| written.get(index));
        view(clause, written)
    };
    audience.clauses().iter().enumerate().map(clause).collect()
}

fn view(clause: &Clause, written: Option<&Value>) -> ClauseView {
    let components = clause.components().iter().enumerate();
    let components = components.map(|(index, component)| {
        let written = written.and_then(|written| written.get("components")?.get(index));
        let range = written.and_then(|written| written.get("versions")?.as_str());
        ComponentView {
            purl: component.purl().to_string(),
            versions: range.map_or("is installed".to_owned(), |range| {
                format!("is installed {}", versions::in_words(range))
            }),
            range: range.map(str::to_owned),
        }
    });
    let words = [
        ("the system is", clause.os()),
        ("the processor is", clause.arch()),
        ("the command is", clause.commands()),
    ];
    let words = words.into_iter().filter(|(_, words)| !words.is_empty());
    let mut conditions: Vec<_> = words
        .map(|(what, words)| format!("{what} {}", any_of(words)))
        .collect();
    if let Some(rollout) = clause.rollout() {
        conditions.push(format!(
            "the machine is among {} % that are drawn at random",
            rollout.percent()
        ));
    }
    if clause.has_unknown() {
        // MOTD-AUD-6: such a clause matches nothing today.
        conditions.push("a condition holds that this version does not know".to_owned());
    }
    ClauseView {
        components: components.collect(),
        conditions,
    }
}

fn any_of(words: &[Word]) -> String {
    let words: Vec<_> = words.iter().map(Word::as_str).collect();
    words.join(" or ")
}
