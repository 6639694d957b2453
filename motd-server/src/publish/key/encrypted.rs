//! The encryption of key files: PBES2 (RFC 8018) in `EncryptedPrivateKeyInfo` (RFC 5958).

use aws_lc_rs::rand;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{
    EncryptionScheme as Cipher, Kdf, Parameters, Pbkdf2Prf, Salt, ScryptParams,
};
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use super::passphrase::Passphrase;
use super::signing::SigningKey;
use crate::publish::PublishError;

/// scrypt's N, r and p in the files that are written: 16 MiB, five times over. More memory at once is beyond what
/// OpenSSL 3 accepts when it reads such a file (32 MiB).
const SCRYPT: (u64, u16, u16) = (1 << 14, 8, 5);

/// The most memory that a file may ask for.
const MAX_SCRYPT_BYTES: u64 = 256 << 20;

/// The most work that a file may ask for, as N times r times p: some seconds.
const MAX_SCRYPT_WORK: u64 = 1 << 23;

/// The most iterations of PBKDF2 that a file may ask for: some seconds. RFC 8018, 4.2 has the same number as what very
/// powerful systems use.
const MAX_ITERATIONS: u32 = 10_000_000;

/// More than any Ed25519 key needs, with its public half and attributes.
const MAX_CIPHERTEXT_BYTES: usize = 1024;

const SALT_BYTES: usize = 16;
const IV_BYTES: usize = 16;

/// A key that waits for its passphrase.
///
/// What its file asks of the machine is known to be bounded: whoever can write a file that somebody signs with must not
/// be able to hold that person's machine.
pub struct EncryptedKey {
    parameters: Parameters,
    ciphertext: Vec<u8>,
}

impl EncryptedKey {
    /// Opens the key.
    ///
    /// # Errors
    ///
    /// [`PublishError::Passphrase`], whatever is wrong with what comes out: padding that happens to be right says
    /// nothing.
    pub fn open(&self, passphrase: &Passphrase) -> Result<SigningKey, PublishError> {
        let mut buffer = Zeroizing::new(self.ciphertext.clone());
        let der = self
            .parameters
            .decrypt_in_place(passphrase.as_bytes(), &mut buffer)
            .map_err(|_| PublishError::Passphrase)?;
        SigningKey::from_pkcs8_der(der).map_err(|_| PublishError::Passphrase)
    }

    /// Reads the DER of an `EncryptedPrivateKeyInfo`, and decides nothing but whether it may be opened.
    pub(super) fn from_der(der: &[u8]) -> Result<Self, PublishError> {
        let info =
            EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| PublishError::KeyEncryption {
                what: "an encryption that is not known",
            })?;
        let EncryptionScheme::Pbes2(parameters) = info.encryption_algorithm else {
            return Err(PublishError::KeyEncryption {
                what: "PBES1, which is broken",
            });
        };
        check(&parameters)?;
        let ciphertext = info.encrypted_data.as_bytes();
        if ciphertext.len() > MAX_CIPHERTEXT_BYTES {
            return Err(PublishError::KeyMalformed);
        }
        Ok(Self {
            parameters,
            ciphertext: ciphertext.to_vec(),
        })
    }
}

/// Shows nothing of the file.
impl core::fmt::Debug for EncryptedKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("EncryptedKey")
            .finish_non_exhaustive()
    }
}

/// Encrypts the DER of a private key, with a salt and an initialization vector of its own.
pub(super) fn encrypt(der: &[u8], passphrase: &Passphrase) -> Result<SecretDocument, PublishError> {
    let (mut salt, mut iv) = ([0; SALT_BYTES], [0; IV_BYTES]);
    rand::fill(&mut salt)
        .and_then(|()| rand::fill(&mut iv))
        .map_err(|_| PublishError::KeyMalformed)?;
    let (cost_parameter, block_size, parallelization) = SCRYPT;
    let parameters = Parameters {
        kdf: Kdf::Scrypt(ScryptParams {
            salt: Salt::new(salt).map_err(|_| PublishError::KeyMalformed)?,
            cost_parameter,
            block_size,
            parallelization,
            key_length: None,
        }),
        encryption: Cipher::Aes256Cbc { iv },
    };
    let seal = || {
        let ciphertext = parameters.encrypt(passphrase.as_bytes(), der).ok()?;
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: EncryptionScheme::Pbes2(parameters.clone()),
            encrypted_data: OctetStringRef::new(&ciphertext).ok()?,
        };
        SecretDocument::try_from(info.to_der().ok()?).ok()
    };
    seal().ok_or(PublishError::KeyMalformed)
}

/// Refuses before any work is done: a file of some hundred bytes can ask for terabytes and years.
fn check(parameters: &Parameters) -> Result<(), PublishError> {
    let refuse = |what| Err(PublishError::KeyEncryption { what });
    if !matches!(parameters.encryption, Cipher::Aes256Cbc { .. }) {
        return refuse("another cipher than AES-256-CBC");
    }
    match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => {
            if pbkdf2.prf != Pbkdf2Prf::HmacWithSha256 {
                return refuse("PBKDF2 with another hash than SHA-256");
            }
            if !(1..=MAX_ITERATIONS).contains(&pbkdf2.iteration_count) {
                return refuse("PBKDF2 with no iterations or more than 10,000,000");
            }
        }
        Kdf::Scrypt(scrypt) => {
            let (n, r) = (scrypt.cost_parameter, u64::from(scrypt.block_size));
            let p = u64::from(scrypt.parallelization);
            // RFC 7914, 2. The package divides by what it expects these to be, so the form is checked here too.
            if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
                return refuse("scrypt with parameters that RFC 7914 does not allow");
            }
            let bytes = n.checked_add(p).and_then(|n| n.checked_mul(128 * r));
            let work = n.checked_mul(r * p);
            if bytes.is_none_or(|bytes| bytes > MAX_SCRYPT_BYTES)
                || work.is_none_or(|work| work > MAX_SCRYPT_WORK)
            {
                return refuse("scrypt that needs more than 256 MiB or too much time");
            }
        }
        _ => return refuse("another key derivation than scrypt or PBKDF2"),
    }
    Ok(())
}
