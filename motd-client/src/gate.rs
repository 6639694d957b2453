//! The gate: Fresh, Cached or None. Chapter 6, "The gate".

use std::borrow::Cow;
use std::sync::Arc;

use motd_core::{Code, Level, Refusal, Stage, Time};

use crate::bundle::Bundle;
use crate::carrier::{self, JudgedDocument, TARGET_PATH, Unfetchable};
use crate::deadline::Deadline;
use crate::fetch::Fetcher;
use crate::report::{Failure, GateState, Report};
use crate::schedule::Schedule;
use crate::state::disk::{StateDisk, SystemDisk};
use crate::state::sets::Sets;
use crate::state::{Access, StateFolder, Unusable, chains};
use crate::transport::{FileResponse, HttpTransport, Transport};
use crate::tuf::roles::TargetFile;
use crate::tuf::verifier::Verifier;
use crate::tuf::workflow::{self, Goal, Resolved, Workflow};
use crate::{CheckConfig, Error, Warning};

/// One run: what is stored, and what became of it.
pub(crate) struct GateRun<'a> {
    config: Cow<'a, CheckConfig>,
    /// The configured root; what is wrong with it ends the run.
    start: Result<Verifier, Failure>,
    sets: Sets,
    schedule: Schedule,
}

impl<'a> GateRun<'a> {
    /// Opens the state that the configuration names; without it, or when it cannot be used, nothing is kept.
    pub(crate) fn open(config: Cow<'a, CheckConfig>) -> Self {
        Self::open_on(Arc::new(SystemDisk), config, Access::Check)
    }

    /// Opens the state to read it: it is neither made nor changed, and no lock is needed.
    pub(crate) fn read(config: &'a CheckConfig) -> Self {
        Self::open_on(Arc::new(SystemDisk), Cow::Borrowed(config), Access::Read)
    }

    /// The same with another disk.
    pub(crate) fn open_on(
        disk: Arc<dyn StateDisk>,
        config: Cow<'a, CheckConfig>,
        access: Access,
    ) -> Self {
        let stateless = |warnings| (Sets::stateless(warnings), Schedule::default());
        let start = configured_root(&config);
        let (sets, schedule) = match (&config.state_dir, &start) {
            (Some(state), Ok(root)) => {
                match StateFolder::open_on(disk, state, &config.repository, access)
                    .and_then(|folder| chains::open(folder, root, config.now))
                {
                    Ok(folder) => open_sets(folder, config.now),
                    Err(Unusable::Missing) => stateless(Vec::new()),
                    // MOTD-STATE-7: somebody else can say what is in it. One warning, and the run goes on.
                    Err(why) => stateless(vec![Warning::Stateless(why)]),
                }
            }
            _ => stateless(Vec::new()),
        };
        Self {
            config,
            start,
            sets,
            schedule,
        }
    }

    /// Whether a background check may be sent, and its attempt recorded: without a record every command would ask.
    pub(crate) fn is_due(&self) -> bool {
        self.schedule.is_due(self.config.now) && self.sets.folder().is_some()
    }

    /// When the last attempt began or the last check completed.
    pub(crate) const fn last_attempt(&self) -> Option<Time> {
        self.schedule.since()
    }

    /// What the store says, for an installer that is busy with something else; nothing where nothing can be recorded, or
    /// every command would show it (MOTD-STATE-7).
    pub(crate) fn cached_in_background(self) -> Report {
        if self.sets.folder().is_some() {
            self.cached()
        } else {
            self.close(Report::nothing())
        }
    }

    /// Asks the repository for an installer that is busy with something else: whatever becomes of this process, the
    /// next one knows that it was tried.
    pub(crate) async fn check_in_background(mut self) -> Report {
        // MOTD-NET-4: recorded before the first byte.
        let (now, interval) = (self.config.now, self.config.interval);
        self.schedule.begin(now, interval, random());
        self.write_schedule();
        if self.sets.folder().is_none() {
            // Without a record every command would ask.
            return self.cached_in_background();
        }
        self.check().await
    }

    /// Asks the repository.
    pub(crate) async fn check(mut self) -> Report {
        let now = self.config.now;
        let mut report = Report::nothing();
        if let Some(until) = self.schedule.held_until(now) {
            // MOTD-NET-3: as if the server had answered what it answered before.
            report.held_until = Some(until);
            report.failure = Some(Failure::new(Stage::Root, Code::Status));
            return self.without_network(report);
        }
        let retry_after = self.run_workflow(&mut report).await;
        let failed = report
            .failure
            .filter(|failure| failure.code.level() != Level::Document);
        self.schedule
            .finish(now, failed, retry_after, self.config.interval, random());
        self.write_schedule();
        self.close(report)
    }

    /// What the stored set says, with no request at all.
    pub(crate) fn cached(self) -> Report {
        self.without_network(Report::nothing())
    }

    /// What counts when the check does not end before the command. It is ready before the first request, so that a server
    /// that stalls takes nothing away. Section 6.2, step 12.
    pub(crate) fn unfinished(&mut self) -> Report {
        let mut report = Report::nothing();
        self.read_stored(&mut report);
        let timeout = Failure::new(Stage::Root, Code::Timeout);
        report.failure.get_or_insert(timeout);
        report.last_success = self.schedule.last_success();
        report.last_failure = report.failure;
        report
    }

    fn without_network(mut self, mut report: Report) -> Report {
        self.read_stored(&mut report);
        self.close(report)
    }

    fn read_stored(&mut self, report: &mut Report) {
        match self.begin() {
            Ok(verifier) => self.enter_cached(report, &verifier),
            Err(failure) => report.failure = Some(failure),
        }
    }

    /// The newest root that the store leads to.
    fn begin(&mut self) -> Result<Verifier, Failure> {
        let mut verifier = self.start.clone()?;
        verifier.set_deadline(Deadline::after(self.config.deadline));
        workflow::start(&mut verifier, &mut self.sets)?;
        Ok(verifier)
    }

    /// Runs the workflow, and returns for how many seconds the server wants to be left alone.
    async fn run_workflow(&mut self, report: &mut Report) -> u64 {
        let root = |code| Some(Failure::new(Stage::Root, code));
        let deadline = Deadline::after(self.config.deadline);
        let mut verifier = match self.begin() {
            Ok(verifier) => verifier,
            Err(failure) => {
                report.failure = Some(failure);
                return 0;
            }
        };
        let (Ok(transport), Some(metadata), Some(targets)) = (
            transport(&self.config),
            self.config.metadata_base(),
            self.config.targets_base(),
        ) else {
            // The configuration leads nowhere: the repository cannot be had.
            report.failure = root(Code::Connect);
            self.enter_cached(report, &verifier);
            return 0;
        };
        let fetcher = Fetcher::new(&*transport, metadata, targets, deadline);
        let outcome = Workflow::new(&fetcher, &mut self.sets, &mut verifier, self.config.kind)
            .run(Goal::Target(TARGET_PATH))
            .await;
        match outcome {
            Ok(resolved) => {
                self.enter_fresh(report, &verifier, resolved, &fetcher)
                    .await;
            }
            Err(failure) => self.stop(report, &verifier, failure),
        }
        report.requests = fetcher.requests();
        report.round_trips = fetcher.round_trips();
        report.bytes = fetcher.bytes();
        fetcher.retry_after_seconds()
    }

    /// MOTD-GATE-3: the workflow completed to the role that signs the notices.
    async fn enter_fresh(
        &mut self,
        report: &mut Report,
        verifier: &Verifier,
        resolved: Resolved,
        fetcher: &Fetcher<'_>,
    ) {
        let mut file = None;
        let judged: Option<JudgedDocument> = match &resolved.entry {
            // MOTD-CARRY-5: an absent target is success with nothing to say.
            None => None,
            Some(entry) => match carrier::custom(entry, &self.config.repository) {
                Some(judged) => Some(judged),
                None => match self
                    .target(verifier, entry, resolved.bundle.as_ref(), fetcher)
                    .await
                {
                    Ok((judged, bytes)) => {
                        file = bytes;
                        Some(judged)
                    }
                    // MOTD-GATE-16: the document of the complete set, when the file cannot be had.
                    Err(code) => {
                        return self.stop(report, verifier, Failure::new(Stage::Target, code));
                    }
                },
            },
        };
        self.sets.complete(&resolved.visited, file.as_deref());
        report.state = GateState::Fresh;
        show(report, judged);
    }

    /// The target file of an entry: a sidecar's from its bundle, else from the store or from the network.
    async fn target(
        &mut self,
        verifier: &Verifier,
        entry: &TargetFile,
        bundle: Option<&Bundle>,
        fetcher: &Fetcher<'_>,
    ) -> Result<(JudgedDocument, Option<Vec<u8>>), Code> {
        let expected = &self.config.repository;
        let (name, limit) = match carrier::file(entry, verifier.root().consistent_snapshot) {
            Ok(file) => file,
            Err(Unfetchable::Refused(code)) => return Ok((Err(Refusal::of_document(code)), None)),
            Err(Unfetchable::Unverifiable(code)) => return Err(code),
        };
        // Nothing that is verified is fetched twice.
        if bundle.is_none()
            && let Some(bytes) = entry
                .hashes
                .of("sha256")
                .and_then(|hash| self.sets.file(hash))
            && let Ok(judged) = carrier::target(&bytes, entry, expected)
        {
            return Ok((judged, Some(bytes.to_vec())));
        }
        let answer = match bundle {
            Some(bundle) => bundle.answer(&name, limit),
            None => fetcher.target(&name, limit).await,
        };
        match answer? {
            FileResponse::Body(bytes) => {
                Ok((carrier::target(&bytes, entry, expected)?, Some(bytes)))
            }
            FileResponse::NotFound | FileResponse::Forbidden => Err(Code::Status),
        }
    }

    /// The run stopped: what is stored may be shown unless a verification failed.
    fn stop(&mut self, report: &mut Report, verifier: &Verifier, failure: Failure) {
        report.failure = Some(failure);
        // MOTD-GATE-5: this is not the moment to speak, an attacker could keep an old notice on the screen.
        if failure.allows_cached() {
            self.enter_cached(report, verifier);
        }
    }

    /// MOTD-GATE-4: the complete set, when all of it still verifies.
    fn enter_cached(&mut self, report: &mut Report, verifier: &Verifier) {
        // The run's own time may be over: what a slow mirror used up is not taken from the store.
        let deadline = Deadline::after(self.config.deadline / 4);
        let Some(resolved) =
            workflow::verify_complete(&mut self.sets, verifier, deadline, TARGET_PATH)
        else {
            return;
        };
        let expected = &self.config.repository;
        let judged = match &resolved.entry {
            None => None,
            Some(entry) => match carrier::custom(entry, expected) {
                Some(judged) => Some(judged),
                None => match carrier::file(entry, verifier.root().consistent_snapshot) {
                    Err(Unfetchable::Refused(code)) => Some(Err(Refusal::of_document(code))),
                    Err(Unfetchable::Unverifiable(_)) => return,
                    Ok(_) => {
                        let Some(bytes) = self.sets.document() else {
                            return;
                        };
                        let Ok(judged) = carrier::target(&bytes, entry, expected) else {
                            return;
                        };
                        Some(judged)
                    }
                },
            },
        };
        report.state = GateState::Cached;
        show(report, judged);
    }

    fn write_schedule(&mut self) {
        let schedule = self.schedule.clone();
        self.sets.attempt(|folder| schedule.write(folder));
    }

    fn close(mut self, mut report: Report) -> Report {
        report.last_success = self.schedule.last_success();
        report.last_failure = self.schedule.last_failure();
        report.warnings = self.sets.take_warnings();
        report
    }
}

/// The root that the installer brought.
pub(crate) fn configured_root(config: &CheckConfig) -> Result<Verifier, Failure> {
    let deadline = Deadline::after(config.deadline);
    Verifier::bootstrap(&config.root, config.now, deadline)
        .map_err(|code| Failure::new(Stage::Root, code))
}

/// What a folder holds, as far as this version understands it.
fn open_sets(folder: StateFolder, now: Time) -> (Sets, Schedule) {
    match Schedule::read(&folder, now) {
        Ok(schedule) => {
            let had_checks = schedule.last_success().is_some();
            (Sets::open(folder, had_checks), schedule)
        }
        Err(why) => {
            let mut sets = Sets::open(folder.unlocked(), false);
            sets.warn(Warning::Stateless(why));
            (sets, Schedule::default())
        }
    }
}

/// Puts a judged document into a report: the only place where one gets there (MOTD-GATE-2).
pub(crate) fn show(report: &mut Report, judged: Option<JudgedDocument>) {
    match judged {
        None => {}
        Some(Ok(document)) => report.document = Some(document),
        Some(Err(refusal)) => {
            report
                .failure
                .get_or_insert(Failure::new(Stage::Document, refusal.code));
        }
    }
}

pub(crate) fn transport(config: &CheckConfig) -> Result<Arc<dyn Transport>, Error> {
    if let Some(transport) = &config.transport {
        return Ok(Arc::clone(transport));
    }
    let bases: Option<Vec<_>> = [config.metadata_base(), config.targets_base()]
        .into_iter()
        .collect();
    let transport = HttpTransport::new(&config.http, &bases.ok_or(Error::Url)?, config.now)?;
    Ok(Arc::new(transport))
}

/// Chance for the schedule; without a source of it everybody waits equally long.
fn random() -> u32 {
    getrandom::u32().unwrap_or(0)
}

/// Asks a repository now, whatever the interval says; only `Retry-After` holds it back.
///
/// It never fails: what cannot be had, verified or read is an outcome in the report. It takes no longer than
/// [`CheckConfig::deadline`], apart from what the disk takes. It must run inside a tokio runtime with its timer and
/// I/O; [`check_blocking`] brings one.
pub async fn check(config: &CheckConfig) -> Report {
    GateRun::open(Cow::Borrowed(config)).check().await
}

/// [`check`], for callers without a runtime. Inside of one, it runs on a thread of its own.
///
/// # Errors
///
/// [`Error::Runtime`] when no runtime can be started.
pub fn check_blocking(config: &CheckConfig) -> Result<Report, Error> {
    block_on(GateRun::open(Cow::Borrowed(config)).check())
}

/// What the store says, verified again and with no request at all: for lists, and for an offline mode.
#[must_use]
pub fn check_offline(config: &CheckConfig) -> Report {
    GateRun::read(config).cached()
}

/// Runs a check on a runtime of its own.
pub(crate) fn block_on<T: Send>(check: impl Future<Output = T> + Send) -> Result<T, Error> {
    let start = || -> Result<T, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Runtime)?;
        let outcome = runtime.block_on(check);
        // A name resolution that hangs must not be waited for.
        runtime.shutdown_background();
        Ok(outcome)
    };
    if tokio::runtime::Handle::try_current().is_err() {
        return start();
    }
    std::thread::scope(|scope| {
        let thread = scope.spawn(start);
        thread
            .join()
            .unwrap_or_else(|_| Err(Error::Runtime(std::io::ErrorKind::Other.into())))
    })
}
