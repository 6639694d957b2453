//! Ed25519 signing keys, wherever they are held, and the key objects that metadata names them by.
//!
//! - [`SigningKey`] is a key in this process. [`KeyFile`] is its file: PKCS#8 in PEM, plain or encrypted with a
//!   [`Passphrase`], as OpenSSL writes and reads it.
//! - [`AgentKey`] is held by an ssh-agent, [`CommandKey`] by whatever a program can reach (an HSM, a KMS). What they give
//!   back counts as a signature only once it has been verified.
//!
//! All of them implement [`tuf::crypto::PrivateKey`]; everything that signs takes that. Nothing here asks a person for
//! anything: passphrases are arguments.

#[cfg(unix)]
mod agent;
mod command;
mod encrypted;
mod external;
mod file;
mod passphrase;
mod signing;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tuf::crypto::PublicKey;

use crate::publish::canonical::canonical;

#[cfg(unix)]
pub use agent::AgentKey;
pub use command::CommandKey;
pub use encrypted::EncryptedKey;
pub use file::KeyFile;
pub(crate) use file::read_private;
pub use passphrase::Passphrase;
pub use signing::SigningKey;

/// The key object of an Ed25519 public key, as securesystemslib writes it.
#[must_use]
pub fn key_object(public: &PublicKey) -> Value {
    json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": hex::encode(public.as_bytes()) },
    })
}

/// The key id of a key object: SHA-256 over its OLPC canonical form, in lower-case hexadecimal (TUF 4.2).
#[must_use]
pub fn key_id(key_object: &Value) -> Option<String> {
    Some(hex::encode(Sha256::digest(canonical(key_object).ok()?)))
}

#[cfg(test)]
mod tests;
