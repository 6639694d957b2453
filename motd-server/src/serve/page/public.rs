//! The page for people.

use askama::Template;
use motd_core::{RepositoryId, Time};

use super::Page;
use super::gate::{Current, Withheld};
use super::moment::Moment;
use super::notice::NoticeView;
use super::policy;
use super::roles::RoleStanding;

#[derive(Template)]
#[template(path = "public.html")]
struct Public<'a> {
    style: &'static str,
    repository: &'a str,
    now: Moment,
    notices: Vec<NoticeView>,
    withheld: Option<&'a Withheld>,
    roles: Vec<RoleView<'a>>,
}

struct RoleView<'a> {
    role: &'a RoleStanding,
    expires: Moment,
    expired: bool,
}

pub(super) fn page(
    id: &RepositoryId,
    roles: &[RoleStanding],
    sight: &Result<Current, Withheld>,
    now: Time,
) -> Page {
    let notices = sight.as_ref().map(Current::notices).unwrap_or_default();
    let public = Public {
        style: policy::STYLE,
        repository: id.as_str(),
        now: Moment(now),
        notices: notices.into_iter().map(NoticeView::of).collect(),
        withheld: sight.as_ref().err(),
        roles: roles
            .iter()
            .map(|role| RoleView {
                role,
                expires: Moment(role.expires),
                expired: role.expires <= now,
            })
            .collect(),
    };
    Page {
        path: "/",
        content_type: "text/html; charset=utf-8",
        policy: Some(policy::with_style(policy::STYLE)),
        // Writing to a string does not fail.
        body: public.render().unwrap_or_default().into_bytes(),
    }
}
