//! The C header is up to date and keeps its own rules. `cargo xtask header` rewrites it.

use std::fs;
use std::path::PathBuf;

use cbindgen::{Builder, Config, DocumentationLength, EnumConfig, ExportConfig, FunctionConfig};
use cbindgen::{Language, ParseConfig, RenameRule, Style};

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
