//! The store and its master key: made when they are new, refused when they do not fit.

use std::process::Command;

use tempfile::TempDir;

use super::running::Running;
use super::{check, folder, master_key, serve, start_and_end};
use crate::common::{Run, feed, streamtoken};

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
