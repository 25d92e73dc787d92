//! The page on refusals says what the vectors show.

use std::collections::BTreeSet;

use serde_json::Value as Json;

const PAGE: &str = include_str!("../docs/refused.md");
const VECTORS: &str = include_str!("../vectors/explain.json");

/// What hurts users, by the numbers under which the project knows it, that a report can name.
const NAMED: [u32; 12] = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15];
/// What another part of the product cures.
const CURED: [u32; 4] = [3, 13, 14, 16];

/// The cells of every table row of `columns` that begins with a number.
fn rows(columns: usize) -> impl Iterator<Item = (u32, Vec<&'static str>)> {
    PAGE.lines().filter_map(move |line| {
        let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<_> = line.split(" | ").collect();
        let number = cells[0].parse().ok()?;
        (cells.len() == columns).then_some((number, cells))
    })
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_row_is_shown_by_its_case() {
    let vectors: Json = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let mut numbers = BTreeSet::new();
    for (number, cells) in rows(4) {
        let id = quoted(cells[3]).next().unwrap();
        let case = cases.iter().find(|case| case["id"] == id);
        let case = case.unwrap_or_else(|| panic!("there is no case {id}"));
        let found = case["expect"]["report"]["checks"].as_array().unwrap();
        for check in quoted(cells[2]) {
            let check = found.iter().find(|found| found["id"] == check);
            let check = check.unwrap_or_else(|| panic!("{id} does not find {}", cells[2]));
            assert!(
                check["status"] == "fail" || check["status"] == "warn",
                "{id}"
            );
        }
        numbers.insert(number);
    }
    assert_eq!(numbers, BTreeSet::from(NAMED));
    let cured: BTreeSet<_> = rows(3).map(|(number, _)| number).collect();
    assert_eq!(cured, BTreeSet::from(CURED));
}
