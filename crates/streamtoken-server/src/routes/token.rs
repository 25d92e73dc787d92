//! `POST /accounts/{account_id}/stream/{identifier}/token`.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;
use serde::Serialize;
use streamtoken::api::{self, Notice, TokenRequest};

use super::{Caller, Path, body};
use crate::access::Action;
use crate::answer::{Answer, success};
use crate::log::Notes;
use crate::service::Service;

#[derive(Serialize)]
struct Minted<'t> {
    token: &'t str,
}

pub(super) async fn create(
    caller: Caller,
    Path((account, identifier)): Path<(String, String)>,
    State(service): State<Arc<Service>>,
    notes: Option<Extension<Notes>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    caller.check(&account, Action::CreateToken)?;
    api::identifier(&identifier)?;
    let text = body::read(&headers, body).await?;
    let request = Arc::new(TokenRequest::parse(
        &text,
        &service.defaults(),
        service.takes_extensions(),
    )?);
    let policy = &caller.0.grants.policy;
    let token = service
        .create_token(&account, &identifier, policy, &request)
        .await?;
    if let Some(Extension(notes)) = notes {
        notes.token(token.as_str());
    }
    let messages = request.ignored().iter().map(Notice::from).collect();
    Ok(success(
        Minted {
            token: token.as_str(),
        },
        messages,
    ))
}
