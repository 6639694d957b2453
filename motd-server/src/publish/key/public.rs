//! Public keys, as metadata names them.

use core::fmt;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::publish::metadata::canonical::canonical;

/// The key type and the scheme of Ed25519 keys (TUF 4.2).
const ED25519_NAME: &str = "ed25519";

/// Bytes of an Ed25519 public key (RFC 8032, 5.1.5).
const ED25519_BYTES: usize = 32;

/// A public key with its key id and its key object, whatever its kind.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: String,
    object: Value,
    value: Option<KeyValue>,
}

/// A public key by its value: the bytes of an Ed25519 key, the DER of any other, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyValue(Vec<u8>);

impl PublicKey {
    /// An Ed25519 key, with the key object that securesystemslib writes. Nothing for other than 32 bytes, or for a key
    /// with which anybody can sign.
    #[must_use]
    pub fn from_ed25519(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != ED25519_BYTES || is_anybodys(bytes) {
            return None;
        }
        let object = json!({
            "keytype": ED25519_NAME,
            "scheme": ED25519_NAME,
            "keyval": { "public": hex::encode(bytes) },
        });
        Some(Self::named(&key_id(&object)?, object))
    }

    /// A key as metadata has it, under the key id that it has there.
    #[must_use]
    pub fn named(id: &str, object: Value) -> Self {
        Self {
            id: id.to_owned(),
            value: KeyValue::of(&object),
            object,
        }
    }

    /// The key id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key object, with every member that it has.
    #[must_use]
    pub const fn object(&self) -> &Value {
        &self.object
    }

    /// The value of the key; absent when the object has none.
    #[must_use]
    pub const fn value(&self) -> Option<&KeyValue> {
        self.value.as_ref()
    }

    /// The signature scheme; empty when the object names none.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.text("scheme")
    }

    /// Whether it is an Ed25519 key: the only kind whose signatures are verified here.
    #[must_use]
    pub fn is_ed25519(&self) -> bool {
        self.text("keytype") == ED25519_NAME && self.scheme() == ED25519_NAME
    }

    /// Whether these bytes are the signature of this key over the message. Never for a key of another kind than
    /// Ed25519.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let value = self.value.as_ref().filter(|_| self.is_ed25519());
        value.is_some_and(|value| {
            let key = UnparsedPublicKey::new(&ED25519, &value.0);
            key.verify(message, signature).is_ok()
        })
    }

    /// Whether it is an Ed25519 key with which anybody can sign, or that is written in another way than its own.
    #[must_use]
    pub fn is_anybodys(&self) -> bool {
        let value = self.value.as_ref().filter(|_| self.is_ed25519());
        value.is_some_and(|value| is_anybodys(&value.0))
    }

    fn text(&self, name: &str) -> &str {
        let text = self.object.get(name).and_then(Value::as_str);
        text.unwrap_or_default()
    }
}

/// Shows the key id.
impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", self.id)
    }
}

impl KeyValue {
    fn of(key: &Value) -> Option<Self> {
        let text = key.get("keyval")?.get("public")?.as_str()?;
        // Upper-case hexadecimal, or another wrapping of the same PEM, is the same key.
        Some(Self(match (hex::decode(text), pem::parse(text)) {
            (Ok(bytes), _) => bytes,
            (_, Ok(pem)) => pem.into_contents(),
            _ => text.trim().as_bytes().to_vec(),
        }))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Points of small order, for which signatures on any message are made without a private key, and coordinates that are
/// not below 2^255 - 19 (RFC 8032, 5.1.3). Neither aws-lc-rs nor OpenSSL, which python-tuf uses, refuses them.
fn is_anybodys(bytes: &[u8]) -> bool {
    /// The y coordinates, without the sign of x: of two points of order 8, of those of order 4, 1 and 2.
    const SMALL: [&str; 5] = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    let mut y = bytes.to_vec();
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    let is_above = y.len() == ED25519_BYTES
        && y.first().is_some_and(|first| *first >= 0xed)
        && y.last() == Some(&0x7f)
        && y.iter()
            .skip(1)
            .take(ED25519_BYTES - 2)
            .all(|byte| *byte == 0xff);
    is_above || SMALL.contains(&hex::encode(&y).as_str())
}

/// The key id of a key object: SHA-256 over its OLPC canonical form, in lower-case hexadecimal (TUF 4.2).
#[must_use]
pub fn key_id(key_object: &Value) -> Option<String> {
    Some(hex::encode(Sha256::digest(canonical(key_object).ok()?)))
}
