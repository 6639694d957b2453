//! A key in this process.

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use pkcs8::SecretDocument;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{PublicKey, Signer};
use crate::publish::PublishError;

/// `PrivateKeyInfo` version 1 of RFC 8410 up to the 32 bytes of the seed.
const PKCS8_V1_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

const SEED_BYTES: usize = 32;

/// One person's, or one server's, Ed25519 key.
///
/// The seed is overwritten when the key is dropped; AWS-LC does the same with the form that it signs with.
pub struct SigningKey {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// A new key from the system's random generator.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyMalformed`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, PublishError> {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        rand::fill(&mut *seed).map_err(|_| PublishError::KeyMalformed)?;
        Self::from_seed(seed)
    }

    /// The key of a seed that everybody may know: for tests, published vectors and demonstrations, never for anything
    /// else.
    #[cfg(any(test, feature = "fixture"))]
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "every 32 bytes are an Ed25519 seed"
    )]
    #[expect(clippy::expect_used, reason = "every 32 bytes are an Ed25519 seed")]
    pub fn assert_test_seed(seed: [u8; SEED_BYTES]) -> Self {
        Self::from_seed(Zeroizing::new(seed)).expect("every 32 bytes are an Ed25519 seed")
    }

    /// The key id: see [`key_id`](super::key_id).
    #[must_use]
    pub fn key_id(&self) -> String {
        self.public.id().to_owned()
    }

    /// The key object that root and delegations hold.
    #[must_use]
    pub fn key_object(&self) -> Value {
        self.public.object().clone()
    }

    fn from_seed(seed: Zeroizing<[u8; SEED_BYTES]>) -> Result<Self, PublishError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| PublishError::KeyMalformed)?;
        let public = PublicKey::from_ed25519(pair.public_key().as_ref());
        let public = public.ok_or(PublishError::KeyMalformed)?;
        Ok(Self { seed, pair, public })
    }

    /// AWS-LC checks the structure, and the public half when there is one; the seed stands at a fixed place in both
    /// versions.
    pub(super) fn from_pkcs8_der(der: &[u8]) -> Result<Self, PublishError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
            .map_err(|_| PublishError::KeyMalformed)?;
        let seed = der
            .get(PKCS8_V1_HEAD.len()..PKCS8_V1_HEAD.len() + SEED_BYTES)
            .and_then(|seed| seed.try_into().ok())
            .ok_or(PublishError::KeyMalformed)?;
        let key = Self::from_seed(Zeroizing::new(seed))?;
        if key.pair.public_key().as_ref() == pair.public_key().as_ref() {
            Ok(key)
        } else {
            Err(PublishError::KeyMalformed)
        }
    }

    /// `PrivateKeyInfo` without the public half, as OpenSSL writes it.
    pub(super) fn to_pkcs8_der(&self) -> Result<SecretDocument, PublishError> {
        let der = Zeroizing::new([&PKCS8_V1_HEAD[..], &*self.seed].concat());
        SecretDocument::try_from(der.as_slice()).map_err(|_| PublishError::KeyMalformed)
    }
}

impl Signer for SigningKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PublishError> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}

/// Shows the key id and never the seed.
impl core::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}
