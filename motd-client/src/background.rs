//! The check beside an installer's own work: started early, collected at the end, never waited for. MOTD-FAIL-4.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::gate::{self, GateRun};
use crate::{CheckConfig, Display, Report, limits};

/// A background check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BackgroundConfig {
    /// The repository.
    pub check: CheckConfig,
    /// Where notices would be displayed: nowhere means that nothing is requested.
    pub display: Display,
}

impl BackgroundConfig {
    /// A check in the background.
    #[must_use]
    pub const fn new(check: CheckConfig, display: Display) -> Self {
        Self { check, display }
    }
}

/// A check that runs on a thread of its own. Dropping it ends the check.
#[derive(Debug)]
pub struct Background(Option<UnderWay>);

#[derive(Debug)]
struct UnderWay {
    report: Receiver<Report>,
    arrived: Option<Report>,
    /// Dropped with this, which ends the check.
    _end: oneshot::Sender<()>,
}

impl Background {
    /// Starts a check, or reads the store when none is due. It returns at once, and nothing that happens afterwards
    /// reaches the installer otherwise than through [`Background::finish`].
    ///
    /// When notices are switched off, or would be displayed nowhere, nothing is started (MOTD-OFF-1, MOTD-SHOW-9).
    #[must_use]
    pub fn start(config: BackgroundConfig) -> Self {
        // MOTD-OFF-1: no request, no file, no thread. MOTD-SHOW-9: no sidecar request for who sees nothing.
        if matches!(config.display, Display::Off | Display::Nothing) {
            return Self(None);
        }
        let (sender, report) = sync_channel(1);
        let (end, ended) = oneshot::channel();
        let work = move || {
            // MOTD-FAIL-1: a defect in here is not the installer's.
            if let Ok(Some(report)) = catch_unwind(AssertUnwindSafe(|| run(&config, ended))) {
                // An error means that nobody waits any more.
                let _ = sender.send(report);
            }
        };
        let thread = std::thread::Builder::new()
            .name("motd".to_owned())
            .spawn(work);
        Self(thread.is_ok().then_some(UnderWay {
            report,
            arrived: None,
            _end: end,
        }))
    }

    /// Waits for the report at most this long: for a command that has nothing else to do, such as one that was
    /// started to check.
    pub fn wait_for_report(&mut self, longest: Duration) {
        if let Some(under_way) = &mut self.0 {
            under_way.arrived = under_way.report.recv_timeout(longest).ok();
        }
    }

    /// Collects what the check has found by now, and ends it if it is not done.
    ///
    /// It waits at most 200 milliseconds when the command itself used the network, and not at all otherwise.
    #[must_use]
    pub fn finish(self, used_network: bool) -> Option<Report> {
        let under_way = self.0?;
        if under_way.arrived.is_some() {
            return under_way.arrived;
        }
        // MOTD-FAIL-4.
        if used_network {
            under_way.report.recv_timeout(limits::COLLECT).ok()
        } else {
            under_way.report.try_recv().ok()
        }
    }
}

fn run(config: &BackgroundConfig, ended: oneshot::Receiver<()>) -> Option<Report> {
    let run = GateRun::open(&config.check);
    if !run.is_due() {
        // MOTD-NET-5: within the interval the store answers.
        return Some(run.cached_in_background());
    }
    gate::block_on(async {
        tokio::select! {
            report = run.check_in_background() => Some(report),
            _ = ended => None,
        }
    })
    .ok()
    .flatten()
}
