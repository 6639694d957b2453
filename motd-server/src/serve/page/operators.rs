//! The page for who runs the repository: what expires, what is proposed, and who still has to sign.

use askama::Template;
use motd_core::{RepositoryId, SourceName, Time, escaped, is_permitted};

use super::gate::{self, CurrentDocument, Withheld};
use super::notice::NoticeView;
use super::proposal::{OpenProposal, ProposalView};
use super::resource::{self, Page};
use super::roles::{self, RoleStanding};
use super::terminal;
use super::time::PageTime;
use crate::publish::{Advice, NOTICE_ROLE, Repository};
use crate::serve::Renewal;
use crate::store::Lifetimes;

/// What the operators' page is made from.
#[derive(Clone, Copy, Debug)]
pub struct OperatorsView<'a> {
    /// What is published.
    pub repository: &'a Repository,
    /// The identifier that it is published under.
    pub id: &'a RepositoryId,
    /// How long its roles live, which says what is little.
    pub lifetimes: &'a Lifetimes,
    /// The time.
    pub now: Time,
    /// Whether snapshot and timestamp are renewed.
    pub renewal: &'a Renewal,
    /// What is proposed, in the order in which it is shown.
    pub proposals: &'a [OpenProposal],
}

#[derive(Template)]
#[template(path = "operators.html")]
struct Operators<'a> {
    style: &'static str,
    repository: &'a str,
    now: PageTime,
    columns: u16,
    roles: Vec<RoleExpiry>,
    advice: Vec<String>,
    notices: Vec<NoticeView>,
    withheld: Option<&'a Withheld>,
    proposals: Vec<ProposalView<'a>>,
}

/// A role and the rest of its life.
struct RoleExpiry {
    role: RoleStanding,
    expires: PageTime,
    left: String,
    /// One word, which is also the name of its style.
    state: &'static str,
}

/// The operators' page, for a listener that only operators reach: proposals are not public.
#[must_use]
pub fn operators_page(view: &OperatorsView<'_>) -> Page {
    let OperatorsView {
        repository,
        id,
        lifetimes,
        now,
        renewal,
        proposals,
    } = *view;
    let sight = gate::decide(repository, id, now);
    let notices = sight
        .as_ref()
        .map(CurrentDocument::notices)
        .unwrap_or_default();
    let source = source(id);
    let proposals = proposals.iter().zip(std::iter::repeat(source));
    let page = Operators {
        style: resource::STYLE,
        repository: id.as_str(),
        now: PageTime(now),
        columns: terminal::COLUMNS,
        roles: roles::standings(repository)
            .into_iter()
            .map(|role| RoleExpiry::of(role, lifetimes, now))
            .collect(),
        advice: advice(repository, lifetimes, renewal, now),
        notices: notices.into_iter().map(NoticeView::of).collect(),
        withheld: sight.as_ref().err(),
        proposals: proposals
            .map(|(proposal, source)| ProposalView::of(proposal, &source, now))
            .collect(),
    };
    Page {
        path: "/operators",
        content_type: "text/html; charset=utf-8",
        policy: Some(resource::with_style(resource::STYLE)),
        // Writing to a string does not fail.
        body: seen(&page.render().unwrap_or_default()),
    }
}

impl RoleExpiry {
    fn of(role: RoleStanding, lifetimes: &Lifetimes, now: Time) -> Self {
        let days = match role.name.as_str() {
            "root" => lifetimes.root,
            "targets" => lifetimes.targets,
            NOTICE_ROLE => lifetimes.notices,
            "snapshot" => lifetimes.snapshot,
            _ => lifetimes.timestamp,
        };
        let rest = role.expires.seconds_since(now);
        let state = if role.expires <= now {
            "expired"
        // The same line as that of `motd doctor`.
        } else if rest.saturating_mul(3) < days.saturating_mul(DAY) {
            "low"
        } else {
            "well"
        };
        Self {
            expires: PageTime(role.expires),
            left: left(rest),
            state,
            role,
        }
    }

    /// The state in words.
    fn state_in_words(&self) -> &'static str {
        match self.state {
            "expired" => "expired",
            "low" => "below a third",
            _ => "well",
        }
    }
}

/// A page without the characters that hide or turn text around: names of roles and members are other people's words.
fn seen(page: &str) -> Vec<u8> {
    let is_kept = |letter| letter == '\n' || is_permitted(letter);
    escaped(page, is_kept).into_owned().into_bytes()
}

/// Whole days, or hours on the last one.
fn left(seconds: u64) -> String {
    match (seconds / DAY, seconds / HOUR) {
        (0, 0) if seconds == 0 => "none left".to_owned(),
        (0, 0) => "less than an hour left".to_owned(),
        (0, 1) => "1 hour left".to_owned(),
        (0, hours) => format!("{hours} hours left"),
        (1, hours) => format!("1 day {} h left", hours - 24),
        (days, _) => format!("{days} days left"),
    }
}

/// What to see to, in sentences. Expiries stand with their roles.
fn advice(
    repository: &Repository,
    lifetimes: &Lifetimes,
    renewal: &Renewal,
    now: Time,
) -> Vec<String> {
    let mut said = Vec::new();
    if let Renewal::Overdue {
        expires,
        code,
        fact,
    } = renewal
    {
        let expires = PageTime(*expires).words();
        said.push(format!(
            "Nobody renews snapshot and timestamp: {fact} ({code}). Clients refuse the repository from {expires} on."
        ));
    }
    match repository.doctor(lifetimes, now) {
        Ok(advice) => said.extend(advice.iter().map(in_words)),
        Err(error) => said.push(format!("The repository is not whole: {error}.")),
    }
    said
}

fn in_words(advice: &Advice) -> String {
    match advice {
        Advice::FewPeople {
            role,
            keys,
            threshold,
        } => {
            let spare = keys.saturating_sub(*threshold);
            format!(
                "Few people can sign {role}: {keys} keys, {threshold} have to sign, so {spare} can be missing. Two should be able to."
            )
        }
        Advice::Expires { role, expires } => format!(
            "The signatures on {role} need renewing: they expire on {}.",
            PageTime(*expires).words()
        ),
        Advice::Shadowed { by } => {
            format!("Clients do not reach the notice role: {by} comes before it.")
        }
        Advice::Bundle => {
            "Clients of a sidecar do not see this publication: its bundle is not written yet, or would be too long."
                .to_owned()
        }
    }
}

/// What installers call the source is their own matter; here it is the beginning of the identifier.
fn source(id: &RepositoryId) -> SourceName {
    let first = id.as_str().split('/').next().unwrap_or_default();
    let names = [first, "notices"];
    let mut names = names.into_iter().filter_map(|name| name.parse().ok());
    #[expect(clippy::expect_used, reason = "the second name follows the grammar")]
    names.next().expect("a fixed name is a name")
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_the_unit_that_matters() {
        let cases = [
            (0, "none left"),
            (59, "less than an hour left"),
            (HOUR, "1 hour left"),
            (23 * HOUR, "23 hours left"),
            (DAY, "1 day 0 h left"),
            (DAY + 5 * HOUR, "1 day 5 h left"),
            (30 * DAY - 1, "29 days left"),
        ];
        for (seconds, words) in cases {
            assert_eq!(left(seconds), words);
        }
    }

    #[test]
    fn every_identifier_has_a_source() {
        let long = "a".repeat(40);
        let cases = [
            ("pypi.org", "pypi.org"),
            ("conda.example.org/main", "conda.example.org"),
            (long.as_str(), "notices"),
        ];
        for (id, name) in cases {
            assert_eq!(source(&id.parse().unwrap()).to_string(), name);
        }
    }
}
