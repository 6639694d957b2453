//! From the target's entry to the document: the `custom` object, or the target file. Chapter 5.

use motd_core::{Code, Document, Refusal, RepositoryId, TargetEntry, Verified, limits};

use crate::tuf::plain::plain;
use crate::tuf::roles::{TargetFile, member};
use crate::tuf::{hashes, names};

/// The one target path that is looked at, whatever role signs it. MOTD-CARRY-1.
pub(crate) const TARGET_PATH: &str = "motd/notices.json";

/// The member of `custom` that carries the document.
const MEMBER: &str = "motd";

/// What a document processor says about a document that TUF has verified.
pub(crate) type JudgedDocument = Result<Verified<Document>, Refusal>;

/// The document of the custom carrier; `None` when the entry has no member `motd`.
pub(crate) fn custom(entry: &TargetFile, expected: &RepositoryId) -> Option<JudgedDocument> {
    // MOTD-CARRY-2: the member decides whatever it holds, `null` included; there is no falling back.
    // MOTD-CARRY-4: this stands in the canonical form that was verified.
    let json = member(entry.custom.as_deref()?, MEMBER)?;
    // MOTD-BYTES-1: every byte of the canonical form is one of the document, and has six here at the most. A tree of
    // values would take many times the memory.
    let control = json.get().matches("\\u00").count();
    if json.get().len().saturating_sub(5 * control) > limits::CUSTOM_DOCUMENT_BYTES {
        return Some(Err(Refusal::of_document(Code::DocumentTooLarge)));
    }
    // It was read before: this does not fail.
    let value = plain(json).unwrap_or_default();
    // MOTD-CARRY-3: length and hashes of the same entry are compared inside.
    Some(Verified::assert_tuf_verified_custom(
        &value,
        &target_entry(entry),
        expected,
    ))
}

/// Where the target file is, and its length, or why there is nothing to ask for.
pub(crate) fn file(entry: &TargetFile, consistent: bool) -> Result<(String, u64), Unfetchable> {
    let longest = u64::try_from(limits::TARGET_DOCUMENT_BYTES).unwrap_or(u64::MAX);
    if entry.length > longest {
        // MOTD-BYTES-1: refused by its stated length, before a request.
        return Err(Unfetchable::Refused(Code::DocumentTooLarge));
    }
    // MOTD-CARRY-8: what is verified says nothing about the bytes, as the custom carrier's entry can.
    if entry.hashes.0.is_empty() {
        return Err(Unfetchable::Refused(Code::CarrierNoHash));
    }
    let name = names::target_file(TARGET_PATH, &entry.hashes, consistent)
        // A known hash that is none differs from that of every file.
        .ok_or(Unfetchable::Unverifiable(Code::HashMismatch))?;
    Ok((name, entry.length))
}

/// Why no request is made for a target file.
pub(crate) enum Unfetchable {
    /// The document is refused.
    Refused(Code),
    /// No bytes could be verified against the entry.
    Unverifiable(Code),
}

/// The bytes of a target file as a document. MOTD-CARRY-8.
///
/// # Errors
///
/// The code of the verification failure: a length or hash that differs.
pub(crate) fn target(
    bytes: &[u8],
    entry: &TargetFile,
    expected: &RepositoryId,
) -> Result<JudgedDocument, Code> {
    // MOTD-CARRY-8, TUF 5.7.3: what the metadata says about these bytes, before anything looks into them.
    if u64::try_from(bytes.len()) != Ok(entry.length) {
        return Err(Code::LengthMismatch);
    }
    if !hashes::hashes_match(bytes, &entry.hashes) {
        return Err(Code::HashMismatch);
    }
    Ok(Verified::assert_tuf_verified_target(
        bytes,
        &target_entry(entry),
        expected,
    ))
}

fn target_entry(entry: &TargetFile) -> TargetEntry<'_> {
    TargetEntry {
        length: entry.length,
        hashes: &entry.hashes.0,
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::tuf::hashes::Hashes;

    /// MOTD-CARRY-4: an object with the name that the parser gives raw texts is not read as its text.
    #[test]
    fn no_member_of_custom_is_read_as_its_text() {
        let document = r#"{"notices":[],"repository":"pypi.org","schema_version":"1.0"}"#;
        let magic = serde_json::to_string(document).unwrap();
        for (value, expected) in [
            (document.to_owned(), None),
            (
                format!(r#"{{"$serde_json::private::RawValue":{magic}}}"#),
                Some(Code::CarrierLength),
            ),
        ] {
            let custom = format!(r#"{{"motd":{value}}}"#);
            let hash = hex::encode(Sha256::digest(document));
            let entry = TargetFile {
                length: u64::try_from(document.len()).unwrap(),
                hashes: Hashes(vec![("sha256".to_owned(), hash)]),
                custom: Some(serde_json::from_str(&custom).unwrap()),
            };
            let judged = super::custom(&entry, &"pypi.org".parse().unwrap()).unwrap();
            assert_eq!(judged.err().map(|refusal| refusal.code), expected);
        }
    }
}
