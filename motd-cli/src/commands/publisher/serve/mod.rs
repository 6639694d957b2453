//! `motd serve`: a repository over HTTP, from memory, with its snapshot and timestamp renewed.

mod keys;
mod messages;
mod publishing;
mod running;
mod signals;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use motd_server::serve::{Health, Server, ServerSettings, Service, Site, Tls, Upkeep};
use motd_server::store::Location;
use tokio::time::Instant;

use self::messages::ServeMessages;
use self::publishing::{clock, make_folder};
use self::running::RunningServer;
use self::signals::{Signal, Signals};
use super::now;
use crate::arguments::publisher::{LogForm, ServeArguments};
use crate::exit::Exit;
use crate::shell::Shell;
use crate::trusted_root::TrustedRoot;

/// How often a folder is asked whether its timestamp is another file: often enough that a publication is seen in a tenth of
/// a second, and seldom enough that it costs less than a hundredth of a core.
const GLANCE: Duration = Duration::from_millis(40);

/// How often a folder is looked at in any case.
const PERIOD: Duration = Duration::from_secs(1);

/// How often object storage is asked, with two small requests.
const REMOTE_PERIOD: Duration = Duration::from_secs(5);

/// How often it is looked whether that time has come. A tick that comes a moment too early costs no whole period.
const REMOTE_GLANCE: Duration = Duration::from_millis(250);

/// How long a load balancer may go on sending requests after SIGTERM, which it is told of at the same time.
const DRAIN: Duration = Duration::from_secs(5);

/// How much longer the store may take after a signal that asks for the end.
const LAST_WORK: Duration = Duration::from_secs(2);

pub(super) fn run(arguments: &ServeArguments, shell: &mut Shell) -> Result<Exit> {
    let access_log = arguments.access_log.then_some(LogForm::Text);
    let log = arguments.log.or(access_log);
    if let Some(form) = log {
        crate::log::begin(form)?;
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(workers) = arguments.workers {
        builder.worker_threads(workers.get());
    }
    // This thread looks at the store and renews; it is none of those that answer, and none of them can keep it waiting.
    let runtime = builder.enable_all().build()?;
    runtime.block_on(serve(
        arguments,
        &mut ServeMessages::new(shell, log.is_some()),
    ))?;
    Ok(Exit::Well)
}

async fn serve(arguments: &ServeArguments, messages: &mut ServeMessages<'_>) -> Result<()> {
    let mut signals = Signals::new()?;
    let store = super::store(&arguments.folder)?;
    let keys = arguments.online_keys.clone().or_else(|| store.keys());
    // The first renewal may be days away.
    keys.as_deref().map_or(Ok(()), keys::require_trusted)?;
    let Some(id) = unless_stopped(store.config(), &mut signals).await else {
        return Ok(());
    };
    let id = id?.repository;
    // Which of several servers is first at a renewal is chance; whether it is a good one matters to nobody.
    let root = TrustedRoot::find(
        arguments.root.as_deref(),
        arguments.online_keys.as_deref(),
        &arguments.folder,
    )?;
    let upkeep = Upkeep::begin(store, root.bytes(), keys::load_from(keys), keys::jitter());
    let Some(upkeep) = unless_stopped(upkeep, &mut signals).await else {
        return Ok(());
    };
    let mut upkeep = upkeep?;
    upkeep.go_on_from(root.floors()?)?;
    upkeep.continue_from(root.first());
    messages.kept(&root.is_taken_up(&upkeep));
    messages.unknown_root(upkeep.repository().unknown_root());
    let settings = ServerSettings {
        connections: arguments.connections.get(),
        connections_per_address: arguments.connections_per_address,
        ..ServerSettings::default()
    };
    let site = Arc::new(Site::new(
        upkeep.files().clone(),
        settings.timestamp_seconds,
    ));
    let mut service = Service::new(Arc::clone(&site), settings);
    if let (Some(certificate), Some(key)) = (&arguments.tls_certificate, &arguments.tls_key) {
        service.tls = Some(Arc::new(Tls::load(certificate, key)?));
    }
    service.access_log = arguments.access_log;
    if let Some(folder) = arguments.proposals.as_ref().and_then(Location::as_folder)
        && let Some(mode) = make_folder(folder)?
    {
        messages.readable_proposals(folder, mode);
    }
    let publishing = running::publishing(arguments, &id, &upkeep)?.map(|(publishing, api)| {
        service.api = Some(api.named(&arguments.names).router());
        publishing
    });
    let metrics = Arc::clone(&service.metrics);
    let health = Health::new(upkeep.freshness(now(None)?), Arc::clone(&metrics));
    let mut running = RunningServer {
        upkeep,
        root,
        id,
        site,
        operators: arguments
            .operations
            .map(|_| Arc::new(Site::without_files())),
        health: Arc::new(health),
        metrics,
        tls: service.tls.clone(),
        publishing,
        pages_at: None,
    };
    // Before anybody can ask for one.
    let pages = running.pages(now(None)?);
    if unless_stopped(pages, &mut signals).await.is_none() {
        return Ok(());
    }
    let operations = match (arguments.operations, &running.operators) {
        (Some(address), Some(pages)) => {
            let health = Arc::clone(&running.health);
            let service = Service::operations(health, Arc::new(clock), Arc::clone(pages));
            Some(Server::start(address, service).await?)
        }
        _ => None,
    };
    let server = Server::start(arguments.listen, service).await?;
    messages.serving(arguments, server.address(), operations.as_ref());
    let drain = Box::pin(run_until_stopped(
        &mut running,
        arguments,
        &mut signals,
        messages,
    ))
    .await?;
    running.health.drain();
    server.drain();
    messages.stopping(drain);
    let stopped = async {
        tokio::time::sleep_until(Instant::now() + drain).await;
        server.stop().await;
        if let Some(operations) = operations {
            operations.stop().await;
        }
    };
    tokio::select! {
        () = stopped => {}
        // Who asks twice means it.
        () = signals.again() => {}
    }
    Ok(())
}

/// Does what is to be done, until a signal asks for the end. How long it may take comes back.
async fn run_until_stopped(
    running: &mut RunningServer,
    arguments: &ServeArguments,
    signals: &mut Signals,
    messages: &mut ServeMessages<'_>,
) -> Result<Duration> {
    let (interval, period) = match arguments.folder.as_folder() {
        Some(_) => (GLANCE, PERIOD),
        None => (REMOTE_GLANCE, REMOTE_PERIOD),
    };
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut next = Instant::now();
    let mut asked = false;
    let mut signal = None;
    loop {
        match signal.take() {
            Some(Signal::Reload) => asked = true,
            Some(Signal::Terminate) => return Ok(arguments.drain.map_or(DRAIN, seconds)),
            Some(Signal::Interrupt) => return Ok(arguments.drain.map_or(Duration::ZERO, seconds)),
            None => {}
        }
        tokio::select! {
            next = signals.next() => {
                signal = Some(next);
                continue;
            }
            () = running.due() => {
                let release = running.release(now(None)?, messages);
                signal = Box::pin(beside(release, signals)).await;
                continue;
            }
            _ = ticks.tick() => {}
        }
        if !running.upkeep.has_changed() && !asked && Instant::now() < next {
            continue;
        }
        next = Instant::now() + period;
        running.certificate(asked, messages);
        asked = false;
        let look = running.look(now(None)?, messages);
        signal = beside(look, signals).await;
    }
}

/// What was to be done at the start; nothing, when a signal asks for the end first.
async fn unless_stopped<T>(work: impl Future<Output = T>, signals: &mut Signals) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = signals.again() => None,
    }
}

/// Does what a store may keep waiting. The signal that came meanwhile is given back; one that asks for the end gives the
/// work a moment more, and then it is left as by a crash, after which a store is whole.
async fn beside(work: impl Future<Output = ()>, signals: &mut Signals) -> Option<Signal> {
    let mut work = std::pin::pin!(work);
    let mut reload = None;
    loop {
        tokio::select! {
            () = &mut work => return reload,
            signal = signals.next() => {
                if signal == Signal::Reload {
                    reload = Some(signal);
                    continue;
                }
                let _ = tokio::time::timeout(LAST_WORK, work).await;
                return Some(signal);
            }
        }
    }
}

fn seconds(seconds: u16) -> Duration {
    Duration::from_secs(seconds.into())
}
