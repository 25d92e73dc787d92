//! `sign --batch`: JSON lines in, JSON lines out.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use streamtoken::{BatchAnswer, SignOptions, Signer};

use crate::lines::Lines;
use crate::output::{Exit, Outcome, Stop, Ui, json};

/// Answers each line of standard input as soon as it is there.
pub(super) fn run(signer: &Signer, defaults: &SignOptions, quiet: bool, ui: Ui) -> Outcome {
    let lines = Lines::of_stdin("the batch")?;
    let bar = progress(quiet);
    let mut counts = Counts::default();
    let result = answer_all(signer, defaults, &lines, ui, &mut |bytes, answers| {
        counts.add(answers);
        bar.inc(bytes);
        bar.set_message(counts.to_string());
    });
    bar.finish_and_clear();
    result?;
    if counts.failed == 0 {
        return Ok(Exit::SUCCESS);
    }
    if !quiet {
        ui.note(&format!("{counts}; their answers say why"));
    }
    Ok(Exit::FAILURE)
}

fn answer_all(
    signer: &Signer,
    defaults: &SignOptions,
    lines: &Lines,
    ui: Ui,
    tell: &mut dyn FnMut(u64, &[BatchAnswer]),
) -> Result<(), Stop> {
    let mut next = 1;
    loop {
        let batch = lines.take()?;
        if batch.is_empty() {
            return Ok(());
        }
        let answers = signer.sign_lines(defaults, next, &batch);
        next += batch.len() as u64;
        let bytes: usize = batch.iter().map(|line| line.len() + 1).sum();
        drop(batch);
        ui.print(&text(&answers))?;
        tell(bytes as u64, &answers);
    }
}

fn text(answers: &[BatchAnswer]) -> String {
    answers.iter().map(|answer| json(answer) + "\n").collect()
}

#[derive(Default)]
struct Counts {
    lines: u64,
    failed: u64,
}

impl Counts {
    fn add(&mut self, answers: &[BatchAnswer]) {
        self.lines += answers.len() as u64;
        let failed = answers.iter().filter(|answer| answer.result().is_err());
        self.failed += failed.count() as u64;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} lines failed", self.failed, self.lines)
    }
}

/// A bar on standard error, when a person looks at it and no answers run through the same terminal.
fn progress(quiet: bool) -> ProgressBar {
    let is_seen = !quiet && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
    let target = if is_seen {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let (bar, template) = match input_size() {
        Some(size) => (
            ProgressBar::new(size),
            "{bar:30} {percent:>3} % {eta:>4} left, {msg}",
        ),
        None => (
            ProgressBar::no_length(),
            "{spinner} {elapsed_precise}, {msg}",
        ),
    };
    bar.set_draw_target(target);
    bar.with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

/// The size of standard input when it is a file.
#[cfg(unix)]
fn input_size() -> Option<u64> {
    use std::os::fd::AsFd as _;
    let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    let about = std::fs::File::from(input).metadata().ok()?;
    about.is_file().then_some(about.len())
}

#[cfg(not(unix))]
fn input_size() -> Option<u64> {
    None
}
