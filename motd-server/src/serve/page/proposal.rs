//! An open proposal: what it changes, who has signed, and what terminals would show.

use core::fmt::Write as _;

use motd_core::{LanguageTag, SourceName, Time};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::terminal::{self, Prefix, TerminalView};
use super::time::PageTime;
use crate::publish::{
    Difference, NOTICE_ROLE, NoticeChange, PublishError, Review, RoleReview, Signing,
};

/// A proposal that people are asked to sign.
#[derive(Debug)]
pub struct OpenProposal {
    /// Its name in the store of proposals.
    pub id: String,
    /// When it was proposed.
    pub opened: Time,
    /// When it is dropped if nobody publishes it.
    pub closes: Time,
    /// What it changes, or why it cannot be published as it is.
    pub review: Result<Review, PublishError>,
}

/// A proposal on the page.
pub(super) struct ProposalView<'a> {
    pub(super) id: &'a str,
    pub(super) opened: PageTime,
    pub(super) closes: PageTime,
    pub(super) closed: bool,
    pub(super) content: Result<ReviewView<'a>, ReviewFault>,
}

/// What it would publish.
pub(super) struct ReviewView<'a> {
    pub(super) signed: bool,
    pub(super) roles: Vec<RoleChange<'a>>,
    pub(super) changes: Vec<ChangeView<'a>>,
    /// What differs in the document beside its notices.
    pub(super) members: Vec<String>,
    /// How many notices stay as they are.
    pub(super) kept: usize,
}

/// Why it cannot be published as it is.
pub(super) struct ReviewFault {
    pub(super) code: &'static str,
    pub(super) fact: String,
}

/// One role of it.
pub(super) struct RoleChange<'a> {
    pub(super) role: &'a RoleReview,
    pub(super) expires: PageTime,
    pub(super) surprises: Vec<String>,
    pub(super) signing: &'a [Signing],
}

/// What becomes of one notice.
pub(super) struct ChangeView<'a> {
    pub(super) id: &'a str,
    pub(super) word: &'static str,
    /// Whether who saw the notice is told again; absent where nobody has seen it or nothing is shown any more.
    pub(super) again: Option<bool>,
    pub(super) lines: Vec<DiffLine>,
    pub(super) terminals: Vec<TerminalView>,
}

/// A line of the notice before, after, or both.
pub(super) struct DiffLine {
    pub(super) sign: char,
    pub(super) text: String,
}

impl<'a> ProposalView<'a> {
    pub(super) fn of(proposal: &'a OpenProposal, source: &SourceName, now: Time) -> Self {
        let content = match &proposal.review {
            Ok(review) => Ok(ReviewView::of(review, source)),
            Err(error) => Err(ReviewFault {
                code: error.code(),
                fact: error.to_string(),
            }),
        };
        Self {
            id: &proposal.id,
            opened: PageTime(proposal.opened),
            closes: PageTime(proposal.closes),
            closed: proposal.closes <= now,
            content,
        }
    }
}

impl<'a> ReviewView<'a> {
    fn of(review: &'a Review, source: &SourceName) -> Self {
        let default_language = review
            .document
            .as_ref()
            .map_or_else(LanguageTag::english, |document| {
                document.judged().default_language().clone()
            });
        let is_kept = |change: &&NoticeChange| matches!(change, NoticeChange::Kept { .. });
        let (kept, changes): (Vec<_>, Vec<_>) = review.notices.iter().partition(is_kept);
        Self {
            signed: review.is_signed(),
            roles: review.roles.iter().map(RoleChange::of).collect(),
            changes: changes
                .into_iter()
                .map(|change| ChangeView::of(change, &default_language, source))
                .collect(),
            members: review.members.iter().map(difference_line).collect(),
            kept: kept.len(),
        }
    }
}

impl<'a> RoleChange<'a> {
    fn of(role: &'a RoleReview) -> Self {
        // What a new version of the role does not change by itself: it is signed only by who accepts it.
        let is_expected = |difference: &Difference| {
            if role.role == NOTICE_ROLE {
                difference.is_expected()
            } else {
                difference.is_version_or_expiry()
            }
        };
        let surprises = role.differences.iter();
        let surprises = surprises.filter(|difference| !is_expected(difference));
        Self {
            role,
            expires: PageTime(role.expires),
            surprises: surprises.map(difference_line).collect(),
            signing: &role.signing,
        }
    }
}

impl<'a> ChangeView<'a> {
    fn of(change: &'a NoticeChange, default_language: &LanguageTag, source: &SourceName) -> Self {
        let (before, after, again) = match change {
            NoticeChange::Added { after } => (None, Some(after), None),
            NoticeChange::Changed { before, after } => {
                (Some(before), Some(after), Some(change.is_new_to_readers()))
            }
            NoticeChange::Withdrawn { before } | NoticeChange::Kept { before } => {
                (Some(before), None, None)
            }
        };
        let lines = |notice: Option<&Value>| {
            notice.map_or_else(String::new, |notice| {
                lines(notice, default_language, source)
            })
        };
        let (old, new) = (lines(before), lines(after));
        let diff = TextDiff::from_lines(&old, &new);
        let lines = diff.iter_all_changes().map(|line| DiffLine {
            sign: match line.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            },
            text: line.value().trim_end_matches('\n').to_owned(),
        });
        Self {
            id: change.id(),
            word: change.word(),
            again,
            lines: lines.collect(),
            terminals: after
                .map(|after| terminal::views(after, default_language, source, Prefix::Framed))
                .unwrap_or_default(),
        }
    }
}

/// A notice as lines: the members that are no text, and then each language.
fn lines(notice: &Value, default_language: &LanguageTag, source: &SourceName) -> String {
    let mut lines = String::new();
    let members = notice.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, _)| !matches!(name.as_str(), "id" | "text")) {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(lines, "{name}: {value}");
    }
    if notice.get("audience").is_none() {
        lines.push_str("audience: everyone\n");
    }
    for view in terminal::views(notice, default_language, source, Prefix::Plain) {
        let _ = writeln!(lines, "[{}]", view.language);
        // The first line names the source, which is the reader's matter.
        for line in view.lines.iter().skip(1) {
            let _ = writeln!(lines, "{line}");
        }
    }
    lines
}

fn difference_line(difference: &Difference) -> String {
    let value = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let before = value(difference.before.as_ref());
    let after = value(difference.after.as_ref());
    format!("{}: {before} becomes {after}", difference.place)
}
