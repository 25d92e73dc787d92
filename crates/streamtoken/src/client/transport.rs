//! The blocking transport: ureq, with rustls on AWS-LC and the certificates that the system trusts.

use std::sync::{Arc, Weak};
use std::time::Duration;
use std::{env, io};

use http::uri::Authority;
use http::{Request, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, ShutdownHandle, Transport as Wire,
};
use ureq::{Agent, Proxy, Timeout};

use super::base_url::{BaseUrl, has_good_port};
use super::call::{Arrived, Broke, MAX_BODY, Outcome};
use super::names::{Names, System};
use super::phase::{self, Cut, Phase, cut};
use super::stop::Socket;
use super::veil::{self, Veil};
use super::{proxy, tls};
use crate::fork::watched;
use crate::{Error, ErrorCode, Result};

/// Connections that are kept open for the next request.
const IDLE_CONNECTIONS: usize = 16;

/// Sends requests, and keeps their connections open.
pub(super) struct Transport {
    agent: Agent,
    has_proxy: bool,
}

impl Transport {
    /// For the host of `url`, with the proxy that the environment names for it.
    pub(super) fn new(url: &BaseUrl) -> Result<Self> {
        let proxy = proxy::from_variables(url, |name| env::var_os(name));
        let proxy = proxy.map(|text| read_proxy(&text)).transpose()?;
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(tls::provider()))
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .accept_encoding("identity")
            .proxy(proxy.clone())
            .tls_config(tls)
            .build();
        let agent = Agent::with_parts(config, Watched::default(), Names(System));
        let has_proxy = proxy.is_some();
        Ok(Self { agent, has_proxy })
    }

    /// Closes every connection, also those in use: what waits on one ends with an error.
    pub(super) fn close(&self) {
        self.agent.clone().shutdown();
    }

    /// One attempt, `limit` long at most, connecting `connect` at most.
    pub(super) fn send(
        &self,
        request: &Request<Vec<u8>>,
        limit: Duration,
        connect: Duration,
    ) -> Outcome {
        // A connection that was kept open may fail without a handshake before.
        watched();
        phase::begin(limit, connect);
        let sent = self.try_send(request, limit, connect);
        // What is left of an exchange that failed.
        drop(veil::end(0));
        match sent {
            Ok(response) => Outcome::Answered(response),
            Err(Trouble::TooLarge) => {
                Outcome::Broken(Broke::TooLarge, Arrived::Maybe, String::new())
            }
            Err(Trouble::Ureq(error)) => broken(&error, self.has_proxy),
        }
    }

    fn try_send(
        &self,
        request: &Request<Vec<u8>>,
        limit: Duration,
        connect: Duration,
    ) -> Result<Response<Vec<u8>>, Trouble> {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = request.method().clone();
        parts.uri = request.uri().clone();
        parts.headers = request.headers().clone();
        veil::begin(&mut parts.headers);
        if let Some(SecretPath(path)) = request.extensions().get() {
            parts.uri = veil::cover(parts.uri, path)?;
        }
        // Without a copy of the body, which may hold a private key.
        let body = request.body().as_slice();
        let request = Request::from_parts(parts, body);
        let response = if !body.is_empty() {
            let request = self.agent.configure_request(request);
            let request = request
                .timeout_global(Some(limit))
                .timeout_connect(Some(connect));
            self.agent.run(request.build())
        } else {
            let request = self.agent.configure_request(request.map(|_| ()));
            let request = request
                .timeout_global(Some(limit))
                .timeout_connect(Some(connect));
            self.agent.run(request.build())
        };
        let (parts, mut body) = response?.into_parts();
        // ureq reads as much as may come, and has an error of its own for what is larger.
        let body = body.with_config().limit(MAX_BODY as u64).read_to_vec();
        match body {
            Ok(dots) => match veil::end(dots.len()) {
                Some(body) => Ok(Response::from_parts(parts, body)),
                None => Err(ureq::Error::BodyStalled.into()),
            },
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(Trouble::TooLarge),
            Err(error) => Err(error.into()),
        }
    }
}

/// Marks a request whose path is a secret.
#[derive(Clone)]
pub(super) struct SecretPath(pub(super) String);

enum Trouble {
    TooLarge,
    Ureq(ureq::Error),
}

impl From<ureq::Error> for Trouble {
    fn from(error: ureq::Error) -> Self {
        Self::Ureq(error)
    }
}

fn read_proxy(text: &str) -> Result<Proxy> {
    // The text may hold a password, so it is not shown.
    let refuse = |what: &str| {
        Error::new(
            ErrorCode::ProxyInvalid,
            format!("the proxy that the environment names {what}"),
        )
    };
    if text.to_ascii_lowercase().starts_with("socks") {
        return Err(refuse(
            "is a SOCKS proxy, which is not supported; name an HTTP proxy, like http://host:port",
        ));
    }
    let not_understood = || refuse("is not understood; write it like http://host:port");
    // ureq takes a port that is none for the default one, and would show a password to whoever listens there.
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let authority: Authority = authority.parse().map_err(|_| not_understood())?;
    if !has_good_port(&authority) {
        return Err(not_understood());
    }
    Proxy::new(text).map_err(|_| not_understood())
}

fn broken(error: &ureq::Error, has_proxy: bool) -> Outcome {
    let arrived = match (phase::phase(), error) {
        (Phase::Connecting, _) | (_, ureq::Error::HostNotFound) => Arrived::No,
        (_, ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect)) => Arrived::No,
        (Phase::BeforeConnecting, _) | (Phase::Connected, _) => Arrived::Maybe,
    };
    let why = match error {
        ureq::Error::Timeout(_) => Broke::Timeout,
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => Broke::Tls,
        ureq::Error::Io(error) => kind(error),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_) => Broke::Connection,
        _ => Broke::Protocol,
    };
    let mut detail = detail(error);
    if has_proxy && arrived == Arrived::No {
        detail.insert_str(0, "through the proxy that the environment names: ");
    }
    Outcome::Broken(why, arrived, detail)
}

/// rustls hands its own errors over inside those of I/O.
fn kind(error: &io::Error) -> Broke {
    let inner = error.get_ref();
    match error.kind() {
        io::ErrorKind::TimedOut => Broke::Timeout,
        _ if inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) => {
            Broke::Tls
        }
        _ => Broke::Connection,
    }
}

fn detail(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            "no connection within connect_timeout".to_owned()
        }
        ureq::Error::Timeout(_) => "timeout, or what is left of deadline, is over".to_owned(),
        other => other.to_string(),
    }
}

/// ureq's own connector, watched.
#[derive(Debug, Default)]
struct Watched(DefaultConnector);

impl Connector<()> for Watched {
    type Out = Box<dyn Wire>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        // A proxy that is asked for a connection is connected to in the course of it, by this same function.
        let is_inner = phase::enter(Phase::Connecting) == Phase::Connecting;
        if is_inner {
            let register = Arc::clone(&details.register_shutdown);
            let connection = self.0.connect(&from_now(details, register)?, chained)?;
            return Ok(connection.map(|connection| Cut(connection).boxed()));
        }
        let socket = Socket::default();
        let connection = self.0.connect(&with_socket(details, &socket)?, chained)?;
        phase::enter(Phase::Connected);
        Ok(connection.map(|connection| Veil::new(connection, socket).boxed()))
    }
}

/// The same, and the socket is held for the call before anything goes through it, be it for TLS or a proxy.
fn with_socket<'d>(
    details: &ConnectionDetails<'d>,
    socket: &Socket,
) -> Result<ConnectionDetails<'d>, ureq::Error> {
    let (register, socket) = (details.register_shutdown.clone(), socket.clone());
    let hold = move |handle: Weak<dyn ShutdownHandle>| -> Result<(), ureq::Error> {
        register(handle.clone())?;
        Ok(socket.set(handle)?)
    };
    from_now(details, Arc::new(hold))
}

/// The same with what is left of the time, counted from now.
fn from_now<'d>(
    details: &ConnectionDetails<'d>,
    register_shutdown: Arc<Register>,
) -> Result<ConnectionDetails<'d>, ureq::Error> {
    Ok(ConnectionDetails {
        uri: details.uri,
        addrs: details.addrs.clone(),
        config: details.config,
        // ureq keeps what it read of certificates, and TLS sessions, for what is configured once for all; a
        // request brings no more than its limits.
        request_level: false,
        resolver: details.resolver,
        now: (details.current_time)(),
        timeout: cut(details.timeout)?,
        current_time: details.current_time.clone(),
        run_connector: details.run_connector.clone(),
        register_shutdown,
    })
}

/// Takes the handle of a socket that was just made.
type Register = dyn Fn(Weak<dyn ShutdownHandle>) -> Result<(), ureq::Error> + Send + Sync;

#[cfg(test)]
mod tests {
    use std::io::ErrorKind::WouldBlock;
    use std::net::{SocketAddr, TcpListener};
    use std::thread;
    use std::time::Duration;

    use http::{Request, Uri};
    use ureq::Agent;
    use ureq::config::Config;
    use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
    use ureq::unversioned::transport::NextTimeout;

    use super::{Transport, Watched, read_proxy};
    use crate::ErrorCode;
    use crate::client::call::{Arrived, Broke, Outcome};
    use crate::client::names::Names;

    const CONNECT: Duration = Duration::from_millis(50);

    /// Takes as long as connecting may, and finds an address all the same.
    #[derive(Debug)]
    struct Slow(SocketAddr);

    impl Resolver for Slow {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            timeout: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            assert!(*timeout.after <= CONNECT);
            thread::sleep(CONNECT);
            let mut found = self.empty();
            found.push(self.0);
            Ok(found)
        }
    }

    #[test]
    fn looking_up_a_name_and_connecting_have_one_limit() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        server.set_nonblocking(true).unwrap();
        let names = Names(Slow(server.local_addr().unwrap()));
        let config = Agent::config_builder().proxy(None).build();
        let agent = Agent::with_parts(config, Watched::default(), names);
        let transport = Transport {
            agent,
            has_proxy: false,
        };
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = Uri::from_static("http://slow.example/");
        let outcome = transport.send(&request, Duration::from_secs(30), CONNECT);
        let Outcome::Broken(why, arrived, detail) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((why, arrived), (Broke::Timeout, Arrived::No), "{detail}");
        assert_eq!(detail, "no connection within connect_timeout");
        assert_eq!(server.accept().unwrap_err().kind(), WouldBlock);
    }

    #[test]
    fn a_proxy_has_a_host_and_a_port_or_is_refused() {
        for text in [
            "http://p:3128",
            "p:3128",
            "http://me:secret@p:1/",
            "https://[::1]:8080",
        ] {
            assert!(read_proxy(text).is_ok(), "{text}");
        }
        for text in [
            "http://me:secret@127.0.0.1:99999",
            "http://p:0",
            "p:x",
            "http://",
            "http://a b",
            "socks5://p:1080",
        ] {
            let refused = read_proxy(text).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::ProxyInvalid, "{text}");
            assert!(!refused.message().contains("secret"), "{refused}");
        }
    }
}
