//! The routes, under the paths of Cloudflare's API.

pub(crate) mod body;
mod health;
mod keys;
mod token;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::routing::{delete, get, post};
use http::Method;
use http::request::Parts;
use streamtoken::{Error, ErrorCode, api};

use crate::access::{Action, Presented};
use crate::answer::{Answer, Refusal};
use crate::log::Notes;
use crate::service::Service;
use crate::store::StoredCredential;

/// All routes of the service.
pub fn router(service: Arc<Service>) -> Router {
    let account = Router::new()
        .route("/{identifier}/token", post(token::create))
        .route("/keys", post(keys::create).get(keys::list))
        .route("/keys/{id}", delete(keys::delete))
        .route("/jwks.json", get(keys::jwks))
        .method_not_allowed_fallback(wrong_method);
    let api = Router::new()
        .nest("/accounts/{account_id}/stream", account)
        .route("/user/tokens/verify", get(user::verify));
    Router::new()
        .nest(api::BASE_PATH, api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .with_state(service)
}

async fn unknown() -> Answer {
    Err(ErrorCode::RouteUnknown.into())
}

pub(crate) async fn wrong_method(method: Method, request: Request) -> Answer {
    drop(request);
    Err(Error::new(
        ErrorCode::MethodNotAllowed,
        format!("the route has no method {method}"),
    )
    .into())
}

/// The credential of a request, once it is known to be good. It is read before the body is.
struct Caller(StoredCredential);

impl Caller {
    /// Refuses an action that is not granted.
    fn check(&self, account: &str, action: Action) -> Result<(), Refusal> {
        api::account_id(account)?;
        Ok(self.0.grants.check(account, action)?)
    }
}

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        let presented = Presented::read(&parts.headers)?;
        let credential = service.authenticate(presented).await?;
        if let Some(notes) = parts.extensions.get::<Notes>() {
            notes.credential(&credential.id);
        }
        Ok(Self(credential))
    }
}

/// The parts of a path, percent-decoded. What is not UTF-8 is no id.
struct Path<T>(T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: serde::de::DeserializeOwned + Send,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Error::from(ErrorCode::IdentifierInvalid).into())
    }
}
