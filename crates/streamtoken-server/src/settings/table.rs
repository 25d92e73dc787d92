//! The one place with the names, defaults and ranges of all settings.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use streamtoken::TimeFormat;
use tracing::Level;

use super::Settings;
use crate::log::LogFormat;

/// A setting: its name in the file, its default as text (empty for none), and how it is read. What it must
/// be is the error.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    pub(super) set: fn(&mut Settings, &str) -> Result<(), String>,
}

macro_rules! setting {
    ($name:literal, $default:literal, $($place:ident).+, $read:expr) => {
        Setting {
            name: $name,
            default: $default,
            set: |settings, text| {
                settings.$($place).+ = $read(text)?;
                Ok(())
            },
        }
    };
}

macro_rules! seconds {
    ($name:ident, $default:literal, $range:expr) => {
        Setting {
            name: stringify!($name),
            default: $default,
            set: |settings, text| {
                settings.limits.$name = number(text, $range)
                    .map(|seconds| Duration::from_secs(seconds as u64))
                    .map_err(|range| format!("{range}, in seconds"))?;
                Ok(())
            },
        }
    };
}

pub(super) const SETTINGS: &[Setting] = &[
    setting!("listen", "127.0.0.1:8787", listen, |text: &str| text
        .parse()
        .map_err(|_| {
            "an address and a port, like 127.0.0.1:8787 or [::1]:8787".to_owned()
        })),
    setting!("behind_proxy", "false", behind_proxy, truth),
    setting!("tls_cert", "", tls_cert, file),
    setting!("tls_key", "", tls_key, file),
    setting!("store", "streamtoken.db", store, path),
    setting!("master_key_file", "", master_key_file, file),
    setting!(
        "previous_master_key_file",
        "",
        previous_master_key_file,
        file
    ),
    setting!("time_format", "string", minting.time_format, time_format),
    setting!("extensions", "false", minting.extensions, truth),
    setting!("log_format", "", log_format, log_format),
    setting!("log_level", "info", log_level, log_level),
    setting!("max_body", "65536", limits.max_body, |text| number(
        text,
        1024..=1_048_576
    )),
    setting!("max_head", "16384", limits.max_head, |text| number(
        text,
        8192..=262_144
    )),
    setting!("max_headers", "100", limits.max_headers, |text| number(
        text,
        16..=1000
    )),
    setting!("max_connections", "1024", limits.max_connections, |text| {
        number(text, 1..=65_536)
    }),
    seconds!(first_byte_timeout, "10", 1..=300),
    seconds!(head_timeout, "10", 1..=300),
    seconds!(body_timeout, "10", 1..=300),
    seconds!(answer_timeout, "30", 1..=300),
    seconds!(idle_timeout, "60", 1..=3600),
    seconds!(handshake_timeout, "10", 1..=300),
    seconds!(drain_timeout, "30", 0..=3600),
];

fn number(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("a whole number, {} to {}", range.start(), range.end()))
}

fn truth(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "true or false".to_owned())
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        Err("the name of a file".to_owned())
    } else {
        Ok(text.into())
    }
}

fn file(text: &str) -> Result<Option<PathBuf>, String> {
    path(text).map(Some)
}

fn time_format(text: &str) -> Result<TimeFormat, String> {
    match text {
        "string" => Ok(TimeFormat::String),
        "number" => Ok(TimeFormat::Number),
        _ => Err("string or number".to_owned()),
    }
}

fn log_format(text: &str) -> Result<Option<LogFormat>, String> {
    match text {
        "json" => Ok(Some(LogFormat::Json)),
        "text" => Ok(Some(LogFormat::Text)),
        _ => Err("json or text".to_owned()),
    }
}

fn log_level(text: &str) -> Result<Option<Level>, String> {
    match text {
        "off" => Ok(None),
        "error" => Ok(Some(Level::ERROR)),
        "warn" => Ok(Some(Level::WARN)),
        "info" => Ok(Some(Level::INFO)),
        "debug" => Ok(Some(Level::DEBUG)),
        "trace" => Ok(Some(Level::TRACE)),
        _ => Err("off, error, warn, info, debug or trace".to_owned()),
    }
}
