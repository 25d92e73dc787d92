//! The settings in the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;

use streamtoken::{Error, ErrorCode, Result};

use super::{Settings, unknown};

const PREFIX: &str = "STREAMTOKEN_";
/// What the service takes from the environment beside its settings: where they are, and secrets.
const BESIDE: &[&str] = &["config", "master_key", "previous_master_key"];
/// What else the project calls so, in its tests and tools: they start services, too.
const OF_THE_WORKSHOP: &[&str] = &[
    "API_TOKEN",
    "EMULATOR",
    "FAULTS",
    "FILL_VECTORS",
    "LINK_ARG",
    "PANICS",
    "PANIC_BUILD",
    "SERVICE",
    "SERVICE_TLS",
    "TOOLS",
    "VECTORS",
    "WRITE_GENERATED",
    "WRITE_HEADER",
];
const OF_TESTS: &str = "TEST_";

/// Reads the environment into `settings`, and refuses what looks like a setting and is none.
pub(super) fn read(
    env: impl IntoIterator<Item = (OsString, OsString)>,
    settings: &mut Settings,
) -> Result<()> {
    let ours: BTreeMap<_, _> = env
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(variable, value)| {
            let name = variable.to_str()?.strip_prefix(PREFIX)?;
            Some((name.to_owned(), value))
        })
        .collect();
    for (name, value) in ours {
        let variable = format!("{PREFIX}{name}");
        if let Some(setting) = Settings::names().find(|known| written(known) == variable) {
            let value = value
                .into_string()
                .map_err(|_| refused(&variable, "is not UTF-8"))?;
            settings.set(setting, &value, &variable)?;
        } else if !is_beside(&variable) && !is_for_others(&name, &value.to_string_lossy()) {
            let known = Settings::names().chain(BESIDE.iter().copied());
            return Err(refused(&variable, &unknown(&name, known, written)));
        }
    }
    Ok(())
}

/// The variable of a setting.
fn written(setting: &str) -> String {
    format!("{PREFIX}{}", setting.to_ascii_uppercase())
}

fn is_beside(variable: &str) -> bool {
    BESIDE.iter().any(|known| written(known) == variable)
}

fn refused(variable: &str, reason: &str) -> Error {
    Error::new(ErrorCode::ConfigInvalid, format!("{variable} {reason}"))
}

fn is_for_others(name: &str, value: &str) -> bool {
    OF_THE_WORKSHOP.contains(&name) || name.starts_with(OF_TESTS) || is_of_kubernetes(name, value)
}

/// Where a service of the cluster is called `streamtoken`, every container gets variables that say where it is:
/// `STREAMTOKEN_SERVICE_HOST`, `STREAMTOKEN_PORT=tcp://…`, `STREAMTOKEN_PORT_8787_TCP_ADDR`.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let has_number =
        |(_, rest): (&str, &str)| rest.starts_with(|first: char| first.is_ascii_digit());
    name.ends_with("SERVICE_HOST")
        || name.contains("SERVICE_PORT")
        || name.ends_with("PORT") && value.contains("://")
        || name.split_once("PORT_").is_some_and(has_number)
}

#[cfg(test)]
mod tests {
    use super::{OF_THE_WORKSHOP, read};
    use crate::settings::Settings;

    fn refused(variables: &[(&str, &str)]) -> Option<String> {
        let env = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let read = read(env, &mut Settings::new());
        read.err().map(|error| error.message().to_owned())
    }

    #[test]
    fn a_variable_that_nobody_knows_is_refused_with_the_nearest_name() {
        for (variable, nearest) in [
            ("LISTN", "LISTEN"),
            ("HEADTIMEOUT", "HEAD_TIMEOUT"),
            ("MASTERKEY", "MASTER_KEY"),
            ("MASTER_KEY_FIEL", "MASTER_KEY_FILE"),
            ("listen", "LISTEN"),
        ] {
            let said = refused(&[(&format!("STREAMTOKEN_{variable}"), "1")]).unwrap();
            let expected = format!(
                "STREAMTOKEN_{variable} is no setting; did you mean STREAMTOKEN_{nearest}?"
            );
            assert_eq!(said, expected);
        }
        let said = refused(&[("STREAMTOKEN_PORT", "8787")]).unwrap();
        assert_eq!(
            said,
            "STREAMTOKEN_PORT is no setting; streamtoken serve --help lists them"
        );
    }

    #[test]
    fn what_others_call_so_is_left_to_them() {
        let mut variables: Vec<_> = OF_THE_WORKSHOP
            .iter()
            .map(|name| format!("STREAMTOKEN_{name}"))
            .collect();
        variables.extend(
            [
                "STREAMTOKEN_CONFIG",
                "STREAMTOKEN_MASTER_KEY",
                "STREAMTOKEN_PREVIOUS_MASTER_KEY",
                "STREAMTOKEN_TEST_SEED",
                "STREAMTOKEN_SERVICE_HOST",
                "STREAMTOKEN_SERVICE_PORT_HTTP",
                "STREAMTOKEN_PORT_8787_TCP_ADDR",
                "STREAMTOKEN",
                "OTHER_LISTN",
            ]
            .map(str::to_owned),
        );
        for variable in &variables {
            assert_eq!(refused(&[(variable, "x")]), None);
        }
        assert_eq!(
            refused(&[("STREAMTOKEN_PORT", "tcp://10.0.0.1:8787")]),
            None
        );
        assert_eq!(refused(&[("STREAMTOKEN_LISTN", "")]), None);
    }
}
