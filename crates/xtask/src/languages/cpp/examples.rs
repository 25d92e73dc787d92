//! The examples in C, C++ and Go. What they mint and verify for each other is judged by the matrix of all
//! surfaces; here they are built, and meet what goes wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::cases::Cases;
use crate::command;
use crate::dist::Example;
use crate::languages::Examples;
use crate::languages::services::Services;
use crate::languages::tools::{self, tool};
use crate::markdown;
use crate::project;

/// Builds the examples, and runs each with arguments that are wrong.
pub(super) fn test(prefix: &Path, services: &Services, example: &Example, cases: &mut Cases<'_>) {
    cases.run("the README's program", || readme(prefix, example));
    cases.run("the README's examples", readme_examples);
    cases.run("go vet", || command::run(go("vet", prefix)).map(drop));
    let built = cases.get("the examples, built", |_| build(prefix));
    for language in built.unwrap_or_default() {
        let name = &language.surface;
        cases.run(&format!("usage, {name}"), || usage(&language));
        cases.run(&format!("refusals, {name}"), || {
            refusals(&language, example)
        });
        // Those in Go show the way over cgo, and leave out what goes the same way.
        if name != "Go" {
            cases.run(&format!("explain, {name}"), || explain(&language, example));
            cases.run(&format!("client, {name}"), || {
                client(&language, services, example)
            });
        }
    }
}

/// The example programs, built by their Makefile and by Go.
pub(super) fn build(prefix: &Path) -> Result<Vec<Examples>> {
    let folder = tools::folder("examples")?;
    let mut make = on_prefix("make", prefix);
    make.arg("--directory")
        .arg(&folder)
        .arg("--file")
        .arg(sources(prefix).join("Makefile"))
        .args(["CFLAGS", "CXXFLAGS"].map(|name| format!("{name}={WARNINGS}")));
    command::run(make)?;
    let mut build = go("build", prefix);
    build.arg("-o").arg(folder.join("all-go")).arg(".");
    command::run(build)?;
    Ok(vec![
        language("C", prefix, &folder, |name| (format!("{name}-c"), None)),
        language("C++", prefix, &folder, |name| (format!("{name}-cpp"), None)),
        // One program, whose first argument says which example it is.
        language("Go", prefix, &folder, |name| {
            ("all-go".to_owned(), Some(name.to_owned()))
        }),
    ])
}

/// The programs in one language. `file` gives the file of an example's name, and a first argument.
fn language(
    surface: &str,
    prefix: &Path,
    folder: &Path,
    file: fn(&str) -> (String, Option<String>),
) -> Examples {
    let (libraries, folder): (PathBuf, PathBuf) = (prefix.join("lib"), folder.to_owned());
    Examples::new(surface, move |name| {
        let (file, first) = file(name);
        let mut command = tool(&folder.join(file).to_string_lossy());
        command.env("LD_LIBRARY_PATH", &libraries).args(first);
        command
    })
}

/// `go` for a module that needs nothing from elsewhere.
fn go(verb: &str, prefix: &Path) -> Command {
    let mut go = on_prefix("go", prefix);
    go.arg(verb)
        .env("CGO_ENABLED", "1")
        .env("GOFLAGS", "-buildvcs=false")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .current_dir(sources(prefix).join("go"));
    go
}

/// A tool that asks `pkg-config` for the library of this prefix.
fn on_prefix(name: &str, prefix: &Path) -> Command {
    let mut command = tool(name);
    command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    command
}

/// The sources of the examples, as they are installed.
fn sources(prefix: &Path) -> PathBuf {
    prefix.join("share/doc/streamtoken/examples")
}

/// The number of arguments is looked at first.
fn usage(language: &Examples) -> Result<()> {
    for example in ["mint", "verify", "urls"] {
        for arguments in [&[][..], &["1", "2", "3", "4"]] {
            let mut command = (language.program)(example);
            command.args(arguments);
            fails(command, 2, &format!("usage: {example} "))?;
        }
    }
    Ok(())
}

/// The program in C++ of the binding's README mints a token.
fn readme(prefix: &Path, example: &Example) -> Result<()> {
    let folder = tools::folder("examples")?;
    let (source, program) = (folder.join("readme.cpp"), folder.join("readme"));
    fs::write(
        &source,
        markdown::first_block("bindings/c/README.md", "cpp")?,
    )?;
    let mut compile = tool("g++");
    compile
        .arg("-std=c++17")
        .args(WARNINGS.split(' '))
        .arg(&source)
        .args(tools::pkg_config(prefix, "--cflags --libs")?)
        .arg("-o")
        .arg(&program);
    command::run(compile)?;
    let mut mint = tool(&program.to_string_lossy());
    mint.env("LD_LIBRARY_PATH", prefix.join("lib"));
    example.give_key(&mut mint);
    let token = command::run(mint)?;
    let parts = token.trim_end().split('.').count();
    ensure!(token.starts_with("eyJ") && parts == 3, "it printed {token}");
    Ok(())
}

/// The README shows these examples as they are.
fn readme_examples() -> Result<()> {
    let folder = project::root().join("bindings/c");
    let readme = fs::read_to_string(folder.join("README.md"))?;
    for name in ["client", "explain"] {
        let example = fs::read_to_string(folder.join(format!("examples/{name}.c")))?;
        let is_there = readme.contains(&format!("```c\n{example}```\n"));
        ensure!(is_there, "examples/{name}.c is not in the README");
    }
    Ok(())
}

/// The published token has expired, and stands where no token belongs.
fn explain(language: &Examples, example: &Example) -> Result<()> {
    let (token, video) = (example.token.as_str(), example.identifier.as_str());
    let url = format!(
        "https://customer-f33zs165nr7gyfy4.cloudflarestream.com/{video}/manifest/video.m3u8?token={token}"
    );
    fails(
        (language.program)("explain"),
        2,
        "usage: explain TEXT IDENTIFIER",
    )?;
    let mut command = (language.program)("explain");
    example.give_key(&mut command);
    command.args([url.as_str(), video]);
    let ended = command::capture(command)?;
    let has = |line: &str| ended.output.contains(line);
    ensure!(
        ended.status.code() == Some(1)
            && ended
                .output
                .starts_with("verify refuses, platform refuses\n")
            && ["\nfail token_place: ", "\nfail expired: "]
                .into_iter()
                .all(has)
            && !has(token),
        "it ended with {} and printed {}",
        ended.status,
        ended.output
    );
    Ok(())
}

/// A token of the service, and a line about the attempt; without a service, why not.
fn client(language: &Examples, services: &Services, example: &Example) -> Result<()> {
    fails((language.program)("client"), 2, "usage: client IDENTIFIER")?;
    let ask = || {
        let mut command = (language.program)("client");
        command.arg(&example.identifier);
        command
    };
    fails(ask(), 1, "error[api_credential_missing]: ")?;
    let mut command = ask();
    services.name_in_environment(&mut command)?;
    let output = command::run(command)?;
    let has = |start: &str| output.lines().any(|line| line.starts_with(start));
    ensure!(
        has("eyJ") && !output.contains("stk_"),
        "it printed {output}"
    );
    Ok(())
}

/// Every refusal has its code in front, and nothing else is printed.
fn refusals(language: &Examples, example: &Example) -> Result<()> {
    let token = example.token.as_str();
    let video = example.identifier.as_str();
    for (name, arguments, code) in [
        ("mint", &["not a uid"][..], "identifier_invalid"),
        ("mint", &[""], "identifier_invalid"),
        ("verify", &[token, video, "GB"], "token_expired"),
        (
            "verify",
            &[token, video, "England"],
            "viewer_country_invalid",
        ),
        ("verify", &["a.b", video, "GB"], "token_shape"),
        ("urls", &["a.b", "f33zs165nr7gyfy4"], "token_shape"),
        (
            "urls",
            &[token, "023e105f4ecef8ad9ca31a8372d0c353"],
            "customer_code_is_account_id",
        ),
    ] {
        let mut command = (language.program)(name);
        example.give_key(&mut command);
        command.args(arguments);
        fails(command, 1, &format!("error[{code}]: "))?;
    }
    let mut without_key = (language.program)("mint");
    without_key.arg(video);
    fails(without_key, 1, "error[key_not_given]: ")
}

/// The program ends with `status` after one line that begins like this.
fn fails(command: Command, status: i32, line: &str) -> Result<()> {
    let shown = command::show(&command);
    let ended = command::capture(command)?;
    ensure!(
        ended.status.code() == Some(status)
            && ended.output.starts_with(line)
            && ended.output.lines().count() == 1,
        "`{shown}` ended with {} and printed {}",
        ended.status,
        ended.output
    );
    Ok(())
}

const WARNINGS: &str = "-O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror";
