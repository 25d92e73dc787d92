//! What every function answers, and work that ends in a promise.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Task, ValueType, sys};
use serde::Serialize;
use serde_json::json;
use streamtoken::{Error, ErrorCode, Result};

use crate::value;

/// A value or a refusal: `[refusal, value]` in JavaScript, where the refusal is JSON text and one of the
/// two is absent.
pub(crate) struct Outcome<T>(Result<T>);

impl<T> Outcome<T> {
    /// Runs `body`; a panic is the refusal `internal`, and the process lives on.
    pub(crate) fn of(body: impl FnOnce() -> Result<T>) -> Self {
        Self(guarded(body))
    }

    /// The same of what reads the options of a client. What it refuses names them as the caller writes them.
    pub(crate) fn of_client(body: impl FnOnce() -> Result<T>) -> Self {
        Self(guarded(body).map_err(value::spelt))
    }
}

fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
}

/// JSON text with the members in the order in which the core writes them.
pub(crate) fn in_order(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| ErrorCode::Internal.into())
}

/// The refusal as every surface prints it, with the group that names its class.
pub(crate) fn refusal(error: &Error) -> serde_json::Value {
    let mut members = json!(error);
    members["group"] = error.code().group().into();
    members
}

impl<T: ToNapiValue> ToNapiValue for Outcome<T> {
    #[expect(unsafe_code, reason = "the trait's method is unsafe to call")]
    unsafe fn to_napi_value(env: sys::napi_env, outcome: Self) -> napi::Result<sys::napi_value> {
        let pair = match outcome.0 {
            Ok(value) => (None, Some(value)),
            Err(error) => (Some(refusal(&error).to_string()), None),
        };
        // SAFETY: the environment is the caller's, unchanged.
        unsafe { <(Option<String>, Option<T>)>::to_napi_value(env, pair) }
    }
}

impl<T> TypeName for Outcome<T> {
    fn type_name() -> &'static str {
        "Outcome"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

/// Work on libuv's pool, done once.
pub(crate) struct Work<T>(Option<Box<dyn FnOnce() -> Result<T> + Send>>);

/// A promise of the outcome of `body`. Everything that it needs was read before.
pub(crate) fn promise<T>(body: impl FnOnce() -> Result<T> + Send + 'static) -> AsyncTask<Work<T>>
where
    T: ToNapiValue + Send + 'static,
{
    AsyncTask::new(Work(Some(Box::new(body))))
}

impl<T: ToNapiValue + Send + 'static> Task for Work<T> {
    type Output = Result<T>;
    type JsValue = Outcome<T>;

    /// A panic that left this function would end the process.
    fn compute(&mut self) -> napi::Result<Self::Output> {
        let body = self.0.take();
        Ok(guarded(|| {
            body.ok_or_else(|| Error::from(ErrorCode::Internal))
                .and_then(|body| body())
        }))
    }

    fn resolve(&mut self, _: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(Outcome(output))
    }
}
