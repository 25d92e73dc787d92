//! `/_dev/faults`: what goes wrong, for whom, and how often.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;
use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result, Value};

use super::members::{Members, wrong_type};
use super::{Dev, read};
use crate::answer::{Answer, success};

/// Most faults at a time.
const MAX_FAULTS: usize = 100;
/// Longest delay: ten minutes.
const MAX_LATENCY: u64 = 600_000;

/// The routes that a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    Token,
    Keys,
}

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BadBody {
    /// There is none.
    Empty,
    /// The connection ends in the middle of it.
    Truncated,
    /// It is a page of HTML, as proxies have them.
    NotJson,
    /// The envelope says `success: false`, and the status 200.
    #[serde(rename = "success_false_200")]
    SuccessFalse,
    /// The envelope has `messages: null`.
    MessagesNull,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<BadBody>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) close: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Target>,
    /// How many requests it is still for; without a number, all until it is cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
}

impl Fault {
    const MEMBERS: &[&str] = &[
        "status",
        "retry_after",
        "latency_ms",
        "body",
        "close",
        "path",
        "times",
    ];

    fn read(value: &Value, at: &str) -> Result<Self> {
        let members = Members::of(value, at, Self::MEMBERS)?;
        let fault = Self {
            status: members.integer("status", 400..=599)?,
            retry_after: members.integer("retry_after", 0..=86_400)?,
            latency_ms: members.integer("latency_ms", 0..=MAX_LATENCY)?,
            body: members.choice("body", BODIES)?,
            close: members.boolean("close")?,
            path: members.choice("path", TARGETS)?,
            times: members.integer("times", 1..=1_000_000)?,
        };
        fault.check(&members, at)?;
        Ok(fault)
    }

    /// Refuses what does not go together.
    fn check(&self, members: &Members<'_>, at: &str) -> Result<()> {
        if self.retry_after.is_some() && self.status.is_none() {
            return Err(members.refuse("retry_after", "retry_after goes with a status"));
        }
        if self.body == Some(BadBody::SuccessFalse) && self.status.is_some() {
            return Err(members.refuse("status", "success_false_200 has the status in its name"));
        }
        if self.close && (self.status.is_some() || self.body.is_some()) {
            let message = "a connection that is closed has no status and no body";
            return Err(members.refuse("close", message));
        }
        let nothing = self.status.is_none() && self.body.is_none() && self.latency_ms.is_none();
        if nothing && !self.close {
            let message = "a fault needs a status, a body, latency_ms or close";
            return Err(Error::new(ErrorCode::OptionValue, message).at(at));
        }
        Ok(())
    }

    fn is_for(&self, target: Option<Target>) -> bool {
        self.path.is_none() || self.path == target
    }
}

/// The faults that are left, in order.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// The fault that a request meets: the first one that is for it. One that was for its last request is
    /// gone.
    pub(super) fn meet(&self, target: Option<Target>) -> Option<Fault> {
        let mut faults = self.lock();
        let index = faults.iter().position(|fault| fault.is_for(target))?;
        let fault = &mut faults[index];
        match &mut fault.times {
            None => Some(fault.clone()),
            Some(times) if *times > 1 => {
                *times -= 1;
                Some(fault.clone())
            }
            Some(_) => Some(faults.remove(index)),
        }
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn show(State(dev): State<Arc<Dev>>) -> Answer {
    let left = dev.faults.lock().clone();
    Ok(success(left, Vec::new()))
}

pub(super) async fn set(State(dev): State<Arc<Dev>>, headers: HeaderMap, body: Body) -> Answer {
    let faults = read_all(&read(&headers, body).await?)?;
    *dev.faults.lock() = faults;
    show(State(dev)).await
}

pub(super) async fn clear(State(dev): State<Arc<Dev>>) -> Answer {
    dev.faults.clear();
    show(State(dev)).await
}

fn read_all(body: &Value) -> Result<Vec<Fault>> {
    let items = body
        .as_array()
        .ok_or_else(|| wrong_type("a list of faults", ""))?;
    if items.len() > MAX_FAULTS {
        let message = format!("there may be at most {MAX_FAULTS} faults");
        return Err(Error::new(ErrorCode::OptionValue, message));
    }
    items
        .iter()
        .enumerate()
        .map(|(index, item)| Fault::read(item, &format!("/{index}")))
        .collect()
}

const BODIES: &[(&str, BadBody)] = &[
    ("empty", BadBody::Empty),
    ("truncated", BadBody::Truncated),
    ("not_json", BadBody::NotJson),
    ("success_false_200", BadBody::SuccessFalse),
    ("messages_null", BadBody::MessagesNull),
];
const TARGETS: &[(&str, Target)] = &[("token", Target::Token), ("keys", Target::Keys)];
