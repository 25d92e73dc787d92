//! What a check saw, for people.

use crate::Value;

/// A line of all that is short, as `sub: …; identifier: …`, then one for each rule or finding. What the cause says
/// is not said again: which rule decides (an index, where people count from one), a host's reason, and the only
/// finding.
pub(super) fn lines(values: &[(String, Value)], cause: &str) -> Vec<String> {
    let is_said = |name: &str, value: &Value| {
        name == "rule" || (name == "reason" && cause.contains(value.as_str().unwrap_or_default()))
    };
    let is_short = |(name, value): &&(String, Value)| !is_said(name, value) && !is_table(value);
    let short: Vec<_> = values
        .iter()
        .filter(is_short)
        .map(|(name, value)| format!("{name}: {}", short(value)))
        .collect();
    let tables = values.iter().filter_map(|(_, value)| value.as_array());
    let rows = tables.flat_map(|rows| rows.iter().enumerate().filter_map(|each| row(each, cause)));
    let first = (!short.is_empty()).then(|| short.join("; "));
    first.into_iter().chain(rows).collect()
}

fn is_table(value: &Value) -> bool {
    let first = value.as_array().and_then(<[Value]>::first);
    first.is_some_and(|first| first.as_object().is_some())
}

fn short(value: &Value) -> String {
    match value {
        Value::Null => "unknown".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => other.kind().to_owned(),
    }
}

/// A rule with what it does to the viewer, or a finding of lint.
fn row((index, row): (usize, &Value), cause: &str) -> Option<String> {
    let text = |name| row.get(name).and_then(Value::as_str);
    if let (Some(field), Some(message)) = (text("field"), text("message")) {
        return Some(match message == cause {
            true => field.to_owned(),
            false => format!("{field}: {message}"),
        });
    }
    let matches = match row.get("matches")? {
        Value::Bool(true) => "matches this viewer",
        Value::Bool(false) => "does not match this viewer",
        _ => "may match this viewer, of whom too little was given",
    };
    let (action, condition) = (text("action")?, text("type")?);
    Some(format!(
        "rule {}, {action} {condition}: {matches}",
        index + 1
    ))
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::Value;

    #[test]
    fn what_is_short_stands_in_one_line_and_tables_below() {
        let values = Value::parse(
            r#"{"sub":"a","exp":1,"rule":0,"other":["x","y"],"rules":[{"type":"any","action":"block","matches":true},
            {"type":"ip.src","action":"allow","matches":null}],"findings":[{"id":"i","field":"/f","message":"m"},{"id":"i","field":"/g","message":"the cause"}]}"#,
        );
        let values = values.unwrap().as_object().unwrap().to_vec();
        let expected = [
            "sub: a; exp: 1; other: x, y",
            "rule 1, block any: matches this viewer",
            "rule 2, allow ip.src: may match this viewer, of whom too little was given",
            "/f: m",
            "/g",
        ];
        assert_eq!(lines(&values, "the cause"), expected);
        assert!(lines(&[], "").is_empty());
    }
}
