//! The benchmark of `cargo xtask bench`: everything in one run, every row in pairs with its baseline.
//! Without cargo bench's `--bench` (that is: under `cargo test`) it only shows that every row runs.

mod bare;
mod batch;
mod bindings;
mod fixture;
mod ours;
mod service;
mod theirs;

use anyhow::Result;
use xtask::measure::{Plan, measure, table};
use xtask::oracle::Oracle;
use xtask::peers;

use fixture::Fixture;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has(service::LOAD) {
        return service::load_when_asked();
    }
    if has(service::SIGN) {
        return service::sign_when_asked(&Fixture::read()?);
    }
    let quick = has("--quick") || !has("--bench");
    let plan = if quick { Plan::QUICK } else { Plan::FULL };

    let fixture = Fixture::read()?;
    let mut rows = bare::rows(&fixture)?;
    rows.extend(ours::rows(&fixture)?);
    // Under `cargo test` nothing is released.
    let start = match has("--bench") {
        true => Oracle::start_released,
        false => Oracle::start,
    };
    rows.extend(theirs::rows(&fixture, start)?);
    // Nor is another language needed there.
    if has("--bench") {
        rows.extend(bindings::rows()?);
        rows.extend(service::rows()?);
    }
    if quick {
        println!("smoke run: every row works; its numbers mean nothing");
    }
    println!("{}", table(&measure(rows, plan)?));
    if has("--bench") {
        println!("{}", peers::footprint(quick)?);
        if let Some(report) = service::report(quick)? {
            println!("{report}");
        }
    }

    let lines = if quick { 2_000 } else { 1_000_000 };
    match batch::run(&fixture, lines)? {
        Some(report) => println!("{report}"),
        None => println!("sign --batch: no release build of the command line, not measured"),
    }
    Ok(())
}
