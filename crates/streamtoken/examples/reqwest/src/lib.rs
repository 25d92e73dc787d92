//! Sends the core's requests with reqwest, and does what the core's plan of retries says.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::redirect::Policy;
use streamtoken::client::{
    Arrived, Broke, Call, DEFAULT_CONNECT_TIMEOUT, MAX_BODY, Moment, Outcome, Step,
};
use streamtoken::{Error, ErrorCode};

/// A client of reqwest as the core wants it: it goes nowhere with a credential but where it was sent.
///
/// # Errors
/// When the certificates that the system trusts cannot be read.
pub fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .connect_timeout(DEFAULT_CONNECT_TIMEOUT)
        .build()
}

/// Makes a call: attempt by attempt, with the pauses between them.
///
/// # Errors
/// What the API or the network said, as `streamtoken::Client` has it.
pub async fn send<T>(http: &reqwest::Client, mut call: Call<T>) -> streamtoken::Result<T> {
    let begin = Instant::now();
    loop {
        let outcome = within(call.time_limit(begin.elapsed()), http, call.request()).await;
        match call.after(outcome, moment(begin)) {
            Step::Done(result) => return Ok(result),
            Step::Wait(pause) => tokio::time::sleep(pause).await,
            Step::Failed(error) => return Err(error),
            // A step that this program does not know.
            _ => return Err(Error::from(ErrorCode::Internal)),
        }
    }
}

/// One attempt, unless the deadline is over before it begins.
async fn within(
    limit: Duration,
    http: &reqwest::Client,
    request: &http::Request<Vec<u8>>,
) -> Outcome {
    if limit.is_zero() {
        let detail = "the deadline is over".to_owned();
        return Outcome::Broken(Broke::Deadline, Arrived::No, detail);
    }
    let attempt = tokio::time::timeout(limit, attempt(http, request));
    attempt.await.unwrap_or_else(|_| {
        // The request may have been sent before the time was over.
        Outcome::Broken(Broke::Timeout, Arrived::Maybe, String::new())
    })
}

async fn attempt(http: &reqwest::Client, request: &http::Request<Vec<u8>>) -> Outcome {
    match exchange(http, request.clone()).await {
        Ok(Some(response)) => Outcome::Answered(response),
        Ok(None) => Outcome::Broken(Broke::TooLarge, Arrived::Maybe, String::new()),
        Err(error) if error.is_connect() => broken(Arrived::No, &error),
        Err(error) => broken(Arrived::Maybe, &error),
    }
}

/// The whole answer, or none when its body is too large.
async fn exchange(
    http: &reqwest::Client,
    request: http::Request<Vec<u8>>,
) -> reqwest::Result<Option<http::Response<Vec<u8>>>> {
    let mut answer = http.execute(reqwest::Request::try_from(request)?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Ok(None);
        }
    }
    let mut response = http::Response::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(Some(response))
}

fn broken(arrived: Arrived, error: &reqwest::Error) -> Outcome {
    let why = if error.is_timeout() {
        Broke::Timeout
    } else {
        Broke::Connection
    };
    // The error's own words name the URL, which holds no secret.
    Outcome::Broken(why, arrived, error.to_string())
}

/// The core has neither a clock nor chance of its own.
fn moment(begin: Instant) -> Moment {
    #[expect(clippy::disallowed_methods, reason = "a program of its own")]
    let now = SystemTime::now();
    let bits = RandomState::new().hash_one(0_u8) >> 32;
    #[expect(clippy::cast_precision_loss, reason = "32 bits fit")]
    let random = bits as f64 / f64::from(u32::MAX);
    Moment {
        elapsed: begin.elapsed(),
        now: now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        random,
    }
}
