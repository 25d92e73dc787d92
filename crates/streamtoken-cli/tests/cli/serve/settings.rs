//! `--check-config`: the settings in force, and those that are refused.

use super::{check, folder, master_key, serve, start_and_end};
use crate::common::{feed, streamtoken};

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
