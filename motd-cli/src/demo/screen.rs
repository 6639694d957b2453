//! A terminal that remembers what was written to it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::shell::Shell;

/// Columns of the terminals in the demo.
pub(crate) const COLUMNS: u16 = 80;

/// Everything that was written, in its order, whichever stream it came by.
#[derive(Clone, Default)]
pub(crate) struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    /// A shell whose two streams end here, as on a terminal of that many columns.
    pub(crate) fn shell(&self, columns: u16) -> Shell {
        Shell::terminal(self.clone(), self.clone(), columns)
    }

    /// What was written since the last time.
    pub(crate) fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text with everything that would act on the reader's own terminal written out.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{1b}' => "<ESC>".to_owned(),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "<bidi>".to_owned(),
            character if character.is_control() => "<control>".to_owned(),
            character => character.to_string(),
        })
        .collect()
}
