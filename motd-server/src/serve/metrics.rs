//! What is counted, for Prometheus. Numbers only: nothing that a client sends is a label.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::UpkeepReport;
use super::freshness::{Freshness, RoleLife};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ResourceKind {
    Timestamp,
    Metadata,
    Target,
    Page,
    Api,
}

/// What a connection came up against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// The connections that are open at most; it waited.
    Connections,
    /// The connections of one address; it was closed.
    Address,
    /// Standing still.
    Idle,
    /// The time for one request.
    Request,
    /// The time for a TLS handshake.
    Handshake,
    /// Its own age.
    Life,
}

impl EncodeLabelValue for ResourceKind {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(match self {
            Self::Timestamp => "timestamp",
            Self::Metadata => "metadata",
            Self::Target => "target",
            Self::Page => "page",
            Self::Api => "api",
        })
    }
}

impl EncodeLabelValue for Limit {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(match self {
            Self::Connections => "connections",
            Self::Address => "address",
            Self::Idle => "idle",
            Self::Request => "request",
            Self::Handshake => "handshake",
            Self::Life => "life",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabel {
    kind: ResourceKind,
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabel {
    limit: Limit,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RoleLabel {
    role: String,
}

const KINDS: [ResourceKind; 5] = [
    ResourceKind::Timestamp,
    ResourceKind::Metadata,
    ResourceKind::Target,
    ResourceKind::Page,
    ResourceKind::Api,
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The counters of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// By kind and class, at hand without a look-up.
    requests: [[Counter; 5]; 5],
    bytes: Counter,
    open: Gauge,
    accepted: Counter,
    limits: Family<LimitLabel, Counter>,
    publications: Counter,
    renewals: Counter,
    failures: Family<CodeLabel, Counter>,
    reloads: Counter,
    ready: Gauge,
    expiries: Family<RoleLabel, Gauge>,
    versions: Family<RoleLabel, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("motd");
        let requests = Family::<RequestLabel, Counter>::default();
        registry.register(
            "requests",
            "Requests by what they ask for and the class of the status",
            requests.clone(),
        );
        let by_kind = KINDS.map(|kind| {
            CLASSES.map(|class| requests.get_or_create_owned(&RequestLabel { kind, class }))
        });
        let (bytes, accepted) = (Counter::default(), Counter::default());
        registry.register_with_unit(
            "response_body",
            "Bytes of bodies of files and pages, as they are sent",
            Unit::Bytes,
            bytes.clone(),
        );
        let open = Gauge::default();
        registry.register(
            "connections_open",
            "Connections that are open",
            open.clone(),
        );
        registry.register(
            "connections_accepted",
            "Connections that were accepted",
            accepted.clone(),
        );
        let limits = Family::default();
        registry.register(
            "limits_hit",
            "Connections that came up against a limit",
            limits.clone(),
        );
        let (publications, renewals, reloads) =
            (Counter::default(), Counter::default(), Counter::default());
        registry.register(
            "publications_taken_up",
            "Publications that were taken up from the store",
            publications.clone(),
        );
        registry.register(
            "renewals",
            "Renewals of snapshot and timestamp by this server",
            renewals.clone(),
        );
        let failures = Family::default();
        registry.register(
            "upkeep_failures",
            "Looks at the store, and renewals, that failed, by the code of the error",
            failures.clone(),
        );
        registry.register(
            "certificate_reloads",
            "Certificates that were taken up without a restart",
            reloads.clone(),
        );
        let ready = Gauge::default();
        registry.register("ready", "1 while requests are welcome", ready.clone());
        let (expiries, versions) = (Family::default(), Family::default());
        registry.register_with_unit(
            "role_expiry_timestamp",
            "When what is served expires, in Unix time",
            Unit::Seconds,
            expiries.clone(),
        );
        registry.register(
            "role_version",
            "The version that is served",
            versions.clone(),
        );
        registry.register(
            "build",
            "This program",
            Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]),
        );
        Self {
            registry,
            requests: by_kind,
            bytes,
            open,
            accepted,
            limits,
            publications,
            renewals,
            failures,
            reloads,
            ready,
            expiries,
            versions,
        }
    }
}

impl Metrics {
    /// All of them, as `OpenMetrics` has them, which Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    pub(crate) fn request(&self, kind: ResourceKind, status: u16, bytes: u64) {
        let class = usize::from(status / 100).saturating_sub(1);
        let counters = self.requests.get(kind as usize);
        if let Some(counter) = counters.and_then(|classes| classes.get(class)) {
            counter.inc();
        }
        self.bytes.inc_by(bytes);
    }

    pub(crate) fn limit(&self, limit: Limit) {
        self.limits.get_or_create(&LimitLabel { limit }).inc();
        tracing::debug!(limit = ?limit, "a connection came up against a limit");
    }

    /// What came of one look at the store.
    pub fn upkeep(&self, report: &UpkeepReport) {
        self.publications.inc_by(report.published.into());
        self.renewals.inc_by(report.renewed.into());
        if let Some(code) = report.failure {
            self.failures.get_or_create(&CodeLabel { code }).inc();
        }
    }

    /// A certificate was taken up without a restart.
    pub fn certificate_reloaded(&self) {
        self.reloads.inc();
    }

    pub(crate) fn ready(&self, ready: bool) {
        self.ready.set(ready.into());
    }

    pub(crate) fn roles(&self, freshness: &Freshness) {
        for RoleLife {
            role,
            version,
            expires,
            ..
        } in &freshness.roles
        {
            let label = RoleLabel { role: role.clone() };
            let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
            let expires = number(expires.unix_seconds());
            self.expiries.get_or_create(&label).set(expires);
            self.versions.get_or_create(&label).set(number(*version));
        }
    }

    /// One more connection, until what is given back is dropped.
    pub(crate) fn opened(self: &Arc<Self>) -> OpenConnection {
        self.accepted.inc();
        self.open.inc();
        OpenConnection(Arc::clone(self))
    }
}

/// A connection that is counted as open.
#[derive(Debug)]
pub(crate) struct OpenConnection(Arc<Metrics>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.open.dec();
    }
}
