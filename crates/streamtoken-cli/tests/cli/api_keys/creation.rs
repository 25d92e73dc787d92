//! `streamtoken api keys`: where a new key goes, and how to use it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};
use streamtoken::SigningKey;

use super::{answer, id};
use crate::common::{VIDEO, feed};
use crate::emulator::Api;
use crate::stub::Stub;

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
        super::id(&api.at(&format!("stream-key-{second}.json"))),
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

#[test]
fn what_is_not_known_of_a_key_is_saved_too() {
    let mut result = answer("k");
    result["site"] = json!({"of": [1, "a"]});
    let stub = Stub::result(&result);
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = stub.command();
    command.args(["keys", "create"]).current_dir(folder.path());
    feed(&mut command, "").good();
    let file = fs::read(folder.path().join("stream-key-k.json")).expect("a file");
    let saved: Json = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(saved, result);
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
