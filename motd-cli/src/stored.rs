//! Repositories in a folder or in object storage.

use anyhow::Result;
use motd_server::store::{Location, S3Settings, Store};
use tokio::runtime::Runtime;

/// The repository at this place.
pub(crate) fn store(location: &Location) -> Result<Store> {
    Ok(Store::at(location, &s3_settings(location))?)
}

/// How S3 is reached: as the environment says, which is read when there is something to reach.
pub(crate) fn s3_settings(location: &Location) -> S3Settings {
    let variables = std::env::vars_os().filter(|_| location.as_folder().is_none());
    let readable = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    S3Settings::from_variables(readable)
}

/// What storing waits on, in a command that does one thing after the other.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
