//! The golden vectors as files: enough of them, each with a name of its own. What they say is judged
//! by the runners.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::project;
use crate::step::note;

/// Somewhat less than there are.
const FEWEST: usize = 1_400;

pub(super) fn run() -> Result<()> {
    let mut homes = BTreeMap::new();
    let files = files()?;
    for (name, file) in &files {
        collect(name, file, &mut homes).with_context(|| name.clone())?;
    }
    note(&format!("{} cases in {} files", homes.len(), files.len()));
    ensure!(
        homes.len() >= FEWEST,
        "there are {} vectors, at least {FEWEST} are wanted",
        homes.len()
    );
    Ok(())
}

/// The files of cases, with their names.
pub(crate) fn files() -> Result<Vec<(String, Value)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project::vectors())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".json") && name != "example-key.json" {
            let text = fs::read_to_string(&path)?;
            let file = serde_json::from_str(&text).with_context(|| name.to_string())?;
            files.push((name.into_owned(), file));
        }
    }
    Ok(files)
}

/// Adds the ids in the file `name` to `homes`, which knows the file of each.
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
