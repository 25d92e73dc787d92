//! Connections: accepted, served, and ended in order.
//!
//! HTTP/1.1 alone. hyper reads and writes it; what hyper leaves open is seen to around it: the first byte and
//! the pause between requests (`guarded`), bodies (`request_body`), the head (`front`), and answers to
//! what cannot be read (`connection`).

mod answer_body;
mod connection;
mod front;
mod guarded;
mod limits;
mod progress;
mod request_body;
#[cfg_attr(not(feature = "tls"), path = "serve/no_tls.rs")]
mod tls;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use streamtoken::{ErrorCode, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub use limits::Limits;
use progress::Progress;
pub(crate) use request_body::BodyFault;
pub use tls::Tls;

use crate::log;

/// Serves `routes` to whoever connects, with the default limits, until `stop` comes.
pub async fn serve(listener: TcpListener, routes: Router, stop: impl Future<Output = ()>) {
    Server::new(routes).run(listener, stop).await;
}

/// Refuses an address that others than this machine reach, unless the connection is protected.
///
/// # Errors
/// [`ErrorCode::ListenOpen`].
pub fn check_address(address: SocketAddr, is_protected: bool) -> Result<()> {
    if is_protected || address.ip().to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(ErrorCode::ListenOpen.into())
    }
}

/// Routes, and how they are served.
#[derive(Debug)]
pub struct Server {
    routes: Router,
    limits: Arc<Limits>,
    tls: Option<Tls>,
}

impl Server {
    /// A server without TLS, with the default limits.
    pub fn new(routes: Router) -> Self {
        Self {
            routes: routes.layer(middleware::from_fn(log::note_route)),
            limits: Arc::default(),
            tls: None,
        }
    }

    /// With other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Arc::new(limits);
        self
    }

    /// With TLS, if there is a certificate.
    #[must_use]
    pub fn tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
        self
    }

    /// Serves until `stop` comes. Then nobody is let in, connections that wait for a request are closed, and
    /// what is under way is ended, unless that takes longer than the limit.
    pub async fn run(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::select! {
            () = self.accept(&listener, &stopped, &mut connections) => {}
            () = stop => {}
        }
        // In this order: who finds the port closed is told that the end has begun, wherever it asks.
        stopping.send_replace(true);
        drop(listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if timeout(self.limits.drain_timeout, ended).await.is_err() {
            tracing::warn!(connections = connections.len(), "connections are cut");
            connections.shutdown().await;
        }
    }

    async fn accept(
        &self,
        listener: &TcpListener,
        stopped: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        let places = Arc::new(Semaphore::new(self.limits.max_connections));
        // It is never closed.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            while connections.try_join_next().is_some() {}
            let stream = accepted(listener).await;
            connections.spawn(self.connection(stream, place, stopped.clone()));
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        stopped: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (routes, limits, tls) = (
            self.routes.clone(),
            Arc::clone(&self.limits),
            self.tls.clone(),
        );
        async move {
            let _place = place;
            // Answers are written whole; waiting for more only delays them.
            drop(stream.set_nodelay(true));
            let Some(tls) = tls else {
                return connection::run(stream, routes, limits, stopped).await;
            };
            match handshake(&tls, stream, &limits, stopped.clone()).await {
                Ok(stream) => connection::run(stream, routes, limits, stopped).await,
                Err(error) => tracing::debug!(%error, "no TLS"),
            }
        }
    }
}

async fn handshake(
    tls: &Tls,
    stream: TcpStream,
    limits: &Limits,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<tls::Stream> {
    tokio::select! {
        agreed = timeout(limits.handshake_timeout, tls.accept(stream)) => {
            agreed.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        }
        () = connection::stopped(&mut stopped) => Err(io::ErrorKind::Interrupted.into()),
    }
}

/// The next connection.
async fn accepted(listener: &TcpListener) -> TcpStream {
    let mut is_told = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // Most likely there are too many open files. The connection is still there to be accepted, so
                // trying again at once would keep a core busy.
                if !is_told {
                    tracing::error!(%error, "no connection can be accepted");
                    is_told = true;
                }
                sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// How long to wait after the operating system refused a connection.
const PAUSE: Duration = Duration::from_millis(200);
