//! A document that was judged good, with a verdict for each entry.

use alloc::vec::Vec;

use crate::{LanguageTag, Notice, NoticeId, Refusal, RepositoryId};

/// A notice document that no check refused; each of its entries has a verdict of its own. Chapter 2.
///
/// A document says nothing about where its bytes came from. To show anything of it, see
/// [`Verified`](crate::Verified).
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) repository: RepositoryId,
    pub(crate) default_language: LanguageTag,
    pub(crate) entries: Vec<Entry>,
}

impl Document {
    /// The repository that speaks.
    #[must_use]
    pub const fn repository(&self) -> &RepositoryId {
        &self.repository
    }

    /// The language that every notice has.
    #[must_use]
    pub const fn default_language(&self) -> &LanguageTag {
        &self.default_language
    }

    /// The entries of `notices`, in the document's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The notices that no check refused, in the document's order.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.entries
            .iter()
            .filter_map(|entry| entry.verdict.as_ref().ok())
    }
}

/// One entry of `notices`, judged by itself. Chapter 2, MOTD-DOC-8.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) index: usize,
    pub(crate) id: Option<NoticeId>,
    pub(crate) verdict: Result<Notice, Refusal>,
    pub(crate) languages: Vec<LanguageVerdict>,
}

impl Entry {
    /// The entry's index in `notices`.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The entry's id, when it is well-formed; a refused entry may have one too.
    #[must_use]
    pub const fn id(&self) -> Option<&NoticeId> {
        self.id.as_ref()
    }

    /// The notice, or the first fault found in it.
    ///
    /// # Errors
    /// The refusal of this entry.
    pub const fn verdict(&self) -> Result<&Notice, &Refusal> {
        self.verdict.as_ref()
    }

    /// A verdict for each language of the notice, sorted as the members of `text` are; empty when the checks did not
    /// get that far.
    #[must_use]
    pub fn languages(&self) -> &[LanguageVerdict] {
        &self.languages
    }
}

/// One language of a notice, judged by itself. Chapter 3, MOTD-LANG-2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageVerdict {
    /// Position among the members of `text`, counted from 0 in the order of their names.
    pub position: usize,
    /// The tag, when it is well-formed and in canonical case.
    pub tag: Option<LanguageTag>,
    /// Whether this language is kept.
    pub verdict: Result<(), Refusal>,
}
