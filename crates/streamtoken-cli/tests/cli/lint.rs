//! `lint`, `sign --lint`, and `simulate`.

use serde_json::json;

use crate::common::{Folder, VIDEO, example, feed, run, streamtoken};

/// The platform's own template: one address is allowed, and nobody is blocked.
const TEMPLATE: &str = r#"[{"type":"ip.src","action":"allow","ip":["8.8.8.8"]}]"#;
const CLEAN: &str = r#"[{"type":"ip.geoip.country","action":"allow","country":["GB"]},{"type":"any","action":"block"}]"#;

#[test]
fn the_template_that_restricts_nothing_is_named() {
    let folder = Folder::new();
    folder.write("rules.json", TEMPLATE);
    let found = run(&["lint", &folder.at("rules.json"), "--json"]);
    assert_eq!((found.code, &*found.stderr), (Some(1), ""));
    let first = &found.json()["findings"][0];
    assert_eq!(
        (&first["id"], &first["level"], &first["field"]),
        (
            &json!("allow_without_block"),
            &json!("warning"),
            &json!("/accessRules/0")
        )
    );
    let text = run(&["lint", &folder.at("rules.json")]);
    assert_eq!(text.code, Some(1));
    assert!(
        text.stdout
            .starts_with("warning  allow_without_block\n         access rule 1 restricts nothing"),
        "{}",
        text.stdout
    );
    let remedy = "\n         help: make {\"type\":\"any\",\"action\":\"block\"} the last rule";
    assert!(text.stdout.contains(remedy), "{}", text.stdout);
}

#[test]
fn rules_and_options_come_from_a_file_standard_input_or_the_argument() {
    let folder = Folder::new();
    folder.write("rules.json", CLEAN);
    assert_eq!(
        run(&["lint", &folder.at("rules.json")]).good(),
        "no findings\n"
    );
    assert_eq!(
        run(&["lint", CLEAN, "--json"]).good(),
        "{\"findings\":[]}\n"
    );
    let piped = feed(
        streamtoken().args(["lint", "-"]),
        r#"{"expires_in":"1 hour","ttl":5}"#,
    );
    assert_eq!(piped.code, Some(1));
    assert!(
        piped.stdout.starts_with("error    duration_invalid\n"),
        "{}",
        piped.stdout
    );
    assert!(
        piped.stdout.contains("\nerror    option_unknown\n"),
        "{}",
        piped.stdout
    );
    // Times are compared with --now.
    let at = |now: &str| run(&["lint", r#"{"exp":1537460365}"#, "--now", now]);
    assert_eq!(at("2018-09-20T15:20:00Z").good(), "no findings\n");
    assert!(
        at("1537460366")
            .stdout
            .starts_with("error    exp_not_after_now\n")
    );
    at("-1").refused(2, "time_negative");
    at("soon").refused(2, "time_text_invalid");
}

#[test]
fn what_cannot_be_read_is_refused_and_not_repeated() {
    let folder = Folder::new();
    run(&["lint", &folder.at("none")]).refused(2, "file_unreadable");
    for text in [
        "",
        "nonsense",
        "[",
        r#"{"a":1,"a":2}"#,
        &"[".repeat(100_000),
    ] {
        let found = feed(streamtoken().args(["lint", "-"]), text);
        assert_eq!(found.code, Some(2), "{}", found.stdout);
    }
    let rules = format!(
        "[{}]",
        vec![r#"{"type":"any","action":"block"}"#; 1_000_000].join(",")
    );
    feed(streamtoken().args(["lint", "-"]), rules).refused(2, "file_unreadable");
    let key = example("pem_base64");
    let jwk = feed(folder.sign().args([VIDEO, "--json"]), "").json()["token"].to_string();
    for secret in [key, format!("{{\"kty\":\"RSA\",\"d\":{jwk}}}")] {
        let found = feed(streamtoken().args(["lint", "-"]), secret.clone());
        let told = found.stdout + &found.stderr;
        assert!(!told.contains(&secret[30..60]), "{told}");
    }
}

#[test]
fn signing_warns_unless_told_otherwise() {
    let folder = Folder::new();
    let sign = |args: &[&str]| {
        feed(
            folder
                .sign()
                .args([VIDEO, "--access-rules", TEMPLATE])
                .args(args),
            "",
        )
    };
    let warned = sign(&[]);
    assert_eq!((warned.code, warned.stdout.lines().count()), (Some(0), 1));
    let lines: Vec<_> = warned.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", warned.stderr);
    let first = "warning[allow_without_block]: access rule 1 restricts nothing";
    assert!(lines[0].starts_with(first), "{}", lines[0]);
    assert!(
        lines[0].contains("(/accessRules/0); make {"),
        "{}",
        lines[0]
    );
    assert_eq!(sign(&["--lint", "off"]).good(), warned.stdout);
    let message = sign(&["--lint", "deny"]).refused(2, "lint_denied");
    assert!(message.ends_with("(/accessRules/0)\n"), "{message}");
    sign(&["--lint", "error"]).refused(2, "option_value");
    // Programs have the warnings where they look: in the object, and only when there are some.
    let object: serde_json::Value = serde_json::from_str(&sign(&["--json"]).good()).expect("JSON");
    let ids = object["warnings"].as_array().expect("warnings").iter();
    let ids: Vec<_> = ids.map(|warning| warning["id"].clone()).collect();
    assert_eq!(
        ids,
        [
            "allow_without_block",
            "one_address_family",
            "single_address"
        ]
    );
    for args in [
        &["--json", "--lint", "off"][..],
        &["--json", "--access-rules", "[]"],
    ] {
        let mut command = folder.sign();
        if args.contains(&"off") {
            command.args(["--access-rules", TEMPLATE]);
        }
        let object = feed(command.arg(VIDEO).args(args), "").json();
        assert_eq!(object.get("warnings"), None);
    }
}

#[test]
fn lines_of_a_batch_have_their_warnings() {
    let folder = Folder::new();
    let lines =
        format!("{{\"identifier\":\"a\",\"accessRules\":{TEMPLATE}}}\n{{\"identifier\":\"b\"}}\n");
    let batch = |args: &[&str]| feed(folder.sign().arg("--batch").args(args), lines.clone());
    let answers = |text: &str| -> Vec<serde_json::Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    };
    let warned = answers(&batch(&[]).good());
    assert_eq!(warned[0]["warnings"][0]["id"], "allow_without_block");
    assert!(warned[0]["token"].is_string());
    assert_eq!(warned[1].get("warnings"), None);
    let off = answers(&batch(&["--lint", "off"]).good());
    assert_eq!(
        (off[0].get("warnings"), &off[0]["token"]),
        (None, &warned[0]["token"])
    );
    let denied = batch(&["--lint", "deny", "--quiet"]);
    assert_eq!(denied.code, Some(1));
    let denied = answers(&denied.stdout);
    assert_eq!(denied[0]["error"]["code"], "lint_denied");
    assert_eq!(denied[1]["token"], warned[1]["token"]);
}
