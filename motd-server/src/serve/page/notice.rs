//! A notice as a template shows it.

use motd_core::{EffectiveSeverity, LanguageTag, Notice, Text};

use super::audience::{self, ClauseView};
use super::gate::CurrentNotice;
use super::time::PageTime;

/// A notice on a page.
pub(super) struct NoticeView {
    pub(super) id: String,
    pub(super) revision: u64,
    /// One word, which is also the name of its style.
    pub(super) severity: &'static str,
    pub(super) topic: Option<String>,
    pub(super) begins: PageTime,
    pub(super) ends: PageTime,
    /// In the default language.
    pub(super) text: TextView,
    /// In the others.
    pub(super) others: Vec<TextView>,
    pub(super) links: Vec<LinkView>,
    /// None means everyone.
    pub(super) audience: Vec<ClauseView>,
    /// The notices for which it is the all-clear.
    pub(super) resolves: Vec<String>,
}

/// The text in one language.
pub(super) struct TextView {
    pub(super) tag: String,
    /// What the language is called by those who speak it; the tag where this is not known.
    pub(super) language: String,
    pub(super) title: String,
    pub(super) body: Vec<String>,
}

/// A link of a notice.
pub(super) struct LinkView {
    pub(super) rel: String,
    pub(super) url: String,
}

impl NoticeView {
    pub(super) fn of(current: CurrentNotice<'_>) -> Self {
        let CurrentNotice { notice, json } = current;
        let mut others = notice.texts().iter();
        let text = in_default_language(notice);
        Self {
            id: notice.id().to_string(),
            revision: notice.revision().number(),
            severity: severity(notice),
            topic: notice.topic().map(ToString::to_string),
            begins: PageTime(notice.begins()),
            ends: PageTime(notice.ends()),
            text: TextView::of(notice.default_language(), text),
            others: others
                .by_ref()
                .filter(|(tag, _)| tag != notice.default_language())
                .map(|(tag, text)| TextView::of(tag, Some(text)))
                .collect(),
            links: notice
                .links()
                .iter()
                .map(|link| LinkView {
                    rel: link.rel().to_string(),
                    url: link.url().to_string(),
                })
                .collect(),
            audience: audience::clauses(notice, json),
            resolves: notice.resolves().iter().map(ToString::to_string).collect(),
        }
    }
}

impl TextView {
    fn of(tag: &LanguageTag, text: Option<&Text>) -> Self {
        Self {
            tag: tag.to_string(),
            language: own_name(tag).unwrap_or(tag.as_str()).to_owned(),
            title: text.map(Text::title).unwrap_or_default().to_owned(),
            body: text.map(Text::body).unwrap_or_default().to_vec(),
        }
    }
}

/// MOTD-LANG-3: a notice that was judged good has it.
pub(super) fn in_default_language(notice: &Notice) -> Option<&Text> {
    let text = notice.text(notice.default_language().as_str());
    text.map(|(_, text)| text)
}

/// MOTD-SHOW-3: severity is a word.
pub(super) fn severity(notice: &Notice) -> &'static str {
    match notice.effective_severity() {
        EffectiveSeverity::Info => "Info",
        EffectiveSeverity::Warning => "Warning",
        EffectiveSeverity::Critical => "Critical",
    }
}

/// What some languages call themselves, for who looks for their own on a page in English.
fn own_name(tag: &LanguageTag) -> Option<&'static str> {
    let names = [
        ("ar", "العربية"),
        ("cs", "Čeština"),
        ("de", "Deutsch"),
        ("en", "English"),
        ("es", "Español"),
        ("fa", "فارسی"),
        ("fr", "Français"),
        ("he", "עברית"),
        ("hi", "हिन्दी"),
        ("id", "Indonesia"),
        ("it", "Italiano"),
        ("ja", "日本語"),
        ("ko", "한국어"),
        ("nl", "Nederlands"),
        ("pl", "Polski"),
        ("pt", "Português"),
        ("ru", "Русский"),
        ("sv", "Svenska"),
        ("tr", "Türkçe"),
        ("uk", "Українська"),
        ("ur", "اردو"),
        ("vi", "Tiếng Việt"),
        ("zh", "中文"),
    ];
    let found = names.iter().find(|(code, _)| *code == tag.language());
    found.map(|(_, name)| *name)
}
