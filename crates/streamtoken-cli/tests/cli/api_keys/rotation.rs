//! `streamtoken api keys`: the old key stays until the new one is proved.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use super::{answer, id, start, wait_until, with_a_key};
use crate::api::at_terminal;
use crate::common::{Run, feed, run};
use crate::emulator::pass;
use crate::stub::{Stub, success};

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
