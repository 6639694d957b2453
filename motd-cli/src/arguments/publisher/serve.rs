//! What `motd serve` takes.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use motd_server::store::Location;

use super::location::location;

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The repository's folder, or `s3://bucket/prefix` with the usual `AWS_` variables
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// Address and port; port 0 takes a free one, which is printed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The trusted root that this server holds, as installers have it; default: the newest that its user has
    /// seen of this repository, or `1.root.json` beside the online keys
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// The folder with the online keys; default: `keys` in the repository's folder. No private key is in object storage
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    /// A private address for health (`/livez`, `/readyz`, `/freshness`), `/metrics` and the operators' page (`/operators`):
    /// loopback, or a network of your own; default: none
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) operations: Option<SocketAddr>,
    /// Takes proposals and signatures over HTTP, and keeps them here: a folder, or `s3://bucket/prefix`, that is not public.
    /// Of several servers all name the same place; default: none are taken
    #[arg(long, value_name = "PLACE", value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) proposals: Option<Location>,
    /// The name by which people reach the server, `host` or `host:port` as they write it; may be repeated. With `--proposals`
    /// name it: a request that was signed for another server is refused then, and no other server can pass it on
    #[arg(long = "name", value_name = "NAME", requires = "proposals", value_hint = ValueHint::Hostname)]
    pub(crate) names: Vec<String>,
    /// How many requests for proposals an address may make in a minute; all of them together ten times as many
    #[arg(long, value_name = "NUMBER", default_value = "120")]
    pub(crate) requests_per_minute: NonZeroU32,
    /// Every connection comes from a proxy, which appends the address that it speaks for to `X-Forwarded-For`
    #[arg(long)]
    pub(crate) behind_proxy: bool,
    /// The chain of certificates for TLS, in PEM, the server's own first; read again on SIGHUP, and when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM, readable by its owner alone
    #[arg(long, value_name = "FILE", requires = "tls_certificate", value_hint = ValueHint::FilePath)]
    pub(crate) tls_key: Option<PathBuf>,
    /// How many connections are open at most; others wait
    #[arg(long, value_name = "NUMBER", default_value = "1024")]
    pub(crate) connections: NonZeroUsize,
    /// How many connections one address may have open; more are closed. 0 is no bound, for a server behind a proxy
    #[arg(long, value_name = "NUMBER", default_value = "256")]
    pub(crate) connections_per_address: usize,
    /// Seconds in which every answer closes its connection, before the server stops; default: 5 after SIGTERM, 0 after
    /// Ctrl-C. A second signal stops it at once
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(..=3600))]
    pub(crate) drain: Option<u16>,
    /// How many threads answer; default: one for each core
    #[arg(long, value_name = "NUMBER")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// Logs what happens to standard error, in the place of messages to a person
    #[arg(long, value_name = "FORM")]
    pub(crate) log: Option<LogForm>,
    /// Logs each request; as text, unless `--log` says otherwise
    #[arg(long)]
    pub(crate) access_log: bool,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}
