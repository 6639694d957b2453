//! The Atom feed (RFC 4287).
//!
//! *Identifiers* are `tag:` URIs (RFC 4151) made of the repository's identifier and the notice's id: the same for every
//! revision, on every server, for ever.
//!
//! *Updated*: nobody knows when a role was signed, and a clock would make every feed another one. So an entry's `updated`
//! is `begins` and one second for each revision after the first, at most `ends`. It moves when the revision does, is the
//! same on every server, and nobody takes it for more than the order that it is. The feed's is that of its latest entry;
//! of an empty feed, the beginning of the day in which it was made.

use askama::Template;
use motd_core::{Notice, RepositoryId, Time};

use super::gate::{CurrentDocument, CurrentNotice, Withheld};
use super::notice;
use super::resource::{self, Page};

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    repository: &'a str,
    id: String,
    updated: Time,
    entries: Vec<FeedEntry>,
    withheld: Option<&'a Withheld>,
}

struct FeedEntry {
    id: String,
    /// The notice's own id, by which the page names its place.
    anchor: String,
    language: String,
    severity: &'static str,
    topic: Option<String>,
    title: String,
    body: String,
    links: Vec<(String, String)>,
    published: Time,
    updated: Time,
}

pub(super) fn page(
    id: &RepositoryId,
    sight: &Result<CurrentDocument, Withheld>,
    now: Time,
) -> Page {
    let notices = sight
        .as_ref()
        .map(CurrentDocument::notices)
        .unwrap_or_default();
    let entries: Vec<_> = notices
        .into_iter()
        .map(|current| FeedEntry::of(id, current))
        .collect();
    let latest = entries.iter().map(|entry| entry.updated).max();
    let feed = Feed {
        repository: id.as_str(),
        id: tag(id, None),
        updated: latest.unwrap_or_else(|| beginning_of_day(now)),
        entries,
        withheld: sight.as_ref().err(),
    };
    Page {
        path: "/feed.atom",
        content_type: "application/atom+xml; charset=utf-8",
        policy: Some(resource::of_data()),
        // Writing to a string does not fail.
        body: feed.render().unwrap_or_default().into_bytes(),
    }
}

impl FeedEntry {
    fn of(repository: &RepositoryId, current: CurrentNotice<'_>) -> Self {
        let notice = current.notice;
        let text = notice::in_default_language(notice);
        let link = |link: &motd_core::Link| (link.rel().to_string(), link.url().to_string());
        Self {
            id: tag(repository, Some(notice.id().as_str())),
            anchor: notice.id().to_string(),
            language: notice.default_language().to_string(),
            severity: notice::severity(notice),
            topic: notice.topic().map(ToString::to_string),
            title: text
                .map(motd_core::Text::title)
                .unwrap_or_default()
                .to_owned(),
            body: text
                .map(|text| text.body().join("\n\n"))
                .unwrap_or_default(),
            links: notice.links().iter().map(link).collect(),
            published: notice.begins(),
            updated: updated(notice),
        }
    }
}

/// RFC 4151, section 2.1. The colon stands in neither identifier, so that no two of them make one tag. The year is that
/// of the first tags of this kind, and no time at which anything was made.
fn tag(repository: &RepositoryId, notice: Option<&str>) -> String {
    let first = repository.as_str().split('/').next().unwrap_or_default();
    // RFC 2606: a name that is nobody's, for an identifier that does not begin with one.
    let authority = if is_dns_name(first) { first } else { "invalid" };
    let tag = format!("tag:{authority},2018:tuf-motd:{repository}");
    notice.map_or_else(|| tag.clone(), |notice| format!("{tag}:{notice}"))
}

fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.split('.').all(is_label)
}

fn updated(notice: &Notice) -> Time {
    let later = notice.revision().number() - 1;
    let seconds = notice.begins().unix_seconds().saturating_add(later);
    let time = i64::try_from(seconds)
        .ok()
        .and_then(Time::from_unix_seconds);
    time.unwrap_or(Time::LAST).min(notice.ends())
}

fn beginning_of_day(now: Time) -> Time {
    let day = now.unix_seconds() / DAY * DAY;
    let time = i64::try_from(day).ok().and_then(Time::from_unix_seconds);
    time.unwrap_or(now)
}

const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_an_authority_whatever_the_identifier_is() {
        let cases = [
            ("pypi.org", "tag:pypi.org,2018:tuf-motd:pypi.org:n"),
            (
                "conda.example.org/main",
                "tag:conda.example.org,2018:tuf-motd:conda.example.org/main:n",
            ),
            ("my_index/main", "tag:invalid,2018:tuf-motd:my_index/main:n"),
            ("a..b", "tag:invalid,2018:tuf-motd:a..b:n"),
        ];
        for (repository, expected) in cases {
            assert_eq!(tag(&repository.parse().unwrap(), Some("n")), expected);
        }
    }
}
