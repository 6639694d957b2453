//! Reading a whole repository, in parallel and bounded.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::objects::Objects;
use crate::store::StoreError;
use crate::store::files::{BUNDLE, Files, METADATA, TARGETS, TIMESTAMP, is_immutable};

/// How much is read. A store that somebody else can write to must not fill the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Files in each of the two trees.
    pub files: usize,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Files read at the same time.
    pub at_once: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            files: 100_000,
            file_bytes: 64 << 20,
            bytes: 128 << 20,
            at_once: 16,
        }
    }
}

/// Every file of the two trees. What `known` has under a name that never changes is not read again.
pub(super) async fn load(
    objects: &Objects,
    bounds: &Bounds,
    known: &Files,
) -> Result<Files, StoreError> {
    // The timestamp is read first: whatever it names was complete before it was written.
    let mut files = Files::default();
    if let Some(timestamp) = objects.read(TIMESTAMP, bounds.file_bytes).await? {
        files
            .0
            .insert(TIMESTAMP.to_owned(), timestamp.bytes.to_vec());
    }
    let mut wanted = Vec::new();
    let mut bytes: u64 = 0;
    for tree in [METADATA, TARGETS] {
        for object in objects.list(tree, bounds.files).await? {
            let path = object.location.to_string();
            // MOTD-SRV-5: nothing hidden is served, whoever put it there.
            if path == TIMESTAMP || path.split('/').any(|segment| segment.starts_with('.')) {
                continue;
            }
            bytes = bytes.saturating_add(object.size);
            if object.size > bounds.file_bytes || bytes > bounds.bytes {
                return Err(StoreError::Bounds {
                    path,
                    what: "there is more of it than is read",
                });
            }
            match known.bytes(&path) {
                Some(known) if known.len() as u64 == object.size && is_immutable(&path, known) => {
                    files.0.insert(path, known.to_vec());
                }
                _ => wanted.push((path, object.size)),
            }
        }
    }
    let read = stream::iter(wanted).map(|(path, size)| async move {
        // What was counted is what is read. The bundle alone may have grown since.
        let limit = if path == BUNDLE {
            bounds.file_bytes
        } else {
            size
        };
        let object = objects.read(&path, limit).await?;
        let object = object.ok_or_else(|| StoreError::Missing { path: path.clone() })?;
        Ok::<_, StoreError>((path, object.bytes.to_vec()))
    });
    let read: Vec<_> = read
        .buffer_unordered(bounds.at_once.max(1))
        .try_collect()
        .await?;
    files.0.extend(read);
    Ok(files)
}
