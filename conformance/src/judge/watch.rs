//! A reader beside a publisher: MOTD-PUB-4, seen from a client that comes at the worst moment.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::folder::Copy;
use super::publication;

const TIMESTAMP: &str = "metadata/timestamp.json";

/// Between two looks.
const PAUSE: Duration = Duration::from_micros(200);

/// A reader at work.
#[derive(Debug)]
pub(super) struct Watch {
    end: SyncSender<()>,
    reader: JoinHandle<Vec<String>>,
    /// The timestamp as a client has it open that began to read before the publication.
    open: Option<(File, Vec<u8>)>,
}

impl Watch {
    /// Begins to read.
    pub(super) fn begin(folder: &Path) -> Self {
        let path = folder.join(TIMESTAMP);
        let open = std::fs::read(&path)
            .ok()
            .and_then(|bytes| Some((File::open(&path).ok()?, bytes)));
        let (end, ended) = sync_channel(1);
        let folder = folder.to_owned();
        let reader = std::thread::spawn(move || {
            let mut seen = Vec::new();
            let mut troubles = Vec::new();
            loop {
                // The last look is after the publication, so that there is one of it however fast it was.
                let is_last = ended.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout);
                if let Some(bytes) = timestamp(&folder)
                    && bytes != seen
                {
                    troubles.extend(look(&folder, &bytes));
                    seen = bytes;
                }
                if is_last {
                    return troubles;
                }
            }
        });
        Self { end, reader, open }
    }

    /// What a reader did not find; none when all was whole at every look.
    pub(super) fn end(self) -> Vec<String> {
        let _ = self.end.send(());
        let mut troubles = self
            .reader
            .join()
            .unwrap_or_else(|_| vec!["the reader ended".to_owned()]);
        if let Some((mut file, before)) = self.open {
            let mut bytes = Vec::new();
            let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
            if read.is_ok() && bytes != before {
                troubles.push(format!("{TIMESTAMP} was written over, not replaced"));
            }
        }
        troubles
    }
}

/// The timestamp, but none before there is one.
fn timestamp(folder: &Path) -> Option<Vec<u8>> {
    std::fs::read(folder.join(TIMESTAMP)).ok()
}

/// What is missing to a client that has read this timestamp.
fn look(folder: &Path, timestamp: &[u8]) -> Vec<String> {
    let mut copy: Copy = super::folder::copy(folder);
    // Another one may have come since, and this one has to lead somewhere still.
    copy.insert(PathBuf::from(TIMESTAMP), timestamp.to_vec());
    let troubles = publication::missing(&copy);
    troubles
        .into_iter()
        .map(|what| format!("a reader found a timestamp, but not {what}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{NOTICES, SimulatedRepository, SiteFiles};

    fn write(folder: &Path, site: &SiteFiles) {
        for (path, bytes) in site {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    fn replace(folder: &Path, site: &SiteFiles) {
        let new = folder.join("new");
        std::fs::write(&new, &site[TIMESTAMP]).unwrap();
        std::fs::rename(&new, folder.join(TIMESTAMP)).unwrap();
    }

    /// What is found while one publication follows another in this way.
    fn watched(publish: impl Fn(&Path, &SiteFiles)) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut repository = SimulatedRepository::new();
        write(folder.path(), &repository.site());
        let watch = Watch::begin(folder.path());
        repository.publish(&[NOTICES]);
        publish(folder.path(), &repository.site());
        watch.end()
    }

    #[test]
    fn files_and_then_the_timestamp_are_whole_at_every_moment() {
        let troubles = watched(|folder, site| {
            // What is there already is not written again, because nobody reads a file whole while that is done.
            let mut first = site.clone();
            first.retain(|path, _| !folder.join(path).exists());
            write(folder, &first);
            replace(folder, site);
        });
        assert_eq!(troubles, Vec::<String>::new());
    }

    #[test]
    fn a_timestamp_before_its_files_is_seen() {
        let troubles = watched(replace);
        assert!(troubles[0].contains("2.snapshot.json"), "{troubles:?}");
    }

    #[test]
    fn a_timestamp_that_is_written_in_its_place_is_seen() {
        let troubles = watched(write);
        assert!(
            troubles
                .iter()
                .any(|trouble| trouble.contains("written over")),
            "{troubles:?}"
        );
    }

    #[test]
    fn half_a_timestamp_is_seen() {
        let troubles =
            watched(|folder, _| std::fs::write(folder.join(TIMESTAMP), b"{\"signed\":").unwrap());
        assert!(!troubles.is_empty());
    }
}
