//! `cargo xtask vectors`: every surface runs the golden cases and says how many.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::check::vector_files;
use crate::command::{self, cargo_line};
use crate::test::{LANGUAGES, Tally};

/// Options of `cargo xtask vectors`.
#[derive(clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// First write the result into cases that have no `expect` yet; read them before committing
    #[arg(long)]
    pub fill: bool,
}

/// Runs the runners of every surface, with the tests around them, and prints the table of counts.
pub fn run(options: &Options) -> Result<()> {
    if options.fill {
        fill()?;
    }
    let mut counts = count()?;
    for (_, test) in LANGUAGES {
        counts.extend(test(&mut Tally::default())?);
    }
    report(&counts)
}

/// Judges and prints the counts of all surfaces.
pub(crate) fn report(counts: &[Count]) -> Result<()> {
    let totals = Totals::read()?;
    print_table(counts, &totals);
    judge(counts, &totals)
}

/// How many cases passed on one surface, and how many it left out by each flag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    surface: String,
    passed: u64,
    left_out: BTreeMap<String, u64>,
}

/// Runs the runners in Rust; what they print on standard output is their count.
pub(crate) fn count() -> Result<Vec<Count>> {
    let mut counts = read_counts(&command::run(runners("--workspace"))?, "");
    counts.extend(read_counts(
        &command::run(runners(
            "-p streamtoken --no-default-features --features rust-crypto",
        ))?,
        ", feature rust-crypto alone",
    ));
    Ok(counts)
}

/// Compares the counts with the files: every surface ran, and ran all but what a flag excuses.
pub(crate) fn judge(counts: &[Count], totals: &Totals) -> Result<()> {
    for surface in SURFACES {
        let ran = |count: &Count| count.passed > 0 && is_surface(&count.surface, surface);
        ensure!(counts.iter().any(ran), "no vector ran on {surface}");
    }
    for count in counts {
        let surface = &count.surface;
        let known = count.passed + count.left_out.values().sum::<u64>();
        ensure!(
            known == totals.all,
            "{surface}: {known} of {} cases are accounted for",
            totals.all
        );
        for (flag, number) in &count.left_out {
            let flagged = totals.by_level.get(flag.as_str()).copied();
            ensure!(
                flagged.is_some_and(|flagged| *number <= flagged),
                "{surface}: {number} cases left out as {flag}, {} have that flag",
                flagged.unwrap_or_default()
            );
        }
    }
    Ok(())
}

/// A surface may say more of itself after its name: a version, a form.
fn is_surface(said: &str, name: &str) -> bool {
    said.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Prints all counts, and the number of cases that every surface runs.
pub(crate) fn print_table(counts: &[Count], totals: &Totals) {
    let width = counts.iter().map(|count| count.surface.len()).max();
    let width = width.unwrap_or_default();
    for count in counts {
        let left_out: Vec<_> = count
            .left_out
            .iter()
            .map(|(flag, number)| format!("{number} {flag}"))
            .collect();
        let remark = if left_out.is_empty() {
            String::new()
        } else {
            format!(", without {}", left_out.join(" and "))
        };
        let Count {
            surface, passed, ..
        } = count;
        println!("   {surface:width$}  {passed:>5} vectors passed{remark}");
    }
    let everywhere = totals.all - totals.by_level.values().sum::<u64>();
    println!(
        "   {everywhere} of {} cases carry no such flag and passed on every surface",
        totals.all
    );
}

/// How many cases the files hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    all: u64,
    /// By the flags that allow a surface to leave a case out.
    by_level: BTreeMap<&'static str, u64>,
}

impl Totals {
    /// Counts the cases of all files.
    pub(crate) fn read() -> Result<Self> {
        let mut totals = Self::default();
        for (_, file) in vector_files::files()? {
            let cases = file.get("cases").and_then(Value::as_array);
            for case in cases.into_iter().flatten() {
                totals.add(case)?;
            }
        }
        Ok(totals)
    }

    fn add(&mut self, case: &Value) -> Result<()> {
        let flags = case.get("flags").and_then(Value::as_array);
        let has = |level: &&str| flags.is_some_and(|flags| flags.iter().any(|flag| flag == level));
        let levels: Vec<_> = LEVELS.into_iter().filter(has).collect();
        ensure!(levels.len() <= 1, "a case has two of {levels:?}: {case}");
        self.all += 1;
        for level in levels {
            *self.by_level.entry(level).or_default() += 1;
        }
        Ok(())
    }
}

/// The test targets called `vectors` of the selected packages.
fn runners(selection: &str) -> Command {
    cargo_line(&format!("test {selection} --test vectors* -- --nocapture"))
}

fn fill() -> Result<()> {
    let mut command = cargo_line(
        "test -p streamtoken --test vectors -- --exact missing_results_are_filled_on_request_only",
    );
    command.env("STREAMTOKEN_FILL_VECTORS", "1");
    let output = command::run(command)?;
    ensure!(
        output.contains("1 passed"),
        "the test that fills the vectors is gone"
    );
    Ok(())
}

/// Lines `vectors: N passed on SURFACE (left out: N FLAG, …)`, wherever in the line they begin: tests
/// write side by side.
pub(crate) fn read_counts(output: &str, suffix: &str) -> Vec<Count> {
    output
        .lines()
        .filter_map(|line| line.split_once("vectors: "))
        .filter_map(|(_, rest)| rest.split_once(" passed on "))
        .filter_map(|(number, rest)| {
            let (surface, left_out) = match rest.split_once(" (left out: ") {
                Some((surface, left_out)) => (surface, left_out.trim_end().strip_suffix(')')?),
                None => (rest, ""),
            };
            Some(Count {
                surface: format!("{}{suffix}", surface.trim()),
                passed: number.parse().ok()?,
                left_out: read_left_out(left_out)?,
            })
        })
        .collect()
}

/// `37 library-level, 9 value-level`
fn read_left_out(text: &str) -> Option<BTreeMap<String, u64>> {
    let parts = text.split(", ").filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (number, flag) = part.split_once(' ')?;
            Some((flag.to_owned(), number.parse().ok()?))
        })
        .collect()
}

/// How the surfaces call themselves.
const SURFACES: [&str; 8] = [
    "the command line",
    "the core",
    "the core, feature rust-crypto alone",
    "C",
    "C++",
    "Python",
    "Node.js, sync",
    "Node.js, async",
];

/// The flags that allow a surface to leave a case out (`vectors/README.md`).
const LEVELS: [&str; 3] = ["library-level", "text-level", "value-level"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{Count, SURFACES, Totals, judge, read_counts};

    fn count(surface: &str, passed: u64, left_out: &[(&str, u64)]) -> Count {
        let left_out = left_out.iter();
        Count {
            surface: surface.to_owned(),
            passed,
            left_out: left_out.map(|(flag, n)| ((*flag).to_owned(), *n)).collect(),
        }
    }

    #[test]
    fn every_surface_must_have_run_all_but_what_a_flag_excuses() {
        let totals = Totals {
            all: 9,
            by_level: BTreeMap::from([("text-level", 2)]),
        };
        let all = || SURFACES.map(|surface| count(surface, 9, &[]));
        assert!(judge(&all(), &totals).is_ok());
        for index in 0..SURFACES.len() {
            for wrong in [
                count("another", 9, &[]),
                count(SURFACES[index], 0, &[]),
                count(SURFACES[index], 8, &[]),
                count(SURFACES[index], 6, &[("text-level", 3)]),
                count(SURFACES[index], 8, &[("value-level", 1)]),
            ] {
                let mut counts = all();
                counts[index] = wrong;
                assert!(judge(&counts, &totals).is_err(), "{:?}", counts[index]);
            }
            let mut counts = all();
            let with_remark = format!("{} 3.9", SURFACES[index]);
            counts[index] = count(&with_remark, 7, &[("text-level", 2)]);
            assert!(judge(&counts, &totals).is_ok(), "{:?}", counts[index]);
        }
    }

    #[test]
    fn cases_are_counted_by_their_level() {
        let mut totals = Totals::default();
        totals
            .add(&json!({"flags": ["hostile", "text-level"]}))
            .expect("one level");
        totals.add(&json!({})).expect("none");
        assert_eq!((totals.all, totals.by_level["text-level"]), (2, 1));
        assert!(
            totals
                .add(&json!({"flags": ["value-level", "text-level"]}))
                .is_err()
        );
    }

    #[test]
    fn counts_are_found_in_the_noise_of_tests() {
        let output = "running 2 tests\ntest a ... vectors: 214 passed on the core\nok\n\
                      vectors: 9 passed on the CLI (left out: 3 text-level, 4 value-level)\n\
                      vectors: many passed on nothing\n3 vectors: x\n";
        let expected = [
            count("the core!", 214, &[]),
            count("the CLI!", 9, &[("text-level", 3), ("value-level", 4)]),
        ];
        assert_eq!(read_counts(output, "!"), expected);
    }
}
