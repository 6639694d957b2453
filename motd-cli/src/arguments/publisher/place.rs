//! Where a repository is that people sign: in a store, or behind the server that takes signatures for it.

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, TypedValueParser};
use motd_server::store::Location;
use url::Url;

/// Where a repository is.
#[derive(Clone, Debug)]
pub(crate) enum RepositoryPlace {
    /// In a folder or in object storage.
    Stored(Location),
    /// Behind a server with the publishing interface; the URL ends with a slash.
    Served(Url),
}

impl RepositoryPlace {
    fn parse(written: OsString) -> Result<Self, String> {
        let url = written.to_str().filter(|text| {
            let scheme = text.split_once("://").map(|(scheme, _)| scheme);
            scheme.is_some_and(|scheme| matches!(scheme, "https" | "http"))
        });
        let Some(url) = url else {
            return match Location::parse(written) {
                Ok(location) => Ok(Self::Stored(location)),
                Err(error) => Err(error.to_string()),
            };
        };
        let mut url: Url = url.parse().map_err(|_| "not a URL".to_owned())?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err("a server is named without user, query and fragment".to_owned());
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self::Served(url))
    }
}

/// A repository's folder, `s3://...`, or a server's URL.
pub(super) fn place() -> impl TypedValueParser<Value = RepositoryPlace> {
    OsStringValueParser::new().try_map(RepositoryPlace::parse)
}
