//! Listens to what all packages log, as an installer that shows its logs at the default level does.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once};

use log::{LevelFilter, Log, Record};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record as Fields};
use tracing::{Event, Level, Metadata, Subscriber};

static HEARD: Mutex<String> = Mutex::new(String::new());

/// Listens from now on. The ears are the process's: other tests are heard too, and none of them says the marker.
pub(super) fn open() {
    static OPEN: Once = Once::new();
    OPEN.call_once(|| {
        log::set_logger(&Ears).unwrap();
        log::set_max_level(LevelFilter::Info);
        tracing::subscriber::set_global_default(Ears).unwrap();
    });
}

/// What was logged by anybody since the ears were opened.
pub(super) fn heard() -> String {
    HEARD.lock().unwrap().clone()
}

struct Ears;

impl Log for Ears {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        if Log::enabled(self, record.metadata()) {
            writeln!(HEARD.lock().unwrap(), "{}", record.args()).unwrap();
        }
    }

    fn flush(&self) {}
}

impl Subscriber for Ears {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut FieldListener);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Fields<'_>) {
        values.record(&mut FieldListener);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut FieldListener);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct FieldListener;

impl Visit for FieldListener {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(HEARD.lock().unwrap(), "{field}: {value:?}").unwrap();
    }
}

#[test]
fn the_ears_hear() {
    open();
    tracing::warn!(field = "in a field", "by tracing");
    log::info!("by log");
    tracing::debug!("below the level, by tracing");
    log::debug!("below the level, by log");
    let heard = heard();
    for word in ["in a field", "by tracing", "by log"] {
        assert!(heard.contains(word), "{word}");
    }
    assert!(!heard.contains("below the level"));
}
