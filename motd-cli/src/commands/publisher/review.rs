//! `motd review`: what a request changes, for the people who are asked to sign it. `motd diff` says the same of files.

use core::fmt::Write as _;

use anyhow::{Context as _, Result};
use motd_core::{LanguageTag, Time, escaped, is_permitted};
use motd_server::publish::{Difference, NoticeChange, Published as _, Review, RoleReview, Signing};
use motd_server::serve::api::ReviewBody;
use motd_server::serve::proposals::ProposalId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use similar::{ChangeTag, TextDiff};

use super::now;
use super::published::RepositorySource;
use super::views::{ViewOptions, views};
use crate::arguments::publisher::ReviewArguments as Arguments;
use crate::exit::Exit;
use crate::keys::{self, BoxedSigner};
use crate::remote::Remote;
use crate::requests;
use crate::shell::Shell;

const COLUMNS: u16 = 80;
/// Longest value that is shown whole, in code points.
const LONGEST: usize = 1_000;
/// Rows of a small terminal.
const SCREEN: usize = 20;

pub(super) fn run(arguments: &Arguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(review(arguments, shell))?;
    Ok(Exit::Well)
}

async fn review(arguments: &Arguments, shell: &mut Shell) -> Result<()> {
    let now = now(arguments.now)?;
    let source = RepositorySource::at(&arguments.place)?;
    let published = source
        .published(arguments.root.as_deref(), None, now, shell)
        .await?;
    let repository = published.repository;
    let request = match &source {
        RepositorySource::Stored(..) => {
            let folder = arguments.request.as_ref();
            requests::read(folder.context("which request? Its folder comes after the repository")?)?
        }
        RepositorySource::Served(remote) => {
            let name = arguments.key.as_ref();
            let name = name.context("--key names your key: only who may sign is told")?;
            let signers = keys::signers(core::slice::from_ref(name), &arguments.passphrases)?;
            let key = signers.first().context("--key names your key")?;
            let Some(written) = &arguments.request else {
                return list(remote, key, now, arguments.json, shell).await;
            };
            let id = proposal_id(written)?;
            remote.show(&id, key.as_ref(), now).await?.1
        }
    };
    // Computed here, from what is verified here: a server's own words are not what anybody signs by.
    let review = repository.review(&request)?;
    if arguments.json {
        shell.json(&ReviewBody::of(&review))?;
    } else {
        print(&review, shell)?;
    }
    Ok(())
}

/// The proposals that wait at a server.
async fn list(
    remote: &Remote,
    key: &BoxedSigner,
    now: Time,
    as_json: bool,
    shell: &mut Shell,
) -> Result<()> {
    let mut open = Vec::new();
    for proposal in remote.list(key.as_ref(), now).await?.proposals {
        // Names of a closed set and of one form: nothing else that a server says is printed.
        let id: ProposalId = proposal.id.parse()?;
        let standing = ["proposed", "signed"];
        let standing = standing.into_iter().find(|name| *name == proposal.standing);
        if let Some(standing) = standing {
            open.push((id, standing, proposal.opened, proposal.closes));
        }
    }
    if as_json {
        let open = open.iter().map(|(id, standing, opened, closes)| {
            json!({ "id": id.to_string(), "standing": standing, "opened": opened, "closes": closes })
        });
        shell.json(&json!({ "proposals": open.collect::<Vec<_>>() }))?;
        return Ok(());
    }
    for (id, standing, opened, closes) in &open {
        shell.data(&format!(
            "{id} {standing}, opened {opened}, open until {closes}"
        ));
    }
    if open.is_empty() {
        shell.talk("no proposal is open");
    }
    Ok(())
}

/// Prints a review for a person.
pub(super) fn print(review: &Review, shell: &mut Shell) -> Result<()> {
    let mut rows: usize = review
        .roles
        .iter()
        .map(|role| print_role(role, shell))
        .sum();
    let Some(document) = &review.document else {
        return Ok(());
    };
    for difference in &review.members {
        rows += shell.wrapped(&format!("document: {}", describe(difference)));
    }
    let default_language = document.judged().default_language().clone();
    rows += print_notices(&review.notices, &default_language, shell)?;
    // What is out of sight by now is known to be there.
    if rows > SCREEN {
        let changes = review
            .notices
            .iter()
            .filter(|change| change.word() != "kept");
        let changes: Vec<_> = changes
            .map(|change| format!("{} {}", change.id(), change.word()))
            .collect();
        shell.wrapped(&format!(
            "{rows} lines above this one: {}",
            changes.join(", ")
        ));
    }
    Ok(())
}

fn print_role(role: &RoleReview, shell: &mut Shell) -> usize {
    let RoleReview {
        role: name,
        current,
        version,
        expires,
        ..
    } = role;
    let mut rows = shell.wrapped(&format!(
        "{name}: version {current} to {version}, signed until {expires}"
    ));
    for signing in &role.signing {
        rows += shell.wrapped(&format!("  {}", signatures(signing)));
    }
    for difference in role.surprises() {
        rows += shell.wrapped(&format!("  ! {}", describe(difference)));
    }
    rows
}

fn signatures(signing: &Signing) -> String {
    let Signing {
        appointed,
        signed,
        waiting,
        threshold,
    } = signing;
    let who = if *appointed {
        "signatures of those whom this request appoints"
    } else {
        "signatures"
    };
    let short = |ids: &[String]| {
        let short = ids.iter().map(|id| id.get(..8).unwrap_or(id));
        short.collect::<Vec<_>>().join(" ")
    };
    let mut text = format!("{who}: {} of {threshold}", signed.len());
    if !signed.is_empty() {
        // Writing to a string does not fail, here and below.
        let _ = write!(text, "; signed {}", short(signed));
    }
    if !signing.is_enough() {
        let _ = write!(text, "; can sign {}", short(waiting));
    }
    text
}

fn describe(difference: &Difference) -> String {
    let value = |value: Option<&Value>| value.map_or("nothing".to_owned(), in_short);
    let before = value(difference.before.as_ref());
    let after = value(difference.after.as_ref());
    format!("{}: {before} becomes {after}", difference.place)
}

/// A value that somebody proposes, up to a length: a long one would push what stands before it out of sight.
fn in_short(value: &Value) -> String {
    let mut text = value.to_string();
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        let more = text.len() - end;
        // Of two values that differ in the rest, each looks different.
        let digest = hex::encode(Sha256::digest(&text));
        let digest = digest.get(..16).unwrap_or_default();
        text.truncate(end);
        let _ = write!(
            text,
            "... and {more} bytes more, which --json shows, SHA-256 {digest}"
        );
    }
    text
}

/// Prints what becomes of each notice, as its readers would see it; how many rows that takes.
pub(super) fn print_notices(
    changes: &[NoticeChange],
    default_language: &LanguageTag,
    shell: &mut Shell,
) -> Result<usize> {
    let mut rows = 0;
    for change in changes {
        let (id, word) = (change.id(), change.word());
        let again = match change {
            NoticeChange::Changed { .. } if change.is_new_to_readers() => {
                "; who saw it is told again"
            }
            NoticeChange::Changed { .. } => "; who saw it is not told again",
            _ => "",
        };
        rows += shell.wrapped(&format!("{id}: {word}{again}"));
        let (before, after) = match change {
            NoticeChange::Added { after } => (None, Some(after)),
            NoticeChange::Changed { before, after } => (Some(before), Some(after)),
            NoticeChange::Withdrawn { before } => (Some(before), None),
            // What stays was read before.
            _ => continue,
        };
        let before = page(before, default_language, shell.is_utf8())?;
        let after = page(after, default_language, shell.is_utf8())?;
        for line in TextDiff::from_lines(&before, &after).iter_all_changes() {
            let sign = match line.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let text = line.value();
            rows += shell.wrapped(&format!("  {sign} {}", text.trim_end_matches('\n')));
        }
    }
    if changes.iter().all(|change| change.word() == "kept") {
        shell.data("no notice changes");
    }
    Ok(rows)
}

/// A notice as lines: the members that are no text, and then each language as a terminal shows it.
fn page(notice: Option<&Value>, default_language: &LanguageTag, utf8: bool) -> Result<String> {
    let Some(notice) = notice else {
        return Ok(String::new());
    };
    let mut page = String::new();
    let members = notice.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, _)| !matches!(name.as_str(), "id" | "text")) {
        let _ = writeln!(page, "{}: {}", escaped(name, is_permitted), in_short(value));
    }
    if notice.get("audience").is_none() {
        page.push_str("audience: everyone\n");
    }
    let source = "notice".parse()?;
    let look = ViewOptions {
        source: &source,
        default_language,
        language: None,
        widths: &[COLUMNS],
        plain: true,
        utf8,
    };
    for view in views(notice, &look)? {
        let _ = write!(page, "[{}]\n{}", view.language, view.lines);
    }
    Ok(page)
}

/// The name of a proposal at a server, which stands where a folder stands otherwise.
pub(super) fn proposal_id(written: &std::path::Path) -> Result<ProposalId> {
    let text = written.to_str().unwrap_or_default();
    Ok(text.parse()?)
}
