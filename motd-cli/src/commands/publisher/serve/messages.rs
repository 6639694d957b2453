//! What a person is told, once each. A log is written by the library, and takes the place of it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use motd_server::serve::{Release, Renewal, ServeError, Server, UpkeepReport};

use crate::arguments::publisher::ServeArguments;
use crate::shell::Shell;

pub(super) struct ServeMessages<'a> {
    shell: &'a mut Shell,
    logs: bool,
    trouble: bool,
    overdue: Option<&'static str>,
    unpublished: Vec<String>,
}

impl<'a> ServeMessages<'a> {
    /// With a log nothing is told to a person.
    pub(super) fn new(shell: &'a mut Shell, logs: bool) -> Self {
        Self {
            shell,
            logs,
            trouble: false,
            overdue: None,
            unpublished: Vec::new(),
        }
    }

    fn talk(&mut self, line: &str) {
        if !self.logs {
            self.shell.talk(line);
        }
    }

    pub(super) fn serving(
        &mut self,
        arguments: &ServeArguments,
        address: SocketAddr,
        operations: Option<&Server>,
    ) {
        let scheme = if arguments.tls_certificate.is_some() {
            "https"
        } else {
            "http"
        };
        self.shell.data(&format!("{scheme}://{address}/metadata/"));
        if let Some(operations) = operations {
            let address = operations.address();
            self.shell.data(&format!("http://{address}/readyz"));
        }
        tracing::info!(%address, scheme, "serving");
        self.talk(&format!("serving {}; Ctrl-C stops", arguments.folder));
        let reached = arguments.behind_proxy || !address.ip().is_loopback();
        if reached && arguments.proposals.is_some() && arguments.names.is_empty() {
            tracing::warn!(
                "--name is not given, so requests that were signed for other servers are taken"
            );
            self.talk(
                "warning: without --name, requests that people signed for other servers are taken here too",
            );
        }
    }

    pub(super) fn readable_proposals(&mut self, folder: &Path, mode: u32) {
        let mode = format!("{mode:04o}");
        tracing::warn!(
            mode,
            "other users of this machine can read the folder of proposals"
        );
        self.talk(&format!(
            "warning: other users of this machine can read what waits in {} (mode {mode}); mode 0700 keeps it private",
            folder.display()
        ));
    }

    /// Whether this server will know after a restart what it has taken up.
    pub(super) fn kept(&mut self, kept: &anyhow::Result<()>) {
        let Err(error) = kept else {
            return;
        };
        tracing::warn!(fact = ?error.to_string(), "what is published is not remembered over a restart");
        self.talk(&format!(
            "warning: after a restart, this server does not know what was published before: {error}"
        ));
    }

    /// A root that clients may ask for, and that is not answered.
    pub(super) fn unknown_root(&mut self, path: Option<String>) {
        let Some(path) = path else {
            return;
        };
        tracing::warn!(?path, "a root is not served");
        self.talk(&format!(
            "warning: {path} and older roots are not served, for nothing shows that they are of this repository; --root with an older root that you hold does"
        ));
    }

    pub(super) fn certificate(&mut self, read: &Result<bool, ServeError>) {
        match read {
            Ok(false) => {}
            Ok(true) => self.talk("serving with the new certificate"),
            Err(error) => {
                let code = error.code();
                tracing::warn!(code, fact = ?error.to_string(), "the certificate of before is served on");
                self.talk(&format!(
                    "warning: still serving with the certificate of before: {error}"
                ));
            }
        }
    }

    pub(super) fn look(&mut self, look: &UpkeepReport, renewal: Renewal) {
        if look.published {
            self.talk("serving a new publication");
        }
        if let (Some(error), false) = (&look.trouble, self.trouble) {
            let hint = error.hint().map(|hint| format!("; {hint}"));
            self.talk(&format!(
                "warning: still serving what was published before: {error}{}",
                hint.unwrap_or_default()
            ));
        }
        if let Some(error) = &look.replaced {
            self.talk(&format!("warning: {error}; this server has replaced it"));
        }
        self.trouble = look.trouble.is_some();
        self.renewal(renewal);
    }

    /// What became of proposals. Why one cannot be published is said once, until it is another reason.
    pub(super) fn releases(&mut self, releases: &Result<Vec<Release>, ServeError>) {
        let mut unpublished = Vec::new();
        match releases {
            Err(error) => unpublished.push(format!("proposals cannot be looked at: {error}")),
            Ok(releases) => {
                for Release { id, end, .. } in releases {
                    match end {
                        Ok(()) => {
                            tracing::info!(proposal = %id, "published a proposal");
                            self.talk(&format!("published proposal {id}"));
                        }
                        Err(error) => unpublished.push(format!(
                            "proposal {id} has its signatures and cannot be published: {error}"
                        )),
                    }
                }
            }
        }
        let news: Vec<&String> = unpublished
            .iter()
            .filter(|fact| !self.unpublished.contains(fact))
            .collect();
        for fact in news {
            tracing::warn!(?fact, "not published");
            if !self.logs {
                self.shell.talk(&format!("warning: {fact}"));
            }
        }
        self.unpublished = unpublished;
    }

    fn renewal(&mut self, renewal: Renewal) {
        match renewal {
            Renewal::Overdue {
                expires,
                code,
                fact,
            } => {
                if self.overdue != Some(code) {
                    self.talk(&format!(
                        "warning: nobody renews this repository, and from {expires} on clients refuse it: {fact} [{code}]"
                    ));
                }
                self.overdue = Some(code);
            }
            _ => {
                if self.overdue.take().is_some() {
                    self.talk("the repository is renewed again");
                }
            }
        }
    }

    pub(super) fn stopping(&mut self, drain: Duration) {
        tracing::info!(drain_seconds = drain.as_secs(), "stopping");
        if !drain.is_zero() {
            self.talk(&format!(
                "stopping in {} s; Ctrl-C stops at once",
                drain.as_secs()
            ));
        }
    }
}
