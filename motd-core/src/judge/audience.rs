//! The audience of a notice: clauses, components, rollouts.

use alloc::string::String;
use alloc::vec::Vec;

use super::object::{Object, words};
use crate::audience::{Audience, Clause, Component, Rollout};
use crate::json::Value;
use crate::notice::EffectiveSeverity;
use crate::place::At;
use crate::{Code, Purl, Refusal, Severity, Versions, Word, limits};

/// Judges `audience`; `None` when it is absent, which is everyone.
pub(super) fn judge(
    notice: &Object<'_, '_>,
    severity: &Severity,
) -> Result<Option<Audience>, Refusal> {
    // MOTD-AUD-1: nobody can tell whether an empty one means everyone or nobody.
    let Some(items) = notice.array("audience", 1..=limits::CLAUSES, Code::AudienceMalformed)?
    else {
        return Ok(None);
    };
    let at = notice.at.member("audience");
    let clauses = objects(items, &at, Code::AudienceMalformed, |object| {
        clause(object, severity)
    })?;
    Ok(Some(Audience { clauses }))
}

fn clause(object: &Object<'_, '_>, severity: &Severity) -> Result<Clause, Refusal> {
    Ok(Clause {
        // In the order of the checks.
        components: components(object)?,
        os: any_of(object, "os")?,
        arch: any_of(object, "arch")?,
        commands: any_of(object, "commands")?,
        rollout: rollout(object, severity)?,
        // MOTD-AUD-6: a condition that is not understood is not fulfilled.
        has_unknown: object.has_others(Clause::MEMBERS),
    })
}

/// MOTD-AUD-2: words of the id grammar, registered or not.
fn any_of(object: &Object<'_, '_>, name: &'static str) -> Result<Vec<Word>, Refusal> {
    let items = object
        .array(name, 1..=limits::CLAUSE_WORDS, Code::ClauseMalformed)?
        .unwrap_or_default();
    words(items).ok_or_else(|| object.at.refuse_member(name, Code::ClauseMalformed))
}

/// MOTD-AUD-3.
fn components(clause: &Object<'_, '_>) -> Result<Vec<Component>, Refusal> {
    let items = clause
        .array(
            "components",
            1..=limits::COMPONENTS,
            Code::ComponentsMalformed,
        )?
        .unwrap_or_default();
    let at = clause.at.member("components");
    objects(items, &at, Code::ComponentsMalformed, |object| {
        // MOTD-PURL-1, MOTD-PURL-2.
        let purl: Purl = object.required("purl", Code::PurlMalformed)?;
        let versions = match object.member("versions") {
            None => Versions::Present,
            Some(value) => value
                .as_str()
                .ok_or(Code::VersionsMalformed)
                .and_then(|text| Versions::parse(text, &purl))
                .map_err(|code| object.at.refuse_member("versions", code))?,
        };
        Ok(Component {
            has_unknown: object.has_others(Component::MEMBERS),
            purl,
            versions,
        })
    })
}

/// MOTD-ROLL-1, MOTD-ROLL-2 (extended feature `rollout`).
fn rollout(clause: &Object<'_, '_>, severity: &Severity) -> Result<Option<Rollout>, Refusal> {
    let Some(value) = clause.member("rollout") else {
        return Ok(None);
    };
    let malformed = || clause.at.refuse_member("rollout", Code::RolloutMalformed);
    let object = Object {
        members: value.as_object().ok_or_else(malformed)?,
        at: clause.at.member("rollout"),
    };
    let percent = object
        .member("percent")
        .and_then(Value::as_integer)
        .and_then(|percent| u8::try_from(percent).ok())
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| object.at.refuse_member("percent", Code::RolloutMalformed))?;
    let salt = object
        .member("salt")
        .and_then(Value::as_str)
        .filter(|salt| (1..=limits::SALT_BYTES).contains(&salt.len()))
        .ok_or_else(|| object.at.refuse_member("salt", Code::RolloutMalformed))?;
    // MOTD-ROLL-2: what is critical is critical for everyone whom it concerns.
    if severity.effective() == EffectiveSeverity::Critical {
        return Err(clause.at.refuse_member("rollout", Code::RolloutCritical));
    }
    let has_unknown = object.has_others(&["percent", "salt"]);
    Ok(Some(Rollout {
        percent,
        salt: String::from(salt),
        has_unknown,
    }))
}

/// Judges the items of an array that have to be objects with at least one member: first the type of all of them, then
/// one after the other.
fn objects<T>(
    items: &[Value],
    at: &At<'_>,
    code: Code,
    judge: impl Fn(&Object<'_, '_>) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    for (index, item) in items.iter().enumerate() {
        if item.as_object().is_none_or(<[_]>::is_empty) {
            return Err(at.item(index).refuse(code));
        }
    }
    let mut judged = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let object = Object {
            members: item.as_object().unwrap_or_default(),
            at: at.item(index),
        };
        judged.push(judge(&object)?);
    }
    Ok(judged)
}
