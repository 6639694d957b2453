//! The log of a server: the events of the libraries of this workspace, as lines or as JSON, on standard error.

use std::fmt;

use anyhow::Result;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::arguments::publisher::LogForm;
use crate::clock::now;
use crate::shell;

/// Begins to log, for the rest of the process.
pub(crate) fn begin(form: LogForm) -> Result<()> {
    // What dependencies say is not under this project's rule that nothing from a network is written as it came.
    let ours = Targets::new()
        .with_target("motd", Level::INFO)
        .with_target("motd_server", Level::INFO);
    let registry = tracing_subscriber::registry().with(ours);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_timer(Clock)
        .with_writer(shell::log_stream);
    match form {
        LogForm::Text => registry.with(layer).try_init()?,
        LogForm::Json => registry.with(layer.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}

/// The machine's clock, as the rest of the program reads it.
struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        match now(None) {
            Ok(now) => write!(writer, "{now}"),
            Err(_) => writer.write_str("-"),
        }
    }
}
