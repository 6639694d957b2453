//! Ed25519 signing keys, wherever they are held, and the key objects that metadata names them by.
//!
//! - [`SigningKey`] is a key in this process. [`KeyFile`] is its file: PKCS#8 in PEM, plain or encrypted with a
//!   [`Passphrase`], as OpenSSL writes and reads it.
//! - [`AgentKey`] is held by an ssh-agent, [`CommandKey`] by whatever a program can reach (an HSM, a KMS). What they give
//!   back counts as a signature only once it has been verified.
//!
//! All of them are a [`Signer`]; everything that signs takes one. Nothing here asks a person for anything:
//! passphrases are arguments.

#[cfg(unix)]
mod agent;
mod command;
mod encrypted;
mod file;
mod passphrase;
mod public;
mod signing;

use crate::publish::PublishError;

#[cfg(unix)]
pub use agent::AgentKey;
pub use command::{CommandKey, end_by};
pub use encrypted::EncryptedKey;
pub use file::KeyFile;
pub(crate) use file::read_private;
pub use passphrase::Passphrase;
pub use public::{KeyValue, PublicKey, key_id};
pub use signing::SigningKey;

/// Whatever can sign: a key in this process, in an ssh-agent, behind a program.
pub trait Signer {
    /// The public half, with the key id that signatures carry.
    fn public(&self) -> &PublicKey;

    /// Signs these bytes with the scheme of the key. What comes back is the value of the signature.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyAgent`], [`PublishError::KeyCommand`]: the holder of the key did not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PublishError>;
}

#[cfg(test)]
mod tests;
