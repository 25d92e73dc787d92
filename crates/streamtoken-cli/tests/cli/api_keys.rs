//! `streamtoken api keys`: files, failures, and what is said about them.

use std::fs;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use streamtoken::SigningKey;

use crate::api::at_terminal;
use crate::common::{Run, VIDEO, feed, run, streamtoken};
use crate::emulator::{Api, pass};
use crate::stub::{Stub, success};

/// The id in the file of a key, which must be its owner's alone.
fn id(path: &Path) -> String {
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = SigningKey::load(fs::read(path).expect("a file"), None);
    key.expect("a key").id().to_owned()
}

/// Waits until `is_so`; a minute is for ever.
fn wait_until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never is");
}

fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

#[test]
fn a_new_key_is_in_a_file_of_its_own_and_signs() {
    let api = Api::new();
    let text = api
        .run(&["keys", "create", "--out", "it's new.json"])
        .good();
    let file = api.at("it's new.json");
    let id = id(&file);
    assert_eq!(api.keys(), [&*id]);
    assert!(text.starts_with(&format!("key id: {id}\n")), "{text}");
    // What it says to do works.
    let lines: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let command = |name: &str| {
        let found = lines.iter().find(|(other, _)| *other == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {text}"))
            .1
            .trim()
            .to_owned()
    };
    let bin = Path::new(env!("CARGO_BIN_EXE_streamtoken"));
    let path = format!(
        "{}:{}",
        bin.parent().expect("a folder").display(),
        std::env::var("PATH").expect("PATH")
    );
    let script = format!(
        "({}; cd /; streamtoken sign v) && {} && {} > keys && streamtoken verify \"$({})\" --keys keys",
        command("use"),
        command("mint").replace("VIDEO", VIDEO),
        command("public"),
        command("mint").replace("VIDEO", VIDEO),
    );
    let mut shell = Command::new("bash");
    shell
        .args(["-euc", &script])
        .env("PATH", path)
        .current_dir(file.parent().expect("a folder"));
    let verified = feed(&mut shell, "").good();
    assert!(
        verified.contains("accepted") && verified.contains(&id),
        "{verified}"
    );

    let told = api.run(&["keys", "create", "--json"]);
    let told: Json = serde_json::from_str(&told.good()).expect("JSON");
    let second = told["id"].as_str().expect("an id");
    assert_eq!(told["file"], format!("stream-key-{second}.json"));
    assert_eq!(
        self::id(&api.at(&format!("stream-key-{second}.json"))),
        second
    );
    assert!(told["created"].is_string());
    let files = [
        &*format!("stream-key-{second}.json"),
        "it's new.json",
        "keys",
    ];
    let mut files = files.map(str::to_owned);
    files.sort();
    assert_eq!(api.files(), files, "nothing else is left behind");
}

#[test]
fn advice_clears_the_environment_of_the_key_before() {
    let api = Api::new();
    let mut command = api.command();
    command
        .args(["keys", "create"])
        .env("CLOUDFLARE_STREAM_KEY", "")
        .env("CLOUDFLARE_STREAM_KEY_ID", "the-old-one");
    let text = feed(&mut command, "").good();
    let advice = "use:    unset CLOUDFLARE_STREAM_KEY_ID; export CLOUDFLARE_STREAM_KEY_FILE=/";
    assert!(text.contains(advice), "{text}");
}

#[test]
fn standard_output_gets_a_key_only_when_told_so() {
    let api = Api::new();
    let printed = api.run(&["keys", "create", "--output", "-"]);
    let key = SigningKey::load(&printed.stdout, None).expect("a key");
    assert_eq!(printed.stderr, format!("key id: {}\n", key.id()));
    assert_eq!(api.keys(), [key.id()]);
    assert!(api.files().is_empty());
}

#[test]
fn what_is_wrong_with_a_file_is_found_before_a_key_is_made() {
    let api = Api::new();
    fs::write(api.at("old"), "mine").expect("a file");
    fs::create_dir(api.at("folder")).expect("a folder");
    symlink("nowhere", api.at("link")).expect("a link");
    symlink("old", api.at("other-link")).expect("a link");
    let files = api.files();
    for out in [
        "old",
        "folder",
        "link",
        "other-link",
        "none/key",
        "old/key",
        "/dev/full",
    ] {
        for command in ["create", "rotate"] {
            let why = api
                .run(&["keys", command, "--out", out])
                .refused(2, "file_unwritable");
            assert!(why.contains("cannot be written"), "{out}: {why}");
        }
    }
    assert_eq!(fs::read(api.at("old")).expect("a file"), b"mine");
    assert_eq!(api.files(), files);
    assert!(api.keys().is_empty(), "no key was made in vain");
}

#[test]
fn a_full_disk_is_found_before_a_key_is_made() {
    let api = Api::new();
    let mut command = Command::new("bash");
    let script = r#"trap "" XFSZ; ulimit -f 8; exec "$0" api keys create --out key"#;
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_streamtoken")])
        .envs(api.variables())
        .current_dir(api.at(""));
    let why = Run::from(command.output().expect("bash")).refused(2, "file_unwritable");
    assert!(why.contains("file too large"), "{why}");
    assert!(api.keys().is_empty() && api.files().is_empty());
}

#[test]
fn a_request_that_fails_leaves_no_file() {
    let api = Api::new();
    for fault in [
        json!({"status": 500, "path": "keys", "times": 1}),
        json!({"close": true, "path": "keys", "times": 1}),
        json!({"body": "not_json", "path": "keys", "times": 1}),
    ] {
        for out in [&["--out", "key"][..], &[]] {
            api.fail(std::slice::from_ref(&fault));
            let run = api.run(&[&["keys", "create"], out].concat());
            assert_eq!((run.code, &*run.stdout), (Some(4), ""), "{}", run.stderr);
            let said = ["look before you ask again", "1 attempt\n"];
            assert!(
                said.iter().all(|text| run.stderr.contains(text)),
                "{}",
                run.stderr
            );
            assert!(api.files().is_empty());
        }
    }
    api.run(&["keys", "create", "--account-id", "other"])
        .refused(4, "api_not_found");
    assert!(api.files().is_empty());
}

/// The key of a run that made one and could not save it, and revokes it as it was told to.
fn revoke_what_is_lost(api: &Api, output: Run) {
    let why = output.refused(2, "file_unwritable");
    let [key] = &*api.keys() else {
        panic!("one key was made: {why}");
    };
    assert!(
        why.starts_with(&format!("the key {key} was made, but it is saved nowhere")),
        "{why}"
    );
    let (_, advice) = why
        .split_once("revoke it with streamtoken api ")
        .expect("advice");
    let advice: Vec<_> = advice.split_whitespace().collect();
    api.run(&advice).good();
    assert!(api.keys().is_empty());
}

#[test]
fn a_key_that_was_made_and_cannot_be_saved_is_named() {
    let api = Api::new();
    let file = api.at("key");
    let create = || {
        api.fail(&[json!({"latency_ms": 3000, "path": "keys", "times": 1})]);
        let child = start(api.command().args(["keys", "create", "--out", "key"]));
        wait_until(|| file.exists());
        fs::remove_file(&file).expect("the file");
        child
    };
    let lost = create().wait_with_output().expect("the end");
    revoke_what_is_lost(&api, lost.into());

    let child = create();
    fs::write(&file, "another's").expect("a file");
    let lost = child.wait_with_output().expect("the end");
    revoke_what_is_lost(&api, lost.into());
    assert_eq!(fs::read(&file).expect("the file"), b"another's");

    let mut command = api.command();
    command.args(["keys", "create", "--out", "-"]);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a device");
    let lost = command.stdout(full).output().expect("the end");
    revoke_what_is_lost(&api, lost.into());

    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let lost = command.stdout(writer).output().expect("the end");
    assert_eq!(lost.status.code(), Some(141));
    let said = String::from_utf8(lost.stderr).expect("UTF-8");
    assert!(
        said.contains(&format!("the key {} was made", api.keys()[0])),
        "{said}"
    );
}

/// Sends a signal, which ends the process with the status that a shell reports for it.
fn interrupt(child: Child, name: &str, status: i32) -> Run {
    let pid = child.id().to_string();
    let killed = Command::new("kill").args([name, &pid]).status();
    assert!(killed.expect("kill").success());
    let output = Run::from(child.wait_with_output().expect("the end"));
    assert_eq!(output.code, Some(status), "{}", output.stderr);
    assert!(
        output.stderr.starts_with("interrupted: "),
        "{}",
        output.stderr
    );
    output
}

const SIGNALS: [(&str, i32); 3] = [("-INT", 130), ("-TERM", 143), ("-HUP", 129)];

/// A server that takes requests and never answers, and the process that asks it for a key.
fn ask_for_a_key(folder: &Path) -> (TcpStream, Child) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut command = streamtoken();
    command
        .args(["api", "keys", "create", "--out", "key"])
        .env("CLOUDFLARE_API_TOKEN", "t")
        .env("CLOUDFLARE_ACCOUNT_ID", "a")
        .env("CLOUDFLARE_BASE_URL", format!("http://{address}"))
        .current_dir(folder);
    let child = start(&mut command);
    let (stream, _) = listener.accept().expect("a connection");
    (stream, child)
}

#[test]
fn whoever_interrupts_the_making_of_a_key_is_told_to_look() {
    for (name, status) in SIGNALS {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        let (_stream, child) = ask_for_a_key(folder.path());
        assert!(file.exists(), "it waits for the key");
        let output = interrupt(child, name, status);
        let said = &output.stderr;
        assert!(
            output.stdout.is_empty()
                && said.contains("may have been made")
                && said.contains("streamtoken api keys list"),
            "{name}: {said}"
        );
        assert!(!file.exists(), "{name}");
    }
}

/// As under `nohup`.
#[test]
fn a_signal_that_was_to_be_ignored_stays_ignored() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#"trap "" HUP; exec "$0" api keys create --out key"#;
    let mut command = Command::new("bash");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_streamtoken")])
        .env("CLOUDFLARE_API_TOKEN", "t")
        .env("CLOUDFLARE_ACCOUNT_ID", "a")
        .env("CLOUDFLARE_BASE_URL", format!("http://{address}"))
        .current_dir(folder.path());
    let child = start(&mut command);
    let (_stream, _) = listener.accept().expect("a connection");
    let pid = child.id().to_string();
    let killed = Command::new("kill").args(["-HUP", &pid]).status();
    assert!(killed.expect("kill").success());
    interrupt(child, "-TERM", 143);
}

#[test]
fn an_interruption_takes_no_file_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    let (_stream, child) = ask_for_a_key(folder.path());
    fs::write(folder.path().join("other"), "another's").expect("a file");
    fs::rename(folder.path().join("other"), &file).expect("the name");
    interrupt(child, "-INT", 130);
    assert_eq!(fs::read(&file).expect("the file"), b"another's");
}

/// Makes a key that cannot be printed yet: the reader of standard output is slow.
fn print_a_key() -> (PipeReader, Child) {
    let stub = Stub::result(&answer("the-id"));
    let mut command = stub.command();
    command.args(["keys", "create", "--out", "-"]);
    let (reader, writer) = full_pipe();
    let child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    wait_until(|| call(&child, child.id()).split(' ').nth(1) == Some("0x1"));
    (reader, child)
}

#[test]
fn whoever_interrupts_the_saving_of_a_key_is_told_its_id() {
    for (name, status) in SIGNALS {
        let (_reader, child) = print_a_key();
        let said = interrupt(child, name, status).stderr;
        assert!(
            said.contains("the key the-id was made")
                && said.ends_with("streamtoken api keys delete --yes the-id\n"),
            "{said}"
        );
    }
}

#[test]
fn a_key_that_is_being_saved_is_saved_before_an_interruption() {
    let (mut reader, child) = print_a_key();
    let pid = child.id();
    let others = || {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("tasks");
        let ids = tasks.map(|task| task.expect("a task").file_name());
        let ids = ids.filter_map(|id| id.to_str()?.parse().ok());
        let calls = ids.filter(|id| *id != pid).map(|id| call(&child, id));
        calls.collect::<Vec<_>>()
    };
    let before = others();
    let killed = Command::new("kill")
        .args(["-INT", &pid.to_string()])
        .status();
    assert!(killed.expect("kill").success());
    // It has noticed once it waits for something else.
    wait_until(|| {
        let now = others();
        now != before && !now.iter().any(|call| call.starts_with("running"))
    });
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed).expect("the pipe");
    let output = child.wait_with_output().expect("the end");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("the key the-id was made and was printed"),
        "{said}"
    );
    let key = SigningKey::load(printed.trim_ascii(), None).expect("the whole key");
    assert_eq!(key.id(), "the-id");
}

/// The call that a thread is in: its number and arguments.
fn call(child: &Child, thread: u32) -> String {
    let path = format!("/proc/{}/task/{thread}/syscall", child.id());
    fs::read_to_string(path).unwrap_or_default()
}

/// A pipe that takes no more.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let mut options = fs::File::options();
    let mut filler = options
        .write(true)
        .custom_flags(O_NONBLOCK)
        .open(path)
        .expect("the pipe");
    while filler.write(&[b'\n'; 4096]).is_ok() {}
    (reader, writer)
}

const O_NONBLOCK: i32 = 0o4000;

#[test]
fn a_rotation_that_waits_for_an_answer_has_no_file() {
    let (api, old) = with_a_key();
    let rotate = format!(
        "'{}' api keys rotate --revoke {old} --out new",
        env!("CARGO_BIN_EXE_streamtoken")
    );
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &rotate, "/dev/null"]);
    script.current_dir(api.at("")).envs(api.variables());
    script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("script");
    let mut seen = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut byte = [0];
    while !seen.ends_with("[y/N]") {
        assert_eq!(stdout.read(&mut byte).expect("a pipe"), 1, "{seen}");
        seen.push(byte[0].into());
    }
    let files = api.files();
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"\x03").expect("Ctrl-C");
    assert_eq!(child.wait().expect("the end").code(), Some(130));
    assert_eq!(
        (files, api.files()),
        (vec!["old".into()], vec!["old".into()])
    );
    assert_eq!(api.keys(), [old]);
}

#[test]
fn a_name_that_is_taken_costs_no_key() {
    let stub = Stub::result(&answer("the-id"));
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("stream-key-the-id.json"), "mine").expect("a file");
    let mut command = stub.command();
    command
        .args(["keys", "create", "--json"])
        .current_dir(folder.path());
    let told = feed(&mut command, "").json();
    let file = told["file"].as_str().expect("a file");
    assert!(file.starts_with("stream-key-new-"), "{file}");
    assert_eq!(id(&folder.path().join(file)), "the-id");
    let old = fs::read(folder.path().join("stream-key-the-id.json"));
    assert_eq!(old.expect("a file"), b"mine");
}

/// What the API answers for a new key with this id.
fn answer(id: &str) -> Json {
    let key = SigningKey::generate().expect("a key");
    let key = SigningKey::load(key.to_pem_base64().as_str(), Some(id)).expect("a key");
    json!({"id": id, "pem": *key.to_pem_base64(), "jwk": *key.to_jwk_base64(), "created": null})
}

#[test]
fn an_answer_that_is_no_good_key_is_kept_all_the_same() {
    let mut other = answer("a");
    other["pem"] = answer("a")["pem"].clone();
    let no_key = json!({"id": "a", "pem": "xx", "jwk": "yy", "created": "then"});
    for result in [other, no_key] {
        let stub = Stub::result(&result);
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = stub.command();
        command
            .args(["keys", "create", "--out", "key"])
            .current_dir(folder.path());
        let run = feed(&mut command, "");
        assert_eq!((run.code, &*run.stdout), (Some(3), ""), "{}", run.stderr);
        assert!(
            run.stderr
                .contains("the key a was made and is in key, but it cannot be used: "),
            "{}",
            run.stderr
        );
        let kept = fs::read_to_string(folder.path().join("key")).expect("the file");
        assert_eq!(serde_json::from_str::<Json>(&kept).expect("JSON"), result);
    }
}

#[test]
fn an_id_is_no_path() {
    let mut result = answer("x");
    for id in ["../../x\u{1b}[31m", "", "a b", "x\nkey id: y"] {
        result["id"] = json!(id);
        is_no_path(&result);
    }
}

fn is_no_path(result: &Json) {
    let stub = Stub::result(result);
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).expect("a folder");
    let mut command = stub.command();
    command.args(["keys", "create"]).current_dir(&inner);
    let run = feed(&mut command, "");
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'));
    let files: Vec<_> = fs::read_dir(&inner).expect("the folder").collect();
    let [Ok(file)] = &*files else {
        panic!("one file: {files:?}");
    };
    let name = file.file_name().into_string().expect("UTF-8");
    assert!(name.starts_with("stream-key-new-"), "{name}");
}

#[test]
fn keys_are_listed() {
    let api = Api::new();
    assert_eq!(api.run(&["keys", "list"]).good(), "id  created\n");
    assert_eq!(api.run(&["keys", "list", "--json"]).good(), "");
    api.run(&["keys", "create"]).good();
    api.run(&["keys", "create"]).good();
    let table = api.run(&["keys", "list"]).good();
    let ids: Vec<_> = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(ids, api.keys());
    let lines = api.run(&["keys", "list", "--json"]).good();
    let lines: Vec<Json> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for (line, id) in lines.iter().zip(ids) {
        assert_eq!(
            (line["id"].as_str(), line["key_id"].as_str()),
            (Some(id), Some(id))
        );
        assert!(line["created"].is_string());
    }
}

/// The API may say what it likes; none of it is a line of ours, or a word of the shell.
#[test]
fn ids_that_are_none_end_no_line_and_no_command() {
    let list = json!([{"id": "a\nb; rm c", "key_id": "a", "created": "then\nnow"}]);
    let table = feed(Stub::result(&list).command().args(["keys", "list"]), "").good();
    assert_eq!(table, "id          created\na\\nb; rm c  then\\nnow\n");

    let stub = Stub::new(vec![
        ("200 OK", success(&list)),
        ("200 OK", success(&answer("new"))),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = stub.command();
    command.args(["keys", "rotate"]).current_dir(folder.path());
    let text = feed(&mut command, "").good();
    assert!(
        text.ends_with("streamtoken api keys delete 'a\\nb; rm c'\n"),
        "{text}"
    );

    let mut made = answer("e");
    made["id"] = json!("a b\nkey id: c");
    let stub = Stub::result(&made);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a device");
    let mut command = stub.command();
    command.args(["keys", "create", "--out", "-"]).stdout(full);
    let lost = Run::from(command.output().expect("the end"));
    assert!(
        lost.stderr
            .ends_with("streamtoken api keys delete --yes 'a b\\nkey id: c'\n"),
        "{}",
        lost.stderr
    );

    // No key is made where the old one could not be deleted.
    let list = json!([{"id": "a/b", "key_id": "a/b", "created": null}]);
    let stub = Stub::result(&list);
    let mut command = stub.command();
    command.args(["keys", "rotate", "--revoke", "a/b", "--yes"]);
    feed(command.current_dir(folder.path()), "").refused(2, "key_id_invalid");
}

#[test]
fn a_key_is_deleted_when_somebody_says_so() {
    let api = Api::new();
    for _ in 0..3 {
        api.run(&["keys", "create"]).good();
    }
    let keys = api.keys();
    let [first, second, third] = &*keys else {
        panic!("three keys");
    };
    let why = api
        .run(&["keys", "delete", first])
        .refused(2, "usage_invalid");
    assert!(
        why.contains("ends every token") && why.contains("--yes"),
        "{why}"
    );
    let no = at_terminal(api.command().args(["keys", "delete", first]), "n\n");
    assert_eq!(no.code, Some(2), "{}", no.stdout);
    assert!(
        no.stdout.contains("[y/N]")
            && no
                .stdout
                .contains("error[usage_invalid]: the answer was not yes; nothing was changed"),
        "{}",
        no.stdout
    );
    assert_eq!(api.keys(), keys);
    let yes = at_terminal(api.command().args(["keys", "delete", first]), "y\n");
    assert!(
        yes.code == Some(0) && yes.stdout.contains("is deleted"),
        "{}",
        yes.stdout
    );
    assert_eq!(api.keys(), [&**second, third]);
    let told = api.run(&["keys", "delete", second, "--yes", "--json"]);
    assert_eq!(told.json(), json!({"id": second, "result": "Revoked"}));
    assert_eq!(
        api.run(&["keys", "delete", third, "--yes"]).good(),
        format!("{third} is deleted\n")
    );
    assert!(api.keys().is_empty());
    api.run(&["keys", "delete", third, "--yes"])
        .refused(4, "api_not_found");
    for id in ["", "a/b", "..", "%2e%2e", &"a".repeat(65)] {
        for yes in [&[][..], &["--yes"]] {
            api.run(&[&["keys", "delete", id], yes].concat())
                .refused(2, "key_id_invalid");
        }
    }
}

/// An emulator with one key, and its id.
fn with_a_key() -> (Api, String) {
    let api = Api::new();
    api.run(&["keys", "create", "--out", "old"]).good();
    let old = api.keys().remove(0);
    (api, old)
}

#[test]
fn a_rotation_makes_a_key_and_ends_the_old_one_only_when_told_so() {
    let (api, old) = with_a_key();
    let text = api.run(&["keys", "rotate", "--out", "new"]).good();
    let new = id(&api.at("new"));
    assert_eq!(api.keys(), [&*old, &new]);
    assert!(
        text.contains("proof:  it signs") && text.contains(&format!("api keys delete {old}")),
        "{text}"
    );
    assert!(
        text.contains("export CLOUDFLARE_STREAM_KEY_FILE="),
        "{text}"
    );

    let revoke = ["keys", "rotate", "--revoke", &old, "--out", "newer"];
    api.run(&revoke).refused(2, "usage_invalid");
    assert_eq!((api.keys().len(), api.at("newer").exists()), (2, false));
    let told = api
        .run(&[&revoke[..], &["--yes", "--json"]].concat())
        .json();
    let newer = id(&api.at("newer"));
    assert_eq!(api.keys(), [&*new, &newer]);
    assert_eq!(
        (&told["id"], &told["revoked"]),
        (&json!(newer), &json!(old))
    );
    assert_eq!(
        (&told["file"], &told["keys"]),
        (&json!("newer"), &json!([new]))
    );

    let revoke = ["keys", "rotate", "--revoke", &new];
    let no = at_terminal(api.command().args(revoke), "\n");
    assert_eq!((no.code, api.keys().len()), (Some(2), 2), "{}", no.stdout);
    let yes = at_terminal(api.command().args(revoke), "yes\n");
    assert!(
        yes.stdout.contains(&format!("ended:  {new}")),
        "{}",
        yes.stdout
    );
    assert_eq!(api.keys()[0], newer);
    assert_eq!(api.files().len(), 4, "{:?}", api.files());
}

#[test]
fn a_dry_run_changes_nothing() {
    let (api, old) = with_a_key();
    for more in [
        &[][..],
        &["--out", "new"],
        &["--revoke", &old],
        &["--revoke", &old, "--yes"],
    ] {
        let rotate = [&["keys", "rotate", "--dry-run"], more].concat();
        let text = api.run(&rotate).good();
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("would "))
                .count(),
            3,
            "{text}"
        );
        assert_eq!(text.contains(&old), more.contains(&&*old), "{text}");
        let told = api.run(&[&rotate[..], &["--json", "-v"]].concat());
        assert_eq!(told.json()["dry_run"], true);
        let requests: Vec<Json> = told
            .stderr
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0]["method"], "GET");
    }
    api.run(&["keys", "rotate", "--dry-run", "--out", "old"])
        .refused(2, "file_unwritable");
    api.run(&["keys", "rotate", "--dry-run", "--revoke", "none"])
        .refused(2, "option_value");
    assert_eq!(
        (api.keys(), api.files()),
        (vec![old], vec!["old".to_owned()])
    );
}

#[test]
fn no_failure_of_a_rotation_costs_the_old_key() {
    let (api, old) = with_a_key();
    let rotate = ["keys", "rotate", "--revoke", &old, "--yes", "--out", "new"];
    let fails = json!({"status": 500, "path": "keys"});
    let is_as_before = || api.keys() == [&*old] && api.files() == ["old"];

    api.run(&["keys", "rotate", "--revoke", "none", "--yes"])
        .refused(2, "option_value");
    api.run(&["keys", "rotate", "--out", "-"])
        .refused(2, "usage_invalid");
    api.run(&["keys", "rotate", "--yes"])
        .refused(2, "usage_invalid");
    assert!(is_as_before());

    // The list.
    api.fail(std::slice::from_ref(&fails));
    let rotated = api.run(&[&rotate[..], &["--max-retries", "0"]].concat());
    api.fail(&[]);
    rotated.refused(4, "api_server_error");
    assert!(is_as_before());

    // The new key.
    api.fail(&[pass(), fails.clone()]);
    let rotated = api.run(&rotate);
    api.fail(&[]);
    rotated.refused(4, "api_server_error");
    assert!(is_as_before());

    // Its file.
    api.fail(&[
        pass(),
        json!({"latency_ms": 3000, "path": "keys", "times": 1}),
    ]);
    let child = start(api.command().args(rotate));
    wait_until(|| api.at("new").exists());
    fs::remove_file(api.at("new")).expect("the file");
    let lost = child.wait_with_output().expect("the end");
    let why = Run::from(lost).refused(2, "file_unwritable");
    assert_eq!(api.keys().len(), 2);
    let new = api.keys().remove(1);
    assert!(why.contains(&new) && !why.contains(&old), "{why}");
    api.run(&["keys", "delete", &new, "--yes"]).good();
    assert!(is_as_before());

    // The end of the old one.
    api.fail(&[pass(), pass(), fails]);
    let rotated = api.run(&[&rotate[..], &["--max-retries", "0"]].concat());
    api.fail(&[]);
    let why = rotated.refused(4, "api_server_error");
    let new = id(&api.at("new"));
    assert_eq!(api.keys(), [&*old, &new]);
    let said = format!("the new key {new} is in new and works, but deleting {old} failed");
    assert!(
        why.starts_with(&said) && why.contains("status 500"),
        "{why}"
    );
}

/// The proof fails: the answer's two forms are different keys.
#[test]
fn a_new_key_that_fails_its_proof_ends_no_old_one() {
    let mut bad = answer("new");
    bad["jwk"] = answer("new")["jwk"].clone();
    let same = answer("old");
    for (made, exit) in [(bad, 3), (same, 4)] {
        let list = json!([{"id": "old", "key_id": "old", "created": null}]);
        let stub = Stub::new(vec![
            ("200 OK", success(&list)),
            ("200 OK", success(&made)),
            ("200 OK", success(&json!("Revoked"))),
        ]);
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = stub.command();
        command
            .args(["keys", "rotate", "--revoke", "old", "--yes"])
            .current_dir(folder.path());
        let output = feed(&mut command, "");
        assert_eq!(output.code, Some(exit), "{}", output.stderr);
        let asked = stub.asked();
        let methods: Vec<_> = asked
            .iter()
            .filter_map(|asked| asked.head.split(' ').next())
            .collect();
        assert_eq!(methods, ["GET", "POST"], "nothing is deleted");
    }
    // A file that nobody reads is no proof.
    run(&["api", "keys", "rotate", "--out", "-", "--account-id", "a"])
        .refused(4, "api_credential_missing");
}
