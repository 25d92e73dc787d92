//! Whether the process lives, and whether it can serve.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;

use crate::answer::{Answer, json};
use crate::service::Service;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// The process answers.
pub(super) async fn alive() -> Answer {
    Ok(json(StatusCode::OK, &Health { status: "ok" }))
}

/// The store answers, and its keys can be opened.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Answer {
    service.ready().await?;
    Ok(json(StatusCode::OK, &Health { status: "ready" }))
}
