//! Views as one HTML page that loads nothing and runs nothing: for a pull request, or for who has no terminal at hand.

use askama::Template;
use motd_core::LanguageTag;

use crate::commands::publisher::views::View;

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage<'a> {
    file: &'a str,
    parts: Vec<NoticePreview<'a>>,
}

/// A notice in one language, on terminals of several widths.
struct NoticePreview<'a> {
    id: &'a str,
    language: &'a LanguageTag,
    views: &'a [View],
}

/// The page; everything from the notices stands in it as text.
pub(super) fn page(file: &str, views: &[View]) -> Result<String, askama::Error> {
    let is_same =
        |left: &View, right: &View| (&left.id, &left.language) == (&right.id, &right.language);
    let parts = views.chunk_by(is_same).filter_map(|views| {
        let first = views.first()?;
        Some(NoticePreview {
            id: &first.id,
            language: &first.language,
            views,
        })
    });
    let parts = parts.collect();
    PreviewPage { file, parts }.render()
}
