//! The C header is up to date and keeps its own rules. `cargo xtask header` rewrites it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use cbindgen::{Builder, Config, DocumentationLength, EnumConfig, ExportConfig, FunctionConfig};
use cbindgen::{Language, ParseConfig, RenameRule, Style};
use streamtoken::client::{CallOptions, ClientOptions, CreatedKey, ListedKey};
use streamtoken::host::Spelling;
use streamtoken::{
    ApiFailure, Claims, ErrorCode, ExplainContext, SignOptions, Token, VerifyContext,
};

#[test]
fn the_header_is_what_the_sources_say() {
    let wanted = generate();
    let path = path();
    if std::env::var_os(xtask::header::WRITE).is_some() {
        fs::write(&path, &wanted).expect("the header is writable");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "include/streamtoken.h is out of date: run `cargo xtask header`"
    );
}

fn generate() -> String {
    let source = xtask::root().join("bindings/c");
    let preamble = fs::read_to_string(source.join("src/preamble.h")).expect("preamble.h");
    let mut text = Vec::new();
    Builder::new()
        .with_crate(source)
        .with_config(config(preamble.trim_end().to_owned()))
        .generate()
        .expect("cbindgen reads the sources")
        .write(&mut text);
    let text = String::from_utf8(text).expect("the header is UTF-8");
    // cbindgen puts the whole name of the enum before each of its members.
    text.replace("STREAMTOKEN_ERROR_CODE_", "STREAMTOKEN_")
}

fn config(preamble: String) -> Config {
    Config {
        header: Some(preamble),
        include_guard: Some("STREAMTOKEN_H".to_owned()),
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"]
            .map(str::to_owned)
            .to_vec(),
        after_includes: Some(macros()),
        language: Language::C,
        cpp_compat: true,
        style: Style::Type,
        usize_is_size_t: true,
        line_length: 100,
        tab_width: 4,
        documentation_length: DocumentationLength::Full,
        parse: ParseConfig {
            parse_deps: true,
            include: Some(vec!["streamtoken".to_owned()]),
            ..ParseConfig::default()
        },
        export: ExportConfig {
            include: vec!["ErrorCode".to_owned()],
            rename: [("ErrorCode".to_owned(), "streamtoken_error_code".to_owned())].into(),
            ..ExportConfig::default()
        },
        enumeration: EnumConfig {
            rename_variants: RenameRule::QualifiedScreamingSnakeCase,
            ..EnumConfig::default()
        },
        function: FunctionConfig {
            must_use: Some("STREAMTOKEN_MUST_USE".to_owned()),
            ..FunctionConfig::default()
        },
        ..Config::default()
    }
}

/// The version of the workspace, and what compilers call a result that must be looked at.
fn macros() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut numbers = version.split(['.', '-']);
    let mut number = || numbers.next().expect("a version has three numbers");
    let (major, minor, patch) = (number(), number(), number());
    format!(
        r#"
/** The version of this header; `streamtoken_version()` is that of the library. */
#define STREAMTOKEN_VERSION "{version}"
#define STREAMTOKEN_VERSION_MAJOR {major}
#define STREAMTOKEN_VERSION_MINOR {minor}
#define STREAMTOKEN_VERSION_PATCH {patch}

/** Marks functions whose result must be looked at. */
#if defined(__GNUC__) || defined(__clang__)
#define STREAMTOKEN_MUST_USE __attribute__((warn_unused_result))
#else
#define STREAMTOKEN_MUST_USE
#endif"#
    )
}

fn path() -> PathBuf {
    xtask::root().join("include/streamtoken.h")
}

#[test]
fn every_function_ends_with_the_same_four_lines() {
    for function in functions(&generate()) {
        let last = function.description.rsplit("\n\n").next();
        let last = last.unwrap_or_default();
        assert!(last.starts_with("Ownership: "), "{}", function.name);
        let keys: Vec<_> = last
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(key, _)| key)
            .filter(|key| FOUR.contains(key))
            .collect();
        assert_eq!(keys, FOUR, "{}", function.name);
    }
}

#[test]
fn what_the_comments_name_exists() {
    let header = generate();
    let (code, comments) = split(&header);
    let known: BTreeSet<_> = names(&code).collect();
    for name in names(&comments) {
        assert!(known.contains(name), "{name} is nowhere");
    }
}

#[test]
fn every_error_code_has_its_number_and_slug() {
    let header = generate();
    for code in ErrorCode::ALL {
        let (name, number) = (code.slug().to_uppercase(), code.number());
        let member = format!("    STREAMTOKEN_{name} = {number},\n");
        assert!(header.contains(&member), "{member}");
    }
    let members = header.matches("\n    STREAMTOKEN_").count();
    assert_eq!(members, ErrorCode::ALL.len());
}

#[test]
fn every_name_of_the_core_has_its_function() {
    let header = generate();
    let found: BTreeSet<_> = functions(&header)
        .into_iter()
        .map(|function| function.name)
        .collect();
    let there_is = |prefix: &str, name: &str| {
        let name = format!("streamtoken_{prefix}_{}", Spelling::Snake.spell(name));
        let as_json = format!("{name}_to_json");
        assert!(found.contains(&name) || found.contains(&as_json), "{name}");
    };
    for name in SignOptions::NAMES {
        there_is("sign_options_set", name);
    }
    for name in VerifyContext::NAMES {
        there_is("verify_context_set", name);
    }
    for name in ExplainContext::NAMES {
        there_is("explain_context_set", name);
    }
    for name in ClientOptions::NAMES {
        there_is("client_options_set", name);
    }
    for name in CallOptions::NAMES {
        there_is("call_options_set", name);
    }
    for name in ApiFailure::NAMES {
        there_is("error", name);
    }
    for name in CreatedKey::NAMES {
        there_is("created_key", name);
    }
    for name in ListedKey::NAMES {
        there_is("key_list", name);
    }
    for name in Claims::NAMES {
        there_is("claims", name);
    }
    for name in Token::NAMES.iter().filter(|name| **name != "token") {
        there_is("token", name);
    }
    there_is("token", "text");
}

/// The boundary's tests call every function with NULL, and let each panic.
#[test]
fn the_tests_call_every_function() {
    let list = xtask::root().join("bindings/c/tests/every_function.h");
    let list = fs::read_to_string(list).expect("the list of functions");
    let (code, _) = split(&list);
    let listed: BTreeSet<_> = names(&code)
        .filter(|name| name.starts_with("streamtoken_"))
        .collect();
    for function in functions(&generate()) {
        let name = function.name.as_str();
        assert!(
            listed.contains(name) || CANNOT_FAIL.contains(&name),
            "{name}"
        );
    }
}

/// One function of the header.
struct Function {
    name: String,
    /// Without the stars.
    description: String,
}

/// A description is followed by what it describes: a function, a type, a macro.
fn functions(header: &str) -> Vec<Function> {
    let (_, body) = header.split_once("extern \"C\"").expect("functions");
    let described = body.split("/**\n").skip(1);
    described
        .filter_map(|piece| piece.split_once(" */\n"))
        .filter_map(|(description, declaration)| {
            let name = names(declaration.split_once('(')?.0).last()?;
            let lines = description
                .lines()
                .map(|line| line.trim_start().trim_start_matches('*').trim_start());
            Some(Function {
                name: name.to_owned(),
                description: lines.collect::<Vec<_>>().join("\n").trim_end().to_owned(),
            })
        })
        .collect()
}

/// What the compiler reads, and what people read.
fn split(text: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        let (comment, after) = after.split_once("*/").expect("comments end");
        code.push_str(before);
        comments.push_str(comment);
        rest = after;
    }
    code.push_str(rest);
    (code, comments)
}

/// The words that are names of ours.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .filter(|word| word.starts_with("streamtoken_") || word.starts_with("STREAMTOKEN_"))
}

const FOUR: [&str; 4] = ["Ownership", "NULL", "Errors", "Threads"];

/// They take no pointer and do no work.
const CANNOT_FAIL: [&str; 2] = ["streamtoken_version", "streamtoken_error_code_count"];
