//! From TOML to JSON, remembering where everything stood.

use core::ops::Range;

use motd_core::{Code, Time};
use serde_json::{Map, Number, Value};
use toml_edit::{Array, Datetime, Document, Item, TableLike};

use super::file::{NoticeFile, Places};
use super::{Finding, FindingLevel};
use crate::publish::metadata::limits::pointer;

impl NoticeFile {
    /// Reads the bytes of a file; `name` is what findings call it.
    ///
    /// # Errors
    ///
    /// A [`Finding`] with the code `not-toml` and the place where the parser stopped.
    pub fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Self, Finding> {
        let bytes = bytes.as_ref();
        let not_toml = |places: &Places, offset, message: &str| {
            let (line, column) = places.position(offset);
            Finding {
                file: name.to_owned(),
                line,
                column,
                place: String::new(),
                code: Code::NotToml,
                level: FindingLevel::Error,
                detail: Some(message.split_whitespace().collect::<Vec<_>>().join(" ")),
                hint: Code::NotToml.hint().map(str::to_owned),
            }
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let sound = String::from_utf8_lossy(bytes);
            not_toml(&Places::new(&sound), error.valid_up_to(), "not UTF-8")
        })?;
        let mut places = Places::new(text);
        let document = Document::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            not_toml(&places, offset, error.message())
        })?;
        places.values.insert(String::new(), 0);
        let json = table(document.as_table(), "", &mut places);
        Ok(Self {
            name: name.to_owned(),
            json,
            places,
        })
    }
}

fn table(table: &dyn TableLike, place: &str, places: &mut Places) -> Value {
    let mut members = Map::new();
    for (name, item) in table.iter() {
        let inner = pointer(place, name);
        let key = table.key(name).and_then(toml_edit::Key::span);
        remember(&mut places.names, &inner, key.clone());
        // A table that only dotted names imply has no place of its own.
        remember(&mut places.values, &inner, item.span().or(key));
        members.insert(name.to_owned(), value(item, &inner, places));
    }
    Value::Object(members)
}

fn remember(
    offsets: &mut std::collections::BTreeMap<String, usize>,
    place: &str,
    span: Option<Range<usize>>,
) {
    if let Some(span) = span {
        offsets.insert(place.to_owned(), span.start);
    }
}

fn value(item: &Item, place: &str, places: &mut Places) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Table(inner) => table(inner, place, places),
        Item::ArrayOfTables(tables) => {
            let items = tables.iter().enumerate().map(|(index, inner)| {
                let place = pointer(place, &index.to_string());
                remember(&mut places.values, &place, inner.span());
                table(inner, &place, places)
            });
            Value::Array(items.collect())
        }
        Item::Value(inner) => scalar(inner, place, places),
    }
}

fn scalar(value: &toml_edit::Value, place: &str, places: &mut Places) -> Value {
    match value {
        toml_edit::Value::String(text) => Value::from(text.value().as_str()),
        toml_edit::Value::Integer(integer) => Value::from(*integer.value()),
        toml_edit::Value::Float(float) => {
            Number::from_f64(*float.value()).map_or(Value::Null, Value::Number)
        }
        toml_edit::Value::Boolean(boolean) => Value::from(*boolean.value()),
        toml_edit::Value::Datetime(datetime) => Value::from(time(*datetime.value())),
        toml_edit::Value::Array(items) => array(items, place, places),
        toml_edit::Value::InlineTable(inner) => table(inner, place, places),
    }
}

fn array(items: &Array, place: &str, places: &mut Places) -> Value {
    let items = items.iter().enumerate().map(|(index, item)| {
        let place = pointer(place, &index.to_string());
        remember(&mut places.values, &place, item.span());
        scalar(item, &place, places)
    });
    Value::Array(items.collect())
}

/// A date-time in the one form that documents have, when it is exactly a time in that form; else as it was written,
/// which the judge refuses. A fraction is not cut, a missing offset not guessed.
fn time(datetime: Datetime) -> String {
    // Without an offset it is no instant, and does not parse as one.
    let written = datetime.to_string();
    let whole = datetime.time.is_some_and(|time| {
        time.nanosecond.unwrap_or(0) == 0 && time.second.is_some_and(|second| second < 60)
    });
    let instant = written.parse::<jiff::Timestamp>().ok().filter(|_| whole);
    instant
        .and_then(|instant| Time::from_unix_seconds(instant.as_second()))
        .map_or(written, |time| time.to_string())
}
