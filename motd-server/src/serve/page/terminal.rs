//! A notice as installers show it on a terminal, in each of its languages: for who is asked to sign it.

use motd_core::{
    Document, Environment, Frame, LanguageTag, Mode, SeenState, SourceName, Verified, decide,
    is_ambiguous_wide, render, select,
};
use serde_json::{Value, json};

/// How wide the terminal is.
pub(super) const COLUMNS: u16 = 80;

/// A notice in one language.
pub(super) struct TerminalView {
    pub(super) language: String,
    pub(super) lines: Vec<String>,
}

/// Whether each line begins with the source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// As on a terminal.
    Framed,
    /// As for a screen reader, and for comparing: the words alone.
    Plain,
}

/// Every language of a notice. What a client would refuse has none.
pub(super) fn views(
    notice: &Value,
    default_language: &LanguageTag,
    source: &SourceName,
    prefix: Prefix,
) -> Vec<TerminalView> {
    let document = alone(notice.clone(), default_language);
    let Some(document) = document else {
        return Vec::new();
    };
    let notices = document.verified().notices();
    let languages = notices.flat_map(|notice| {
        let tags = notice.texts().iter().map(|(tag, _)| tag);
        tags.map(move |tag| (tag, notice.begins()))
    });
    let view = |(tag, now): (&LanguageTag, _)| {
        let environment = Environment {
            languages: vec![tag.clone().into()],
            ..Environment::new(now)
        };
        let frame = match prefix {
            Prefix::Framed => Frame::new(source.clone(), Some(COLUMNS)),
            Prefix::Plain => Frame::plain(source.clone(), Some(COLUMNS)),
        };
        // The longest name leaves more columns than a text needs.
        let frame = frame.ok()?;
        let frame = frame.with_ambiguous_wide(is_ambiguous_wide(&environment.languages));
        // A page says in which encoding it is.
        let frame = frame.with_utf8(true);
        let selected = select(&document, &environment);
        let decisions = decide(selected, &SeenState::new(), now, Mode::List);
        let shown = decisions.iter().filter_map(motd_core::Decision::shown);
        Some(TerminalView {
            language: tag.to_string(),
            lines: shown.flat_map(|shown| render(&shown, &frame)).collect(),
        })
    };
    let mut views: Vec<_> = languages.filter_map(view).collect();
    // What most readers see comes first; the sort keeps the others in their order.
    views.sort_by_key(|view| view.language != default_language.as_str());
    views
}

/// A document with nothing else in it and without what decides who sees it and when, so that it is seen here and now. An
/// all-clear looks like `info` (MOTD-REP-7).
fn alone(mut notice: Value, default_language: &LanguageTag) -> Option<Verified<Document>> {
    let members = notice.as_object_mut()?;
    members.remove("audience");
    let resolves = members.remove("resolves");
    if resolves.is_some_and(|resolves| resolves.as_array().is_some_and(|ids| !ids.is_empty())) {
        members.insert("severity".to_owned(), "info".into());
    }
    let document = json!({
        "schema_version": "1.0",
        "repository": "preview",
        "default_language": default_language.as_str(),
        "notices": [notice],
    });
    let value = motd_core::json::Value::from_parsed(&document).ok()?;
    let document = Document::judge(&value, None).ok()?;
    // What is proposed: its own authors look at it before they sign.
    Some(Verified::assert_author_preview(document))
}
