//! `serve`: what it is set to, how it starts, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;

use crate::common::{Run, feed, streamtoken};

/// A folder with a master key.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("master.key");
    std::fs::write(&key, master_key(1)).expect("a file");
    // Others may not read it, or the service warns.
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, private).expect("a mode");
    folder
}

fn master_key(byte: u8) -> String {
    BASE64_STANDARD.encode([byte; 32])
}

/// `serve` in a folder, with its master key.
fn serve(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = streamtoken();
    command
        .current_dir(folder.path())
        .args(["serve", "--master-key-file", "master.key"])
        .args(arguments);
    command
}

/// The command as the last arguments of another.
fn under(outer: &[&str], command: &Command) -> Command {
    let mut whole = Command::new(outer[0]);
    whole
        .args(&outer[1..])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        whole.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => whole.env(name, value),
            None => whole.env_remove(name),
        };
    }
    whole
}

fn check(folder: &TempDir, arguments: &[&str]) -> Run {
    feed(serve(folder, arguments).arg("--check-config"), "")
}

/// Runs a command that is not to serve, and ends it if it does.
fn start_and_end(command: &mut Command) -> Run {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > Duration::from_secs(30) {
            child.kill().expect("a child that runs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("an output").into()
}

/// A service that runs until it is dropped.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        Self::start_with_log(command, Stdio::piped())
    }

    fn start_with_log(command: &mut Command, log: impl Into<Stdio>) -> Self {
        Self::spawn(command.stdin(Stdio::null()).stderr(log))
    }

    fn start_with_input(command: &mut Command, input: impl Into<Stdio>) -> Self {
        Self::spawn(command.stdin(input).stderr(Stdio::piped()))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let address = line
            .split("http://")
            .nth(1)
            .map(|rest| {
                rest.split(['/', '\n', '"'])
                    .next()
                    .expect("a part")
                    .to_owned()
            })
            .unwrap_or_else(|| panic!("where does it listen? {line}"));
        Self {
            child,
            out,
            address,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("a timeout");
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.expect("kill").success());
    }

    /// Exit status, the rest of standard output, and standard error.
    fn end(mut self) -> (Option<i32>, String, String) {
        let begun = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let (mut out, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut out).expect("text");
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut log).expect("text");
        }
        (self.child.wait().expect("a status").code(), out, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// SIGHUP is known to be listened to where it can be seen that `nohup` did not set it to be ignored.
const SIGNALS: &[&str] = if cfg!(target_os = "linux") {
    &["-TERM", "-INT", "-HUP"]
} else {
    &["-TERM", "-INT"]
};

#[test]
fn signals_end_it_in_order() {
    for signal in SIGNALS {
        let folder = folder();
        let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
        if *signal == "-HUP" {
            // The tests themselves may run under `nohup`.
            command = under(&["env", "--default-signal=HUP"], &command);
        }
        let running = Running::start(&mut command);
        assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
        let mut begun = running.connect();
        begun
            .write_all(b"GET /readyz HTTP/1.1\r\n")
            .expect("a request");
        // It was accepted before this one.
        assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
        running.signal(signal);
        let stopped = Instant::now();
        while TcpStream::connect(&running.address).is_ok() {
            assert!(
                stopped.elapsed() < Duration::from_secs(60),
                "it still listens"
            );
        }
        begun.write_all(b"host: a\r\n\r\n").expect("the rest");
        let mut answer = String::new();
        begun.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        let (code, out, log) = running.end();
        assert_eq!((code, &*out), (Some(0), ""), "{log}");
        let line = log.lines().find(|line| line.contains("/readyz"));
        let line: serde_json::Value =
            serde_json::from_str(line.expect("a line of the request")).expect("JSON");
        assert_eq!(
            (&line["route"], &line["status"]),
            (&"/readyz".into(), &200.into())
        );
        assert!(folder.path().join("streamtoken.db").exists());
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = folder();
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--drain-timeout",
        "3600",
        "--head-timeout",
        "300",
    ];
    let running = Running::start(&mut serve(&folder, &arguments));
    let mut begun = running.connect();
    begun
        .write_all(b"GET /readyz HTTP/1.1\r\n")
        .expect("a request");
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    let stopped = Instant::now();
    while TcpStream::connect(&running.address).is_ok() {
        assert!(
            stopped.elapsed() < Duration::from_secs(60),
            "it still listens"
        );
    }
    running.signal("-INT");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn the_end_of_standard_input_ends_it_where_that_was_asked_for() {
    let folder = folder();
    let listening = ["--listen", "127.0.0.1:0"];
    let begin = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = serve(&folder, &[&listening, arguments].concat());
        (Running::start_with_input(&mut command, reader), writer)
    };
    let (running, input) = begin(&["--exit-on-stdin-close"]);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    drop(input);
    assert_eq!(running.end().0, Some(0));
    // The other one reads none.
    let (running, input) = begin(&[]);
    drop(input);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_nohup_ignores_ends_nothing() {
    let folder = folder();
    let served = serve(&folder, &["--listen", "127.0.0.1:0"]);
    let running = Running::start(&mut under(&["nohup"], &served));
    running.signal("-HUP");
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let (reader, gone) = std::io::pipe().expect("a pipe");
    drop(reader);
    // Not every system has it.
    let full = full.ok().map(Stdio::from);
    for log in full.into_iter().chain([gone.into()]) {
        let folder = folder();
        let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
        let running = Running::start_with_log(&mut command, log);
        for _ in 0..3 {
            assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
        }
        running.signal("-TERM");
        assert_eq!(running.end().0, Some(0));
    }
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let folder = folder();
    let arguments = ["--listen", "127.0.0.1:0", "--drain-timeout", "1"];
    let running = Running::start(&mut serve(&folder, &arguments));
    // Of these lines a pipe holds a few hundred.
    for _ in 0..1000 {
        assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
    }
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn lines_that_are_dropped_are_counted() {
    const REQUESTS: u64 = 8000;
    let folder = folder();
    let mut running = Running::start(&mut serve(&folder, &["--listen", "127.0.0.1:0"]));
    let mut stream = running.connect();
    let mut sender = stream.try_clone().expect("a stream");
    let sending = std::thread::spawn(move || {
        let request = "GET /healthz HTTP/1.1\r\nhost: a\r\n";
        for _ in 1..REQUESTS {
            write!(sender, "{request}\r\n").expect("a request");
        }
        write!(sender, "{request}connection: close\r\n\r\n").expect("a request");
    });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("answers");
    sending.join().expect("requests");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count() as u64, REQUESTS);
    let log = BufReader::new(running.child.stderr.take().expect("a pipe"));
    let mut written = 0;
    for line in log.lines() {
        let line: serde_json::Value =
            serde_json::from_str(&line.expect("text")).expect("a whole line");
        if let Some(dropped) = line["dropped"].as_u64() {
            assert_eq!(written + dropped, REQUESTS);
            return;
        }
        // A new store and its lack of accounts are warned of beside.
        written += u64::from(line["message"] == "request");
    }
    panic!("nothing is said of {} lines", REQUESTS - written);
}

/// The processor time of a process so far, in hundredths of a second.
#[cfg(target_os = "linux")]
fn processor_time(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    // After the name, which is in parentheses: state and ten others, then that of the user and of the system.
    let (_, fields) = stat.rsplit_once(") ").expect("a name");
    let times = fields.split(' ').skip(11).take(2);
    times
        .map(|ticks| ticks.parse::<u64>().expect("ticks"))
        .sum()
}

#[cfg(target_os = "linux")]
#[test]
fn too_many_open_files_are_told_once_and_waited_for() {
    const TOLD: &str = "no connection can be accepted";
    let folder = folder();
    let arguments = ["--listen", "127.0.0.1:0", "--first-byte-timeout", "300"];
    let limited = ["sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh"];
    let mut running = Running::start(&mut under(&limited, &serve(&folder, &arguments)));
    let log = BufReader::new(running.child.stderr.take().expect("a pipe"));
    let (line, told) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let lines = log.lines().map_while(Result::ok);
        let lines = lines.filter(|line| line.contains(TOLD));
        lines.inspect(|_| line.send(()).unwrap_or_default()).count()
    });
    // Those that are not accepted wait in the operating system's queue.
    let held: Vec<_> = (0..80).map(|_| running.connect()).collect();
    let patience = Duration::from_secs(60);
    told.recv_timeout(patience).expect("a line of the log");
    let before = processor_time(running.child.id());
    // Not waited for: what is measured is what it does meanwhile.
    std::thread::sleep(Duration::from_secs(2));
    let used = processor_time(running.child.id()) - before;
    assert!(used < 20, "it used {used} hundredths of a second");
    drop(held);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    assert_eq!(reading.join().expect("a count"), 1);
}

#[test]
fn the_settings_in_force_are_shown_without_secrets() {
    let folder = folder();
    let file = "head_timeout = 7\nstore = \"of-the-file.db\"\nlog_level = \"warn\"\n";
    std::fs::write(folder.path().join("service.toml"), file).expect("a file");
    let mut command = serve(&folder, &["--check-config", "--config", "service.toml"]);
    command
        .args(["--log-level", "error"])
        .env("STREAMTOKEN_STORE", "of-the-environment.db")
        .env("STREAMTOKEN_LOG_LEVEL", "debug")
        .env("STREAMTOKEN_PREVIOUS_MASTER_KEY", master_key(2));
    let shown = feed(&mut command, "").good();
    for line in [
        "listen = 127.0.0.1:8787",
        "head_timeout = 7",
        "store = of-the-environment.db",
        "log_level = error",
        "master_key_file = master.key",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line}: {shown}");
    }
    assert!(!shown.contains(&master_key(2)) && !shown.contains(&master_key(1)));
    let json = feed(command.arg("--json"), "").json();
    assert_eq!(json["head_timeout"], "7");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 2, "no store was made");
}

#[test]
fn what_would_not_start_is_refused_before() {
    let folder = folder();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    let refused = |arguments: &[&str], slug: &str| check(&folder, arguments).refused(5, slug);
    let open = refused(&["--listen", "0.0.0.0:0"], "listen_open");
    assert!(open.contains("--behind-proxy"), "{open}");
    check(&folder, &["--listen", "0.0.0.0:0", "--behind-proxy"]).good();
    write("text", "text");
    let tls = ["--tls-cert", "text", "--tls-key", "text"];
    refused(&tls, "tls_invalid");
    refused(&tls[..2], "config_invalid");
    refused(&["--head-timeout", "0"], "config_invalid");
    refused(&["--store", "none/streamtoken.db"], "store_unavailable");
    write("service.toml", "\nheadtimeout = 1\n");
    let unknown = refused(&["--config", "service.toml"], "config_invalid");
    assert!(
        unknown.contains("service.toml, line 2: headtimeout is no setting"),
        "{unknown}"
    );
    let missing = refused(&["--config", "none.toml"], "config_invalid");
    assert_eq!(
        missing,
        "none.toml cannot be read: no such file or directory\n"
    );
    for mode in ["--check-config", "--dev"] {
        let mut typo = streamtoken();
        typo.args(["serve", mode])
            .env("STREAMTOKEN_LISTN", "127.0.0.1:0");
        let said = start_and_end(&mut typo).refused(5, "config_invalid");
        assert!(
            said.contains("STREAMTOKEN_LISTN is no setting; did you mean STREAMTOKEN_LISTEN?"),
            "{said}"
        );
    }
    write("master.key", "short");
    refused(&[], "master_key_invalid");
    let none = feed(streamtoken().args(["serve", "--check-config"]), "");
    none.refused(5, "master_key_missing");
    let argument = feed(streamtoken().args(["serve", "--master-key", "x"]), "");
    argument.refused(2, "usage_invalid");
}

#[test]
fn nothing_listens_where_it_must_not() {
    let folder = folder();
    let run = |arguments: &[&str]| start_and_end(&mut serve(&folder, arguments));
    run(&["--listen", "0.0.0.0:0"]).refused(5, "listen_open");
    run(&["--dev"]).refused(2, "usage_invalid");
    run(&["--account", "a"]).refused(2, "usage_invalid");
    run(&["--key", "master.key", "--check-config"]).refused(2, "usage_invalid");
    let emulator = ["serve", "--dev", "--listen", "0.0.0.0:0"];
    start_and_end(streamtoken().args(emulator)).refused(5, "listen_open");
    start_and_end(streamtoken().args(emulator).arg("--behind-proxy")).refused(2, "usage_invalid");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    run(&["--listen", &address, "--log-level", "off"]).refused(5, "listen_failed");
}

#[test]
fn the_emulator_ends_in_order_too() {
    let mut command = streamtoken();
    let running = Running::start(command.args(["serve", "--dev", "--listen", "127.0.0.1:0"]));
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn a_name_that_is_new_is_told_when_it_starts() {
    let folder = folder();
    std::fs::remove_file(folder.path().join("master.key")).expect("our file");
    let log = || {
        let new = ["--listen", "127.0.0.1:0", "--store", "typo.db"];
        let running = Running::start(&mut serve(&folder, &new));
        running.signal("-TERM");
        running.end().2
    };
    let (first, second) = (log(), log());
    for (text, again) in [
        ("made a new store: typo.db", false),
        ("made a new master key: master.key", false),
        ("streamtoken admin account create", true),
    ] {
        assert!(first.contains(text), "{text}: {first}");
        assert_eq!(second.contains(text), again, "{text}: {second}");
    }
}

/// Makes a store with an account, `streamtoken.db`.
fn make_store(folder: &TempDir) {
    let mut command = streamtoken();
    command
        .current_dir(folder.path())
        .args(["admin", "account", "create", "a"])
        .args([
            "--store",
            "streamtoken.db",
            "--master-key-file",
            "master.key",
        ]);
    feed(&mut command, "").good();
}

#[test]
fn a_store_that_would_not_start_is_refused_before() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    make_store(&folder);
    let before = std::fs::read(at("streamtoken.db")).expect("the store");
    let names = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let count = names();
    check(&folder, &[]).good();
    std::fs::write(at("other.key"), master_key(2)).expect("a file");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(at("other.key"), private).expect("a mode");
    check_with("other.key", &folder).refused(5, "master_key_wrong");
    assert_eq!(names(), count + 1, "nothing was made");
    assert_eq!(std::fs::read(at("streamtoken.db")).expect("it"), before);
    std::fs::write(
        at("random"),
        "no store, though as long as a header: ".repeat(9),
    )
    .expect("it");
    std::fs::create_dir(at("folder")).expect("a folder");
    let made = Command::new("mkfifo").arg(at("pipe")).status();
    assert!(made.expect("mkfifo").success());
    for (name, slug) in [
        ("random", "store_damaged"),
        ("folder", "store_unavailable"),
        ("pipe", "store_unavailable"),
    ] {
        let mut command = serve(&folder, &["--check-config", "--store", name]);
        start_and_end(&mut command).refused(5, slug);
    }
}

fn check_with(key: &str, folder: &TempDir) -> Run {
    let mut command = streamtoken();
    command
        .current_dir(folder.path())
        .args(["serve", "--check-config", "--master-key-file", key]);
    feed(&mut command, "")
}

#[test]
fn a_master_key_that_others_can_read_is_told_by_the_check() {
    let folder = folder();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(folder.path().join("master.key"), open).expect("a mode");
    let checked = check(&folder, &[]);
    assert_eq!(checked.code, Some(0));
    assert!(checked.stderr.contains("chmod 600"), "{}", checked.stderr);
}

#[test]
fn a_master_key_is_where_the_flag_says_then_the_environment_then_the_file() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = folder();
    make_store(&folder);
    std::fs::write(
        folder.path().join("none.toml"),
        "master_key_file = \"none\"",
    )
    .expect("it");
    let check = || {
        let mut command = streamtoken();
        command.current_dir(folder.path()).args([
            "serve",
            "--check-config",
            "--config",
            "none.toml",
        ]);
        command
    };
    let run = |command: &mut Command| feed(command, "");
    run(&mut check()).refused(5, "master_key_missing");
    run(check().env("STREAMTOKEN_MASTER_KEY_FILE", "master.key")).good();
    run(check().env("STREAMTOKEN_MASTER_KEY", master_key(1))).good();
    run(check().env("STREAMTOKEN_MASTER_KEY", master_key(2))).refused(5, "master_key_wrong");
    let unreadable = std::ffi::OsStr::from_bytes(b"\xff");
    run(check().env("STREAMTOKEN_MASTER_KEY", unreadable)).refused(5, "master_key_invalid");
    let mut both = check();
    both.env("STREAMTOKEN_MASTER_KEY", master_key(2))
        .env("STREAMTOKEN_MASTER_KEY_FILE", "none");
    run(&mut both).refused(5, "config_invalid");
    run(both.args(["--master-key-file", "master.key"])).good();
}
