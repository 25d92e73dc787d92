//! The page on refusals says what the vectors show.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
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

/// A text, and what its token says.
fn said(text: &str) -> String {
    let of_base64 = |each: char| each.is_ascii_alphanumeric() || "-_".contains(each);
    let words = text.split(|each: char| !of_base64(each));
    let parts = words.filter_map(|word| BASE64_URL_SAFE_NO_PAD.decode(word).ok());
    let parts = parts.map(|part| String::from_utf8_lossy(&part).into_owned());
    std::iter::once(text.to_owned()).chain(parts).collect()
}

/// Whether the pieces of a shortened literal stand in a text, one behind the other.
fn is_of(literal: &str, text: &str) -> bool {
    let literal = literal.replace("<UID>", "ea95132c15732412d22c1476fa83f27a");
    let mut pieces = literal.split('…');
    let found = pieces.try_fold(text, |rest, piece| Some(rest.split_once(piece)?.1));
    found.is_some()
}

#[test]
fn every_row_is_shown_by_its_case() {
    let vectors: Json = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let mut numbers = BTreeSet::new();
    let mut literals = 0;
    for (number, cells) in rows(5) {
        let id = quoted(cells[4]).next().unwrap();
        let case = cases.iter().find(|case| case["id"] == id);
        let case = case.unwrap_or_else(|| panic!("there is no case {id}"));
        let found = case["expect"]["report"]["checks"].as_array().unwrap();
        let named = quoted(cells[2]).map(|check| {
            let check = found.iter().find(|found| found["id"] == check);
            let check = check.unwrap_or_else(|| panic!("{id} does not find {}", cells[2]));
            assert!(
                check["status"] == "fail" || check["status"] == "warn",
                "{id}"
            );
            check
        });
        let named: Vec<_> = named.collect();
        let first = named
            .first()
            .unwrap_or_else(|| panic!("{id} names no check"));
        assert_eq!(first["cause"], cells[3], "{id}");
        let text = case["input"]["text"].as_str().unwrap_or_default();
        for literal in quoted(cells[1]).filter(|literal| literal.contains('…')) {
            assert!(is_of(literal, &said(text)), "{id} has no {literal}");
            literals += 1;
        }
        numbers.insert(number);
    }
    assert_eq!(numbers, BTreeSet::from(NAMED));
    assert!(literals > 20, "{literals}");
    let cured = rows(3).inspect(|(number, cells)| assert!(cells[2].len() > 20, "{number}"));
    let cured: BTreeSet<_> = cured.map(|(number, _)| number).collect();
    assert_eq!(cured, BTreeSet::from(CURED));
}
