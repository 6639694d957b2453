//! A server with the publishing interface, from the side of the people who sign.
//!
//! Nothing that it says is believed: the repository is verified from a root that the person trusts, and what is signed is
//! compared with that here. What it says in words is printed only as short plain ASCII, and marked as its own. What it does
//! not say in time is not waited for.

mod answer;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::key::Signer;
use motd_server::publish::{Repository, SigningRequest};
use motd_server::serve::api::message_signature::{Target, sign};
use motd_server::serve::api::{
    About, BASE, LogPage, NewProposal, NewSignature, ProposalBody, ProposalList, RequestFiles,
};
use motd_server::serve::proposals::ProposalId;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long all answers of one command may take together.
const IN_ALL: Duration = Duration::from_mins(2);

/// The same for reading a log, which may be long: thousands of parts.
const LOG: Duration = Duration::from_mins(10);

/// How long a publication is waited for, and how often the server is asked for it.
const PUBLICATION: Duration = Duration::from_secs(10);
const PERIOD: Duration = Duration::from_millis(250);

/// Refusals of callers who have not shown that they hold a key.
const WITHOUT_KEY: [&str; 3] = ["busy", "rate-limited", "proposal-nothing-new"];

/// A server, by its URL.
pub(crate) struct Remote {
    base: Url,
    client: Client,
    /// How long its answers may still take.
    left: Cell<Duration>,
}

impl Remote {
    /// Nothing is asked for yet. The URL ends with a slash.
    pub(crate) fn new(base: &Url) -> Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("motd/", env!("CARGO_PKG_VERSION")))
            // What is signed names the host that is asked.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self {
            base: base.clone(),
            client,
            left: Cell::new(IN_ALL),
        })
    }

    /// What is published there, verified from a trusted root.
    pub(crate) async fn repository(&self, trusted_root: &[u8], now: Time) -> Result<Repository> {
        Repository::from_distance(trusted_root, now, async |path: &str, limit| {
            let request = self.client.get(self.base.join(path)?);
            match self.exchange(request, limit).await? {
                (StatusCode::OK, bytes) => Ok(Some(bytes)),
                (StatusCode::NOT_FOUND | StatusCode::FORBIDDEN, _) => Ok(None),
                (status, _) => anyhow::bail!(
                    "{}{path}: the server answers {}",
                    self.base,
                    status.as_u16()
                ),
            }
        })
        .await
        .with_context(|| format!("what {} serves", self.base))
    }

    /// Waits for a moment until the server says that the versions of a request are published, and no longer.
    pub(crate) async fn publishes(&self, request: &SigningRequest) -> Result<bool> {
        let published = async {
            let mut period = tokio::time::interval(PERIOD);
            loop {
                period.tick().await;
                let asked = self.client.get(self.url("")?);
                let (status, body) = self.exchange(asked, answer::BODY_BYTES).await?;
                if !status.is_success() {
                    // It has no time to say so, and the signatures are there.
                    return Ok(false);
                }
                let published: About = self.read(&body)?;
                let is_there = |file: &motd_server::publish::RoleFile| {
                    let role = published.roles.get(file.name());
                    role.is_some_and(|role| role.version >= file.version())
                };
                if request.roles().all(is_there) {
                    return Ok(true);
                }
            }
        };
        let ended = tokio::time::timeout(PUBLICATION, published).await;
        ended.unwrap_or(Ok(false))
    }

    /// Opens a proposal.
    pub(crate) async fn open(
        &self,
        request: &SigningRequest,
        key: &dyn Signer,
        now: Time,
    ) -> Result<ProposalBody> {
        let files = RequestFiles::of(request).context("a file of the request is no text")?;
        let body = NewProposal { files };
        let proposal: ProposalBody = self.post("/proposals", &body, key, now).await?;
        self.check_name(&proposal.id.parse()?, request)?;
        Ok(proposal)
    }

    /// Adds a signature.
    pub(crate) async fn sign(
        &self,
        id: &ProposalId,
        signature: &NewSignature,
        key: &dyn Signer,
        now: Time,
    ) -> Result<ProposalBody> {
        let path = format!("/proposals/{id}/signatures");
        self.post(&path, signature, key, now).await
    }

    /// The proposals of the last days.
    pub(crate) async fn list(&self, key: &dyn Signer, now: Time) -> Result<ProposalList> {
        let request = self.signed(Method::GET, "/proposals", key, now)?;
        self.json(request).await
    }

    /// One proposal with its files.
    pub(crate) async fn show(
        &self,
        id: &ProposalId,
        key: &dyn Signer,
        now: Time,
    ) -> Result<(ProposalBody, SigningRequest)> {
        let request = self.signed(Method::GET, &format!("/proposals/{id}"), key, now)?;
        let proposal: ProposalBody = self.json(request).await?;
        let files = proposal
            .files
            .clone()
            .context("the server left out the files")?;
        let request = files.request()?;
        self.check_name(id, &request)?;
        Ok((proposal, request))
    }

    /// The name is a hash of the content, so that what is signed is what was reviewed under it.
    fn check_name(&self, id: &ProposalId, request: &SigningRequest) -> Result<()> {
        anyhow::ensure!(
            id.names(request)?,
            "{} gives another proposal the name {id}: nothing is signed, and its operator has to know",
            self.base
        );
        Ok(())
    }

    /// Takes a proposal back.
    pub(crate) async fn discard(&self, id: &ProposalId, key: &dyn Signer, now: Time) -> Result<()> {
        let request = self.signed(Method::DELETE, &format!("/proposals/{id}"), key, now)?;
        answered(self.exchange(request, answer::BODY_BYTES).await?)?;
        Ok(())
    }

    /// The log after an entry, part by part from its beginning.
    pub(crate) async fn log(&self, after: u64, key: &dyn Signer, now: Time) -> Result<LogPage> {
        if after == 0 {
            self.left.set(LOG);
        }
        let path = format!("/log?after={after}");
        let request = self.signed(Method::GET, &path, key, now)?;
        self.json(request).await
    }

    fn url(&self, path: &str) -> Result<Url> {
        let base = BASE.trim_start_matches('/');
        Ok(self.base.join(&format!("{base}{path}"))?)
    }

    fn signed(
        &self,
        method: Method,
        path: &str,
        key: &dyn Signer,
        now: Time,
    ) -> Result<RequestBuilder> {
        let url = self.url(path)?;
        let host = url.host_str().unwrap_or_default();
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let target = Target {
            method: method.as_str(),
            authority: &authority,
            path: url.path(),
            query: url.query(),
        };
        let [input, signature] = sign(target, key, now)?;
        let request = self.client.request(method, url);
        Ok(request
            .header("signature-input", input)
            .header("signature", signature))
    }

    /// Asks with a signature on the request only where the server asks for one: a person may have to touch a device for it.
    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        key: &dyn Signer,
        now: Time,
    ) -> Result<T> {
        let body = serde_json::to_value(body)?.to_string();
        let post = |request: RequestBuilder| {
            let request = request.header("content-type", "application/json");
            self.exchange(request.body(body.clone()), answer::BODY_BYTES)
        };
        let mut answer = post(self.client.post(self.url(path)?)).await?;
        if WITHOUT_KEY.contains(&answer::code(&answer.1).as_str()) {
            answer = post(self.signed(Method::POST, path, key, now)?).await?;
        }
        self.read(&answered(answer)?)
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let answer = self.exchange(request, answer::BODY_BYTES).await?;
        self.read(&answered(answer)?)
    }

    fn read<T: serde::de::DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        let form = || format!("{} does not answer as a server of notices does", self.base);
        serde_json::from_slice(body).ok().with_context(form)
    }

    /// The status and the body of an answer, of at most so many bytes, within the time that is left.
    async fn exchange(&self, request: RequestBuilder, limit: u64) -> Result<(StatusCode, Vec<u8>)> {
        let begun = Instant::now();
        let answer = async {
            let answer = request.send().await;
            let answer = answer.map_err(|error| self.unreachable(&error))?;
            Ok((answer.status(), answer::bytes(answer, limit).await?))
        };
        let answer = tokio::time::timeout(self.left.get(), answer).await;
        let left = self.left.get().saturating_sub(begun.elapsed());
        self.left.set(left);
        answer.unwrap_or_else(|_| Err(anyhow::anyhow!("{} did not answer in time", self.base)))
    }

    /// What an error of the transport says can quote the other side.
    fn unreachable(&self, error: &reqwest::Error) -> anyhow::Error {
        let what = if error.is_timeout() {
            "did not answer in time"
        } else if error.is_connect() {
            "cannot be reached"
        } else {
            "broke off"
        };
        anyhow::anyhow!("{} {what}", self.base)
    }
}

/// The body of an answer that is no refusal.
fn answered((status, body): (StatusCode, Vec<u8>)) -> Result<Vec<u8>> {
    if status.is_success() {
        return Ok(body);
    }
    Err(answer::refusal(status, &body))
}
