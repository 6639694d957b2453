//! Serving a repository over HTTP, from memory, as mirrors and content delivery networks like it.
//!
//! Names that carry a version or a hash never change, so they are cached for ever; `timestamp.json` is cached for
//! seconds. The set of files is swapped whole, so that no request sees half a publication.
//!
//! A [`Site`] is what is answered. A [`Server`] takes connections, each within the bounds of its [`ServerSettings`], and
//! answers files and pages at once; what is under `/api/` it gives to a router. [`Upkeep`] is what a server does beside
//! that.
//!
//! ```no_run
//! # async fn serve(store: &motd_server::store::Store) -> Result<(), motd_server::serve::ServeError> {
//! use motd_server::serve::{Server, ServerSettings};
//! let server = Server::bind("127.0.0.1:0".parse().unwrap(), store.load().await?, ServerSettings::default()).await?;
//! println!("http://{}/metadata/", server.address());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod addresses;
mod answers;
pub mod api;
mod body;
mod coding;
mod error;
mod freshness;
mod metrics;
mod operations;
pub mod page;
mod prepared;
pub mod proposals;
mod release;
mod request_id;
mod server;
mod service;
mod settings;
mod site;
mod stream;
mod tls;
mod upkeep;

pub use body::ResponseBody;
pub use error::ServeError;
pub use freshness::{Freshness, FreshnessState, Renewal, RoleLife};
pub use metrics::Metrics;
pub use operations::{Health, Operations, ServerClock};
pub use release::Release;
pub use request_id::RequestId;
pub use server::Server;
pub use service::Service;
pub use settings::ServerSettings;
pub use site::Site;
pub use tls::Tls;
pub use upkeep::{LoadKeys, OnlineKeys, Upkeep, UpkeepReport};

#[cfg(test)]
mod tests;
