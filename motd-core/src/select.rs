//! Which notices apply to this machine and reader, now.

use alloc::string::String;
use alloc::vec::Vec;

use crate::{
    Document, Entry, Environment, LanguageRange, LanguageTag, Notice, SkipReason, Text, Verified,
};

/// One entry of a verified document, and whether it applies here and now.
#[derive(Clone, Copy, Debug)]
pub struct Selected<'a> {
    entry: &'a Entry,
    selection: Result<Applicable<'a>, SkipReason>,
}

impl<'a> Selected<'a> {
    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &'a Entry {
        self.entry
    }

    /// The applicable notice, or why it does not apply: `refused`, `not-begun`, `ended` or `audience`.
    ///
    /// # Errors
    /// The reason, an expected outcome.
    pub const fn applicable(&self) -> Result<Applicable<'a>, SkipReason> {
        self.selection
    }
}

/// A notice of a verified document that applies here and now, with the text that its reader understands. Made by
/// [`select`] only.
#[derive(Clone, Copy, Debug)]
pub struct Applicable<'a> {
    notice: &'a Notice,
    language: &'a LanguageTag,
    text: &'a Text,
}

impl<'a> Applicable<'a> {
    /// The notice.
    #[must_use]
    pub const fn notice(&self) -> &'a Notice {
        self.notice
    }

    /// The language of the text.
    #[must_use]
    pub const fn language(&self) -> &'a LanguageTag {
        self.language
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &'a Text {
        self.text
    }
}

/// Compares every entry with the environment. The result has the order of the document; each entry is decided by
/// itself. Chapters 3 and 4: MOTD-TIME-4, MOTD-LANG-4, MOTD-AUD-4.
#[must_use]
pub fn select<'a>(
    document: &'a Verified<Document>,
    environment: &Environment<'_>,
) -> Vec<Selected<'a>> {
    let wanted: Vec<String> = environment
        .languages
        .iter()
        .flat_map(LanguageRange::candidates)
        .collect();
    let entries = document.verified().entries();
    entries
        .iter()
        .map(|entry| Selected {
            entry,
            selection: select_one(entry, environment, &wanted),
        })
        .collect()
}

fn select_one<'a>(
    entry: &'a Entry,
    environment: &Environment<'_>,
    wanted: &[String],
) -> Result<Applicable<'a>, SkipReason> {
    let notice = entry.verdict().map_err(|_| SkipReason::Refused)?;
    // MOTD-TIME-4: `begins <= now < ends`.
    if environment.now < notice.begins() {
        return Err(SkipReason::NotBegun);
    }
    if environment.now >= notice.ends() {
        return Err(SkipReason::Ended);
    }
    // MOTD-AUD-4: no audience is everyone.
    if notice
        .audience()
        .is_some_and(|audience| !audience.matches(environment))
    {
        return Err(SkipReason::Audience);
    }
    let (language, text) = choose_text(notice, wanted).ok_or(SkipReason::Refused)?;
    Ok(Applicable {
        notice,
        language,
        text,
    })
}

/// MOTD-LANG-4: lookup over the reader's list, then the default language, which every notice has (MOTD-LANG-3).
fn choose_text<'a>(notice: &'a Notice, wanted: &[String]) -> Option<(&'a LanguageTag, &'a Text)> {
    wanted
        .iter()
        .find_map(|candidate| notice.text(candidate))
        .or_else(|| notice.text(notice.default_language().as_str()))
}
