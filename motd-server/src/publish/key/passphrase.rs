//! What opens an encrypted key file.

use zeroize::Zeroizing;

use crate::publish::PublishError;

/// A passphrase: one line of bytes, overwritten when it is dropped, and never shown.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// The longest passphrase in bytes: OpenSSL's prompts take no longer one.
    pub const MAX_BYTES: usize = 1024;

    /// Takes the bytes of a line, without its end.
    ///
    /// # Errors
    ///
    /// [`PublishError::PassphraseForm`] when there are none or too many, or when a line or the text ends within: such
    /// a one could not be typed anywhere else.
    pub fn new(bytes: impl Into<Zeroizing<Vec<u8>>>) -> Result<Self, PublishError> {
        let bytes = bytes.into();
        let fits = (1..=Self::MAX_BYTES).contains(&bytes.len())
            && !bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0));
        fits.then_some(Self(bytes))
            .ok_or(PublishError::PassphraseForm)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whether two entries are the same: what is typed twice when a key is made.
impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Passphrase {}

/// Shows that there is one, and neither its bytes nor their number.
impl core::fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Passphrase(..)")
    }
}
