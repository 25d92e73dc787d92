//! Files that are generated from the core are up to date. `cargo xtask check --write` rewrites them.

use std::fmt::Write;
use std::fs;

use streamtoken::ErrorCode;

const BEGIN: &str = "<!-- errors:begin -->\n";
const END: &str = "<!-- errors:end -->\n";

#[test]
fn the_readme_has_the_table_of_errors() {
    let path = xtask::root().join("README.md");
    let found = fs::read_to_string(&path).expect("README.md is readable");
    let wanted = with_table(&found, &table(ErrorCode::ALL));
    if std::env::var_os("STREAMTOKEN_WRITE_GENERATED").is_some() {
        fs::write(&path, wanted).expect("README.md is writable");
    } else {
        assert!(
            found == wanted,
            "the table of errors in README.md is out of date: run `cargo xtask check --write`"
        );
    }
}

#[test]
fn only_what_is_between_the_markers_changes() {
    let old = format!("before\n{BEGIN}old\n{END}after\n");
    let new = format!("before\n{BEGIN}\nnew\n\n{END}after\n");
    assert_eq!(with_table(&old, "new\n"), new);
    assert_eq!(with_table(&new, "new\n"), new);
}

/// `text` with `table` between the markers.
fn with_table(text: &str, table: &str) -> String {
    let (before, rest) = text.split_once(BEGIN).expect("README.md has errors:begin");
    let (_, after) = rest.split_once(END).expect("README.md has errors:end");
    format!("{before}{BEGIN}\n{table}\n{END}{after}")
}

fn table(codes: &[ErrorCode]) -> String {
    let mut table = "| number | code | meaning | HTTP | exit |\n|---|---|---|---|---|\n".to_owned();
    for code in codes {
        writeln!(
            table,
            "| {} | `{}` | {} | {} | {} |",
            code.number(),
            code.slug(),
            code.text().replace('|', "\\|"),
            code.http_status(),
            code.exit_code()
        )
        .expect("writing to a string");
    }
    table
}
