//! One notice: its members in the order of chapter 2, section 2.6.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::object::{Object, words};
use super::{audience, text};
use crate::document::LanguageVerdict;
use crate::json::Value;
use crate::place::At;
use crate::{
    Code, LanguageTag, Link, Notice, NoticeId, Refusal, Repeat, Revision, Severity, Time, Word,
    limits,
};

/// Judges one notice; the verdicts on its languages are put into `languages`.
pub(super) fn judge(
    value: &Value,
    at: At<'_>,
    default_language: &LanguageTag,
    languages: &mut Vec<LanguageVerdict>,
) -> Result<Notice, Refusal> {
    // MOTD-DOC-10.
    let members = value
        .as_object()
        .ok_or_else(|| at.refuse(Code::NoticeNotAnObject))?;
    // MOTD-FWD-1: what this version does not define is not looked at.
    let object = Object { members, at };
    // MOTD-DOC-11: an id is a key of the reader's state; it is never a file name.
    let id: NoticeId = object.required("id", Code::IdMalformed)?;
    let revision = revision(&object)?;
    // MOTD-DOC-13, MOTD-FWD-2.
    let severity = Severity::from_word(object.required("severity", Code::SeverityMalformed)?);
    // MOTD-DOC-14, MOTD-FWD-3: an unregistered topic is kept.
    let topic = object.optional("topic", Code::TopicMalformed)?;
    let (begins, ends) = times(&object)?;
    let requires = requires(&object)?;
    // MOTD-DOC-17, MOTD-FWD-5.
    let repeat = object
        .optional("repeat", Code::RepeatMalformed)?
        .map(Repeat::from_word);
    let resolves = resolves(&object, &id)?;
    let texts = text::judge(&object, default_language, languages)?;
    let links = links(&object)?;
    let audience = audience::judge(&object, &severity)?;
    Ok(Notice {
        id,
        revision,
        severity,
        topic,
        begins,
        ends,
        repeat,
        requires,
        resolves,
        default_language: default_language.clone(),
        texts,
        links,
        audience,
    })
}

/// MOTD-DOC-12: beyond 2^53 - 1 two revisions would be one to some parsers.
fn revision(object: &Object<'_, '_>) -> Result<Revision, Refusal> {
    object
        .member("revision")
        .and_then(Value::as_integer)
        .and_then(|revision| u64::try_from(revision).ok())
        .and_then(Revision::new)
        .ok_or_else(|| object.at.refuse_member("revision", Code::RevisionMalformed))
}

fn times(object: &Object<'_, '_>) -> Result<(Time, Time), Refusal> {
    // MOTD-TIME-1: a notice without an end would be shown for ever.
    let begins: Time = object.required("begins", Code::TimeMalformed)?;
    let ends: Time = object.required("ends", Code::TimeMalformed)?;
    // MOTD-TIME-2.
    if begins >= ends {
        return Err(object.at.refuse_member("ends", Code::TimeOrder));
    }
    // MOTD-TIME-3: no notice outlives a year, whoever forgot it.
    if ends.seconds_since(begins) > limits::SPAN_SECONDS {
        return Err(object.at.refuse_member("ends", Code::TimeSpan));
    }
    Ok((begins, ends))
}

fn requires(object: &Object<'_, '_>) -> Result<Vec<Word>, Refusal> {
    // MOTD-DOC-15.
    let requires: Vec<Word> = unique(
        object,
        "requires",
        limits::REQUIRES,
        Code::RequiresMalformed,
    )?;
    // MOTD-FWD-4: the registry of features is empty in version 1.0, so that every name is unknown.
    if requires.is_empty() {
        Ok(requires)
    } else {
        Err(object.at.refuse_member("requires", Code::RequiresUnknown))
    }
}

fn resolves(object: &Object<'_, '_>, own: &NoticeId) -> Result<Vec<NoticeId>, Refusal> {
    // MOTD-DOC-16: a notice that resolved itself would be shown to who has seen it only.
    let resolves: Vec<NoticeId> = unique(
        object,
        "resolves",
        limits::RESOLVES,
        Code::ResolvesMalformed,
    )?;
    if resolves.contains(own) {
        return Err(object.at.refuse_member("resolves", Code::ResolvesMalformed));
    }
    Ok(resolves)
}

/// An optional array of different words; absent is empty.
fn unique<T: core::str::FromStr + Ord>(
    object: &Object<'_, '_>,
    name: &'static str,
    most: usize,
    code: Code,
) -> Result<Vec<T>, Refusal> {
    let items = object.array(name, 0..=most, code)?.unwrap_or_default();
    let words = words(items).ok_or_else(|| object.at.refuse_member(name, code))?;
    if words.iter().collect::<BTreeSet<&T>>().len() < words.len() {
        return Err(object.at.refuse_member(name, code));
    }
    Ok(words)
}

fn links(object: &Object<'_, '_>) -> Result<Vec<Link>, Refusal> {
    // MOTD-LINK-1: the array and the type of every element, before what is in them.
    let items = object
        .array("links", 0..=limits::LINKS, Code::LinksMalformed)?
        .unwrap_or_default();
    let at = object.at.member("links");
    for (index, item) in items.iter().enumerate() {
        if item.as_object().is_none() {
            return Err(at.item(index).refuse(Code::LinksMalformed));
        }
    }
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let link = Object {
                members: item.as_object().unwrap_or_default(),
                at: at.item(index),
            };
            // MOTD-LINK-2, MOTD-FWD-7: an unregistered relation is kept.
            let rel = link.required("rel", Code::LinkRelMalformed)?;
            // MOTD-LINK-3.
            let url = link.required("url", Code::LinkUrlMalformed)?;
            Ok(Link { rel, url })
        })
        .collect()
}
