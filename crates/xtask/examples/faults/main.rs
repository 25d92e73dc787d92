//! A server that answers as servers should not, for the tests of clients: `cargo xtask faults`.
//!
//! What it answers is in `crates/streamtoken/vectors/client/faults.json`; how often it was asked is at
//! `/_count/{id}.{unique}`. It prints where it is, and ends when its standard input does.

mod answer;
mod certificates;
mod connection;
mod places;
mod table;

use std::io::{self, Read as _};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::json;

use certificates::Certificates;
use places::Places;
use table::Table;

fn main() -> Result<()> {
    let table = Arc::new(Table::read()?);
    let certificates = Certificates::make()?;
    let places = Places::open(&table, &certificates)?;
    println!(
        "{}",
        json!({"bases": places.bases, "proxies": places.proxies, "ca": certificates.authority()})
    );
    let mut input = io::stdin().lock();
    let mut ignored = [0; 1024];
    while input.read(&mut ignored).context("standard input")? > 0 {}
    Ok(())
}
