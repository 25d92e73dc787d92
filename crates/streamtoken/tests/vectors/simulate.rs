//! What rules do to viewers: `simulate`.

use serde_json::{Value as Json, json};
use streamtoken::{AccessRules, Error, host, simulate};

use crate::format::Case;

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["accessRules", "viewers"]);
    let rules = AccessRules::from_value(&case.value("accessRules"))?;
    let viewers = host::viewers(&case.value("viewers"))?;
    Ok(json!({ "results": simulate(&rules, &viewers) }))
}
