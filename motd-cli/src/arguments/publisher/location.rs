//! Where a repository is stored, as people give it.

use clap::builder::{OsStringValueParser, TypedValueParser};
use motd_server::store::Location;

/// A folder, or a place in object storage.
pub(super) fn location() -> impl TypedValueParser<Value = Location> {
    OsStringValueParser::new().try_map(Location::parse)
}
