//! One call: the request, and what follows from the outcome of each attempt.

use std::fmt;
use std::time::Duration;

use http::{Method, Request, Response};
use zeroize::{Zeroize as _, Zeroizing};

use super::answer::{self, Answer};
use super::attempt::Attempt;
use super::options::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, Limits};
use super::retry::{Failed, RetryPlan};
use crate::error::ApiFailure;
use crate::{Error, ErrorCode, Result, Value};

/// Longest body of an answer that is read, in bytes. A transport stops reading one byte beyond it.
pub const MAX_BODY: usize = 1024 * 1024;

/// Reads the result of an envelope, at a time in epoch seconds.
type Read<T> = Box<dyn Fn(Value, u64) -> Result<T> + Send + Sync>;

/// A request to Cloudflare's API, and the plan of what to do with each outcome.
///
/// Send [`Call::request`], within [`Call::time_limit`] and without following redirects; hand the outcome to
/// [`Call::after`]; do what the [`Step`] says. `Debug` shows neither headers nor body.
pub struct Call<T> {
    course: Box<Course>,
    read: Read<T>,
}

/// What has happened so far, whatever the result is to be.
struct Course {
    request: Sent,
    plan: RetryPlan,
    limits: Limits,
    /// Whether sending the request twice is harmless.
    repeatable: bool,
    /// Whether an attempt that failed may have arrived.
    may_have_arrived: bool,
    /// The same, of those before the last one.
    earlier_may_have_arrived: bool,
    secrets: Vec<Zeroizing<String>>,
    last: Option<Attempt>,
}

/// A request whose body is wiped: it may hold a private key.
struct Sent(Request<Vec<u8>>);

impl Drop for Sent {
    fn drop(&mut self) {
        self.0.body_mut().zeroize();
    }
}

/// What came of an attempt.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer, whole, whatever its status.
    Answered(Response<Vec<u8>>),
    /// No whole answer: why, whether the request may have arrived, and the transport's own words.
    Broken(Broke, Arrived, String),
}

/// Why no whole answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broke {
    /// The connection was refused, reset or closed, or the name has no address.
    Connection,
    /// A time limit.
    Timeout,
    /// The server's certificate, or TLS in another way.
    Tls,
    /// What came is not HTTP.
    Protocol,
    /// The body has more than [`MAX_BODY`] bytes.
    TooLarge,
    /// The caller ended the call.
    Aborted,
    /// The client was closed.
    Closed,
    /// The deadline was over before the attempt began.
    Deadline,
}

/// Whether a request may have reached the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrived {
    /// Surely not: no connection came about.
    No,
    /// It was sent, at least in part.
    Maybe,
}

/// When an outcome was there. The plan has no clock and no chance of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the caller makes it")]
pub struct Moment {
    /// Time since the call began, by a monotonic clock.
    pub elapsed: Duration,
    /// The wall clock, in epoch seconds.
    pub now: u64,
    /// A random number from 0 to 1, for the pause.
    pub random: f64,
}

/// What to do next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<T> {
    /// The call is done.
    Done(T),
    /// Send the request again after this pause.
    Wait(Duration),
    /// The call failed.
    Failed(Error),
}

impl<T> Call<T> {
    pub(super) fn new(
        request: Request<Vec<u8>>,
        limits: Limits,
        repeatable: bool,
        secrets: Vec<Zeroizing<String>>,
        read: impl Fn(Value, u64) -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        let course = Course {
            request: Sent(request),
            plan: RetryPlan::new(&limits, repeatable),
            limits,
            repeatable,
            may_have_arrived: false,
            earlier_may_have_arrived: false,
            secrets,
            last: None,
        };
        Self {
            course: Box::new(course),
            read: Box::new(read),
        }
    }

    /// The request to send. Its header values with credentials are marked as sensitive.
    pub fn request(&self) -> &Request<Vec<u8>> {
        &self.course.request.0
    }

    /// How long the next attempt may take, when it begins `elapsed` after the call did. Zero once the deadline is
    /// over: then send nothing, and hand over [`Broke::Deadline`] with [`Arrived::No`].
    pub fn time_limit(&self, elapsed: Duration) -> Duration {
        let limit = self.course.limits.timeout.unwrap_or(DEFAULT_TIMEOUT);
        limit.min(self.course.plan.left(elapsed).unwrap_or(limit))
    }

    /// How long the next attempt may take to connect.
    pub fn connect_limit(&self) -> Duration {
        let limit = self.course.limits.connect_timeout;
        limit.unwrap_or(DEFAULT_CONNECT_TIMEOUT)
    }

    /// What is worth a line in a log about the attempt that was handed over last.
    pub fn last_attempt(&self) -> Option<&Attempt> {
        self.course.last.as_ref()
    }

    /// The same call with another form of its result.
    pub fn map<U>(self, change: impl Fn(T) -> U + Send + Sync + 'static) -> Call<U>
    where
        T: 'static,
    {
        let Self { course, read } = self;
        Call {
            course,
            read: Box::new(move |value, now| read(value, now).map(&change)),
        }
    }

    /// What follows from the outcome of an attempt.
    pub fn after(&mut self, outcome: Outcome, moment: Moment) -> Step<T> {
        let course = &mut self.course;
        // A call that ended before or between its attempts made none.
        let is_none = matches!(
            outcome,
            Outcome::Broken(
                Broke::Aborted | Broke::Closed | Broke::Deadline,
                Arrived::No,
                _
            )
        );
        if !is_none {
            course.plan.count();
        }
        let failure = match outcome {
            Outcome::Answered(mut response) => {
                let result = course.result(&response, moment.now, &self.read);
                // It may have held a private key.
                response.body_mut().zeroize();
                match result {
                    Ok(done) => {
                        course.note(Some(response.status().as_u16()), None, None, None);
                        return Step::Done(done);
                    }
                    Err(failure) => failure,
                }
            }
            Outcome::Broken(why, arrived, detail) => course.broken(why, arrived, &detail),
        };
        match course.pause(&failure, moment) {
            Some(pause) => Step::Wait(pause),
            None => Step::Failed(course.verdict(*failure)),
        }
    }
}

impl Course {
    fn result<T>(
        &self,
        response: &Response<Vec<u8>>,
        now: u64,
        read: &Read<T>,
    ) -> Result<T, Box<Failure>> {
        if response.body().len() > MAX_BODY {
            return Err(self.broken(Broke::TooLarge, Arrived::Maybe, ""));
        }
        let mut answer = Answer::read(response, &self.secrets(), now);
        let error = if answer.status.is_success() {
            match answer.result().map(|result| read(result, now)) {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => self.fit(&error),
                Err(error) => error,
            }
        } else {
            answer.refusal(answer::code(answer.status))
        };
        Err(Box::new(Failure {
            plan: Failed {
                may_pass: answer::may_pass(answer.status),
                may_have_arrived: true,
                retry_after: answer.failure.retry_after,
            },
            error,
            facts: answer.failure,
        }))
    }

    /// An error about a result, which may repeat what is in it.
    fn fit(&self, error: &Error) -> Error {
        let message = super::redact::shown(error.message(), self.secrets().into_iter());
        let fit = Error::new(error.code(), message);
        match error.field() {
            Some(field) => fit.at(field),
            None => fit,
        }
    }

    /// The pause before the next attempt, or none when the failure stands.
    fn pause(&mut self, failure: &Failure, moment: Moment) -> Option<Duration> {
        let Moment {
            elapsed, random, ..
        } = moment;
        self.earlier_may_have_arrived = self.may_have_arrived;
        self.may_have_arrived |= failure.plan.may_have_arrived;
        let pause = self.plan.pause(failure.plan, elapsed, random);
        let code = failure.error.code();
        let facts = &failure.facts;
        self.note(facts.status, facts.ray.clone(), Some(code), pause);
        pause
    }

    fn broken(&self, why: Broke, arrived: Arrived, detail: &str) -> Box<Failure> {
        let code = match why {
            Broke::Connection => ErrorCode::ApiConnection,
            Broke::Timeout | Broke::Deadline => ErrorCode::ApiTimeout,
            Broke::Tls => ErrorCode::ApiTls,
            Broke::Protocol => ErrorCode::ApiResponseInvalid,
            Broke::TooLarge => ErrorCode::ApiResponseTooLarge,
            Broke::Aborted => ErrorCode::ApiAborted,
            Broke::Closed => ErrorCode::ClientClosed,
        };
        let detail = super::redact::shown(detail, self.secrets().into_iter());
        let message = match detail.as_str() {
            "" => code.text().to_owned(),
            detail => format!("{}: {detail}", code.text()),
        };
        Box::new(Failure {
            plan: Failed {
                may_pass: matches!(why, Broke::Connection | Broke::Timeout),
                may_have_arrived: arrived == Arrived::Maybe,
                retry_after: None,
            },
            error: Error::new(code, message),
            facts: ApiFailure::default(),
        })
    }

    /// The error with what is known of all attempts.
    fn verdict(&self, failure: Failure) -> Error {
        let mut message = failure.error.message().to_owned();
        let attempts = self.plan.attempts();
        if attempts > 1 {
            message = format!("{message} (after {attempts} attempts)");
        }
        let is_clear = failure
            .facts
            .status
            .is_some_and(|status| (300..500).contains(&status));
        if !self.repeatable && self.may_have_arrived && !is_clear {
            message.push_str("; it may have been done all the same: look before you ask again");
        }
        let is_gone =
            failure.facts.status == Some(404) && self.request.0.method() == Method::DELETE;
        if is_gone && self.earlier_may_have_arrived {
            message.push_str("; an attempt before it may have done it");
        }
        let mut error = Error::new(failure.error.code(), message);
        if let Some(field) = failure.error.field() {
            error = error.at(field);
        }
        error.with_api(ApiFailure {
            attempts,
            ..failure.facts
        })
    }

    fn note(
        &mut self,
        status: Option<u16>,
        cf_ray: Option<String>,
        error: Option<ErrorCode>,
        pause: Option<Duration>,
    ) {
        self.last = Some(Attempt {
            method: self.request.0.method().to_string(),
            path: self.request.0.uri().path().to_owned(),
            attempt: self.plan.attempts(),
            status,
            cf_ray,
            error: error.map(ErrorCode::slug),
            pause: pause.map(|pause| pause.as_secs_f64()),
        });
    }

    fn secrets(&self) -> Vec<&str> {
        self.secrets.iter().map(|secret| secret.as_str()).collect()
    }
}

/// A failed attempt: the error if it stands, and what decides whether it does.
struct Failure {
    plan: Failed,
    error: Error,
    facts: ApiFailure,
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", self.request().method())
            .field("uri", self.request().uri())
            .field("attempts", &self.course.plan.attempts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Response;

    use super::{Arrived, Broke, Moment, Outcome, Step};
    use crate::ErrorCode;
    use crate::client::{CallOptions, ClientOptions, Requests, TokenParams};

    const START: Moment = Moment {
        elapsed: Duration::ZERO,
        now: 0,
        random: 0.0,
    };

    fn requests() -> Requests {
        Requests::new(ClientOptions::new().api_token("t").account_id("a")).unwrap()
    }

    fn answer(status: u16) -> Outcome {
        let mut answer = Response::new(br#"{"success":false}"#.to_vec());
        *answer.status_mut() = status.try_into().unwrap();
        Outcome::Answered(answer)
    }

    #[test]
    fn a_key_that_is_gone_may_have_been_deleted_by_an_attempt_before() {
        let lost = Outcome::Broken(Broke::Connection, Arrived::Maybe, String::new());
        let refused = Outcome::Broken(Broke::Connection, Arrived::No, String::new());
        for (first, is_told) in [(Some(lost), true), (Some(refused), false), (None, false)] {
            let mut call = requests().delete_key("k", &CallOptions::new()).unwrap();
            if let Some(first) = first {
                assert!(matches!(call.after(first, START), Step::Wait(_)));
            }
            let Step::Failed(error) = call.after(answer(404), START) else {
                panic!("it is not there");
            };
            let told = error
                .message()
                .ends_with("an attempt before it may have done it");
            assert_eq!(told, is_told, "{error}");
        }
    }

    #[test]
    fn a_result_that_repeats_a_credential_is_not_quoted() {
        let secret = "a-credential-that-looks-like-an-id";
        let options = ClientOptions::new().api_token(secret).account_id("a");
        let requests = Requests::new(options).unwrap();
        for id in [secret, "an-id\\u001b[31m", &format!("Bearer {secret}")] {
            let body = format!(r#"{{"success":true,"result":{{"id":"{id}"}}}}"#);
            let answered = Outcome::Answered(Response::new(body.into_bytes()));
            let mut call = requests.create_key(&CallOptions::new()).unwrap();
            let Step::Failed(error) = call.after(answered, START) else {
                panic!("it has no key");
            };
            assert_eq!(error.code(), ErrorCode::ApiResponseInvalid);
            let shown = format!("{error:?} {}", error.message());
            assert!(!shown.contains(secret) && !shown.contains("31m"), "{shown}");
            assert!(shown.contains("look before you ask again"), "{shown}");
        }
    }

    #[test]
    fn an_end_before_an_attempt_is_none() {
        let attempts = |why, arrived| {
            let mut call = requests().create_token("v", &TokenParams::new()).unwrap();
            let outcome = Outcome::Broken(why, arrived, String::new());
            match call.after(outcome, START) {
                Step::Failed(error) => error.api().unwrap().attempts(),
                other => panic!("{other:?}"),
            }
        };
        for why in [Broke::Aborted, Broke::Closed, Broke::Deadline] {
            assert_eq!(attempts(why, Arrived::No), 0);
        }
        assert_eq!(attempts(Broke::Aborted, Arrived::Maybe), 1);
    }
}
