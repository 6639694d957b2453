//! The page for people.

use askama::Template;
use motd_core::{RepositoryId, Time};

use super::gate::{CurrentDocument, Withheld};
use super::notice::NoticeView;
use super::resource::{self, Page};
use super::roles::RoleStanding;
use super::time::PageTime;

#[derive(Template)]
#[template(path = "public.html")]
struct Public<'a> {
    style: &'static str,
    repository: &'a str,
    now: PageTime,
    notices: Vec<NoticeView>,
    withheld: Option<&'a Withheld>,
    roles: Vec<RoleView<'a>>,
}

struct RoleView<'a> {
    role: &'a RoleStanding,
    expires: PageTime,
    expired: bool,
}

pub(super) fn page(
    id: &RepositoryId,
    roles: &[RoleStanding],
    sight: &Result<CurrentDocument, Withheld>,
    now: Time,
) -> Page {
    let notices = sight
        .as_ref()
        .map(CurrentDocument::notices)
        .unwrap_or_default();
    let public = Public {
        style: resource::STYLE,
        repository: id.as_str(),
        now: PageTime(now),
        notices: notices.into_iter().map(NoticeView::of).collect(),
        withheld: sight.as_ref().err(),
        roles: roles
            .iter()
            .map(|role| RoleView {
                role,
                expires: PageTime(role.expires),
                expired: role.expires <= now,
            })
            .collect(),
    };
    Page {
        path: "/",
        content_type: "text/html; charset=utf-8",
        policy: Some(resource::with_style(resource::STYLE)),
        // Writing to a string does not fail.
        body: public.render().unwrap_or_default().into_bytes(),
    }
}
