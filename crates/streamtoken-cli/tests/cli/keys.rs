//! `streamtoken key`.

use std::fs;

use crate::common::{Folder, KEY_ID, VIDEO, example, feed, run, streamtoken};

#[test]
fn a_generated_key_mints_what_its_public_half_verifies() {
    let folder = Folder::new();
    for format in ["jwk", "pkcs1-pem", "pkcs8-pem", "pem-base64", "jwk-base64"] {
        let path = folder.at(format);
        let made = run(&[
            "key", "generate", "--out", &path, "--format", format, "--json",
        ])
        .json();
        let id = made["id"].as_str().expect("an id");
        assert_eq!(made["file"], path);
        assert_eq!(id.len(), 32);
        let given: &[&str] = if format.starts_with("jwk") {
            &[]
        } else {
            &["--key-id", id]
        };
        let token = run(&[&["sign", VIDEO, "--key", &path][..], given].concat()).good();
        let jwks = run(&[&["key", "public", &path][..], given].concat()).good();
        folder.write("public", jwks);
        run(&["verify", token.trim_end(), "--keys", &folder.at("public")]).good();
        if given.is_empty() {
            continue;
        }
        run(&["sign", VIDEO, "--key", &path]).refused(3, "key_id_missing");
    }
}

#[test]
fn a_file_holds_what_standard_output_shows() {
    let folder = Folder::new();
    for format in ["jwk", "pkcs1-pem", "pem-base64"] {
        let (key, file) = (folder.at("key"), folder.at(format));
        let export = [
            "key", "export", &key, "--key-id", KEY_ID, "--format", format,
        ];
        run(&[&export[..], &["--out", &file]].concat()).good();
        let shown = run(&export).good();
        assert!(shown.ends_with('\n'), "{format}");
        assert_eq!(fs::read_to_string(file).expect("the key"), shown);
    }
}

#[test]
fn advice_can_be_pasted_into_a_shell() {
    let folder = Folder::new();
    let path = folder.at("it's \u{1b}[31mmine");
    let text = run(&["key", "generate", "--out", &path]).good();
    assert!(text.contains(r"/it'\''s \u{1b}[31mmine'"), "{text}");
}

#[cfg(unix)]
#[test]
fn private_files_are_the_owners_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = folder.at("new.jwk");
    let text = run(&["key", "generate", "--out", &path]).good();
    assert!(
        text.starts_with("key id: ") && text.contains("streamtoken sign VIDEO --key "),
        "{text}"
    );
    assert!(!text.contains("kty"), "the key is not printed");
    let mode = |path: &str| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    let before = fs::read(&path).expect("the key");
    run(&["key", "generate", "--out", &path]).refused(2, "file_unwritable");
    run(&[
        "key",
        "export",
        &path,
        "--format",
        "pkcs8-pem",
        "--out",
        &path,
    ])
    .refused(2, "file_unwritable");
    assert_eq!(fs::read(&path).expect("the key"), before);
    let pem = folder.at("new.pem");
    assert_eq!(
        run(&[
            "key",
            "export",
            &path,
            "--format",
            "pkcs8-pem",
            "--out",
            &pem
        ])
        .good(),
        ""
    );
    assert_eq!(mode(&pem), 0o600);
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).expect("a link");
    run(&["key", "generate", "--out", &folder.at("link")]).refused(2, "file_unwritable");
    run(&["key", "generate", "--out", &folder.at("no/folder")]).refused(2, "file_unwritable");
    run(&["key", "generate"]).refused(2, "usage_invalid");
}

#[test]
fn a_key_goes_to_standard_output_when_asked_to() {
    let made = run(&["key", "generate", "--out", "-"]);
    assert_eq!(made.code, Some(0));
    let id = made
        .stderr
        .trim_end()
        .strip_prefix("key id: ")
        .expect("the id");
    assert_eq!(made.json()["kid"], id);
    assert!(run(&["key", "generate", "--out", "-", "--json"]).json()["key"].is_string());
}

#[test]
fn show_exits_with_0_for_a_good_key_and_3_for_a_bad_one() {
    let folder = Folder::new();
    let text = run(&["key", "show", &folder.at("key")]).good();
    assert!(
        text.contains("base64 of a PKCS#1 PEM") && text.contains("none: give it with --key-id"),
        "{text}"
    );
    let json = run(&[
        "key",
        "show",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--json",
    ])
    .json();
    assert_eq!(
        (&json["id"], &json["bits"], &json["private"]),
        (&KEY_ID.into(), &2048.into(), &true.into())
    );
    let piped = feed(
        streamtoken().args(["key", "show", "-"]),
        example("pem_base64"),
    );
    assert!(piped.good().contains("private: it signs"));

    let show = |content: &[u8]| {
        run(&[
            "key",
            "show",
            folder.write("bad", content).to_str().expect("UTF-8"),
        ])
    };
    let key = example("pem_base64");
    show(b"").refused(3, "key_not_given");
    show(example("token").as_bytes()).refused(3, "key_unrecognized");
    show(&key.as_bytes()[..key.len() / 2])
        .code
        .map(|code| assert_eq!(code, 3))
        .expect("a code");
    show(&vec![b'A'; 1 << 20]).refused(3, "key_too_large");
    // A modulus of a megabit, at which arithmetic would take for ever.
    let jwk = format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#, "A".repeat(60_000));
    assert_eq!(show(jwk.as_bytes()).code, Some(3));
    run(&["key", "show", &folder.at("none")]).refused(3, "key_file_unreadable");
    run(&["key", "show", folder.path().to_str().expect("UTF-8")]).refused(3, "key_file_unreadable");
    #[cfg(target_os = "linux")]
    run(&["key", "show", "/dev/zero"]).refused(3, "key_too_large");
}

#[test]
fn public_halves_are_collected_and_private_ones_left_out() {
    let folder = Folder::new();
    run(&["key", "generate", "--out", &folder.at("other")]).good();
    let set = run(&["key", "public", &folder.at("jwks"), &folder.at("other")]);
    let json = set.json();
    assert_eq!(json["keys"].as_array().map(Vec::len), Some(2));
    assert!(json["keys"][1].get("d").is_none() && json["keys"][1].get("p").is_none());
    let pem = ["key", "public", &folder.at("other"), "--format", "pem"];
    assert!(run(&pem).good().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    run(&[
        "key",
        "public",
        &folder.at("jwks"),
        &folder.at("other"),
        "--format",
        "pem",
    ])
    .refused(3, "key_several");
    assert_eq!(
        run(&[&pem[..], &["--json"]].concat()).json()["format"],
        "pem"
    );
}

#[test]
fn exports_are_what_cloudflare_gives() {
    let folder = Folder::new();
    let export = |format: &str| {
        run(&[
            "key",
            "export",
            &folder.at("key"),
            "--key-id",
            KEY_ID,
            "--format",
            format,
        ])
        .good()
    };
    assert_eq!(export("pem-base64"), example("pem_base64") + "\n");
    assert!(export("pkcs8-pem").starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let json = run(&[
        "key",
        "export",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--format",
        "jwk",
        "--json",
    ])
    .json();
    assert_eq!(
        json["key"].as_str().map(|key| format!("{key}\n")),
        Some(export("jwk"))
    );
    run(&["key", "export", &folder.at("jwks"), "--format", "jwk"]).refused(3, "key_is_set");
}
