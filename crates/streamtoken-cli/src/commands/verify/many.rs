//! `verify -` over lines of tokens.

use serde::Serialize;
use streamtoken::host::batch_line;
use streamtoken::{Claims, Error, Result};

use super::Report;
use crate::lines::Lines;
use crate::output::{Exit, GOOD, Outcome, Ui, json};

/// Answers each line, `first` before those still to come; exit code 1 says that some were refused.
pub(super) fn run(
    first: Vec<Vec<u8>>,
    lines: &Lines,
    report: Report,
    check: &dyn Fn(&[u8]) -> Result<Claims>,
) -> Outcome {
    let mut number = 0;
    let mut all_accepted = true;
    let mut batch = first;
    loop {
        let mut answers = String::new();
        for line in &batch {
            number += 1;
            let result = batch_line(line).and_then(check);
            all_accepted &= result.is_ok();
            answers.push_str(&answer(number, &result, report.ui));
            answers.push('\n');
        }
        report.ui.print(&answers)?;
        batch = lines.take()?;
        if batch.is_empty() {
            return Ok(if all_accepted {
                Exit::SUCCESS
            } else {
                Exit::FAILURE
            });
        }
    }
}

fn answer(line: u64, result: &Result<Claims>, ui: Ui) -> String {
    if ui.json {
        return json(&Answer {
            line,
            claims: result.as_ref().ok(),
            error: result.as_ref().err(),
        });
    }
    match result {
        Ok(claims) => {
            let word = ui.paint(GOOD, "accepted");
            format!(
                "line {line}: {word} sub {} exp {}",
                claims.sub(),
                claims.exp()
            )
        }
        Err(error) => format!("line {line}: {}", ui.refusal(ui.out_colored(), error)),
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<&'a Claims>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}
