//! The check beside an installer's own work: started early, collected at the end, never waited for. MOTD-FAIL-4.

use std::borrow::Cow;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

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
    /// What is stored, and then what became of the check.
    reports: Receiver<Report>,
    last: Option<Report>,
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
        let (sender, reports) = channel();
        let (end, ended) = oneshot::channel();
        let work = move || {
            let say = |(), report| {
                // An error means that nobody waits any more.
                let _ = sender.send(report);
            };
            // MOTD-FAIL-1: a defect in here is not the installer's.
            let check = || check_until([((), config.check)], say, ended);
            let _ = catch_unwind(AssertUnwindSafe(check));
        };
        let thread = std::thread::Builder::new()
            .name("motd".to_owned())
            .spawn(work);
        Self(thread.is_ok().then_some(UnderWay {
            reports,
            last: None,
            _end: end,
        }))
    }

    /// Waits for the end of the check at most this long: for a command that has nothing else to do, such as one that was
    /// started to check.
    pub fn wait_for_report(&mut self, longest: Duration) {
        let Some(under_way) = &mut self.0 else { return };
        let begun = Instant::now();
        // It hangs up when there will be nothing more.
        while let Ok(report) = under_way
            .reports
            .recv_timeout(longest.saturating_sub(begun.elapsed()))
        {
            under_way.last = Some(report);
        }
    }

    /// Collects what the check has found by now, and ends it if it is not done. Of a check that is not done it is what
    /// was stored before, with the failure `timeout`.
    ///
    /// It waits at most 200 milliseconds when the command itself used the network, and not at all otherwise.
    #[must_use]
    pub fn finish(mut self, used_network: bool) -> Option<Report> {
        // MOTD-FAIL-4.
        self.wait_for_report(if used_network {
            limits::COLLECT
        } else {
            Duration::ZERO
        });
        self.0?.last
    }
}

/// Checks several sources beside a command, on the thread of the caller. It returns when all checks have ended.
///
/// First it reads what is stored of each source, and says it. Then it asks those that are due, all at once, and says what
/// became of each, which takes the place of what it said of the source before. So a server that stalls takes no time from
/// another source, and nothing of what is stored. A command that ends meanwhile uses what was said last.
pub fn check_beside<S: Send + Clone + 'static>(
    sources: impl IntoIterator<Item = (S, CheckConfig)>,
    say: impl FnMut(S, Report) + Send,
) {
    check_until(sources, say, pending::<()>());
}

fn check_until<S: Send + Clone + 'static>(
    sources: impl IntoIterator<Item = (S, CheckConfig)>,
    mut say: impl FnMut(S, Report) + Send,
    ended: impl Future + Send,
) {
    let mut due = Vec::new();
    for (source, config) in sources {
        // MOTD-FAIL-1: a defect that one source meets is not another's.
        let stored = catch_unwind(AssertUnwindSafe(|| {
            let mut run = GateRun::open(Cow::Owned(config));
            if run.is_due() {
                let report = run.unfinished();
                (report, Some(run))
            } else {
                // MOTD-NET-5: within the interval the store answers.
                (run.cached_in_background(), None)
            }
        }));
        if let Ok((report, run)) = stored {
            say(source.clone(), report);
            due.extend(run.map(|run| (source, run)));
        }
    }
    // Where there are more than are asked at once, none is always the last.
    due.sort_by_key(|(_, run)| run.last_attempt());
    let mut due = due.into_iter().map(|(source, run)| async move {
        let report = run.check_in_background().await;
        (source, report)
    });
    let all = async {
        let mut asked = JoinSet::new();
        for check in due.by_ref().take(limits::CHECKS_AT_ONCE) {
            asked.spawn(check);
        }
        while let Some(outcome) = asked.join_next().await {
            if let Ok((source, report)) = outcome {
                say(source, report);
            }
            if let Some(check) = due.next() {
                asked.spawn(check);
            }
        }
    };
    let _ = gate::block_on(async {
        tokio::select! {
            () = all => {}
            _ = ended => {}
        }
    });
}
