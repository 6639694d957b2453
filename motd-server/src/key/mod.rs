//! Ed25519 signing keys as files, and the key objects that metadata names them by.
//!
//! A key file is PKCS#8 in PEM, the form that `openssl genpkey -algorithm ed25519` writes, readable by its owner alone.
//! The `tuf` crate reads neither that form nor makes the key ids that python-tuf and tuf-js expect from it, so the seed is
//! taken out here and the crate signs with it.
//!
//! Other ways to hold a key (an HSM, an agent) implement [`tuf::crypto::PrivateKey`]; everything that signs takes that.

use std::io::Write as _;
use std::path::Path;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tuf::crypto::{Ed25519PrivateKey, PrivateKey, PublicKey, Signature};

use crate::canonical::canonical;
use crate::error::Error;

const PEM_LABEL: &str = "PRIVATE KEY";

/// `PrivateKeyInfo` version 1 of RFC 8410 up to the 32 bytes of the seed.
const PKCS8_V1_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// One person's, or one server's, Ed25519 key.
pub struct SigningKey {
    seed: [u8; 32],
    inner: Ed25519PrivateKey,
}

impl SigningKey {
    /// A new key from the system's random generator.
    ///
    /// # Errors
    ///
    /// [`Error::KeyMalformed`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, Error> {
        let der = Ed25519PrivateKey::pkcs8().map_err(|_| Error::KeyMalformed)?;
        Self::from_pkcs8_der(&der)
    }

    /// The key of a seed that everybody may know: for tests, published vectors and demonstrations, never for anything else.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "every 32 bytes are an Ed25519 seed"
    )]
    #[expect(clippy::expect_used, reason = "every 32 bytes are an Ed25519 seed")]
    pub fn assert_test_seed(seed: [u8; 32]) -> Self {
        Self::from_seed(seed).expect("every 32 bytes are an Ed25519 seed")
    }

    /// Reads PKCS#8 in PEM, with or without the public half (RFC 8410, RFC 5958).
    ///
    /// # Errors
    ///
    /// [`Error::KeyMalformed`] when it is anything else; an encrypted key is anything else.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let pem = pem::parse(text).map_err(|_| Error::KeyMalformed)?;
        if pem.tag() != PEM_LABEL {
            return Err(Error::KeyMalformed);
        }
        Self::from_pkcs8_der(pem.contents())
    }

    /// PKCS#8 in PEM, without the public half, as OpenSSL writes and reads it.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut der = PKCS8_V1_HEAD.to_vec();
        der.extend_from_slice(&self.seed);
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        pem::encode_config(&pem::Pem::new(PEM_LABEL, der), config)
    }

    /// Reads a key file that nobody but its owner can read.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::KeyReadableByOthers`] or [`Error::KeyMalformed`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let file = fs_err::File::open(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = file.metadata()?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(Error::KeyReadableByOthers {
                    path: path.to_owned(),
                    mode,
                });
            }
        }
        Self::from_pem(&std::io::read_to_string(file)?)
    }

    /// Writes the key to a new file that only its owner can read.
    ///
    /// # Errors
    ///
    /// [`Error::KeyExists`] when something lies there: a key is never overwritten. [`Error::Io`] otherwise.
    pub fn create_file(&self, path: &Path) -> Result<(), Error> {
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use fs_err::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::KeyExists {
                path: path.to_owned(),
            },
            _ => Error::Io(error),
        })?;
        file.write_all(self.to_pem().as_bytes())?;
        file.sync_all()?;
        Ok(())
    }

    /// The key id: see [`key_id`].
    #[must_use]
    pub fn key_id(&self) -> String {
        self.inner.public().key_id().to_string()
    }

    /// The key object that root and delegations hold.
    #[must_use]
    pub fn key_object(&self) -> Value {
        key_object(self.inner.public())
    }

    fn from_seed(seed: [u8; 32]) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| Error::KeyMalformed)?;
        let mut both = seed.to_vec();
        both.extend_from_slice(pair.public_key().as_ref());
        let inner = Ed25519PrivateKey::from_ed25519(&both).map_err(|_| Error::KeyMalformed)?;
        Ok(Self { seed, inner })
    }

    /// ring checks the structure, and the public half when there is one; the seed stands at a fixed place in both versions.
    fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        let pair =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| Error::KeyMalformed)?;
        let seed = der
            .get(PKCS8_V1_HEAD.len()..PKCS8_V1_HEAD.len() + 32)
            .and_then(|seed| <[u8; 32]>::try_from(seed).ok())
            .ok_or(Error::KeyMalformed)?;
        let key = Self::from_seed(seed)?;
        if key.inner.public().as_bytes() == pair.public_key().as_ref() {
            Ok(key)
        } else {
            Err(Error::KeyMalformed)
        }
    }
}

impl PrivateKey for SigningKey {
    fn sign(&self, message: &[u8]) -> tuf::Result<Signature> {
        self.inner.sign(message)
    }

    fn public(&self) -> &PublicKey {
        self.inner.public()
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
mod tests {
    use super::*;

    /// The first test vector of RFC 8032, 7.1.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn key() -> SigningKey {
        SigningKey::assert_test_seed(hex::decode(SEED).unwrap().try_into().unwrap())
    }

    #[test]
    fn a_seed_gives_the_public_key_of_rfc_8032() {
        assert_eq!(key().key_object()["keyval"]["public"], PUBLIC);
    }

    #[test]
    fn the_key_id_is_the_hash_of_the_canonical_key_object() {
        let key = key();
        assert_eq!(key_id(&key.key_object()), Some(key.key_id()));
        let canonical = format!(
            r#"{{"keytype":"ed25519","keyval":{{"public":"{PUBLIC}"}},"scheme":"ed25519"}}"#
        );
        assert_eq!(key.key_id(), hex::encode(Sha256::digest(canonical)));
    }

    #[test]
    fn pem_reads_back_and_openssl_files_are_read() {
        let text = key().to_pem();
        assert_eq!(
            SigningKey::from_pem(&text).unwrap().key_id(),
            key().key_id()
        );
        // `openssl genpkey -algorithm ed25519` for the seed of RFC 8032.
        let openssl = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        assert_eq!(text, openssl);
    }

    #[test]
    fn both_versions_of_pkcs8_are_read_and_a_wrong_public_half_is_refused() {
        let der = Ed25519PrivateKey::pkcs8().unwrap();
        assert!(SigningKey::from_pkcs8_der(&der).is_ok());
        let mut wrong = der.clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert!(matches!(
            SigningKey::from_pkcs8_der(&wrong),
            Err(Error::KeyMalformed)
        ));
        assert!(matches!(
            SigningKey::from_pkcs8_der(&der[..40]),
            Err(Error::KeyMalformed)
        ));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(matches!(
                SigningKey::from_pem(text),
                Err(Error::KeyMalformed)
            ));
        }
    }

    #[test]
    fn the_debug_form_hides_the_seed() {
        let shown = format!("{:?}", key());
        assert!(
            !shown.contains(SEED) && !shown.contains("157, 97"),
            "{shown}"
        );
    }

    #[test]
    fn a_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pem");
        key().create_file(&path).unwrap();
        assert_eq!(SigningKey::load(&path).unwrap().key_id(), key().key_id());
        let other = SigningKey::generate().unwrap();
        assert!(matches!(
            other.create_file(&path),
            Err(Error::KeyExists { .. })
        ));
        assert_eq!(SigningKey::load(&path).unwrap().key_id(), key().key_id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(
                SigningKey::load(&path),
                Err(Error::KeyReadableByOthers { mode: 0o640, .. })
            ));
        }
    }
}
