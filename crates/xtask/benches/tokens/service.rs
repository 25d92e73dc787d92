//! The service as a process of its own, pinned to one core, under load from another process on the next
//! core. Beside it, what that one core gives in bare signatures.

use std::io::{BufRead as _, BufReader, Read as _, Write as _, stdin, stdout};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{cell::RefCell, env, fs, rc::Rc};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use xtask::measure::{Row, Target, Work};
use xtask::oracle::Oracle;

use crate::bare;
use crate::batch::program;
use crate::fixture::{Fixture, IDENTIFIER};

/// How this program is called to be one of the two processes beside the service.
pub(crate) const SIGN: &str = "--sign-when-asked";
pub(crate) const LOAD: &str = "--load-when-asked";

const SERVICE_CORE: &str = "0";
const LOAD_CORE: &str = "1";
const CONNECTIONS: u32 = 8;
const BASELINE: &str = "bare aws-lc-rs signature, on one core";

/// The rows, or none where there is no release build of the command line.
pub(crate) fn rows() -> Result<Vec<Row<'static>>> {
    let Some(service) = Service::start()? else {
        return Ok(Vec::new());
    };
    let signer = ask_for_time(Oracle::spawn(pinned_self(SERVICE_CORE, &[SIGN])?)?);
    let mut load = ask_for_time(service.load()?);
    let work: Work<'static> = Box::new(move |n| {
        // The service ends when the last row does.
        let _service = &service;
        load(n)
    });
    Ok(vec![
        Row::baseline(BASELINE, signer),
        Row::against(BASELINE, "one token over HTTP, service on one core", work)
            .target(Target::RateAtLeast(0.8)),
    ])
}

/// Latency and memory over many requests.
pub(crate) fn report(quick: bool) -> Result<Option<String>> {
    let Some(service) = Service::start()? else {
        return Ok(None);
    };
    let (few, many) = if quick {
        (100, 1_000)
    } else {
        (1_000, 100_000)
    };
    let mut load = service.load()?;
    let mut send = |n: u32| load.ask(&json!({ "n": n }));
    send(few)?;
    let early = service.resident()?;
    let answer = send(many - few)?;
    let late = service.resident()?;
    let micros = |name: &str| answer[name].as_u64().context("no latency came back");
    Ok(Some(format!(
        "serve, {many} requests on {CONNECTIONS} connections, one core: {:.2} ms median, {:.2} ms p99; \
         {early} KiB resident after {few} requests, {late} KiB after {many}",
        millis(micros("median_us")?),
        millis(micros("p99_us")?),
    )))
}

fn millis(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1e3
}

/// `streamtoken serve --dev`, alone on its core.
struct Service {
    child: Child,
    address: SocketAddr,
    /// The whole request, with its credential.
    request: String,
}

impl Service {
    fn start() -> Result<Option<Self>> {
        let Some(program) = program() else {
            return Ok(None);
        };
        let mut child = Command::new("taskset")
            .args(["-c", SERVICE_CORE])
            .arg(program)
            .args(["serve", "--dev", "--json", "--listen", "127.0.0.1:0"])
            .args(["--log-level", "off"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the service cannot be started")?;
        let mut line = String::new();
        let output = child.stdout.take().context("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the service did not start")?;
        let text = |name: &str| ready[name].as_str().context("not said at the start");
        let (_, rest) = text("base_url")?.split_once("://").context("no URL")?;
        let (host, path) = rest.split_once('/').context("no path")?;
        let request = format!(
            "POST /{path}/accounts/{}/stream/{IDENTIFIER}/token HTTP/1.1\r\nhost: {host}\r\n\
             authorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
            text("account_id")?,
            text("api_token")?,
        );
        Ok(Some(Self {
            child,
            address: host.parse()?,
            request,
        }))
    }

    /// Another process, which sends as many requests as it is asked for.
    fn load(&self) -> Result<Oracle> {
        let mut load = Oracle::spawn(pinned_self(LOAD_CORE, &[LOAD])?)?;
        load.ask(&json!({ "address": self.address.to_string(), "request": self.request }))?;
        Ok(load)
    }

    /// Resident memory, in KiB.
    fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.context("no resident memory")?.parse()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about it here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn pinned_self(core: &str, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(env::current_exe()?);
    command.args(arguments);
    Ok(command)
}

fn ask_for_time(oracle: Oracle) -> Work<'static> {
    let oracle = Rc::new(RefCell::new(oracle));
    Box::new(move |n| {
        let answer = oracle.borrow_mut().ask(&json!({ "n": n }))?;
        let nanoseconds = answer["nanoseconds"].as_u64();
        nanoseconds
            .map(Duration::from_nanos)
            .context("no time came back")
    })
}

/// Signs as often as each line asks, and answers how long that took.
pub(crate) fn sign_when_asked(fixture: &Fixture) -> Result<()> {
    let mut row = bare::signature(fixture)?;
    answer_lines(|request| Ok(json!({ "nanoseconds": nanoseconds(row(pieces(request)?)?) })))
}

/// Sends as many requests as each line asks for, once the first has said where to and what.
pub(crate) fn load_when_asked() -> Result<()> {
    let mut connections = Vec::new();
    answer_lines(|request| {
        if let (Some(address), Some(text)) =
            (request["address"].as_str(), request["request"].as_str())
        {
            for _ in 0..CONNECTIONS {
                connections.push(Connection::open(address, text)?);
            }
            return Ok(json!({}));
        }
        send(&mut connections, pieces(request)?)
    })
}

fn send(connections: &mut [Connection], n: u32) -> Result<Value> {
    let start = Instant::now();
    let mut latencies = thread::scope(|scope| {
        let workers: Vec<_> = (0..)
            .zip(connections)
            .map(|(index, connection)| {
                let share = n / CONNECTIONS + u32::from(index < n % CONNECTIONS);
                scope.spawn(move || connection.send(share))
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| anyhow!("a thread panicked"))??);
        }
        anyhow::Ok(all)
    })?;
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    let at = |percent: usize| {
        let index = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        latencies.get(index).map_or(0, Duration::as_micros)
    };
    Ok(json!({
        "nanoseconds": nanoseconds(elapsed),
        "median_us": u64::try_from(at(50))?,
        "p99_us": u64::try_from(at(99))?,
    }))
}

/// One connection that stays open.
struct Connection {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Connection {
    fn open(address: &str, request: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            request: request.to_owned(),
        })
    }

    /// Sends `n` requests one after the other; gives how long each took.
    fn send(&mut self, n: u32) -> Result<Vec<Duration>> {
        (0..n)
            .map(|_| {
                let start = Instant::now();
                self.stream.get_mut().write_all(self.request.as_bytes())?;
                self.read_answer()?;
                Ok(start.elapsed())
            })
            .collect()
    }

    fn read_answer(&mut self) -> Result<()> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        ensure!(
            line.starts_with("HTTP/1.1 200"),
            "the service answered {line:?}"
        );
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line)?;
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        ensure!(body.starts_with(b"{\"success\":true"), "no token came back");
        Ok(())
    }
}

fn answer_lines(mut answer: impl FnMut(&Value) -> Result<Value>) -> Result<()> {
    for line in stdin().lines() {
        let answer = answer(&serde_json::from_str(&line?)?)?;
        let mut out = stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn pieces(request: &Value) -> Result<u32> {
    let n = request["n"].as_u64().context("no n")?;
    Ok(u32::try_from(n)?)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
