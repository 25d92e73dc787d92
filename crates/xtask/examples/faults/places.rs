//! Where the server is, and where nobody is.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use rustls::ServerConfig;
use socket2::{Domain, Socket, Type};

use crate::certificates::Certificates;
use crate::connection;
use crate::table::Table;

/// Most connections at a time; more of them are dropped at once.
const MAX_CONNECTIONS: usize = 500;

/// Every place that a case can name.
pub(crate) struct Places {
    pub(crate) bases: BTreeMap<&'static str, String>,
    pub(crate) proxies: BTreeMap<&'static str, String>,
    /// Ports that are held, so that nobody else takes them.
    _held: Vec<Socket>,
    _waiting: Vec<TcpStream>,
}

impl Places {
    pub(crate) fn open(table: &Arc<Table>, certificates: &Certificates) -> Result<Self> {
        let server = Server {
            table: Arc::clone(table),
            open: Arc::default(),
        };
        let http = server.listen(Way::Plain)?;
        let tls = server.listen(Way::Tls(certificates.signed()?))?;
        let untrusted = server.listen(Way::Tls(certificates.unsigned()?))?;
        let drips = server.listen(Way::Drips)?;
        let (refused, refused_address) = bound()?;
        let (proxy, proxy_address) = bound()?;
        let (silent, silent_address) = bound()?;
        let waiting = fill(&silent, silent_address)?;
        let bases = BTreeMap::from([
            ("http", format!("http://{http}")),
            ("tls", format!("https://localhost:{}", tls.port())),
            (
                "tls_untrusted",
                format!("https://localhost:{}", untrusted.port()),
            ),
            ("tls_wrong_name", format!("https://{tls}")),
            ("refused", format!("http://{refused_address}")),
            ("silent", format!("http://{silent_address}")),
            ("foreign", "https://stream.invalid".to_owned()),
        ]);
        Ok(Self {
            bases,
            proxies: BTreeMap::from([
                ("down", format!("http://{proxy_address}")),
                ("drips", format!("http://{drips}")),
            ]),
            _held: vec![refused, proxy, silent],
            _waiting: waiting,
        })
    }
}

/// A port that is taken, where nobody listens.
fn bound() -> Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    let address = socket.local_addr()?.as_socket();
    match address {
        Some(address) => Ok((socket, address)),
        None => bail!("a socket without an address"),
    }
}

/// Lets connections wait until no more of them come about.
fn fill(socket: &Socket, address: SocketAddr) -> Result<Vec<TcpStream>> {
    const MANY: usize = 64;
    socket.listen(0)?;
    let mut waiting = Vec::new();
    while waiting.len() < MANY {
        match TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
            Ok(stream) => waiting.push(stream),
            Err(_) => return Ok(waiting),
        }
    }
    bail!("{MANY} connections came about where nobody accepts any");
}

/// What is spoken on a port.
#[derive(Clone)]
enum Way {
    Plain,
    Tls(Arc<ServerConfig>),
    /// That of a proxy whose answers never end.
    Drips,
}

#[derive(Clone)]
struct Server {
    table: Arc<Table>,
    open: Arc<AtomicUsize>,
}

impl Server {
    fn listen(&self, way: Way) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let server = self.clone();
        thread::spawn(move || server.accept(&listener, &way));
        Ok(address)
    }

    fn accept(&self, listener: &TcpListener, way: &Way) {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // Out of descriptors, perhaps; some will be free again.
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            let place = Place::take(&self.open);
            if place.number > MAX_CONNECTIONS {
                continue;
            }
            let (table, way) = (Arc::clone(&self.table), way.clone());
            thread::spawn(move || {
                // Clients go away in the middle: that is what they are tested for.
                drop(match way {
                    Way::Plain => connection::serve(stream, None, &table),
                    Way::Tls(tls) => connection::serve(stream, Some(tls), &table),
                    Way::Drips => connection::drip(stream),
                });
                drop(place);
            });
        }
    }
}

/// One of the connections that are open.
struct Place {
    open: Arc<AtomicUsize>,
    number: usize,
}

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        let number = open.fetch_add(1, Ordering::Relaxed) + 1;
        Self {
            open: Arc::clone(open),
            number,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
