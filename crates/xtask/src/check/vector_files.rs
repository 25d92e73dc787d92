//! The golden vectors as files: enough of them, each with a name of its own. What they say is judged
//! by the runners.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::project;
use crate::step::note;

const FEWEST: usize = 200;

pub(super) fn run() -> Result<()> {
    let mut homes = BTreeMap::new();
    let mut files = 0;
    for entry in fs::read_dir(project::root().join("crates/streamtoken/vectors"))? {
        let path = entry?.path();
        let is_cases = path
            .extension()
            .is_some_and(|extension| extension == "json")
            && !path.ends_with("example-key.json");
        if is_cases {
            files += 1;
            read(&path, &mut homes)?;
        }
    }
    note(&format!("{} cases in {files} files", homes.len()));
    ensure!(
        homes.len() >= FEWEST,
        "there are {} vectors, at least {FEWEST} are wanted",
        homes.len()
    );
    Ok(())
}

/// Adds the ids in the file at `path` to `homes`, which knows the file of each.
fn read(path: &Path, homes: &mut BTreeMap<String, String>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path)?;
    let file = serde_json::from_str(&text).with_context(|| name.to_string())?;
    collect(&name, &file, homes).with_context(|| name.to_string())
}

fn collect(name: &str, file: &Value, homes: &mut BTreeMap<String, String>) -> Result<()> {
    let cases = file["cases"].as_array().context("no list of cases")?;
    for (index, case) in cases.iter().enumerate() {
        let id = case["id"]
            .as_str()
            .with_context(|| format!("case {index} has no id"))?;
        ensure!(case.get("expect").is_some(), "{id} has no expect");
        if let Some(other) = homes.insert(id.to_owned(), name.to_owned()) {
            bail!("{id} is also the id of a case in {other}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    #[test]
    fn an_id_names_one_case_in_all_files() {
        let mut homes = BTreeMap::new();
        let file = json!({"cases": [{"id": "a", "expect": 1}, {"id": "b", "expect": 1}]});
        super::collect("one.json", &file, &mut homes).expect("new ids");
        assert_eq!(homes.len(), 2);
        let again = super::collect("two.json", &file, &mut homes);
        assert!(again.is_err_and(|error| error.to_string().contains("one.json")));
    }

    #[test]
    fn a_case_has_an_id_and_an_expectation() {
        for case in [json!({"expect": 1}), json!({"id": "a"})] {
            let file = json!({ "cases": [case] });
            assert!(super::collect("one.json", &file, &mut BTreeMap::new()).is_err());
        }
    }
}
