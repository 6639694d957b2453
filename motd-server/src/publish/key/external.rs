//! What comes back from a holder of keys outside this process.

use serde_json::json;
use tuf::crypto::{PublicKey, Signature};
use tuf::metadata::MetadataPath;

use crate::error::Error;

/// Bytes of an Ed25519 public key (RFC 8032, 5.1.5).
pub(super) const PUBLIC_BYTES: usize = 32;

/// Bytes of an Ed25519 signature (RFC 8032, 5.1.6).
pub(super) const SIGNATURE_BYTES: usize = 64;

/// The bytes as a signature, if they are one over this message by this key.
///
/// A device that signed with another key, a message that was cut, a program that answers at random: each would give a
/// publication that its people believe to be signed.
pub(super) fn verified(public: &PublicKey, message: &[u8], signature: &[u8]) -> Option<Signature> {
    if signature.len() != SIGNATURE_BYTES {
        return None;
    }
    // The crate's signature type can only be read.
    let signature: Signature = serde_json::from_value(json!({
        "keyid": public.key_id().to_string(),
        "sig": hex::encode(signature),
    }))
    .ok()?;
    let verdict = public.verify(&MetadataPath::root(), message, &signature);
    verdict.is_ok().then_some(signature)
}

/// An error as the `tuf` crate hands it on from a signer, with its own message.
pub(super) fn signer(error: Error) -> tuf::Error {
    tuf::Error::Io(std::io::Error::other(error))
}
