//! Lines in, lines out: `sign --batch` and `verify -`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use crate::common::{Folder, Run, VIDEO, example, feed};
use serde_json::{Value as Json, json};

fn answers(run: &Run) -> Vec<Json> {
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

#[test]
fn answers_come_in_order_with_errors_in_between() {
    let folder = Folder::new();
    let mut input = Vec::new();
    input.extend(format!("{{\"identifier\":\"{VIDEO}\",\"time_format\":\"string\"}}\r\n").bytes());
    input.extend(b"\n");
    input.extend(b"not JSON\n");
    input.extend(b"{\"identifier\":\"\xff\"}\n");
    input.extend(b"{\"identifier\":\"");
    input.extend(vec![b'x'; 10 << 20]);
    input.extend(b"\"}\n");
    input.extend(b"{\"identifier\":\"v\",\"expires_in\":\"2d\"}\n");
    input.extend(b"{\"identifier\":\"v\",\"id\":\"k\"}\n");
    input.extend(b"{\"identifier\":\"v\"}");
    let run = feed(folder.sign().args(["--batch", "--expires-in", "1h"]), input);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stderr, "6 of 8 lines failed; their answers say why\n");
    let answers = answers(&run);
    let seen: Vec<_> = answers
        .iter()
        .map(|answer| answer["error"]["code"].as_str().unwrap_or("token"))
        .collect();
    let expected = [
        "token",
        "line_blank",
        "json_invalid",
        "text_not_utf8",
        "line_too_long",
        "exp_too_far",
        "option_not_local",
        "token",
    ];
    assert_eq!(seen, expected);
    assert!(
        answers
            .iter()
            .zip(1..)
            .all(|(answer, line)| answer["line"] == json!(line))
    );
    assert_eq!(answers[0]["token"], example("token"));
}

#[test]
fn nothing_in_gives_nothing_out() {
    let folder = Folder::new();
    assert_eq!(feed(folder.sign().arg("--batch"), "").good(), "");
    let quiet = feed(folder.sign().args(["--batch", "--quiet"]), "\n");
    assert_eq!((quiet.code, &*quiet.stderr), (Some(1), ""));
}

#[test]
fn a_slow_producer_gets_each_answer_at_once() {
    let folder = Folder::new();
    let token = example("token");
    for (mut command, line) in [
        (folder.sign(), r#"{"identifier":"v"}"#),
        (folder.verify(), &*token),
    ] {
        let batch: &[&str] = if line == token {
            &["-", "--batch"]
        } else {
            &["--batch"]
        };
        let mut child = start(command.args(batch));
        let mut input = child.stdin.take().expect("a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        for number in 1..=3 {
            writeln!(input, "{line}").expect("the binary reads");
            // Would wait for ever if the answer waited for more input.
            let mut answer = String::new();
            output.read_line(&mut answer).expect("an answer");
            assert!(answer.contains(&number.to_string()), "{answer}");
        }
        drop(input);
        assert_eq!(output.read_line(&mut String::new()).expect("the end"), 0);
        assert_eq!(child.wait().expect("an end").code(), Some(0));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_news() {
    let folder = Folder::new();
    let token = example("token");
    let many = format!("{token}\n").repeat(2_000);
    for (mut command, input) in [
        (folder.sign(), "{\"identifier\":\"v\"}\n".repeat(4_000)),
        (folder.verify(), many),
    ] {
        let args: &[&str] = if input.starts_with('{') {
            &["--batch"]
        } else {
            &["-", "--json"]
        };
        let mut child = start(command.args(args));
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("an answer");
        assert!(first.starts_with("{\"line\":1,"), "{first}");
        drop(stdout);
        let mut complaints = String::new();
        child
            .stderr
            .take()
            .expect("a pipe")
            .read_to_string(&mut complaints)
            .expect("UTF-8");
        assert_eq!(complaints, "");
        assert_eq!(child.wait().expect("an end").code(), Some(141));
        writer.join().expect("the writer ends");
    }
}

/// The most memory that a batch had resident at any time, in KiB, and how many lines it answered.
#[cfg(target_os = "linux")]
fn peak(
    folder: &Folder,
    args: &[&str],
    mut next: impl FnMut(u32) -> Option<Vec<u8>> + Send,
) -> (u64, usize) {
    let mut child = start(folder.sign().args(["--batch", "--quiet"]).args(args));
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    let status = format!("/proc/{}/status", child.id());
    std::thread::scope(|scope| {
        let answered =
            scope.spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).count());
        let mut number = 0;
        let mut most = 0;
        while let Some(line) = next(number) {
            stdin.write_all(&line).expect("the binary reads");
            number += 1;
            if number % 1_000 == 0 || line.len() > 1_000 {
                most = most.max(resident(&status));
            }
        }
        drop(stdin);
        child.wait().expect("an end");
        (most, answered.join().expect("the reader ends"))
    })
}

#[cfg(target_os = "linux")]
fn resident(status: &str) -> u64 {
    let status = std::fs::read_to_string(status).expect("Linux tells");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("the high-water mark");
    line.trim()
        .strip_suffix(" kB")
        .expect("KiB")
        .parse()
        .expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn fifty_thousand_lines_stay_under_64_mib() {
    let folder = Folder::new();
    let line = |number: u32| {
        format!("{{\"identifier\":\"video-{number}\",\"expires_in\":\"90m\"}}\n").into_bytes()
    };
    let (most, answered) = peak(&folder, &[], |number| {
        (number < 50_000).then(|| line(number))
    });
    assert_eq!(answered, 50_000);
    assert!((1..64 << 10).contains(&most), "{most} KiB");
}

#[cfg(target_os = "linux")]
#[test]
fn long_lines_do_not_pile_up() {
    let folder = Folder::new();
    let mut line = vec![b' '; (1 << 20) - 1];
    line.push(b'\n');
    let (most, answered) = peak(&folder, &[], |number| (number < 300).then(|| line.clone()));
    assert_eq!(answered, 300);
    assert!((1..64 << 10).contains(&most), "{most} KiB");
}

#[test]
fn verify_reads_one_token_or_lines_of_them() {
    let folder = Folder::new();
    let token = example("token");
    let verify = |args: &[&str], input: String| feed(folder.verify().arg("-").args(args), input);
    // One token is answered as an argument is.
    assert!(
        verify(&[], format!("{token}\r\n"))
            .good()
            .starts_with("accepted\n")
    );
    assert_eq!(
        verify(&["--json"], token.clone()).json()["exp"],
        1_537_460_365
    );
    verify(&[], "x".into()).refused(1, "token_shape");
    verify(&[], String::new()).refused(1, "token_shape");
    // Lines are answered line by line.
    let forged = token.replacen(".OZ", ".AA", 1);
    let lines = verify(&["--json"], format!("{token}\n{forged}\n\n{token}"));
    assert_eq!((lines.code, &*lines.stderr), (Some(1), ""));
    let lines = answers(&lines);
    assert_eq!(lines[0]["claims"]["sub"], VIDEO);
    assert_eq!(lines[2]["error"]["code"], "line_blank");
    assert_eq!(lines[3]["line"], 4);
    assert_eq!(lines[1]["error"]["code"], "signature_invalid");
    assert_eq!(lines.len(), 4);
    let text = verify(&[], format!("{token}\nx\n"));
    assert_eq!(text.code, Some(1));
    assert!(
        text.stdout.starts_with("line 1: accepted sub ea95"),
        "{}",
        text.stdout
    );
    assert!(
        text.stdout.contains("line 2: error[token_shape]: "),
        "{}",
        text.stdout
    );
    assert_eq!(
        verify(&["--batch", "--json"], format!("{token}\n")).json()["line"],
        1
    );
    feed(folder.verify().args([&*token, "--batch"]), "").refused(2, "usage_invalid");
    let long = verify(&["--json"], format!("{token}\n{}\n", "x".repeat(10 << 20)));
    assert_eq!(answers(&long)[1]["error"]["code"], "line_too_long");
}
