//! How long a request waits, and what goes on without it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use streamtoken::{Error, ErrorCode, Result};
use tokio::task;
use tokio::time::timeout;

use super::Service;

/// How long a request waits for the store: longer than SQLite waits for those who write.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// How long the end waits for the store.
pub(super) const FAREWELL: Duration = Duration::from_secs(5);

impl Service {
    /// What the store says, if it says so in time: a disk may hang.
    pub(super) async fn answered<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        timeout(self.patience, answer).await.unwrap_or_else(|_| {
            let message = "the store cannot be read or written: it does not answer";
            Err(Error::new(ErrorCode::StoreUnavailable, message))
        })
    }

    /// Runs a change and what it makes out of date as one, though the client go away in between, or be told
    /// that the store does not answer.
    pub(super) async fn to_its_end<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let change = task::spawn(change);
        self.answered(async {
            change
                .await
                .unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
        })
        .await
    }

    /// Runs work that takes a core for long, beside the requests. It counts until it ends, whether its
    /// request is still there or not.
    pub(super) async fn heavily<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.heavy)
            .acquire_owned()
            .await
            .map_err(|_| ErrorCode::Internal)?;
        task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
    }
}
