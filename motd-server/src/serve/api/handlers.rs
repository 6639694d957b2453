//! What is done for each request.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use super::access::{Caller, claim, not_found, person};
use super::body;
use super::problem::Problem;
use super::state::{Api, BASE};
use super::wire::{
    About, LogPage, NewProposal, NewSignature, ProposalBody, ProposalList, PublishedRole,
};
use crate::publish::Published as _;
use crate::serve::ServeError;
use crate::serve::addresses::{Place, network};
use crate::serve::proposals::{Opening, ProposalId, Standing, StoredProposal};

/// What is published here. Everybody may ask.
#[utoipa::path(
    get, path = "/api/v1", operation_id = "about",
    responses(
        (status = 200, body = About),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
    )
)]
pub(super) async fn about(State(api): State<Api>) -> Result<Json<About>, Problem> {
    let repository = api.repository();
    let roles = [
        repository.root(),
        repository.targets(),
        repository.notices(),
        repository.snapshot(),
        repository.timestamp(),
    ];
    let mut published = BTreeMap::new();
    for role in roles {
        let (version, expires) = (role.version(), role.expires());
        let role = role.name().to_owned();
        published.insert(role, PublishedRole { version, expires });
    }
    Ok(Json(About {
        repository: api.id.to_string(),
        time: api.now(),
        roles: published,
    }))
}

/// The proposals of the last days, for somebody who may sign.
#[utoipa::path(
    get, path = "/api/v1/proposals", operation_id = "list",
    security(("message-signature" = [])),
    responses(
        (status = 200, body = ProposalList),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "the proposals cannot be reached"),
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    request: Request,
) -> Result<Json<ProposalList>, Problem> {
    let repository = api.repository();
    person(&request.into_parts().0, &api, &repository)?;
    // The semaphore is never closed.
    let _turn = api.readings.acquire().await.ok();
    let now = api.now();
    let stored = api.proposals.list(now).await?;
    let proposals = stored
        .iter()
        .map(|stored| ProposalBody::of(stored, &repository, now));
    Ok(Json(ProposalList {
        proposals: proposals.collect(),
    }))
}

/// Opens a proposal. The signature on a role in it, by somebody who may sign that role now, is who it comes from.
///
/// It need not be signed as a request. One that is has room that others cannot take up.
///
/// A request that is open already comes back with the status 200 as the proposal that it is.
#[utoipa::path(
    post, path = "/api/v1/proposals", operation_id = "open",
    request_body = NewProposal,
    responses(
        (status = 200, body = ProposalBody, description = "it was open already"),
        (status = 201, body = ProposalBody, description = "it is open now"),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, or the proposals cannot be reached"),
    )
)]
pub(super) async fn open(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (NewProposal { files }, room) = upload(&api, &caller, request).await?;
    let (request, of) = (files.request()?, api.clone());
    let opening = to_the_end(async move {
        let _room = room;
        let (repository, now) = (of.repository(), of.now());
        let proposals = &of.proposals;
        proposals
            .open(&request, caller.person, &repository, now)
            .await
    })
    .await?;
    let (status, stored) = match opening {
        Opening::New(stored) => (StatusCode::CREATED, stored),
        Opening::Again(stored) => (StatusCode::OK, stored),
    };
    let proposal = respond(&api, &stored);
    let mut response = (status, Json(proposal)).into_response();
    if let Ok(place) = HeaderValue::try_from(format!("{BASE}/proposals/{}", stored.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

/// One proposal with its files, for somebody who may sign it.
#[utoipa::path(
    get, path = "/api/v1/proposals/{id}", operation_id = "show",
    params(("id" = String, Path, description = "its name")),
    security(("message-signature" = [])),
    responses(
        (status = 200, body = ProposalBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, or the proposals cannot be reached"),
    )
)]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ProposalBody>, Problem> {
    let repository = api.repository();
    let stored = readable(&api, &request.into_parts().0, &id).await?;
    let proposal = ProposalBody::of(&stored, &repository, api.now());
    Ok(Json(proposal.with_files(&stored)))
}

/// Takes a proposal back, for somebody who had signed it when it was opened.
#[utoipa::path(
    delete, path = "/api/v1/proposals/{id}", operation_id = "discard",
    params(("id" = String, Path, description = "its name")),
    security(("message-signature" = [])),
    responses(
        (status = 204, description = "it is taken back"),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "the proposals cannot be reached"),
    )
)]
pub(super) async fn discard(
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let repository = api.repository();
    let key_id = person(&request.into_parts().0, &api, &repository)?;
    let id: ProposalId = id.parse()?;
    to_the_end(async move {
        let proposals = &api.proposals;
        proposals
            .discard(&id, &key_id, &repository, api.now())
            .await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds a signature. It is its own authentication; one that is there already changes nothing.
///
/// With the last one that is needed the proposal is `signed`, and a server that has the online keys publishes it at once.
#[utoipa::path(
    post, path = "/api/v1/proposals/{id}/signatures", operation_id = "sign",
    params(("id" = String, Path, description = "its name")),
    request_body = NewSignature,
    responses(
        (status = 200, body = ProposalBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, or the proposals cannot be reached"),
    )
)]
pub(super) async fn sign(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ProposalBody>, Problem> {
    let (NewSignature { role, keyid, sig }, room) = upload(&api, &caller, request).await?;
    let id: ProposalId = id.parse()?;
    let of = api.clone();
    let stored = to_the_end(async move {
        let _room = room;
        let (repository, now) = (of.repository(), of.now());
        let signature = (keyid.as_str(), sig.as_str());
        let proposals = &of.proposals;
        proposals
            .sign(&id, &role, signature, &repository, now)
            .await
    })
    .await?;
    Ok(Json(respond(&api, &stored)))
}

/// Where to begin in the log, and how much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    /// The number of the entry after which to begin; 0 for the first.
    #[serde(default)]
    after: u64,
    /// How many entries at most.
    #[serde(default = "most_entries")]
    #[param(minimum = 1, maximum = 100)]
    limit: u16,
}

const fn most_entries() -> u16 {
    MOST_ENTRIES
}

const MOST_ENTRIES: u16 = 100;

/// A part of the log of what was accepted, for somebody who may sign.
#[utoipa::path(
    get, path = "/api/v1/log", operation_id = "log",
    params(LogQuery),
    security(("message-signature" = [])),
    responses(
        (status = 200, body = LogPage),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "refused"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "the log cannot be reached, or does not hold"),
    )
)]
pub(super) async fn log(
    State(api): State<Api>,
    request: Request,
) -> Result<Json<LogPage>, Problem> {
    let parts = request.into_parts().0;
    person(&parts, &api, &api.repository())?;
    let query = Query::try_from_uri(&parts.uri).ok();
    let query = query.filter(|Query(LogQuery { limit, .. })| (1..=MOST_ENTRIES).contains(limit));
    let Some(Query(LogQuery { after, limit })) = query else {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "request-malformed",
            "the query is not what is asked for",
        ));
    };
    let log = api.proposals.log();
    let Some(head) = log.at(after).await? else {
        return Err(not_found().await);
    };
    let (entries, head) = log.since(&head, limit.into()).await?;
    Ok(Json(LogPage {
        entries,
        entry: head.entry,
        hash: head.hash,
    }))
}

/// Does what is logged before it takes effect: a caller who hangs up does not end it half-way.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ServeError>> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::spawn(work).await;
    let broken = |_| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, "internal", "a defect of the server")
    };
    Ok(done.map_err(broken)??)
}

/// What an upload holds until its work is done, also when its caller hangs up.
struct Room {
    _place: Place<String>,
    _of_strangers: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

/// Reads an upload, as many at a time as there is room for. A person whose request is signed has room that callers without
/// a key cannot take.
async fn upload<T: serde::de::DeserializeOwned>(
    api: &Api,
    Caller { address, person }: &Caller,
    request: Request,
) -> Result<(T, Room), Problem> {
    let owner = person.clone();
    let owner = owner.unwrap_or_else(|| network(*address).to_string());
    let place = api.uploads_of_each.admit(owner).ok_or_else(busy)?;
    let uploads = || Arc::clone(&api.uploads).try_acquire_owned();
    let upload = match person {
        Some(_) => None,
        None => Some(uploads().map_err(|_| busy())?),
    };
    let (parts, body): (Parts, Body) = request.into_parts();
    let body = body::read(&parts.headers, body, api.settings.patience).await?;
    let of_strangers = match upload {
        Some(upload) => Some((upload, turn(api).await?)),
        None => None,
    };
    let room = Room {
        _place: place,
        _of_strangers: of_strangers,
    };
    Ok((body, room))
}

/// Waits until a request without a valid signature may work on the proposals. People wait behind few of them, however many
/// there are.
async fn turn(api: &Api) -> Result<OwnedSemaphorePermit, Problem> {
    let turn = Arc::clone(&api.strangers).acquire_owned();
    let turn = tokio::time::timeout(api.settings.patience, turn).await;
    // The semaphore is never closed.
    turn.map_err(|_| busy())?.map_err(|_| busy())
}

fn busy() -> Problem {
    let busy = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "too many requests at the same time",
    );
    busy.retry_after(1)
}

/// A proposal, for who may sign here or is appointed by it. Who may not is not told whether there is one.
async fn readable(api: &Api, parts: &Parts, id: &str) -> Result<StoredProposal, Problem> {
    let repository = api.repository();
    let claim = claim(parts, api)?;
    let by_person = claim.verify(&repository.people()?);
    let _turn = match by_person {
        Ok(()) => None,
        Err(_) => Some(turn(api).await?),
    };
    let found = match id.parse() {
        Ok(id) => api.proposals.find(&id, api.now()).await,
        Err(error) => Err(error),
    };
    let Err(fault) = by_person else {
        return Ok(found?);
    };
    // One refusal, whether there is none or it is not theirs: another one would say which.
    let stored = found.map_err(|_| fault)?;
    let appointed = repository.people_of(&stored.request).map_err(|_| fault)?;
    claim.verify(&appointed).map_err(|_| fault)?;
    Ok(stored)
}

/// The proposal as it stands; the publisher is told when it has all its signatures.
fn respond(api: &Api, stored: &StoredProposal) -> ProposalBody {
    let (repository, now) = (api.repository(), api.now());
    if stored.standing(&repository, now) == Standing::Signed {
        api.signed.notify_one();
    }
    ProposalBody::of(stored, &repository, now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_caller_who_hangs_up_ends_nothing_half_way() {
        let (resume, paused) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel();
        let call = to_the_end(async move {
            let _ = paused.await;
            let _ = done.send(());
            Ok(())
        });
        assert!(timeout(Duration::ZERO, call).await.is_err());
        resume.send(()).unwrap();
        is_done.await.unwrap();
    }
}
