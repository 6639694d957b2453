//! A notice that was judged good, and its parts.

use alloc::string::String;
use alloc::vec::Vec;

use crate::audience::Audience;
use crate::{LanguageTag, Link, NoticeId, Revision, Time, Word};

/// A notice of a document, every part of which was judged good. Chapter 2, "Notices".
#[derive(Clone, Debug)]
pub struct Notice {
    pub(crate) id: NoticeId,
    pub(crate) revision: Revision,
    pub(crate) severity: Severity,
    pub(crate) topic: Option<Word>,
    pub(crate) begins: Time,
    pub(crate) ends: Time,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) requires: Vec<Word>,
    pub(crate) resolves: Vec<NoticeId>,
    pub(crate) default_language: LanguageTag,
    /// Sorted by tag, the default language among them.
    pub(crate) texts: Vec<(LanguageTag, Text)>,
    pub(crate) links: Vec<Link>,
    pub(crate) audience: Option<Audience>,
}

impl Notice {
    /// The notice's id.
    #[must_use]
    pub const fn id(&self) -> &NoticeId {
        &self.id
    }

    /// The notice's revision.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The severity as written; see [`Notice::effective_severity`].
    #[must_use]
    pub const fn severity(&self) -> &Severity {
        &self.severity
    }

    /// The severity that counts: `info` for a notice that resolves others, whatever else it says (MOTD-REP-7), and
    /// for one whose severity is not registered (MOTD-FWD-2).
    #[must_use]
    pub fn effective_severity(&self) -> EffectiveSeverity {
        // MOTD-REP-7: an all-clear that could be critical would be a way around the budget.
        if self.resolves.is_empty() {
            self.severity.effective()
        } else {
            EffectiveSeverity::Info
        }
    }

    /// The topic as written, registered or not.
    #[must_use]
    pub const fn topic(&self) -> Option<&Word> {
        self.topic.as_ref()
    }

    /// The first second at which the notice applies.
    #[must_use]
    pub const fn begins(&self) -> Time {
        self.begins
    }

    /// The first second at which it no longer does.
    #[must_use]
    pub const fn ends(&self) -> Time {
        self.ends
    }

    /// The repeat as written, registered or not.
    #[must_use]
    pub const fn repeat(&self) -> Option<&Repeat> {
        self.repeat.as_ref()
    }

    /// The features that a reader has to know; version 1.0 registers none, so a good notice has none.
    #[must_use]
    pub fn requires(&self) -> &[Word] {
        &self.requires
    }

    /// The ids of the notices for which this is the all-clear.
    #[must_use]
    pub fn resolves(&self) -> &[NoticeId] {
        &self.resolves
    }

    /// The texts that were judged good, sorted by language tag.
    #[must_use]
    pub fn texts(&self) -> &[(LanguageTag, Text)] {
        &self.texts
    }

    /// The language that the document falls back to.
    #[must_use]
    pub const fn default_language(&self) -> &LanguageTag {
        &self.default_language
    }

    /// The text in exactly this language.
    #[must_use]
    pub fn text(&self, tag: &str) -> Option<(&LanguageTag, &Text)> {
        let index = self
            .texts
            .binary_search_by(|(other, _)| other.as_str().cmp(tag))
            .ok()?;
        self.texts.get(index).map(|(tag, text)| (tag, text))
    }

    /// The links, in the document's order.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Who is meant; `None` means everyone.
    #[must_use]
    pub const fn audience(&self) -> Option<&Audience> {
        self.audience.as_ref()
    }
}

/// How severe a notice says it is. Chapter 2, MOTD-DOC-13.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// `info`.
    Info,
    /// `warning`.
    Warning,
    /// `critical`.
    Critical,
    /// A severity that this version does not register: counts as `info` (MOTD-FWD-2).
    Unknown(Word),
}

impl Severity {
    /// The severity that a word names.
    #[must_use]
    pub fn from_word(word: Word) -> Self {
        match word.as_str() {
            "info" => Self::Info,
            "warning" => Self::Warning,
            "critical" => Self::Critical,
            _ => Self::Unknown(word),
        }
    }

    /// The word as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Unknown(word) => word.as_str(),
        }
    }

    /// The severity that counts.
    #[must_use]
    pub const fn effective(&self) -> EffectiveSeverity {
        match self {
            // MOTD-FWD-2: tomorrow's severity must not be louder in today's client than this version allows.
            Self::Info | Self::Unknown(_) => EffectiveSeverity::Info,
            Self::Warning => EffectiveSeverity::Warning,
            Self::Critical => EffectiveSeverity::Critical,
        }
    }
}

/// The severity that counts, the least severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EffectiveSeverity {
    /// `info`.
    Info,
    /// `warning`.
    Warning,
    /// `critical`.
    Critical,
}

impl EffectiveSeverity {
    /// The severity in lower case, as the document writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity as a line shows it. MOTD-SHOW-3.
    #[must_use]
    pub const fn word(self) -> &'static str {
        // MOTD-SHOW-3: a word, because a colour is lost on many readers and in every log.
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
        }
    }
}

/// How often a notice wants to be shown. Chapter 6, MOTD-REP-2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// `once`.
    Once,
    /// A repeat that this version does not register: the severity's default (MOTD-FWD-5).
    Unknown(Word),
}

impl Repeat {
    /// The repeat that a word names.
    #[must_use]
    pub fn from_word(word: Word) -> Self {
        if word.as_str() == "once" {
            Self::Once
        } else {
            Self::Unknown(word)
        }
    }

    /// The word as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Once => "once",
            Self::Unknown(word) => word.as_str(),
        }
    }
}

/// The text of a notice in one language: permitted code points only. Chapter 3, "Text".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    pub(crate) title: String,
    pub(crate) body: Vec<String>,
}

impl Text {
    /// The title, one line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The paragraphs; there may be none.
    #[must_use]
    pub fn body(&self) -> &[String] {
        &self.body
    }
}
