//! The settings of the service as flags. What they may be is the service's own business, so that a flag, a
//! variable and a line of the file are read alike.

use std::path::{Path, PathBuf};

use streamtoken::Result;
use streamtoken_server::OpenOptions;
use streamtoken_server::settings::Settings;

use crate::master_keys;

/// Everything that is set.
#[derive(clap::Args)]
pub(super) struct Flags {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// File with settings in TOML; a flag's name with _ for -, as in head_timeout = 5
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
    #[command(flatten)]
    minting: Minting,
    #[command(flatten)]
    network: Network,
    #[command(flatten)]
    log: Log,
    #[command(flatten)]
    limits: Limits,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Store")]
struct Store {
    /// File of the store, made when it is not there [default: streamtoken.db; with --dev, memory]
    #[arg(long, value_name = "FILE")]
    store: Option<String>,
    /// File with the master key: 32 bytes in base64 [default: STREAMTOKEN_MASTER_KEY]
    #[arg(long, value_name = "FILE", conflicts_with = "dev")]
    master_key_file: Option<String>,
    /// File with the master key before, while keys are sealed anew
    #[arg(long, value_name = "FILE", conflicts_with = "dev")]
    previous_master_key_file: Option<String>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Tokens")]
struct Minting {
    /// How tokens write their times: string as Cloudflare's endpoint, or number [default: string]
    #[arg(long, value_name = "FORMAT", value_parser = ["string", "number"], hide_possible_values = true)]
    time_format: Option<String>,
    /// Take expires_in, time_format and reuse_window in bodies, which Cloudflare's endpoint ignores
    #[arg(long)]
    extensions: bool,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Network")]
struct Network {
    /// Certificate chain in PEM, the service's own first
    #[arg(long, value_name = "FILE", conflicts_with = "dev")]
    tls_cert: Option<String>,
    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE", conflicts_with = "dev")]
    tls_key: Option<String>,
    /// Listen without TLS where others reach it: a proxy in front has TLS
    #[arg(long, conflicts_with = "dev")]
    behind_proxy: bool,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Log, on standard error")]
struct Log {
    /// json, or text for people [default: text on a terminal, else json]
    #[arg(long, value_name = "FORMAT", value_parser = ["json", "text"], hide_possible_values = true)]
    log_format: Option<String>,
    /// off, error, warn, info, debug or trace [default: info]
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = ["off", "error", "warn", "info", "debug", "trace"],
        hide_possible_values = true
    )]
    log_level: Option<String>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
struct Limits {
    /// Longest body, 1024 to 1048576 bytes [default: 65536]
    #[arg(long, value_name = "BYTES")]
    max_body: Option<String>,
    /// Longest request line and headers, 8192 to 262144 bytes [default: 16384]
    #[arg(long, value_name = "BYTES")]
    max_head: Option<String>,
    /// Most headers, 16 to 1000 [default: 100]
    #[arg(long, value_name = "COUNT")]
    max_headers: Option<String>,
    /// Most connections, 1 to 65536; further ones wait to be accepted [default: 1024]
    #[arg(long, value_name = "COUNT")]
    max_connections: Option<String>,
    /// From a connection to its first byte, 1 to 300 [default: 10]
    #[arg(long, value_name = "SECONDS")]
    first_byte_timeout: Option<String>,
    /// For a request line and headers, 1 to 300 [default: 10]
    #[arg(long, value_name = "SECONDS")]
    head_timeout: Option<String>,
    /// For a body, 1 to 300 [default: 10]
    #[arg(long, value_name = "SECONDS")]
    body_timeout: Option<String>,
    /// For a slow reader to take an answer, 1 to 300 [default: 30]
    #[arg(long, value_name = "SECONDS")]
    answer_timeout: Option<String>,
    /// From an answer to the next request, 1 to 3600 [default: 60]
    #[arg(long, value_name = "SECONDS")]
    idle_timeout: Option<String>,
    /// For TLS to be agreed on, 1 to 300 [default: 10]
    #[arg(long, value_name = "SECONDS")]
    handshake_timeout: Option<String>,
    /// From SIGTERM until connections are cut, 0 to 3600 [default: 30]
    #[arg(long, value_name = "SECONDS")]
    drain_timeout: Option<String>,
}

impl Flags {
    /// The settings in force: these flags, then the environment, then the file.
    pub(super) fn settings(&self) -> Result<Settings> {
        let config = match &self.config {
            Some(file) => Some(file.clone()),
            None => std::env::var_os("STREAMTOKEN_CONFIG")
                .filter(|file| !file.is_empty())
                .map(PathBuf::from),
        };
        Settings::read(config.as_deref(), std::env::vars_os(), self.given())
    }

    /// What the service opens. Its master keys are no settings where they stand in variables themselves.
    pub(super) fn open_options(&self, settings: &Settings) -> Result<OpenOptions> {
        let Store {
            master_key_file,
            previous_master_key_file,
            ..
        } = &self.store;
        let mut options = OpenOptions::new(Some(settings.store.clone()));
        options.master_key = master_keys::current(
            master_key_file.as_ref().map(Path::new),
            settings.master_key_file.as_deref(),
        )?;
        options.previous_master_key = master_keys::previous(
            previous_master_key_file.as_ref().map(Path::new),
            settings.previous_master_key_file.as_deref(),
        )?;
        options.minting = settings.minting.clone();
        Ok(options)
    }

    /// The store that a flag names.
    pub(super) fn store(&self) -> Option<PathBuf> {
        self.store.store.as_ref().map(PathBuf::from)
    }

    /// The flags that were given.
    fn given(&self) -> impl Iterator<Item = (&'static str, String)> {
        let truth = |given: bool| given.then(|| "true".to_owned());
        let Self {
            store,
            minting,
            network,
            log,
            limits,
            ..
        } = self;
        [
            ("listen", self.listen.clone()),
            ("store", store.store.clone()),
            ("master_key_file", store.master_key_file.clone()),
            (
                "previous_master_key_file",
                store.previous_master_key_file.clone(),
            ),
            ("time_format", minting.time_format.clone()),
            ("extensions", truth(minting.extensions)),
            ("tls_cert", network.tls_cert.clone()),
            ("tls_key", network.tls_key.clone()),
            ("behind_proxy", truth(network.behind_proxy)),
            ("log_format", log.log_format.clone()),
            ("log_level", log.log_level.clone()),
            ("max_body", limits.max_body.clone()),
            ("max_head", limits.max_head.clone()),
            ("max_headers", limits.max_headers.clone()),
            ("max_connections", limits.max_connections.clone()),
            ("first_byte_timeout", limits.first_byte_timeout.clone()),
            ("head_timeout", limits.head_timeout.clone()),
            ("body_timeout", limits.body_timeout.clone()),
            ("answer_timeout", limits.answer_timeout.clone()),
            ("idle_timeout", limits.idle_timeout.clone()),
            ("handshake_timeout", limits.handshake_timeout.clone()),
            ("drain_timeout", limits.drain_timeout.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}
