//! `explain`: what people read, what programs read, and what neither may see.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use serde_json::Value as Json;

use crate::common::{Folder, ISSUED, KEY_ID, Run, VIDEO, example, feed, run, streamtoken};
use crate::stub::Stub;

const ACCOUNT_ID: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// `explain` with the example key at the example's time.
fn explain(folder: &Folder) -> Command {
    let mut command = streamtoken();
    command.args(["explain", "--now", ISSUED, "--keys", &folder.at("jwks")]);
    command
}

/// A URL with two mistakes, of one of which `verify` knows nothing.
fn faulty_url(token: &str) -> String {
    format!("https://customer-{ACCOUNT_ID}.cloudflarestream.com/iframe?token={token}&muted=true")
}

#[test]
fn verdicts_come_first_then_failures_then_what_stayed_open() {
    let folder = Folder::new();
    let token = example("token");
    let found = feed(explain(&folder).arg(faulty_url(&token)), "");
    assert_eq!((found.code, &*found.stderr), (Some(1), ""));
    let text = found.stdout;
    assert!(
        text.starts_with(
            "verify:    accepts\nplatform:  refuses\n\nfail  host\n      the host has 32"
        ),
        "{text}"
    );
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}? {text}"));
    assert!(place("fail  token_place\n") < place("warn  path\n"));
    assert!(place("warn  path\n") < place("\n\nunknown\n"));
    assert!(text.contains("      help: put the token where"), "{text}");
    // What was seen stands between cause and remedy.
    assert!(
        text.contains(&format!(
            "      host: customer-{ACCOUNT_ID}.cloudflarestream.com\n      help: "
        )),
        "{text}"
    );
    assert!(text.contains("given: outlasts_video\n"), "{text}");
    assert!(!text.contains("pass") && !text.contains(&token), "{text}");

    let later = ["--now", "2018-09-21T00:00:00Z", "--leeway", "60"];
    let expired = feed(streamtoken().args(["explain", &token]).args(later), "");
    assert_eq!(expired.code, Some(1));
    assert!(
        expired
            .stdout
            .starts_with("verify:    refuses (token_expired)\nplatform:  refuses\n"),
        "{}",
        expired.stdout
    );
}

#[test]
fn a_good_token_passes_and_all_checks_are_shown_on_request() {
    let folder = Folder::new();
    let token = feed(folder.sign().arg(VIDEO), "").good();
    let token = token.trim_end();
    let short = feed(explain(&folder).args([token, "--identifier", VIDEO]), "").good();
    assert!(
        short.starts_with("verify:    accepts\nplatform:  accepts\n\nunknown\n"),
        "{short}"
    );
    let all = feed(explain(&folder).args([token, "--all"]), "").good();
    assert!(
        all.contains("\npass  signature\n      the signature is right\n"),
        "{all}"
    );
    // With the line end of `echo`, too.
    let piped = feed(explain(&folder).args(["-", "--all"]), format!("{token}\n")).good();
    assert!(piped.contains("pass  signature\n"), "{piped}");
}

#[test]
fn without_a_key_the_signature_stays_unknown_and_that_is_said() {
    let folder = Folder::new();
    let token = example("token");
    let args = ["explain", &token, "--now", ISSUED];
    let key = folder.at("key");
    let with = |variables: &[(&str, &str)]| {
        feed(streamtoken().args(args).envs(variables.iter().copied()), "")
    };
    let line = "no key was given (--keys FILE): whether the signature is right stays unknown\n";
    for variables in [&[][..], &[("CLOUDFLARE_STREAM_KEY", "")]] {
        let text = with(variables).good();
        let head = format!("verify:    unknown\nplatform:  unknown\n{line}");
        assert!(text.starts_with(&head), "{text}");
    }
    let id = ("CLOUDFLARE_STREAM_KEY_ID", KEY_ID);
    let text = with(&[("CLOUDFLARE_STREAM_KEY_FILE", &key), id]).good();
    assert!(
        text.starts_with("verify:    accepts\n") && !text.contains(line),
        "{text}"
    );
    with(&[("CLOUDFLARE_STREAM_KEY_FILE", &folder.at("none")), id])
        .refused(3, "key_file_unreadable");
    // A private key in a file will do, as for `verify`.
    let given = ["--key", &key, "--key-id", KEY_ID];
    let text = feed(streamtoken().args(args).args(given), "").good();
    assert!(text.starts_with("verify:    accepts\n"), "{text}");
    // Where no key would help, none is asked for.
    let text = run(&["explain", "nonsense"]).stdout;
    assert!(!text.contains(line), "{text}");
    run(&[&args[..], &["--keys", &folder.at("none")]].concat()).refused(3, "key_file_unreadable");
    let jwks = std::fs::read_to_string(folder.at("jwks")).expect("a file");
    let both = feed(streamtoken().args(["explain", "-", "--keys", "-"]), jwks);
    both.refused(2, "usage_invalid");
}

#[test]
fn forty_columns_are_enough() {
    let folder = Folder::new();
    let url = faulty_url(&example("token"));
    for (columns, widest) in [("40", 40), ("", 100), ("3", 20), ("1000", 100)] {
        let found = feed(explain(&folder).arg(&url).env("COLUMNS", columns), "");
        let wide = |line: &&str| line.chars().count() > widest && line.trim_start().contains(' ');
        assert_eq!(found.stdout.lines().find(wide), None, "{}", found.stdout);
        let used = found.stdout.lines().map(|line| line.chars().count()).max();
        assert!(used > Some(widest - 15), "{}", found.stdout);
    }
}

#[test]
fn colour_is_for_terminals() {
    let token = example("token");
    assert!(!run(&["explain", &token]).stdout.contains('\u{1b}'));
    let colored = run(&["explain", &token, "--color", "always"]).stdout;
    assert!(
        colored.contains("\u{1b}[31mfail\u{1b}[0m  \u{1b}[36mexpired\u{1b}[0m"),
        "{colored:?}"
    );
    // The text is the same but for the colours.
    let bare: String = colored
        .split('\u{1b}')
        .enumerate()
        .map(|(index, part)| match index {
            0 => part,
            _ => part.split_once('m').expect("an escape code").1,
        })
        .collect();
    assert_eq!(bare, run(&["explain", &token]).stdout);
}

#[test]
fn facts_are_those_of_verify_and_the_duration() {
    let folder = Folder::new();
    let token = example("token");
    let check = |args: &[&str], id: &str| {
        let found = feed(explain(&folder).args([&*token, "--json"]).args(args), "").json();
        let checks = found["checks"].as_array().expect("checks").iter();
        let status = checks
            .filter(|check| check["id"] == id)
            .map(|check| check["status"].clone());
        status.collect::<Vec<Json>>()
    };
    for length in ["2h", "7200", "7199.5", "1h3600s"] {
        assert_eq!(
            check(&["--duration", length], "outlasts_video"),
            ["warn"],
            "{length}"
        );
    }
    assert_eq!(check(&["--duration", "45m"], "outlasts_video"), ["pass"]);
    assert_eq!(check(&[], "outlasts_video"), ["unknown"]);
    assert_eq!(check(&["--identifier", VIDEO], "sub_matches"), ["pass"]);
    assert_eq!(check(&["--download"], "downloadable"), ["fail"]);
    assert_eq!(
        check(&["--options", r#"{"download":true}"#], "downloadable"),
        ["fail"]
    );
    let refused = |args: &[&str], slug: &str| {
        feed(explain(&folder).arg(&token).args(args), "").refused(2, slug)
    };
    assert!(refused(&["--duration", "1.5h"], "duration_invalid").ends_with("(/duration)\n"));
    refused(&["--duration", "-5"], "time_negative");
    refused(&["--ip", "192.0.2.1:80"], "viewer_ip_invalid");
    refused(&["--country", "GBR"], "viewer_country_invalid");
    refused(&["--leeway", "301"], "leeway_too_large");
    refused(&["--options", r#"{"viewer":1}"#], "option_unknown");
}

#[test]
fn the_host_is_asked_on_request_and_its_word_counts() {
    let folder = Folder::new();
    let token = feed(folder.sign().arg(VIDEO), "").good();
    let token = token.trim_end();
    let blocked = "401 unauthorized blocked by rule on 'ip.src'".to_owned();
    let stub = Stub::new(vec![("401 Unauthorized", blocked)]);
    let url = format!("{}/{token}/iframe", stub.url());
    let found = feed(explain(&folder).args(["-", "--live"]), url.clone() + "\n");
    let text = found.stdout;
    assert_eq!((found.code, &*found.stderr), (Some(1), ""), "{text}");
    assert!(text.contains("\nfail  live\n"), "{text}");
    assert!(text.contains("blocked by rule on 'ip.src'"), "{text}");
    let path = format!("/{token}/manifest/video.m3u8");
    let asked = stub.asked();
    let asked: Vec<_> = asked
        .iter()
        .map(|asked| asked.head.contains(&path))
        .collect();
    assert_eq!(asked, [true]);
    // Nobody is asked about a token alone, nor about one that is in the query.
    let alone = feed(explain(&folder).args([token, "--live"]), "").good();
    assert!(
        alone.contains("the delivery host was not asked: "),
        "{alone}"
    );
    let query = feed(explain(&folder).args([&*faulty_url(token), "--live"]), "");
    assert_eq!((query.code, &*query.stderr), (Some(1), ""));
    assert!(
        query.stdout.contains("fail  token_place\n"),
        "{}",
        query.stdout
    );
    assert!(
        query.stdout.contains("the delivery host was not asked: "),
        "{}",
        query.stdout
    );
    let binary = feed(explain(&folder).args(["-", "--live"]), b"\xff\xfd");
    assert_eq!(binary.code, Some(1), "{}", binary.stderr);
}

/// What PowerShell pipes.
#[test]
fn the_host_is_asked_for_a_url_in_utf16_too() {
    let folder = Folder::new();
    let token = feed(folder.sign().arg(VIDEO), "").good();
    let stub = Stub::new(vec![("200 OK", "#EXTM3U\n".to_owned())]);
    let url = format!("\u{feff}{}/{}/iframe\r\n", stub.url(), token.trim_end());
    let utf16: Vec<u8> = url.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = feed(explain(&folder).args(["-", "--live", "--all"]), utf16).good();
    assert!(found.contains("\npass  live\n"), "{found}");
    assert_eq!(stub.asked().len(), 1);
}

#[test]
fn the_host_is_asked_where_the_limit_cuts_a_character_too() {
    let folder = Folder::new();
    let token = feed(folder.sign().arg(VIDEO), "").good();
    let stub = Stub::new(vec![("200 OK", "#EXTM3U\n".to_owned())]);
    let url = format!("{}/{}/iframe", stub.url(), token.trim_end());
    let text = format!("{url:65535}\u{e9}");
    let found = feed(explain(&folder).args(["-", "--live", "--all"]), text).good();
    assert!(found.contains("\npass  live\n"), "{found}");
    assert_eq!(stub.asked().len(), 1);
}

#[test]
fn a_long_text_is_counted_to_its_end() {
    let found = feed(
        streamtoken().args(["explain", "-", "--json"]),
        vec![b'A'; 300_000],
    );
    let report = serde_json::from_str::<Json>(&found.stdout).expect("JSON");
    assert_eq!(
        (&report["bytes"], &report["read"]),
        (&300_000.into(), &65_536.into())
    );
}

#[test]
fn of_a_stream_without_end_the_beginning_is_read() {
    for args in [&["explain", "-"][..], &["lint", "-"]] {
        let zeros = File::open("/dev/zero").expect("a stream");
        let output = streamtoken().args(args).stdin(zeros).output();
        let found = Run::from(output.expect("the binary ends"));
        assert!(
            matches!(found.code, Some(1 | 2)),
            "{args:?} {}",
            found.stderr
        );
    }
}

#[test]
fn what_was_pasted_by_mistake_is_not_repeated() {
    let key = example("pem_base64");
    let folder = Folder::new();
    let (file, form) = (folder.at("key"), ["--format", "jwk-base64"]);
    let export = ["key", "export", &file, "--key-id", KEY_ID];
    let jwk = run(&[&export[..], &form].concat()).good();
    let api_token = "v1.0-0123456789abcdef0123-4567890123456789abcdef01234567890123456789";
    let other = "the-secret-0123456789";
    for text in [
        &*key,
        &jwk,
        api_token,
        other,
        &format!("Authorization: Bearer {other}"),
    ] {
        for args in [&["--all"][..], &["--json"], &["--all", "--color=always"]] {
            let found = feed(streamtoken().args(["explain", "-"]).args(args), text);
            let parts = [&text[..16], &text[text.len() - 16..]];
            let told = found.stdout + &found.stderr;
            let repeated = parts.iter().find(|part| told.contains(**part));
            assert_eq!(repeated, None, "{told}");
        }
    }
    let found = feed(streamtoken().args(["explain", "-"]), key.clone());
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.contains("warn  secret\n"), "{}", found.stdout);
    // Among the arguments it is refused before it is looked at.
    let message = run(&["explain", &key]).refused(2, "usage_invalid");
    assert!(!message.contains(&key[..16]), "{message}");
}

#[test]
fn any_bytes_give_a_report_and_none_speaks_to_the_terminal() {
    let hostile = "https://\u{1b}]0;title\u{7}.\u{9b}31m\u{202e}/\u{2028}\u{200b}?token=\u{1b}[2J";
    let bytes: [&[u8]; 6] = [
        b"\xed\xa0\x80",
        b"\xff\xfe\x00e\x00y",
        b"\0",
        b"",
        hostile.as_bytes(),
        &[b'{'; 70_000],
    ];
    for text in bytes {
        for args in [&["--all"][..], &["--json"]] {
            let found = feed(streamtoken().args(["explain", "-"]).args(args), text);
            assert!(matches!(found.code, Some(0 | 1)), "{}", found.stderr);
            let strange = found.stdout.chars().find(|c| {
                *c != '\n' && (c.is_control() || "\u{202e}\u{2028}\u{200b}".contains(*c))
            });
            assert_eq!(strange, None, "{:?}", found.stdout);
        }
    }
    // An argument need not be text either.
    let argument = OsStr::from_bytes(b"eyJ\xff.\xed\xa0\x80");
    let found = feed(streamtoken().arg("explain").arg(argument), "");
    assert_eq!(
        (found.code, &*found.stderr),
        (Some(1), ""),
        "{}",
        found.stdout
    );
}
