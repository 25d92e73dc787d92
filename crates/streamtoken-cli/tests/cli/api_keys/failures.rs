//! `streamtoken api keys`: what goes wrong before a key is made costs none, and what goes wrong afterwards names it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::process::Command;

use serde_json::{Value as Json, json};

use super::{answer, start, wait_until};
use crate::common::{Run, feed};
use crate::emulator::Api;
use crate::stub::Stub;

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
fn a_folder_that_cannot_be_read_is_found_before_a_key_is_made() {
    let api = Api::new();
    let folder = api.at("drop");
    fs::create_dir(&folder).expect("a folder");
    fs::set_permissions(&folder, Permissions::from_mode(0o300)).expect("its mode");
    // What stands in the way of everybody else is none to root, who has to lay that down first.
    let is_root = fs::metadata("/proc/self").expect("a process").uid() == 0;
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.arg("--bounding-set=-dac_override,-dac_read_search");
        command.arg(env!("CARGO_BIN_EXE_streamtoken"));
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_streamtoken"))
    };
    command
        .args(["api", "keys", "create", "--out", "drop/key"])
        .envs(api.variables())
        .current_dir(api.at(""));
    let why = Run::from(command.output().expect("the end")).refused(2, "file_unwritable");
    assert!(why.contains("its folder cannot be read"), "{why}");
    assert!(api.keys().is_empty(), "no key was made in vain");
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("its mode");
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
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
