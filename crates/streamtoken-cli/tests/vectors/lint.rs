//! Lints, lint levels, and what rules do to viewers.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{judged, object, refusal, streamtoken};
use crate::tokens::now;

pub(crate) fn run(case: &Case) -> Json {
    match case.operation.as_str() {
        "lint" => lint(case),
        "sign_lint" => sign(case),
        "simulate" => simulate(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// Either the rules or the options, on standard input.
fn lint(case: &Case) -> Json {
    case.knows_only(&["accessRules", "options"]);
    let members = case.input.as_object().expect("input is an object");
    assert_eq!(members.len(), 1, "{}: one of two", case.id);
    let value = members.values().next().expect("one member");
    judged(
        streamtoken(&["lint", "-"]).args(now(case, None)),
        value.to_string(),
        |found| i32::from(found["findings"] != json!([])),
    )
}

fn sign(case: &Case) -> Json {
    case.knows_only(&["identifier", "options", "lint"]);
    let options = &case.input["options"];
    let mut process = streamtoken(&["sign", case.text("identifier")]);
    process
        .arg(format!("--options={options}"))
        .args(now(case, Some(options)));
    if let Some(level) = case.optional_text("lint") {
        process.arg(format!("--lint={level}"));
    }
    let minted = object(&mut process, "");
    refusal(&minted).unwrap_or_else(|| {
        let warnings = minted["warnings"].as_array().into_iter().flatten();
        let warnings: Vec<_> = warnings
            .map(|warning| json!({ "id": warning["id"], "field": warning["field"] }))
            .collect();
        json!({ "warnings": warnings })
    })
}

/// The rules as an argument, the viewers line by line.
fn simulate(case: &Case) -> Json {
    case.knows_only(&["accessRules", "viewers"]);
    let mut lines = String::new();
    for viewer in case.input["viewers"].as_array().expect("a list") {
        writeln!(lines, "{viewer}").expect("text");
    }
    let rules = case.input["accessRules"].to_string();
    object(streamtoken(&["simulate", "--viewers=-"]).arg(rules), lines)
}
