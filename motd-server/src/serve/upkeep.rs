//! What a server does beside answering: it takes up what was published, and renews the snapshot and the timestamp.
//!
//! Any number of servers can do it over one store. The conditional write decides which of them renews; the others are
//! told and read again. There is no leader and no lock service, and a server that stops leaves nothing to clean up. So
//! that they seldom try at the same time, each adds its own share of waiting.
//!
//! When no server renews, clients notice at the timestamp's expiry, all of them at once. It is [`Renewal::Overdue`]
//! from half of its life on.

use std::collections::BTreeMap;

use motd_core::Time;

use super::freshness::{Freshness, Renewal, RoleLife};
use crate::publish::key::Signer;
use crate::publish::{Floors, Online, PublishError, Published as _, Repository, RoleFile};
use crate::serve::ServeError;
use crate::serve::proposals::LoggedRole;
use crate::store::files::Files;
use crate::store::{Lifetimes, Mark, Store, TimestampStat};

/// The keys of one server.
pub struct OnlineKeys {
    /// Signs snapshots.
    pub snapshot: Box<dyn Signer>,
    /// Signs timestamps.
    pub timestamp: Box<dyn Signer>,
}

/// Brings the keys when something is to be signed, and nothing on a server that has none.
pub type LoadKeys = Box<dyn Fn() -> Result<Option<OnlineKeys>, PublishError>>;

/// What came of one look at the store.
#[derive(Debug)]
pub struct UpkeepReport {
    /// Something else is published than before: [`Upkeep::files`] has it.
    pub published: bool,
    /// This server renewed.
    pub renewed: bool,
    /// The code of why the store could not be read, or of why this server failed to renew.
    pub failure: Option<&'static str>,
    /// Why the store could not be read, or what it holds cannot be served; what was published before is served on.
    pub trouble: Option<ServeError>,
    /// A timestamp or a snapshot lived too long, and this server replaced it.
    pub replaced: Option<ServeError>,
}

/// One server's view of a store.
pub struct Upkeep {
    pub(super) store: Store,
    pub(super) keys: LoadKeys,
    jitter: u16,
    pub(super) repository: Repository,
    served: Files,
    floors: Floors,
    lifetimes: Lifetimes,
    mark: Option<Mark>,
    failed: Option<(&'static str, String)>,
    retry_at: Option<Time>,
    /// Until when a role that lives too long is not replaced again.
    replaced_until: Option<Time>,
    /// What the log of the proposals says is published.
    pub(super) observed: Option<BTreeMap<String, LoggedRole>>,
    last_stat: Option<TimestampStat>,
    logged: Option<&'static str>,
}

impl Upkeep {
    /// Reads what is published and verifies it.
    ///
    /// `root` is the trusted root that the server holds (MOTD-SRV-9).
    ///
    /// `jitter` is drawn at random, once for each server: at 65,535 it renews a twelfth of the timestamp's life later
    /// than at 0.
    ///
    /// # Errors
    ///
    /// [`ServeError::Publish`] when it cannot be served; [`ServeError::Store`] when it cannot be read.
    pub async fn begin(
        store: Store,
        root: &[u8],
        keys: LoadKeys,
        jitter: u16,
    ) -> Result<Self, ServeError> {
        let config = store.config().await?;
        let lifetimes = config.lifetimes;
        let repository = Repository::load(store.load().await?, root)?;
        repository.check_settings(&config)?;
        let mut floors = Floors::default();
        floors.raise(&repository)?;
        Ok(Self {
            store,
            keys,
            jitter,
            served: repository.served(),
            repository,
            floors,
            lifetimes,
            mark: None,
            failed: None,
            retry_at: None,
            replaced_until: None,
            observed: None,
            last_stat: None,
            logged: None,
        })
    }

    /// MOTD-SRV-10: goes on from what this server has taken up before it was started.
    ///
    /// # Errors
    ///
    /// [`ServeError::Publish`] when the store is behind that.
    pub fn go_on_from(&mut self, mut floors: Floors) -> Result<(), ServeError> {
        floors.check(&self.repository)?;
        floors.raise(&self.repository)?;
        self.floors = floors;
        Ok(())
    }

    /// MOTD-SRV-12: serves the former roots from `first` on too, an older trusted root that the server holds.
    pub fn continue_from(&mut self, first: &[u8]) {
        self.repository.continue_from(first);
        self.served = self.repository.served();
    }

    /// What has been taken up, to be kept for the next start.
    #[must_use]
    pub const fn floors(&self) -> &Floors {
        &self.floors
    }

    /// What is published, verified.
    #[must_use]
    pub const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// How long roles live, as the settings of the repository say.
    #[must_use]
    pub const fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }

    /// What is to be served.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.served
    }

    /// Whether what is served is renewed in time, as far as this server knows.
    #[must_use]
    pub fn renewal(&self, now: Time) -> Renewal {
        let windows = self.windows();
        let late = windows.iter().find(|window| window.is_late(now));
        let Some(expires) = late.and(windows.iter().map(|window| window.expires).min()) else {
            return Renewal::Current;
        };
        let unknown = || ("not-tried", "this server has not tried yet".to_owned());
        let (code, fact) = self.failed.clone().unwrap_or_else(unknown);
        Renewal::Overdue {
            expires,
            code,
            fact,
        }
    }

    /// How long what is served will be believed.
    #[must_use]
    pub fn freshness(&self, now: Time) -> Freshness {
        let Lifetimes {
            root,
            targets,
            notices,
            ..
        } = self.lifetimes;
        let online = self.windows().map(|window| window.late_seconds());
        let [timestamp, snapshot] = online;
        // People need days where a server needs hours.
        let people = |days: u64| days.saturating_mul(DAY) / 10;
        let repository = &self.repository;
        let roles = [
            (repository.timestamp(), timestamp),
            (repository.snapshot(), snapshot),
            (repository.notices(), people(notices)),
            (repository.targets(), people(targets)),
            (repository.root(), people(root)),
        ];
        let life = |(role, late_seconds): (&RoleFile, u64)| RoleLife {
            role: role.name().to_owned(),
            version: role.version(),
            expires: role.expires(),
            late_seconds,
        };
        Freshness {
            roles: roles.into_iter().map(life).collect(),
            renewal: self.renewal(now),
        }
    }

    /// Whether something was published since the last time that this was asked, as far as can be told without reading
    /// anything: in a folder on this machine. It costs so little that it can be asked many times a second. What it
    /// misses is seen by [`Upkeep::check`].
    pub fn has_changed(&mut self) -> bool {
        let stat = self.store.stat_timestamp();
        let seen = stat != self.last_stat;
        self.last_stat = stat;
        seen
    }

    /// Looks at the store once: takes up what was published, and renews what is due.
    pub async fn check(&mut self, now: Time) -> UpkeepReport {
        let report = self.check_once(now).await;
        if report.published || report.renewed {
            let timestamp = self.repository.timestamp().version();
            let snapshot = self.repository.snapshot().version();
            let renewed = report.renewed;
            tracing::info!(timestamp, snapshot, renewed, "a publication was taken up");
        }
        self.log(&report, now);
        report
    }

    /// Says what is wrong when it begins, when it becomes something else, and when it ends.
    fn log(&mut self, report: &UpkeepReport, now: Time) {
        // An error may have more than one line; a record has one.
        let (code, fact, expires) = match (&report.trouble, self.renewal(now)) {
            (Some(error), _) => (Some(error.code()), error.to_string(), None),
            (
                None,
                Renewal::Overdue {
                    code,
                    fact,
                    expires,
                },
            ) => (Some(code), fact, Some(expires)),
            _ => (None, String::new(), None),
        };
        if code == self.logged {
            return;
        }
        match (code, expires) {
            (None, _) => tracing::info!("the repository is read and renewed again"),
            (Some(code), None) => {
                tracing::warn!(code, fact = ?fact, "what was published before is served on");
            }
            (Some(code), Some(expires)) => {
                tracing::warn!(code, fact = ?fact, %expires, "nobody renews this repository");
            }
        }
        self.logged = code;
    }

    async fn check_once(&mut self, now: Time) -> UpkeepReport {
        let mut report = UpkeepReport {
            published: false,
            renewed: false,
            failure: None,
            trouble: None,
            replaced: None,
        };
        match self.reload().await {
            Ok(published) => report.published = published,
            Err(error) => {
                self.fail(&error, now);
                report.failure = Some(error.code());
                report.trouble = Some(error);
                return report;
            }
        }
        if let Err(error) = self.write_bundle().await {
            report.failure = Some(error.code());
            report.trouble = Some(error);
        }
        let too_long = self.lives_too_long(now);
        let clock = self.check_clock(now).await;
        if let (Err(error), true) = (&clock, too_long.is_some()) {
            self.fail(error, now);
            report.failure = Some(error.code());
            report.trouble = clock.err();
            return report;
        }
        if !self.is_due(now) && too_long.is_none() {
            self.failed = None;
            return report;
        }
        if self.retry_at.is_some_and(|again| now < again) {
            return report;
        }
        let tried = match clock {
            Ok(()) => self.renew(now, too_long.is_some()).await,
            Err(error) => Err(error),
        };
        if let (Some(error), Ok(true)) = (too_long, &tried) {
            tracing::warn!(code = error.code(), fact = ?error.to_string(), "it was replaced");
            self.replaced_until = later(now, REPLACE_SECONDS);
            report.replaced = Some(error);
        }
        report.renewed = matches!(tried, Ok(true));
        report.failure = tried.as_ref().err().map(ServeError::code);
        // Whoever renewed: it is served from now on.
        match self.reload().await {
            Ok(published) => report.published |= published,
            Err(error) => report.trouble = Some(error),
        }
        match tried {
            Err(error) if self.is_due(now) => self.fail(&error, now),
            _ if self.is_due(now) => {}
            _ => (self.failed, self.retry_at) = (None, None),
        }
        report
    }

    /// Writes the bundle that a publisher left behind; this server serves it already. One without keys leaves it to others.
    async fn write_bundle(&mut self) -> Result<(), ServeError> {
        if self.repository.bundle_lags() && (self.keys)()?.is_some() {
            self.store.write_bundle(self.repository.files()).await?;
            // What is there is read again.
            self.mark = None;
            self.reload().await?;
        }
        Ok(())
    }

    /// Two small requests when nothing happened.
    pub(super) async fn reload(&mut self) -> Result<bool, ServeError> {
        let mark = self.store.mark(self.repository.root().version()).await?;
        if self.mark.as_ref() == Some(&mark) {
            return Ok(false);
        }
        // What does not verify is not served: it would silence every client.
        let repository = self.read().await?;
        let config = self.store.config().await?;
        repository.check_settings(&config)?;
        self.lifetimes = config.lifetimes;
        let served = repository.served();
        let published = served != self.served;
        self.served = served;
        self.floors.raise(&repository)?;
        self.repository = repository;
        self.mark = Some(mark.taken_up());
        Ok(published)
    }

    /// What the store holds now, verified from what this server knows. A writer of the store cannot lead it back to what
    /// was published before, for it would renew that without end (MOTD-SRV-10).
    pub(super) async fn read(&self) -> Result<Repository, ServeError> {
        let known = &self.repository;
        let files = self.store.load_since(&known.known(&self.served)).await?;
        let mut repository = Repository::load(files, known.root().bytes())?;
        repository.keep_roots(known);
        self.floors.check(&repository)?;
        Ok(repository)
    }

    /// Whether this server renewed; not when another one has in the meantime.
    async fn renew(&mut self, now: Time, both: bool) -> Result<bool, ServeError> {
        let Some(keys) = (self.keys)()? else {
            self.failed = Some((
                "no-online-keys",
                "this server has no online keys".to_owned(),
            ));
            return Ok(false);
        };
        // Versions that a failed attempt left behind are seen here, and skipped.
        let repository = self.read().await?;
        let config = self.store.config().await?;
        if repository.timestamp() != self.repository.timestamp() {
            return Ok(false);
        }
        let online = Online::new(&*keys.snapshot, &*keys.timestamp, &config);
        let publication = if both {
            repository.renew_both(&online, now)?
        } else {
            repository.renew(&online, now)?
        };
        self.store.commit(&publication).await?;
        Ok(true)
    }

    fn fail(&mut self, error: &ServeError, now: Time) {
        self.failed = Some((error.code(), error.to_string()));
        self.retry_at = later(now, RETRY_SECONDS);
    }

    /// The timestamp or the snapshot, if it lives too long and is to be replaced.
    fn lives_too_long(&self, now: Time) -> Option<ServeError> {
        let role = self.repository.lives_too_long(&self.lifetimes, now);
        let role = role.filter(|_| self.replaced_until.is_none_or(|end| end < now))?;
        Some(ServeError::LivedTooLong {
            role: role.name().to_owned(),
            expires: role.expires().to_string(),
        })
    }

    /// MOTD-PUB-14. The store is asked for its clock only where that matters.
    pub(super) async fn check_clock(&self, now: Time) -> Result<(), ServeError> {
        let written = match self.lives_too_long(now) {
            Some(_) => self.store.timestamp_written().await?,
            None => None,
        };
        self.repository.check_clock(&self.lifetimes, written, now)?;
        Ok(())
    }

    fn is_due(&self, now: Time) -> bool {
        self.windows()
            .iter()
            .any(|window| window.is_due(now, self.jitter))
    }

    fn windows(&self) -> [RenewalWindow; 2] {
        let window = |role: &RoleFile, days: u64, due, late| RenewalWindow {
            expires: role.expires(),
            life: days.saturating_mul(DAY),
            due,
            late,
        };
        [
            // Three renewals fit into one life, so that two may fail.
            window(
                self.repository.timestamp(),
                self.lifetimes.timestamp,
                (2, 3),
                (1, 2),
            ),
            window(
                self.repository.snapshot(),
                self.lifetimes.snapshot,
                (1, 2),
                (1, 3),
            ),
        ]
    }
}

/// The rest of a role's life, and the shares of it from which it is due and late.
struct RenewalWindow {
    expires: Time,
    life: u64,
    due: (u64, u64),
    late: (u64, u64),
}

impl RenewalWindow {
    fn is_due(&self, now: Time, jitter: u16) -> bool {
        let (numerator, denominator) = self.due;
        let share = self.life / 12;
        let wait = share.saturating_mul(u64::from(jitter)) / u64::from(u16::MAX);
        let due = self.life.saturating_mul(numerator) / denominator;
        self.expires.seconds_since(now) < due.saturating_sub(wait)
    }

    fn is_late(&self, now: Time) -> bool {
        self.expires.seconds_since(now) < self.late_seconds()
    }

    fn late_seconds(&self) -> u64 {
        let (numerator, denominator) = self.late;
        self.life.saturating_mul(numerator) / denominator
    }
}

const DAY: u64 = 86_400;

/// How many seconds after a failure it is tried again.
const RETRY_SECONDS: u64 = 60;

/// How long a role that lives too long is left alone after it was replaced: two servers whose clocks differ would replace
/// each other's without end.
const REPLACE_SECONDS: u64 = 3_600;

fn later(now: Time, seconds: u64) -> Option<Time> {
    let later = i64::try_from(now.unix_seconds().saturating_add(seconds)).ok();
    later.and_then(Time::from_unix_seconds)
}
