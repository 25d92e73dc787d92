//! `/_dev/clock`: the time that tokens are minted at.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;
use serde::Serialize;
use streamtoken::{Result, SignOptions, Value};

use super::members::Members;
use super::{Dev, read};
use crate::Clock;
use crate::answer::{Answer, success};

/// Furthest that a clock runs ahead or behind: thousands of years.
const MAX_OFFSET: i64 = 99_999_999_999;

#[derive(Serialize)]
struct Shown {
    now: u64,
    stopped: bool,
    offset: i64,
}

pub(super) async fn show(State(dev): State<Arc<Dev>>) -> Answer {
    let clock = dev.service.clock();
    let shown = Shown {
        now: clock.now(),
        stopped: clock.is_stopped(),
        offset: clock.offset(),
    };
    Ok(success(shown, Vec::new()))
}

pub(super) async fn set(State(dev): State<Arc<Dev>>, headers: HeaderMap, body: Body) -> Answer {
    set_by(dev.service.clock(), &read(&headers, body).await?)?;
    show(State(dev)).await
}

pub(super) async fn clear(State(dev): State<Arc<Dev>>) -> Answer {
    dev.service.clock().run_ahead(0);
    show(State(dev)).await
}

fn set_by(clock: &Clock, body: &Value) -> Result<()> {
    let members = Members::of(body, "", &["now", "offset"])?;
    let offset = members.integer("offset", -MAX_OFFSET..=MAX_OFFSET)?;
    let Some(now) = members.get("now") else {
        let before = clock.offset();
        clock.run_ahead(offset.unwrap_or(0));
        // The time that results is a time of ours like any other.
        let now = SignOptions::new().now(clock.now());
        if now.resolved_exp(clock.now()).is_err() {
            clock.run_ahead(before);
            return Err(members.refuse("offset", "no token can be minted at that time"));
        }
        return Ok(());
    };
    // A time of ours like any other: the same checks, the same codes.
    SignOptions::from_value(&Value::Object(vec![("now".to_owned(), now.clone())]))?;
    if offset.is_some() {
        return Err(members.refuse("offset", "give now or offset, not both"));
    }
    if let Some(now) = members.integer("now", 0..=u64::MAX)? {
        clock.stop_at(now);
    }
    Ok(())
}
