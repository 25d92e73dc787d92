//! What a token is checked against, as flags: one definition for `verify` and for `explain`.

use streamtoken::{Result, Value};

use crate::input;
use crate::time_arg::{number_or_text, time};

#[derive(clap::Args)]
#[command(next_help_heading = "Facts")]
pub(super) struct Facts {
    /// Video or live input that is asked for
    #[arg(long, value_name = "UID", allow_hyphen_values = true)]
    identifier: Option<String>,
    /// Time to take for now [default: the clock]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
    /// The viewer's address
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    ip: Option<String>,
    /// The viewer's country: two letters, or T1
    #[arg(long, value_name = "CC", allow_hyphen_values = true)]
    country: Option<String>,
    /// Seconds by which the clocks may differ, up to 300 [default: 0]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    leeway: Option<String>,
    /// Ask for a token that allows downloads
    #[arg(long)]
    download: bool,
}

impl Facts {
    /// The facts of `--options`, and over them those of the flags, these and `more`; in wire names.
    pub(super) fn over(&self, options: Option<&str>, more: Vec<(String, Value)>) -> Result<Value> {
        let below = input::options(options, "the facts")?;
        let mut flags = self.members()?;
        flags.extend(more);
        Ok(input::overlay(below, flags))
    }

    fn members(&self) -> Result<Vec<(String, Value)>> {
        let mut members = Vec::new();
        for (name, text) in [
            ("identifier", &self.identifier),
            ("ip", &self.ip),
            ("country", &self.country),
        ] {
            if let Some(text) = text {
                members.push((name.to_owned(), Value::String(text.clone())));
            }
        }
        if let Some(text) = &self.now {
            members.push(("now".to_owned(), time("now", text)?));
        }
        if let Some(text) = &self.leeway {
            members.push(("leeway".to_owned(), number_or_text(text)));
        }
        if self.download {
            members.push(("download".to_owned(), Value::Bool(true)));
        }
        Ok(members)
    }
}
