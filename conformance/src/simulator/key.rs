//! Ed25519 keys from published seeds.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use hex::ToHex as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::canonical;

/// A key that anybody can make again: its seed is the SHA-256 of `tuf-motd conformance: ` and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    seed: [u8; 32],
    /// The members of its TUF form other than the public value can be another spelling of the same key.
    comment: Option<String>,
}

impl Key {
    /// The key of this name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let text = format!("tuf-motd conformance: {name}");
        Self {
            seed: Sha256::digest(text.as_bytes()).into(),
            comment: None,
        }
    }

    /// The same key under another key id: an unknown member makes its TUF form another one.
    #[must_use]
    pub fn respelled(&self, comment: &str) -> Self {
        Self {
            comment: Some(comment.to_owned()),
            ..self.clone()
        }
    }

    /// The seed, in hexadecimal.
    #[must_use]
    pub fn seed(&self) -> String {
        self.seed.encode_hex()
    }

    /// The public value, in hexadecimal.
    #[must_use]
    pub fn public(&self) -> String {
        self.pair()
            .map_or_else(String::new, |pair| pair.public_key().as_ref().encode_hex())
    }

    /// Its TUF form.
    #[must_use]
    pub fn to_tuf(&self) -> Value {
        let mut key = json!({
            "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": self.public() },
        });
        if let Some(comment) = &self.comment {
            key["x-tuf-motd-comment"] = json!(comment);
        }
        key
    }

    /// Its key id: the SHA-256 of the canonical TUF form.
    #[must_use]
    pub fn id(&self) -> String {
        Sha256::digest(canonical(&self.to_tuf())).encode_hex()
    }

    /// A signature, in hexadecimal.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        self.pair()
            .map_or_else(String::new, |pair| pair.sign(message).as_ref().encode_hex())
    }

    /// Every 32 bytes are a seed.
    fn pair(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(&self.seed).ok()
    }
}
