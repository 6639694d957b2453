//! Key files: PKCS#8 in PEM, plain or encrypted, readable by their owner alone, never overwritten by accident.

use std::io::{Read as _, Write as _};
use std::path::Path;

use pkcs8::{LineEnding, SecretDocument};
use zeroize::Zeroizing;

use super::encrypted::{EncryptedKey, encrypt};
use super::passphrase::Passphrase;
use super::signing::SigningKey;
use crate::publish::PublishError;
use crate::regular::open_regular;

/// RFC 7468, 10 and 11.
const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// More than any key file has.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// What a key file holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyFile {
    /// A key that anybody who has the file can sign with.
    Plain(SigningKey),
    /// A key that waits for its passphrase.
    Encrypted(EncryptedKey),
}

impl KeyFile {
    /// Reads a key file that nobody but its owner can read.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`], [`PublishError::KeyReadableByOthers`], or as [`KeyFile::from_pem`].
    pub fn read(path: &Path) -> Result<Self, PublishError> {
        let bytes = read_private(path)?;
        Self::from_pem(core::str::from_utf8(&bytes).map_err(|_| PublishError::KeyMalformed)?)
    }

    /// Reads PKCS#8 in PEM: `PRIVATE KEY` with or without the public half (RFC 8410, RFC 5958), or
    /// `ENCRYPTED PRIVATE KEY` with scrypt or PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018).
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyEncryption`] when it is encrypted in another way, or in one that costs too much to open;
    /// [`PublishError::KeyMalformed`] when it is anything else.
    pub fn from_pem(text: &str) -> Result<Self, PublishError> {
        let (label, der) =
            SecretDocument::from_pem(text).map_err(|_| PublishError::KeyMalformed)?;
        match label {
            PLAIN => SigningKey::from_pkcs8_der(der.as_bytes()).map(Self::Plain),
            ENCRYPTED => EncryptedKey::from_der(der.as_bytes()).map(Self::Encrypted),
            _ => Err(PublishError::KeyMalformed),
        }
    }
}

/// The bytes of a file that nobody but its owner can read; they are overwritten when they are done with.
///
/// # Errors
///
/// [`PublishError::Store`], [`PublishError::KeyReadableByOthers`].
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, PublishError> {
    let file = open_regular(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata()?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(PublishError::KeyReadableByOthers {
                path: path.to_owned(),
                mode,
            });
        }
    }
    // As long as it can get from the start: one that grows leaves copies behind.
    let capacity = usize::try_from(MAX_FILE_BYTES + 1).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    // What is cut off here is no key any more.
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl SigningKey {
    /// Reads a plain key file: that of a server, which has nobody to ask.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyEncrypted`], or as [`KeyFile::read`].
    pub fn load(path: &Path) -> Result<Self, PublishError> {
        match KeyFile::read(path)? {
            KeyFile::Plain(key) => Ok(key),
            KeyFile::Encrypted(_) => Err(PublishError::KeyEncrypted {
                path: path.to_owned(),
            }),
        }
    }

    /// PKCS#8 in PEM, without the public half, as OpenSSL writes and reads it.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyMalformed`] when it cannot be written, which cannot be.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, PublishError> {
        pem(PLAIN, &self.to_pkcs8_der()?)
    }

    /// The same, encrypted: scrypt and AES-256-CBC, in a form that OpenSSL reads.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyMalformed`] when the system has no randomness to give.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &Passphrase,
    ) -> Result<Zeroizing<String>, PublishError> {
        let der = self.to_pkcs8_der()?;
        pem(ENCRYPTED, &encrypt(der.as_bytes(), passphrase)?)
    }

    /// Writes the key to a new file that only its owner can read: encrypted, when there is a passphrase.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyExists`] when something lies there: a key is never overwritten. [`PublishError::Store`]
    /// otherwise.
    pub fn create_file(
        &self,
        path: &Path,
        passphrase: Option<&Passphrase>,
    ) -> Result<(), PublishError> {
        let text = match passphrase {
            Some(passphrase) => self.to_encrypted_pem(passphrase)?,
            None => self.to_pem()?,
        };
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use fs_err::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => PublishError::KeyExists {
                path: path.to_owned(),
            },
            _ => error.into(),
        })?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(())
    }

    /// Puts the key, encrypted, in the place of the file that holds it now: whole, or the old file stays as it is.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`] when the file is not there or its folder cannot be written.
    pub fn replace_file(&self, path: &Path, passphrase: &Passphrase) -> Result<(), PublishError> {
        // The file itself and not a link to it.
        let path = fs_err::canonicalize(path)?;
        let text = self.to_encrypted_pem(passphrase)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        // Made for its owner alone.
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        new.persist(&path).map_err(|error| error.error)?;
        #[cfg(unix)]
        fs_err::File::open(folder)?.sync_all()?;
        Ok(())
    }
}

fn pem(label: &'static str, der: &SecretDocument) -> Result<Zeroizing<String>, PublishError> {
    der.to_pem(label, LineEnding::LF)
        .map_err(|_| PublishError::KeyMalformed)
}
