//! `motd review`: what a request changes, for the people who are asked to sign it. `motd diff` says the same of files.

use core::fmt::Write as _;

use anyhow::Result;
use motd_core::LanguageTag;
use motd_server::author::{Difference, NoticeChange, Repository, Review, RoleReview, Signing};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::views::{Look, views};
use crate::arguments::Review as Arguments;
use crate::exit::Exit;
use crate::requests;
use crate::shell::Shell;

const COLUMNS: u16 = 80;

pub(super) fn run(arguments: &Arguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(async {
        let store = super::store(&arguments.folder)?;
        let repository = Repository::load(store.load().await?)?;
        let request = requests::read(&arguments.request)?;
        let review = repository.review(&request)?;
        if arguments.json {
            shell.json(&as_json(&review))?;
        } else {
            print(&review, shell)?;
        }
        Ok(Exit::Well)
    })
}

/// Prints a review for a person.
pub(super) fn print(review: &Review, shell: &mut Shell) -> Result<()> {
    for role in &review.roles {
        print_role(role, shell);
    }
    let Some(document) = &review.document else {
        return Ok(());
    };
    let default_language = document.judged().default_language().clone();
    print_notices(&review.notices, &default_language, shell)
}

fn print_role(role: &RoleReview, shell: &mut Shell) {
    let RoleReview {
        role: name,
        current,
        version,
        expires,
        ..
    } = role;
    shell.data(&format!(
        "{name}: version {current} to {version}, signed until {expires}"
    ));
    for signing in &role.signing {
        shell.data(&format!("  {}", signatures(signing)));
    }
    for difference in surprises(role) {
        shell.data(&format!("  ! {}", said(difference)));
    }
}

/// What a new version of the role does not change by itself: it is named, and signed only by who accepts it.
fn surprises(role: &RoleReview) -> impl Iterator<Item = &Difference> {
    let is_notices = role.role == motd_server::author::NOTICE_ROLE;
    role.differences.iter().filter(move |difference| {
        let expected = if is_notices {
            difference.is_expected()
        } else {
            difference.is_version_or_expiry()
        };
        !expected
    })
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

fn said(difference: &Difference) -> String {
    let value = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let before = value(difference.before.as_ref());
    let after = value(difference.after.as_ref());
    format!("{}: {before} becomes {after}", difference.place)
}

/// Prints what becomes of each notice, as its readers would see it.
pub(super) fn print_notices(
    changes: &[NoticeChange],
    default_language: &LanguageTag,
    shell: &mut Shell,
) -> Result<()> {
    for change in changes {
        let (id, word) = (change.id(), change.word());
        let again = match change {
            NoticeChange::Changed { .. } if change.is_new_to_readers() => {
                "; who saw it is told again"
            }
            NoticeChange::Changed { .. } => "; who saw it is not told again",
            _ => "",
        };
        shell.data(&format!("{id}: {word}{again}"));
        let (before, after) = match change {
            NoticeChange::Added { after } => (None, Some(after)),
            NoticeChange::Changed { before, after } => (Some(before), Some(after)),
            NoticeChange::Withdrawn { before } => (Some(before), None),
            // What stays was read before.
            _ => continue,
        };
        let before = page(before, default_language)?;
        let after = page(after, default_language)?;
        for line in TextDiff::from_lines(&before, &after).iter_all_changes() {
            let sign = match line.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let text = line.value();
            shell.data(&format!("  {sign} {}", text.trim_end_matches('\n')));
        }
    }
    if changes.iter().all(|change| change.word() == "kept") {
        shell.data("no notice changes");
    }
    Ok(())
}

/// A notice as lines: the members that are no text, and then each language as a terminal shows it.
fn page(notice: Option<&Value>, default_language: &LanguageTag) -> Result<String> {
    let Some(notice) = notice else {
        return Ok(String::new());
    };
    let mut page = String::new();
    let members = notice.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, _)| !matches!(name.as_str(), "id" | "text")) {
        let _ = writeln!(page, "{name}: {value}");
    }
    if notice.get("audience").is_none() {
        page.push_str("audience: everyone\n");
    }
    let source = "notice".parse()?;
    let look = Look {
        source: &source,
        default_language,
        language: None,
        widths: &[COLUMNS],
        plain: true,
    };
    for view in views(notice, &look)? {
        let _ = write!(page, "[{}]\n{}", view.language, view.lines);
    }
    Ok(page)
}

/// A review for a program.
pub(super) fn as_json(review: &Review) -> Value {
    let roles = review.roles.iter().map(|role| {
        let differences = surprises(role).map(|difference| {
            json!({
                "place": difference.place,
                "before": difference.before,
                "after": difference.after,
            })
        });
        let signing = role.signing.iter().map(|signing| {
            json!({
                "appointed": signing.appointed,
                "threshold": signing.threshold,
                "signed": signing.signed,
                "waiting": signing.waiting,
            })
        });
        json!({
            "role": role.role,
            "current": role.current,
            "version": role.version,
            "expires": role.expires.to_string(),
            "differences": differences.collect::<Vec<_>>(),
            "signing": signing.collect::<Vec<_>>(),
        })
    });
    json!({
        "roles": roles.collect::<Vec<_>>(),
        "notices": notices_json(&review.notices),
        "signed": review.is_signed(),
    })
}

/// What becomes of each notice, for a program.
pub(super) fn notices_json(changes: &[NoticeChange]) -> Vec<Value> {
    let change = |change: &NoticeChange| {
        json!({
            "id": change.id(),
            "change": change.word(),
            "members": change.members(),
            "new_to_readers": change.is_new_to_readers(),
        })
    };
    changes.iter().map(change).collect()
}
