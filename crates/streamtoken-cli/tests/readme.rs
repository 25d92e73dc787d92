//! The shell blocks of the README, of the service's and of the page on refusals, run as they stand. (Its Rust blocks are tests of the core's documentation.)

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_streamtoken");

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .ancestors()
        .nth(2)
        .expect("crates/streamtoken-cli")
        .to_owned()
}

/// The contents of all blocks of the README fenced as `language`.
fn blocks(language: &str) -> Vec<String> {
    blocks_of("README.md", language)
}

fn blocks_of(page: &str, language: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join(page)).expect("the page");
    page.split(&format!("\n```{language}\n"))
        .skip(1)
        .map(|rest| {
            rest.split("\n```")
                .next()
                .expect("a closing fence")
                .to_owned()
        })
        .collect()
}

/// Runs `script` in a folder that has nothing but the repository's `crates`, without any variable of ours.
fn shell(script: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root().join("crates"), folder.path().join("crates"))
        .expect("a link");
    let bin = Path::new(BINARY).parent().expect("a folder");
    let path = std::env::var("PATH").expect("PATH");
    // What a block that fails has started would be waited for, for ever.
    let script = format!("trap 'kill ${{!-}} 2>/dev/null || :' EXIT\n{script}");
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("PATH", format!("{}:{path}", bin.display()))
        // Nobody elsewhere is asked: what would be finds a proxy that does not answer.
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("https_proxy", "http://127.0.0.1:9");
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CLOUDFLARE_"))
    {
        command.env_remove(name);
    }
    let output = command.output().expect("bash");
    assert!(
        output.status.success(),
        "{script}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["crates"], "{script}\nleaves files behind");
    output
}

#[test]
fn every_shell_block_runs() {
    let blocks = blocks("sh");
    assert_eq!(
        blocks.len(),
        8,
        "the shell, mint, URLs, verify, explain, keys, the API, serve"
    );
    for block in blocks {
        assert!(
            !shell(&block).stdout.is_empty(),
            "{block}\nprints something"
        );
    }
}

#[test]
fn the_page_on_refusals_explains_a_url() {
    let blocks = blocks_of("crates/streamtoken/docs/refused.md", "sh");
    assert!(!blocks.is_empty(), "the page has a shell block");
    for block in blocks {
        let output = shell(&block).stdout;
        let output = String::from_utf8_lossy(&output);
        let head = "verify:    accepts\nplatform:  refuses\n";
        assert!(output.starts_with(head), "{block}\n{output}");
        let asked = "the delivery host gave no answer";
        assert!(output.contains(asked), "{block}\n{output}");
    }
}

#[test]
fn every_shell_block_of_the_service_mints_tokens() {
    let blocks = blocks_of("crates/streamtoken-server/README.md", "sh");
    assert_eq!(blocks.len(), 3, "quick start, service, emulator");
    for (block, tokens) in blocks.iter().zip([1, 1, 2]) {
        let output = shell(block).stdout;
        let output = String::from_utf8_lossy(&output);
        let minted = output.matches(r#""token":"eyJ"#).count();
        assert_eq!(minted, tokens, "{block}\n{output}");
    }
}

#[test]
fn the_first_command_prints_a_token_and_its_urls() {
    let block = &blocks("console")[0];
    let command = block
        .strip_prefix("$ cargo run --quiet -- ")
        .expect("a command that a fresh clone can run");
    let output = shell(&format!("streamtoken {command}"));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("eyJ"), "{text}");
    assert!(
        text.contains("https://customer-f33zs165nr7gyfy4.cloudflarestream.com/eyJ"),
        "{text}"
    );
    assert!(text.contains("/manifest/video.m3u8"), "{text}");
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let commands = blocks("console");
    assert_eq!(commands[1], "$ cargo xtask test");
    let ci = fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
    assert!(
        ci.lines()
            .any(|line| line.trim().ends_with("cargo xtask test")),
        "{ci}"
    );
}
