//! `/accounts/{account_id}/stream/keys`, and the public halves at `/stream/jwks.json`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use streamtoken::api::{self, CreatedKey, ListedKey};

use super::{Caller, Path, body};
use crate::access::Action;
use crate::answer::{Answer, success};
use crate::service::Service;

pub(super) async fn create(
    caller: Caller,
    Path(account): Path<String>,
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    caller.check(&account, Action::CreateKey)?;
    // The platform asks for an empty body, and its clients send `{}`; whatever comes says nothing.
    body::read(&headers, body).await?;
    let (key, stored) = service.create_key(&account).await?;
    Ok(success(CreatedKey::new(&key, &stored.created), Vec::new()))
}

pub(super) async fn list(
    caller: Caller,
    Path(account): Path<String>,
    State(service): State<Arc<Service>>,
) -> Answer {
    caller.check(&account, Action::ListKeys)?;
    let keys = service.list_keys(&account).await?;
    let keys: Vec<_> = keys
        .iter()
        .map(|key| ListedKey::new(&key.id, &key.created))
        .collect();
    Ok(success(keys, Vec::new()))
}

pub(super) async fn delete(
    caller: Caller,
    Path((account, id)): Path<(String, String)>,
    State(service): State<Arc<Service>>,
) -> Answer {
    caller.check(&account, Action::DeleteKey)?;
    service.delete_key(&account, &id).await?;
    Ok(success(api::REVOKED, Vec::new()))
}

/// Public keys are for everybody: whoever verifies tokens has no credential.
pub(super) async fn jwks(
    Path(account): Path<String>,
    State(service): State<Arc<Service>>,
) -> Answer {
    api::account_id(&account)?;
    let jwks = service.jwks(&account).await?;
    let headers = [
        (CONTENT_TYPE, "application/jwk-set+json"),
        (CACHE_CONTROL, "public, max-age=60"),
    ];
    Ok((headers, jwks).into_response())
}
