//! The settings of the service: from flags, the environment and a file, in this order of precedence.
//!
//! One table has their names, defaults and ranges. A setting is written `head_timeout` in the file,
//! `STREAMTOKEN_HEAD_TIMEOUT` in the environment and `--head-timeout` as a flag.

mod file;
mod table;
mod variables;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use streamtoken::{Error, ErrorCode, Result, TimeFormat};
use tracing::Level;

use crate::Minting;
use crate::log::LogFormat;
use crate::serve::{Limits, Tls, check_address};

/// The settings in force.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Address and port to listen at.
    pub listen: SocketAddr,
    /// Whether a proxy in front speaks TLS, so that an address that others reach is no mistake.
    pub behind_proxy: bool,
    /// The certificate chain, in PEM.
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM.
    pub tls_key: Option<PathBuf>,
    /// The store's file.
    pub store: PathBuf,
    /// The file with the master key.
    pub master_key_file: Option<PathBuf>,
    /// The file with the master key before.
    pub previous_master_key_file: Option<PathBuf>,
    /// How tokens are minted.
    pub minting: Minting,
    /// How the log is written; `None`: for people on a terminal, and in JSON elsewhere.
    pub log_format: Option<LogFormat>,
    /// What is logged; `None` for nothing.
    pub log_level: Option<Level>,
    /// What connections may take.
    pub limits: Limits,
    /// What was given for each, or its default.
    texts: Vec<(&'static str, String)>,
}

impl Settings {
    /// The default settings.
    pub fn new() -> Self {
        let mut settings = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            behind_proxy: false,
            tls_cert: None,
            tls_key: None,
            store: PathBuf::from("streamtoken.db"),
            master_key_file: None,
            previous_master_key_file: None,
            minting: Minting {
                time_format: TimeFormat::String,
                extensions: false,
            },
            log_format: None,
            log_level: Some(Level::INFO),
            limits: Limits::default(),
            texts: Vec::new(),
        };
        settings.texts = table::SETTINGS
            .iter()
            .map(|setting| (setting.name, setting.default.to_owned()))
            .collect();
        settings
    }

    /// Reads the settings: `flags` by their names in the file, `env` as [`std::env::vars_os`] gives it, and the
    /// file. A variable with our prefix that nobody knows is refused; an empty one is none.
    ///
    /// # Errors
    /// [`ErrorCode::ConfigInvalid`], which says where the setting is from.
    pub fn read(
        file: Option<&Path>,
        env: impl IntoIterator<Item = (OsString, OsString)>,
        flags: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self> {
        let mut settings = Self::new();
        if let Some(path) = file {
            file::read(path, &mut settings)?;
        }
        variables::read(env, &mut settings)?;
        for (name, value) in flags {
            settings.set(name, &value, &format!("--{}", name.replace('_', "-")))?;
        }
        if settings.tls_cert.is_some() != settings.tls_key.is_some() {
            let message = "tls_cert and tls_key go together: one of them is missing";
            return Err(Error::new(ErrorCode::ConfigInvalid, message));
        }
        Ok(settings)
    }

    /// The names of all settings, as they stand in the file.
    pub fn names() -> impl Iterator<Item = &'static str> {
        table::SETTINGS.iter().map(|setting| setting.name)
    }

    /// Name and value of each setting in force. No secret is among them.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.texts.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// Reads the certificate, if there is one, and refuses an address that others reach without it.
    ///
    /// # Errors
    /// [`ErrorCode::TlsInvalid`], [`ErrorCode::ListenOpen`].
    pub fn tls(&self) -> Result<Option<Tls>> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificates), Some(key)) => Some(Tls::load(certificates, key)?),
            _ => None,
        };
        check_address(self.listen, tls.is_some() || self.behind_proxy)?;
        Ok(tls)
    }

    /// Sets one; `place` says where the value is from.
    fn set(&mut self, name: &str, value: &str, place: &str) -> Result<()> {
        let refused = |reason: &str| {
            let message = format!("{place} {reason}");
            Error::new(ErrorCode::ConfigInvalid, message)
        };
        let setting = table::SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .ok_or_else(|| refused(&unknown(name, Self::names(), str::to_owned)))?;
        (setting.set)(self, value).map_err(|reason| refused(&format!("must be {reason}")))?;
        for (known, text) in &mut self.texts {
            if *known == name {
                value.clone_into(text);
            }
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// What is said of a name that is no setting: the nearest of the known ones, as it is `written`.
fn unknown(
    name: &str,
    known: impl Iterator<Item = &'static str>,
    written: fn(&str) -> String,
) -> String {
    const ALIKE: f64 = 0.7;
    let name = name.to_ascii_lowercase();
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(&name, known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map_or_else(
            || "is no setting; streamtoken serve --help lists them".to_owned(),
            |(_, nearest)| format!("is no setting; did you mean {}?", written(nearest)),
        )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Settings, table};
    use crate::serve::Limits;

    fn read(
        file: &str,
        env: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.toml");
        std::fs::write(&path, file).unwrap();
        let env = env.iter().map(|(name, value)| (name.into(), value.into()));
        let flags = flags
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Settings::read(Some(&path), env, flags)
            .map_err(|error| error.message().replace(path.to_str().unwrap(), "FILE"))
    }

    #[test]
    fn the_table_says_the_defaults() {
        let mut settings = Settings::new();
        let before = format!("{settings:?}");
        for setting in table::SETTINGS {
            if !setting.default.is_empty() {
                settings.set(setting.name, setting.default, "x").unwrap();
            }
        }
        assert_eq!(format!("{settings:?}"), before);
        assert_eq!(settings.limits, Limits::default());
    }

    #[test]
    fn flags_go_before_the_environment_and_that_before_the_file() {
        let file = "idle_timeout = 1\nhead_timeout = 1\nbody_timeout = 1\nextensions = true\nstore = \"a\"\n";
        let env = [
            ("STREAMTOKEN_HEAD_TIMEOUT", "2"),
            ("STREAMTOKEN_BODY_TIMEOUT", "2"),
        ];
        let settings = read(file, &env, &[("body_timeout", "3")]).unwrap();
        let limits = &settings.limits;
        let seconds = [
            limits.idle_timeout,
            limits.head_timeout,
            limits.body_timeout,
        ];
        assert_eq!(seconds, [1, 2, 3].map(Duration::from_secs));
        assert!(settings.minting.extensions && settings.store.to_str() == Some("a"));
        let shown: Vec<_> = settings
            .shown()
            .filter(|(name, _)| name.ends_with("y_timeout"))
            .collect();
        assert_eq!(shown, [("body_timeout", "3")]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let refused = |file: &str| read(file, &[], &[]).unwrap_err();
        assert_eq!(
            refused("\nmaster_key = \"x\"\n"),
            "FILE, line 2: master_key is no setting; streamtoken serve --help lists them"
        );
        assert_eq!(
            refused("# x\n\nhead_timeout = 0"),
            "FILE, line 3: head_timeout must be a whole number, 1 to 300, in seconds"
        );
        assert_eq!(
            refused("head_timeout = 5.0"),
            "FILE, line 1: head_timeout must be a whole number, or text in quotes"
        );
        assert_eq!(
            refused("store = 1\nlisten = [1]"),
            "FILE, line 2: listen has no value of one kind"
        );
        assert!(refused("a = \n").starts_with("FILE, line 1: "));
        assert!(refused("store = \"a\"\nstore = \"b\"").starts_with("FILE, line 2: "));
        let env = read("", &[("STREAMTOKEN_MAX_BODY", "lots")], &[]).unwrap_err();
        assert_eq!(
            env,
            "STREAMTOKEN_MAX_BODY must be a whole number, 1024 to 1048576"
        );
        let flag = read("", &[], &[("time_format", "date")]).unwrap_err();
        assert_eq!(flag, "--time-format must be string or number");
        let half = read("tls_cert = \"a\"", &[], &[]).unwrap_err();
        assert!(half.contains("tls_key"));
    }
}
