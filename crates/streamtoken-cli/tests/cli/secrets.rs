//! Where keys come from, and where they must not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::common::{Folder, ISSUED, KEY_ID, VIDEO, example, feed, run, streamtoken};

#[test]
fn the_key_comes_from_a_file_standard_input_or_the_environment() {
    let folder = Folder::new();
    let expected = feed(folder.sign().arg(VIDEO), "").good();
    let key = example("pem_base64");
    let base = ["sign", VIDEO, "--now", ISSUED];
    let piped = feed(
        streamtoken()
            .args(base)
            .args(["--key", "-", "--key-id", KEY_ID]),
        key.clone(),
    );
    assert_eq!(piped.good(), expected);
    let with = |name: &str, value: &str| {
        feed(
            streamtoken()
                .args(base)
                .env(name, value)
                .env("CLOUDFLARE_STREAM_KEY_ID", KEY_ID),
            "",
        )
    };
    assert_eq!(with("CLOUDFLARE_STREAM_KEY", &key).good(), expected);
    assert_eq!(
        with("CLOUDFLARE_STREAM_KEY_FILE", &folder.at("key")).good(),
        expected
    );
    with("CLOUDFLARE_STREAM_KEY_FILE", &folder.at("none")).refused(3, "key_file_unreadable");
    with("CLOUDFLARE_STREAM_KEY", " ").refused(3, "key_not_given");
    let both = feed(
        streamtoken()
            .args(base)
            .env("CLOUDFLARE_STREAM_KEY", &key)
            .env("CLOUDFLARE_STREAM_KEY_FILE", folder.at("key")),
        "",
    );
    both.refused(3, "key_conflict");
    // A token is verified with the environment's key, too.
    let verified = feed(
        streamtoken()
            .args(["verify", expected.trim_end(), "--now", ISSUED])
            .env("CLOUDFLARE_STREAM_KEY", &key)
            .env("CLOUDFLARE_STREAM_KEY_ID", KEY_ID),
        "",
    );
    assert!(verified.good().contains("accepted"));
}

#[test]
fn variables_of_white_space_alone_name_no_key() {
    let token = example("token");
    let args = ["explain", &token, "--now", ISSUED];
    let blank = [
        ("CLOUDFLARE_STREAM_KEY", " \n"),
        ("CLOUDFLARE_STREAM_KEY_FILE", "\t"),
    ];
    let without = run(&args);
    assert!(
        without.stdout.contains("no key was given"),
        "{}",
        without.stdout
    );
    let found = feed(streamtoken().args(args).envs(blank), "");
    assert_eq!(found.good(), without.good());
}

#[test]
fn keys_verify_in_every_form() {
    let folder = Folder::new();
    let token = example("token");
    let public = |format: &str| {
        run(&[
            "key",
            "public",
            &folder.at("key"),
            "--key-id",
            KEY_ID,
            "--format",
            format,
        ])
        .good()
    };
    folder.write("pem", public("pem"));
    folder.write("jwk", public("jwk"));
    for (file, id) in [
        ("jwks", None),
        ("jwk", None),
        ("jwk", Some(KEY_ID)),
        ("pem", Some(KEY_ID)),
        ("key", Some(KEY_ID)),
    ] {
        let path = folder.at(file);
        let mut args = vec!["verify", &token, "--now", ISSUED, "--keys", &path];
        args.extend(id.map(|id| ["--key-id", id]).into_iter().flatten());
        assert!(run(&args).good().contains("accepted"), "{file}");
    }
    let keys = |text: &str| {
        feed(
            streamtoken().args(["verify", &token, "--now", ISSUED, "--keys", "-"]),
            text,
        )
    };
    keys("{}").refused(3, "key_set_malformed");
    keys(r#"{"keys":[]}"#).refused(3, "key_set_empty");
    keys("nonsense").refused(3, "key_unrecognized");
    keys(&public("pem")).refused(3, "key_id_missing");
    keys(&format!("{{\"keys\":[{}]}}", "1,".repeat(1 << 20))).refused(3, "key_too_large");
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let base64 = example("pem_base64");
    let pem = String::from_utf8(STANDARD.decode(&base64).expect("base64")).expect("UTF-8");
    let folder = Folder::new();
    let jwk = run(&[
        "key",
        "export",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--format",
        "jwk",
    ])
    .good();
    let jwk64 = run(&[
        "key",
        "export",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--format",
        "jwk-base64",
    ])
    .good();
    for key in [
        &*base64,
        &pem,
        jwk.trim(),
        jwk64.trim(),
        &pem[..120],
        &pem.replace('\n', " "),
    ] {
        let assigned = format!("--key={key}");
        for args in [
            &["sign", "v", "--key", key][..],
            &["sign", "v", &assigned],
            &["sign", "--", key],
            &["sign", "v", "--keyy", key],
            &["verify", "--", key],
            &["inspect", key],
            &["key", "show", key],
            &["urls", "t", "--options", key],
            &[key],
        ] {
            let run = run(args);
            let text = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, Some(2), "{text}");
            assert!(
                text.starts_with("error[usage_invalid]: an argument holds a key"),
                "{text}"
            );
            assert!(
                !text.contains("MII") && !text.contains(&base64[20..40]) && !text.contains("BEGIN"),
                "{text}"
            );
        }
    }
    // Without its armour, cut off, or with a name before it.
    let body: String = pem.lines().filter(|line| !line.contains('-')).collect();
    let jwk = jwk.trim();
    for key in [
        &body,
        &body[..body.len() - 7],
        &jwk[..jwk.len() - 1],
        &jwk.replace('"', "'"),
        &jwk64[..1200],
        &format!("CLOUDFLARE_STREAM_KEY={jwk64}"),
        &format!("@{jwk}"),
    ] {
        for args in [
            &["sign", "v", "--key", key][..],
            &["sign", "v", key],
            &["key", "generate", "--out", key],
            &["sign", "v", "--access-rules", &format!("@{key}")],
        ] {
            let message = run(args).refused(2, "usage_invalid");
            assert!(message.starts_with("an argument holds a key"), "{message}");
        }
    }
    // Tokens, long lists of rules and paths are no keys.
    let rules = format!(
        "[{{\"type\":\"ip.src\",\"action\":\"allow\",\"ip\":[\"192.0.2.1\"{}]}}]",
        ",\"192.0.2.1\"".repeat(40)
    );
    assert_eq!(
        feed(folder.sign().args([VIDEO, "--access-rules", &rules]), "").code,
        Some(0)
    );
    run(&["key", "show", &"a".repeat(200)]).refused(3, "key_file_unreadable");
}

/// The remains of a key may look like nothing in particular, and a token is a secret too.
#[test]
fn long_arguments_are_not_repeated() {
    let long = "Zm9vYmFy".repeat(50);
    let dashed = format!("--{long}");
    let file = format!("@{long}");
    for args in [
        &["sign", "v", "--key", &*long][..],
        &["sign", "v", &long],
        &["sign", "v", &dashed],
        &["sign", "v", "--access-rules", &file],
        &["verify", "t", "--keys", &long],
        &["key", "generate", "--out", &long],
        &["completions", &long],
        &["--color", &long],
        &[&long],
    ] {
        for form in [&[][..], &["--json"]] {
            let run = feed(streamtoken().args(form).args(args), "");
            let text = format!("{}{}", run.stdout, run.stderr);
            assert!(
                run.code != Some(0) && !text.contains("Zm9vYmFy") && text.contains("characters]"),
                "{text}"
            );
        }
    }
    let short = run(&["sign", "v", "--kye", "x"]).refused(2, "usage_invalid");
    assert!(
        short.contains("'--kye'") && short.contains("tip:"),
        "{short}"
    );
}

/// An attacker may put a public key into a token; it is no key of the user's.
#[test]
fn a_token_with_a_key_in_its_header_is_a_token() {
    let header = format!(
        r#"{{"jwk":  {{"kty":"RSA","n":"{}"}},"alg":"RS256","kid":"k"}}"#,
        "A".repeat(342)
    );
    let token = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header));
    assert!(token.contains("eyJrdHkiO"), "what a JWK begins with");
    assert!(run(&["inspect", &token]).good().contains("\"jwk\""));
}
