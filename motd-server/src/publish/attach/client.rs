//! A client that knows nothing of how the role was made: `sigstore-tuf`'s own workflow over the files as they are
//! served.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use motd_core::{RepositoryId, Time};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Repository, Updater};

use super::super::metadata::malformed;
use super::super::{CUSTOM_MEMBER, NOTICE_ROLE, TARGET_PATH};
use super::files::HostFiles;
use super::finding::HostFault;
use super::host::unverified;
use crate::publish::PublishError;
use crate::publish::document::NoticeDocument;
use crate::store::files::{METADATA, TARGETS};

/// What a client reads.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The version of the notice role.
    pub version: u64,
    /// The document, as it was downloaded; `custom` has the same or none.
    pub document: NoticeDocument,
}

/// Reads the notices of a host as a new client does, from a trusted root. Nothing when no role has the reserved path.
///
/// # Errors
///
/// [`PublishError::HostUnverified`] when a client would fail, [`PublishError::Document`] when it would refuse the
/// document, [`PublishError::Shadowed`] when another role than the one for notices has it, [`PublishError::Metadata`]
/// when the two carriers differ.
pub fn read_back<S>(
    files: &S,
    trusted_root: &[u8],
    repository: &RepositoryId,
    now: Time,
) -> Result<Option<Reading>, PublishError>
where
    S: HostFiles + Clone + Send + Sync + 'static,
{
    let seconds = i64::try_from(now.unix_seconds()).unwrap_or(i64::MAX);
    let now = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    let transport = Served(files.clone());
    at_once(read(transport, trusted_root, repository, now))
}

async fn read(
    transport: impl Repository + 'static,
    trusted_root: &[u8],
    repository: &RepositoryId,
    now: jiff::Timestamp,
) -> Result<Option<Reading>, PublishError> {
    let mut updater = Updater::new(transport, trusted_root).map_err(unverified("root"))?;
    updater
        .refresh(now)
        .await
        .map_err(unverified("the host's metadata"))?;
    let info = updater.get_target_info(TARGET_PATH, now).await;
    let Some(info) = info.map_err(unverified(NOTICE_ROLE))? else {
        return Ok(None);
    };
    // MOTD-DEL-2: what was found is what the role for notices says.
    let role = updater.trusted().targets_role(NOTICE_ROLE);
    let Some(role) = role.filter(|role| role.target(TARGET_PATH) == Some(&info)) else {
        return Err(PublishError::Shadowed {
            by: "another role".to_owned(),
        });
    };
    let version = role.version;
    let bytes = updater.download_target(&info, TARGET_PATH).await;
    let bytes = bytes.map_err(unverified(TARGET_PATH))?;
    let document = NoticeDocument::read(&bytes, repository)?;
    let inline = info
        .custom
        .as_ref()
        .and_then(|custom| custom.get(CUSTOM_MEMBER));
    // MOTD-CARRY-3: what stands in `custom`, if anything does, is what readers take for the document.
    if inline.is_none_or(|inline| inline == document.json()) {
        Ok(Some(Reading { version, document }))
    } else {
        Err(malformed(
            NOTICE_ROLE,
            "custom.motd is not the document of the target file",
        ))
    }
}

/// Files, as the verifier asks for them.
struct Served<S>(S);

impl<S: HostFiles + Send + Sync> Repository for Served<S> {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.fetch(&format!("{METADATA}{name}"), max_length)
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.fetch(&format!("{TARGETS}{path}"), max_length)
    }
}

impl<S: HostFiles + Send + Sync> Served<S> {
    fn fetch(&self, path: &str, max_length: u64) -> FetchFuture<'_> {
        let bytes = self.0.bytes(path, max_length);
        let bytes = bytes.map_err(|_| sigstore_tuf::Error::transport("a file cannot be read"));
        Box::pin(core::future::ready(bytes))
    }
}

/// The end of a future that waits for nothing: everything it asks for is there or is not.
fn at_once<T>(future: impl Future<Output = Result<T, PublishError>>) -> Result<T, PublishError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(end) => end,
        Poll::Pending => Err(PublishError::HostUnverified {
            role: NOTICE_ROLE.to_owned(),
            fault: HostFault::Missing,
        }),
    }
}
