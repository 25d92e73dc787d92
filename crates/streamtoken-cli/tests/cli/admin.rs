//! `streamtoken admin`, on stores of its own.

use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::common::{KEY_ID, Run, VIDEO, example, feed, streamtoken};

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// A folder for a store and its master key, named by the environment.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// With an account.
    fn with_account() -> Self {
        let place = Self::new();
        assert_eq!(place.admin(&["account", "create", ACCOUNT]).code, Some(0));
        place
    }

    fn command(&self) -> Command {
        let mut command = streamtoken();
        command
            .arg("admin")
            .current_dir(self.0.path())
            .env("STREAMTOKEN_STORE", "store.db")
            .env("STREAMTOKEN_MASTER_KEY_FILE", "master.key");
        command
    }

    fn admin(&self, args: &[&str]) -> Run {
        feed(self.command().args(args), "")
    }

    /// `token create` for all accounts.
    fn create(&self, args: &[&str]) -> Run {
        let create = ["token", "create", "--name", "n", "--all-accounts", "--json"];
        self.admin(&[&create, args].concat())
    }

    fn lines(&self, args: &[&str]) -> Vec<Json> {
        let text = self.admin(&[args, &["--json"]].concat()).good();
        let parse = |line| serde_json::from_str(line).expect("JSON");
        text.lines().map(parse).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.0.path().join(name).exists()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).expect("a writable folder");
    }
}

/// Code and pointer of a refusal in JSON.
fn refusal(run: &Run) -> (String, Json) {
    assert_ne!(run.code, Some(0));
    let error = run.json()["error"].clone();
    let code = error["code"].as_str().expect("a code").to_owned();
    (code, error["field"].clone())
}

#[test]
fn the_first_account_makes_the_store_and_the_master_key() {
    let place = Place::new();
    place
        .admin(&["account", "list"])
        .refused(5, "store_unavailable");
    let made = place.admin(&["account", "create", ACCOUNT]).good();
    assert!(made.contains(ACCOUNT), "{made}");
    assert!(place.has("store.db") && place.has("master.key"));
    place.write("key", &example("pem_base64"));
    let with_key = [
        "account", "create", "second", "--key", "key", "--key-id", KEY_ID,
    ];
    place.admin(&with_key).good();
    let listed = place.lines(&["account", "list"]);
    assert_eq!(listed.len(), 2);
    assert_eq!(
        listed[1],
        json!({"account": "second", "endpoint_key": KEY_ID, "keys": 0})
    );
    place.admin(&with_key).refused(2, "usage_invalid");
    let mut of_another = with_key;
    of_another[2] = "third";
    place
        .admin(&of_another)
        .refused(5, "key_of_another_account");
    place
        .admin(&["account", "create", "no/id"])
        .refused(2, "account_id_invalid");
    let table = place.admin(&["account", "list"]).good();
    assert!(table.starts_with("account    "), "{table}");
}

#[cfg(unix)]
#[test]
fn what_is_made_is_the_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_account();
    let mode = |name: &str| {
        let file = fs::metadata(place.0.path().join(name)).expect("a file");
        file.permissions().mode() & 0o777
    };
    assert_eq!((mode("store.db"), mode("master.key")), (0o600, 0o600));
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(place.0.path().join("master.key"), open).expect("our file");
    let warned = place.admin(&["account", "create", "b"]);
    assert_eq!(warned.code, Some(0));
    assert!(warned.stderr.contains("chmod 600"), "{}", warned.stderr);
}

#[test]
fn a_master_key_is_never_made_for_a_store_that_is_there() {
    let place = Place::with_account();
    let create = ["account", "create", "b"];
    fs::rename(
        place.0.path().join("master.key"),
        place.0.path().join("kept"),
    )
    .expect("our file");
    place.admin(&create).refused(5, "master_key_missing");
    assert!(!place.has("master.key"));
    feed(
        place
            .command()
            .env_remove("STREAMTOKEN_MASTER_KEY_FILE")
            .args(create),
        "",
    )
    .refused(5, "master_key_missing");
    place
        .admin(&["master-key", "generate", "--out", "master.key"])
        .good();
    place.admin(&create).refused(5, "master_key_wrong");
    place.write("master.key", "short");
    place.admin(&create).refused(5, "master_key_invalid");
    let text = fs::read_to_string(place.0.path().join("kept")).expect("our file");
    feed(
        place
            .command()
            .env("STREAMTOKEN_MASTER_KEY", &text)
            .args(create),
        "",
    )
    .refused(5, "config_invalid");
    let mut command = place.command();
    command
        .env_remove("STREAMTOKEN_MASTER_KEY_FILE")
        .env("STREAMTOKEN_MASTER_KEY", &text);
    feed(command.args(create), "").good();
}

#[test]
fn a_token_is_printed_once_and_alone() {
    let place = Place::with_account();
    let create = ["token", "create", "--name", "web", "--account", ACCOUNT];
    let made = place.admin(&create);
    assert_eq!(made.code, Some(0));
    let token = made.stdout.trim_end();
    assert!(token.starts_with("stk_") && token.len() > 50 && !token.contains('\n'));
    let id = token.split('_').nth(1).expect("an id");
    assert!(made.stderr.contains(id), "{}", made.stderr);
    let file = fs::read(place.0.path().join("store.db")).expect("the store");
    // It is in base64url, which has underscores too.
    let secret = token.splitn(3, '_').nth(2).expect("a secret").as_bytes();
    assert!(!file.windows(secret.len()).any(|window| window == secret));
    let listed = place.lines(&["token", "list"]);
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(id)));
    assert_eq!(listed[0]["accounts"], json!({"only": [ACCOUNT]}));
    assert_eq!(listed[0]["actions"], json!(["token.create"]));
    assert!(listed[0].get("token").is_none());
    let table = place.admin(&["token", "list"]).good();
    assert!(
        table.contains("  web   ") && !table.contains(token),
        "{table}"
    );
}

#[test]
fn a_token_is_revoked_by_its_id() {
    let place = Place::with_account();
    let made = place.create(&[]).json();
    let (id, token) = (made["id"].as_str().expect("an id"), &made["token"]);
    let given = token.as_str().expect("a token");
    let message = place
        .admin(&["token", "revoke", given])
        .refused(5, "credential_unknown");
    assert!(!message.contains(given), "{message}");
    place.admin(&["token", "revoke", id]).good();
    assert!(place.lines(&["token", "list"])[0]["revoked"].is_string());
    place
        .admin(&["token", "revoke", id])
        .refused(5, "credential_unknown");
}

#[test]
fn grants_and_policy_are_what_the_flags_say() {
    let place = Place::with_account();
    place.write("rules.json", r#"[{"type":"any","action":"block"}]"#);
    let made = place.create(&[
        "--action",
        "keys.list",
        "--action",
        "token.create",
        "--email",
        "a@example.com",
        "--video",
        VIDEO,
        "--video-prefix",
        "ab",
        "--max-lifetime",
        "2h",
        "--access-rules",
        "rules.json",
        "--forbid-downloadable",
    ]);
    let made = made.json();
    assert_eq!(made["accounts"], "all");
    assert_eq!(made["actions"], json!(["token.create", "keys.list"]));
    assert_eq!(made["email"], "a@example.com");
    assert_eq!(
        made["policy"],
        json!({
            "videos": {"only": [VIDEO], "prefixes": ["ab"]},
            "max_lifetime": 7200,
            "access_rules": [{"type": "any", "action": "block"}],
            "forbid_downloadable": true,
        })
    );
}

#[test]
fn a_policy_is_checked_when_it_is_made() {
    let place = Place::with_account();
    for (args, code, field) in [
        (["--video", "a b"], "identifier_invalid", "/videos/only/0"),
        (
            ["--video-prefix", ""],
            "identifier_invalid",
            "/videos/prefixes/0",
        ),
        (["--max-lifetime", "0"], "option_value", "/max_lifetime"),
        (["--max-lifetime", "86401"], "option_value", "/max_lifetime"),
        (["--max-lifetime", "25h"], "option_value", "/max_lifetime"),
        (["--max-lifetime", "-1"], "option_value", "/max_lifetime"),
        (
            ["--max-lifetime", "soon"],
            "duration_invalid",
            "/max_lifetime",
        ),
        (
            ["--access-rules", r#"[{"type":"x","action":"block"}]"#],
            "rule_type_unknown",
            "/accessRules/0/type",
        ),
        (["--email", "nobody"], "option_value", "/email"),
    ] {
        let refused = refusal(&place.create(&args));
        assert_eq!(refused, (code.to_owned(), json!(field)), "{args:?}");
    }
    let (code, _) = refusal(&place.create(&["--access-rules", "no-file"]));
    assert_eq!(code, "file_unreadable");
    place.create(&["--max-lifetime", "24h"]).good();
    let name = ["token", "create", "--name", "a\nb", "--all-accounts"];
    place.admin(&name).refused(2, "option_value");
    let unknown = ["token", "create", "--name", "n", "--account", "other"];
    let message = place.admin(&unknown).refused(5, "account_unknown");
    assert!(message.contains("admin account create other"), "{message}");
    place
        .admin(&["token", "create", "--name", "n"])
        .refused(2, "usage_invalid");
    assert_eq!(place.lines(&["token", "list"]).len(), 1);
}

#[test]
fn a_master_key_is_rotated() {
    let place = Place::with_account();
    let made = place
        .admin(&["master-key", "generate", "--out", "new.key", "--json"])
        .json();
    place
        .admin(&["master-key", "generate", "--out", "new.key"])
        .refused(2, "file_unwritable");
    place
        .admin(&["master-key", "rotate"])
        .refused(2, "usage_invalid");
    let new = ["--master-key-file", "new.key"];
    let both = [&new[..], &["--previous-master-key-file", "master.key"]].concat();
    place
        .admin(&[&["account", "create", "b"], &new[..]].concat())
        .refused(5, "master_key_wrong");
    // Before, the two open the store as well, and what is made then is sealed anew, too.
    place
        .admin(&[&["account", "create", "b"], &both[..]].concat())
        .good();
    place.admin(&["account", "create", "c"]).good();
    for _ in 0..2 {
        let rotated = place
            .admin(&[&["master-key", "rotate", "--json"], &both[..]].concat())
            .json();
        assert_eq!(
            rotated,
            json!({"master_key_id": made["master_key_id"], "keys": 3})
        );
    }
    place
        .admin(&["account", "create", "d"])
        .refused(5, "master_key_wrong");
    place
        .admin(&[&["account", "create", "d"], &new[..]].concat())
        .good();
    let shown = place.admin(&["master-key", "generate", "--out", "-"]);
    assert_eq!((shown.code, shown.stdout.len()), (Some(0), 45));
}

#[test]
fn what_is_no_store_is_told() {
    let place = Place::new();
    place.write(
        "store.db",
        "something else, long enough to be read as a header of a page",
    );
    place
        .admin(&["account", "list"])
        .refused(5, "store_damaged");
    let list = ["account", "list", "--store", "no/store.db"];
    place.admin(&list).refused(5, "store_unavailable");
    let create = ["account", "create", "a", "--store", "no/store.db"];
    let message = place.admin(&create).refused(5, "store_unavailable");
    assert!(message.contains("no folder no"), "{message}");
    assert!(!place.has("master.key"));
    feed(
        place
            .command()
            .env_remove("STREAMTOKEN_STORE")
            .args(["token", "list"]),
        "",
    )
    .refused(5, "store_unavailable");
}

#[test]
fn an_empty_file_stays_one_when_it_is_asked_for_a_list() {
    let place = Place::new();
    place.write("store.db", "");
    for what in ["account", "token"] {
        place.admin(&[what, "list"]).refused(5, "store_damaged");
    }
    place
        .admin(&["token", "create", "--name", "n", "--all-accounts"])
        .refused(5, "store_damaged");
    assert_eq!(
        fs::read(place.0.path().join("store.db")).expect("our file"),
        b""
    );
}

#[test]
fn without_a_name_it_is_the_store_that_is_served() {
    let place = Place::new();
    let mut command = place.command();
    command.env_remove("STREAMTOKEN_STORE");
    feed(command.args(["account", "create", ACCOUNT]), "").good();
    assert!(place.has("streamtoken.db"));
}

#[test]
fn the_master_key_before_may_stand_in_the_environment_itself() {
    let place = Place::with_account();
    let old = fs::read_to_string(place.0.path().join("master.key")).expect("our file");
    place
        .admin(&["master-key", "generate", "--out", "new.key"])
        .good();
    let rotate = || {
        let mut command = place.command();
        command
            .env("STREAMTOKEN_MASTER_KEY_FILE", "new.key")
            .env("STREAMTOKEN_PREVIOUS_MASTER_KEY", old.trim())
            .args(["master-key", "rotate"]);
        command
    };
    let both = rotate()
        .env("STREAMTOKEN_PREVIOUS_MASTER_KEY_FILE", "master.key")
        .output()
        .expect("the binary starts");
    Run::from(both).refused(5, "config_invalid");
    feed(&mut rotate(), "").good();
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_that_cannot_be_shown_is_revoked() {
    let place = Place::with_account();
    for json in [&[][..], &["--json"]] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a full device");
        let status = place
            .command()
            .args(["token", "create", "--name", "n", "--all-accounts"])
            .args(json)
            .stdout(full)
            .stderr(std::process::Stdio::null())
            .status()
            .expect("the binary starts");
        assert!(!status.success());
    }
    let listed = place.lines(&["token", "list"]);
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|token| token["revoked"].is_string()));
}
