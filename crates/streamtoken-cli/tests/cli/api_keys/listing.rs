//! `streamtoken api keys`: what there is, and what is deleted.

use std::fs;

use serde_json::{Value as Json, json};

use super::answer;
use crate::api::at_terminal;
use crate::common::{Run, feed};
use crate::emulator::Api;
use crate::stub::{Stub, success};

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
