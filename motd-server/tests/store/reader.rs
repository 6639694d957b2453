//! A client of what a store holds: the library that installers embed, over the files as they are.

use std::sync::Arc;
use std::time::Duration;

use motd_client::transport::{Exchange, FileResponse, Received, Transport};
use motd_client::{CheckConfig, Installer, SourceKind};
use motd_core::{Code, Time};
use motd_server::store::files::Files;
use url::Url;

struct Network(Files);

impl Transport for Network {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        let answer = match self.0.bytes(url.path().trim_start_matches('/')) {
            None => Ok(FileResponse::NotFound),
            Some(bytes) if bytes.len() as u64 > limit => Err(Code::TooLong),
            Some(bytes) => Ok(FileResponse::Body(bytes.to_vec())),
        };
        Box::pin(async { Received::without_network(answer) })
    }
}

/// A machine that asks, and remembers.
pub(crate) struct Reader {
    root: Vec<u8>,
    state: tempfile::TempDir,
}

impl Reader {
    /// One that never asked before.
    pub(crate) fn new(root: &[u8]) -> Self {
        Self {
            root: root.to_vec(),
            state: tempfile::tempdir().unwrap(),
        }
    }

    /// The titles of what verified, from each file by itself; how it failed otherwise.
    pub(crate) async fn check(&self, files: &Files, now: Time) -> Result<Vec<String>, String> {
        self.check_as(SourceKind::InBand, files, now).await
    }

    /// The same as a source of this kind.
    pub(crate) async fn check_as(
        &self,
        kind: SourceKind,
        files: &Files,
        now: Time,
    ) -> Result<Vec<String>, String> {
        let mut config = CheckConfig::new(
            self.root.clone(),
            super::world::id(),
            Url::parse("http://repository.invalid/metadata/").unwrap(),
            Installer::new("pip", "24.0").unwrap(),
            now,
        )
        .unwrap()
        .with_deadline(Duration::from_mins(1))
        .with_state_dir(self.state.path().join("motd"))
        .with_transport(Arc::new(Network(files.clone())));
        config.kind = kind;
        let report = motd_client::check(&config).await;
        if report.state.as_str() != "fresh" || report.failure.is_some() {
            return Err(format!("{} {:?}", report.state.as_str(), report.failure));
        }
        let document = report.document.unwrap();
        let notices = document.verified().notices();
        Ok(notices
            .map(|notice| notice.text("en").unwrap().1.title().to_owned())
            .collect())
    }
}
