//! Files that are generated from the core are up to date. `cargo xtask check --write` rewrites them.

use std::fmt::Write;
use std::fs;

use streamtoken::{CheckId, ErrorCode, Warning};

#[test]
fn the_readme_has_the_table_of_errors() {
    is_generated("README.md", &[("errors", errors(ErrorCode::ALL))]);
}

#[test]
fn the_page_on_refusals_has_the_checks_and_the_warnings() {
    let tables = [("checks", checks()), ("lint", warnings())];
    is_generated("crates/streamtoken/docs/refused.md", &tables);
}

/// Compares the tables of a file, or writes them.
fn is_generated(file: &str, tables: &[(&str, String)]) {
    let path = xtask::root().join(file);
    let found = fs::read_to_string(&path).expect("the file is readable");
    let mut wanted = found.clone();
    for (name, table) in tables {
        wanted = with_table(&wanted, name, table);
    }
    if std::env::var_os("STREAMTOKEN_WRITE_GENERATED").is_some() {
        fs::write(&path, wanted).expect("the file is writable");
    } else {
        assert!(
            found == wanted,
            "a table in {file} is out of date: run `cargo xtask check --write`"
        );
    }
}

#[test]
fn only_what_is_between_the_markers_changes() {
    let old = "before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n";
    let new = "before\n<!-- a:begin -->\n\nnew\n\n<!-- a:end -->\nafter\n";
    assert_eq!(with_table(old, "a", "new\n"), new);
    assert_eq!(with_table(new, "a", "new\n"), new);
}

/// `text` with `table` between the markers of `name`.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name}:begin -->\n"),
        format!("<!-- {name}:end -->\n"),
    );
    let (before, rest) = text
        .split_once(&begin)
        .expect("the file has the first marker");
    let (_, after) = rest
        .split_once(&end)
        .expect("the file has the second marker");
    format!("{before}{begin}\n{table}\n{end}{after}")
}

fn checks() -> String {
    let mut table = "| check | what is checked | what helps |\n|---|---|---|\n".to_owned();
    for check in CheckId::ALL {
        let (what, helps) = (cell(check.text()), cell(check.advice()));
        writeln!(table, "| `{}` | {what} | {helps} |", check.as_str())
            .expect("writing to a string");
    }
    table
}

fn warnings() -> String {
    let mut table = "| warning | what it means | what helps |\n|---|---|---|\n".to_owned();
    for warning in Warning::ALL {
        let (what, helps) = (cell(warning.meaning()), cell(warning.remedy()));
        writeln!(table, "| `{}` | {what} | {helps} |", warning.id()).expect("writing to a string");
    }
    table
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn errors(codes: &[ErrorCode]) -> String {
    let mut table = "| number | code | meaning | HTTP | exit |\n|---|---|---|---|---|\n".to_owned();
    for code in codes {
        writeln!(
            table,
            "| {} | `{}` | {} | {} | {} |",
            code.number(),
            code.slug(),
            cell(code.text()),
            code.http_status(),
            code.exit_code()
        )
        .expect("writing to a string");
    }
    table
}
