//! Decisions as JSON, for tools.

use serde_json::{Value, json};

use crate::{Applicable, Decision, Link, Revision, Verdict};

/// A decision as `motd check --json` writes it: `id`, `revision`, `decision`, `reason`, `code`, `text`. Chapter 6, section 6.12.
///
/// `text` is there for every notice that applies here and now, shown or not, and is `null` for all others. `id` is
/// `null` when it is malformed, and `revision` when the notice was refused; `code` says why it was.
#[must_use]
pub fn to_json(decision: &Decision<'_>) -> Value {
    let (verdict, reason) = match decision.verdict() {
        Verdict::Show(reason) => ("show", reason.as_str()),
        Verdict::Skip(reason) => ("skip", reason.as_str()),
    };
    json!({
        "id": decision.id().map(crate::NoticeId::as_str),
        "revision": decision.entry().verdict().ok().map(|notice| Revision::number(notice.revision())),
        "decision": verdict,
        "reason": reason,
        "code": decision.entry().verdict().err().map(|refusal| refusal.code.as_str()),
        "text": decision.applicable().map(text),
    })
}

fn text(applicable: Applicable<'_>) -> Value {
    let notice = applicable.notice();
    json!({
        "severity": notice.effective_severity().as_str(),
        "language": applicable.language().as_str(),
        "title": applicable.text().title(),
        "body": applicable.text().body(),
        "links": notice.links().iter().map(link).collect::<alloc::vec::Vec<_>>(),
    })
}

fn link(link: &Link) -> Value {
    json!({ "rel": link.rel().as_str(), "url": link.url().as_str() })
}
