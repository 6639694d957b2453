//! The notice document as a publisher handles it: nothing in it that a client would refuse, and its bytes.

use motd_core::json::Value;
use motd_core::{Code, Document, Place, Refusal, RepositoryId, Time, limits};
use serde_json::json;
use unicode_normalization::is_nfc;

use super::CUSTOM_MEMBER;
use super::metadata::limits::pointer;
use super::metadata::write::{sha256, target_entry};
use crate::publish::PublishError;

/// A document of which a client refuses nothing.
#[derive(Clone, Debug)]
pub struct NoticeDocument {
    json: serde_json::Value,
    bytes: Vec<u8>,
    judged: Document,
}

/// A notice that is still to be shown when its role's signature is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlives {
    /// The notice.
    pub id: String,
    /// When it ends.
    pub ends: Time,
}

impl NoticeDocument {
    /// Puts notices together to a document, in their order.
    ///
    /// # Errors
    ///
    /// As [`NoticeDocument::judge`].
    pub fn compose(
        repository: &RepositoryId,
        default_language: &str,
        notices: &[Value],
    ) -> Result<Self, PublishError> {
        let member = |name: &str, text: &str| (name.to_owned(), Value::String(text.to_owned()));
        let value = Value::Object(vec![
            member("schema_version", "1.0"),
            member("repository", repository.as_str()),
            member("default_language", default_language),
            ("notices".to_owned(), Value::Array(notices.to_vec())),
        ]);
        Self::judge(&value, repository)
    }

    /// Accepts a document of which a client would refuse nothing: no notice, and no language of one.
    ///
    /// # Errors
    ///
    /// [`PublishError::Document`] with the first part that would be refused, [`PublishError::NotNfc`].
    pub fn judge(value: &Value, repository: &RepositoryId) -> Result<Self, PublishError> {
        // MOTD-PUB-1: one refused notice among good ones is still a notice that nobody reads.
        let judged = Document::judge(value, Some(repository))?;
        for entry in judged.entries() {
            if let Err(refusal) = entry.verdict() {
                return Err(refusal.clone().into());
            }
            for language in entry.languages() {
                if let Err(refusal) = &language.verdict {
                    return Err(refusal.clone().into());
                }
            }
        }
        let bytes = value.document_bytes();
        if bytes.len() > limits::TARGET_DOCUMENT_BYTES {
            return Err(Refusal::new(Code::DocumentTooLarge, Place::document()).into());
        }
        let json = serde_json::from_slice(&bytes)
            .map_err(|_| Refusal::new(Code::NotJson, Place::document()))?;
        check_nfc(&json)?;
        Ok(Self {
            json,
            bytes,
            judged,
        })
    }

    /// Reads document bytes, as they lie in a published repository.
    ///
    /// # Errors
    ///
    /// As [`NoticeDocument::judge`], and [`PublishError::Document`] when they are not document bytes.
    pub fn read(bytes: &[u8], repository: &RepositoryId) -> Result<Self, PublishError> {
        let value = motd_core::json::parse(bytes)?;
        // MOTD-BYTES-8: the file is exactly the document bytes, down to the final newline that is not there.
        if value.document_bytes() != bytes {
            return Err(Refusal::new(Code::NotDocumentBytes, Place::document()).into());
        }
        Self::judge(&value, repository)
    }

    /// As [`NoticeDocument::read`], for the repository that the document itself names.
    ///
    /// # Errors
    ///
    /// As [`NoticeDocument::read`].
    pub fn read_any(bytes: &[u8]) -> Result<Self, PublishError> {
        Self::read(bytes, &identifier(bytes)?)
    }

    /// The document bytes: its RFC 8785 form, which is the target file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The document as JSON.
    #[must_use]
    pub const fn json(&self) -> &serde_json::Value {
        &self.json
    }

    /// What a client makes of it.
    #[must_use]
    pub const fn judged(&self) -> &Document {
        &self.judged
    }

    /// Whether the targets metadata carries it inline too.
    #[must_use]
    pub const fn is_inline(&self) -> bool {
        // MOTD-CARRY-7: at most 16 KiB.
        self.bytes.len() <= limits::CUSTOM_DOCUMENT_BYTES
    }

    /// The entry of the reserved path: length, hash, and the document itself when it is small enough.
    #[must_use]
    pub fn target_entry(&self) -> serde_json::Value {
        let custom = self.inline().map(|json| json!({ CUSTOM_MEMBER: json }));
        target_entry(&self.bytes, custom)
    }

    /// What the entry carries inline.
    #[must_use]
    pub fn inline(&self) -> Option<&serde_json::Value> {
        self.is_inline().then_some(&self.json)
    }

    /// The SHA-256 of the document bytes, in lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// Compares with the documents that were published before, the newest first: each notice with the last one that
    /// had its id.
    ///
    /// # Errors
    ///
    /// [`PublishError::Revision`] for the first notice whose text changed under a revision that readers have seen,
    /// and what `published` fails with.
    pub fn check_after(
        &self,
        published: impl IntoIterator<Item = Result<Self, PublishError>>,
    ) -> Result<(), PublishError> {
        let mut waiting = self.notices();
        for document in published {
            if waiting.is_empty() {
                return Ok(());
            }
            let document = document?;
            for old in document.notices() {
                let same_id = |notice: &serde_json::Value| notice.get("id") == old.get("id");
                let Some(index) = waiting.iter().position(same_id) else {
                    continue;
                };
                let notice = waiting.swap_remove(index);
                let same_text = notice.get("text") == old.get("text");
                // MOTD-PUB-8: who has seen the old text is never shown the new one under the same revision.
                if revision(&notice) < revision(&old)
                    || (!same_text && revision(&notice) == revision(&old))
                {
                    let id = notice.get("id").and_then(serde_json::Value::as_str);
                    return Err(PublishError::Revision {
                        id: id.unwrap_or_default().to_owned(),
                        published: revision(&old),
                    });
                }
            }
        }
        Ok(())
    }

    fn notices(&self) -> Vec<serde_json::Value> {
        let notices = self.json.get("notices");
        let notices = notices.and_then(serde_json::Value::as_array);
        notices.cloned().unwrap_or_default()
    }

    /// The notices that end after the role that carries them has expired: a warning, not an error.
    #[must_use]
    pub fn outlives(&self, role_expires: Time) -> Vec<Outlives> {
        // MOTD-PUB-10: such a notice vanishes early unless the role is signed again.
        self.judged
            .notices()
            .filter(|notice| notice.ends() > role_expires)
            .map(|notice| Outlives {
                id: notice.id().to_string(),
                ends: notice.ends(),
            })
            .collect()
    }
}

/// The repository that document bytes name.
pub(super) fn identifier(bytes: &[u8]) -> Result<RepositoryId, PublishError> {
    let document = motd_core::json::parse(bytes)?;
    let member = document.member("repository").and_then(Value::as_str);
    let identifier = member.and_then(|text| text.parse().ok());
    identifier.ok_or(PublishError::Document(Refusal::of_document(
        Code::RepositoryMalformed,
    )))
}

/// Titles and paragraphs, in the order of the document.
fn check_nfc(document: &serde_json::Value) -> Result<(), PublishError> {
    let notices = document
        .get("notices")
        .and_then(serde_json::Value::as_array);
    for (index, notice) in notices.into_iter().flatten().enumerate() {
        if let Some(place) = first_not_nfc(notice) {
            return Err(PublishError::NotNfc {
                place: format!("/notices/{index}{place}"),
            });
        }
    }
    Ok(())
}

/// JSON pointer, from the notice, to its first title or paragraph that is not in normalization form C.
pub(crate) fn first_not_nfc(notice: &serde_json::Value) -> Option<String> {
    let languages = notice.get("text")?.as_object()?;
    languages.iter().find_map(|(tag, text)| {
        let place = pointer("/text", tag);
        // MOTD-TEXT-6: tough refuses a whole role for one text that is not.
        let bad = |value: &serde_json::Value| value.as_str().is_some_and(|text| !is_nfc(text));
        if text.get("title").is_some_and(bad) {
            return Some(format!("{place}/title"));
        }
        let body = text.get("body").and_then(serde_json::Value::as_array)?;
        let index = body.iter().position(bad)?;
        Some(format!("{place}/body/{index}"))
    })
}

fn revision(notice: &serde_json::Value) -> u64 {
    let revision = notice.get("revision");
    revision.and_then(serde_json::Value::as_u64).unwrap_or(0)
}
