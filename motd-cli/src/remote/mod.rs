//! A server with the publishing interface, from the side of the people who sign.
//!
//! Nothing that it says is believed: the repository is verified from a root that the person trusts, and what is signed is
//! compared with that here. What it says in words is printed only as short plain ASCII, and marked as its own.

mod answer;

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
use serde_json::Value;
use url::Url;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, by its URL.
pub(crate) struct Remote {
    base: Url,
    client: Client,
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
        })
    }

    /// What is published there, verified from a trusted root.
    pub(crate) async fn repository(&self, trusted_root: &[u8], now: Time) -> Result<Repository> {
        Repository::from_distance(trusted_root, now, async |path: &str, limit| {
            let answer = self.client.get(self.base.join(path)?).send().await;
            let answer = answer.map_err(|error| self.unreachable(&error))?;
            match answer.status() {
                StatusCode::OK => Ok(Some(answer::bytes(answer, limit).await?)),
                StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
                status => anyhow::bail!(
                    "{}{path}: the server answers {}",
                    self.base,
                    status.as_u16()
                ),
            }
        })
        .await
        .with_context(|| format!("what {} serves", self.base))
    }

    /// The versions that are published, as the server says.
    pub(crate) async fn about(&self) -> Result<About> {
        let request = self.client.get(self.url("")?);
        self.json(request).await
    }

    /// Opens a proposal.
    pub(crate) async fn open(&self, request: &SigningRequest) -> Result<ProposalBody> {
        let files = RequestFiles::of(request).context("a file of the request is no text")?;
        let proposal: ProposalBody = self.post("/proposals", &NewProposal { files }).await?;
        self.check_name(&proposal.id.parse()?, request)?;
        Ok(proposal)
    }

    /// Adds a signature.
    pub(crate) async fn sign(
        &self,
        id: &ProposalId,
        signature: &NewSignature,
    ) -> Result<ProposalBody> {
        let path = format!("/proposals/{id}/signatures");
        self.post(&path, signature).await
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
        self.answered(request).await?;
        Ok(())
    }

    /// The log after an entry.
    pub(crate) async fn log(&self, after: u64, key: &dyn Signer, now: Time) -> Result<LogPage> {
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

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let body: Value = serde_json::to_value(body)?;
        let request = self.client.post(self.url(path)?);
        let request = request.header("content-type", "application/json");
        self.json(request.body(body.to_string())).await
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let body = self.answered(request).await?;
        let form = || format!("{} does not answer as a server of notices does", self.base);
        serde_json::from_slice(&body).ok().with_context(form)
    }

    /// The body of an answer that is no refusal.
    async fn answered(&self, request: RequestBuilder) -> Result<Vec<u8>> {
        let answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let body = answer::bytes(answer, answer::BODY_BYTES).await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(answer::refusal(status, &body))
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
