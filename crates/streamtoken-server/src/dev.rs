//! The emulator: the service for test suites, with credentials at hand and everything else as it is in
//! production; a clock that is set; faults to order.

mod clock;
mod faults;
mod inject;
mod members;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Router, middleware};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use streamtoken::api::{self, CreatedKey};
use streamtoken::{Error, ErrorCode, Result, SigningKey, Value};
use zeroize::Zeroizing;

use self::faults::Faults;
use crate::access::{Accounts, Action, Grants, NewCredential};
use crate::answer::{Answer, success};
use crate::store::{KeyPurpose, MemoryStore, SqliteStore, Store, StoredKey};
use crate::vault::{MASTER_KEY, MasterKey, Vault};
use crate::{Minting, Service, keyring, log, routes};

/// The account of an emulator that is not told another: the one of Cloudflare's documentation.
pub const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
/// The e-mail address of the previous scheme.
pub const EMAIL: &str = "emulator@example.com";
/// Where the emulator's own routes are.
pub const BASE_PATH: &str = "/_dev";

/// What the credentials of an emulator are called: those alone are replaced in a store.
const CREDENTIAL: &str = "emulator";

/// What an emulator starts with. All is optional.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct EmulatorOptions {
    /// The account; [`ACCOUNT`], or the first one of the store, by default.
    pub account: Option<String>,
    /// The key that the token endpoint signs with; one is made by default.
    pub key: Option<SigningKey>,
    /// A file that keeps account and keys between runs; memory by default.
    pub store: Option<PathBuf>,
    /// How tokens are minted.
    pub minting: Minting,
}

/// A service with an account, and credentials that may do everything.
pub struct Emulator {
    dev: Arc<Dev>,
    account: String,
    key: SigningKey,
    created: String,
    token: Zeroizing<String>,
    email_key: Zeroizing<String>,
}

impl Emulator {
    /// Opens the store, and makes what is missing. The credentials are new each time, and those of earlier
    /// runs end.
    ///
    /// # Errors
    /// [`ErrorCode::AccountIdInvalid`], [`ErrorCode::KeyOfAnotherAccount`]; [`ErrorCode::ConfigInvalid`] when the account of the store has
    /// another key than the one that was given; [`ErrorCode::MasterKeyWrong`] for a store that no emulator
    /// made; those of the store.
    pub async fn start(options: EmulatorOptions) -> Result<Self> {
        let store: Arc<dyn Store> = match &options.store {
            Some(file) => Arc::new(SqliteStore::open(file).await?),
            None => Arc::new(MemoryStore::new()),
        };
        let service = Service::start(Arc::clone(&store), vault()?, options.minting).await?;
        let account = match options.account {
            Some(account) => account,
            None => store
                .accounts()
                .await?
                .into_iter()
                .next()
                .unwrap_or_else(|| ACCOUNT.to_owned()),
        };
        let given = options.key.as_ref().map(|key| key.public_key().to_jwk());
        service.add_account(&account, options.key).await?;
        let stored = endpoint_key(&store, &account).await?;
        if given.is_some_and(|given| given != stored.public_jwk) {
            return Err(Error::new(
                ErrorCode::ConfigInvalid,
                "the account of the store has another key; leave the key out, or take another store",
            ));
        }
        let key = keyring::open(&account, &stored, &vault()?)?;
        let [token, email_key] = credentials(&service).await?;
        let dev = Dev {
            keys_at_start: keys(&service).await?,
            service: Arc::new(service),
            faults: Faults::default(),
        };
        Ok(Self {
            dev: Arc::new(dev),
            account,
            key,
            created: stored.created,
            token,
            email_key,
        })
    }

    /// The service.
    pub fn service(&self) -> &Arc<Service> {
        &self.dev.service
    }

    /// All routes of the service, and the emulator's own, which nothing but an emulator has.
    pub fn router(&self) -> Router {
        let faults = middleware::from_fn_with_state(Arc::clone(&self.dev), inject::inject);
        let own = Router::new()
            .route(
                "/clock",
                get(clock::show).put(clock::set).delete(clock::clear),
            )
            .route(
                "/faults",
                get(faults::show).put(faults::set).delete(faults::clear),
            )
            .route("/reset", post(reset))
            .method_not_allowed_fallback(routes::wrong_method)
            .with_state(Arc::clone(&self.dev));
        routes::router(Arc::clone(&self.dev.service))
            .layer(faults)
            .nest(BASE_PATH, own)
            .route(
                "/openapi.json",
                get(description).fallback(routes::wrong_method),
            )
            .layer(middleware::from_fn(log::note_path))
    }

    /// What a test needs to know, once the emulator listens at `address`.
    pub fn introduction(&self, address: SocketAddr) -> Introduction<'_> {
        let base_url = format!("http://{address}{}", api::BASE_PATH);
        Introduction {
            account_id: &self.account,
            api_token: &self.token,
            api_email: EMAIL,
            api_key: &self.email_key,
            signing_key: CreatedKey::new(&self.key, &self.created),
            jwks_url: format!("{base_url}/accounts/{}/stream/jwks.json", self.account),
            dev_url: format!("http://{address}{BASE_PATH}"),
            base_url,
        }
    }
}

/// What the emulator's own routes work on.
struct Dev {
    service: Arc<Service>,
    faults: Faults,
    keys_at_start: BTreeSet<(String, String)>,
}

/// Brings back the start: the machine's time, no faults, no keys but those that were there.
async fn reset(State(dev): State<Arc<Dev>>) -> Answer {
    dev.service.clock().run_ahead(0);
    dev.faults.clear();
    for (account, id) in keys(&dev.service).await?.difference(&dev.keys_at_start) {
        dev.service.delete_key(account, id).await?;
    }
    Ok(success((), Vec::new()))
}

/// What the service answers, in OpenAPI 3.1.
async fn description() -> Answer {
    let headers = [(CONTENT_TYPE, "application/json")];
    Ok((headers, OPENAPI).into_response())
}

/// The description of all routes, the emulator's own among them.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// The keys that were made through the API, by account.
async fn keys(service: &Service) -> Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    for account in service.store().accounts().await? {
        let keys = service.list_keys(&account).await?;
        found.extend(keys.into_iter().map(|key| (account.clone(), key.id)));
    }
    Ok(found)
}

/// Reads the body of one of the emulator's own routes; an empty one is `{}`.
async fn read(headers: &HeaderMap, body: Body) -> Result<Value> {
    let text = routes::body::read(headers, body).await?;
    if text.is_empty() {
        return Ok(Value::Object(Vec::new()));
    }
    Value::parse(&*text)
}

/// How an emulator is reached. Its members are a contract with the fixtures of the Python and Node.js
/// packages.
#[derive(Serialize)]
#[non_exhaustive]
pub struct Introduction<'e> {
    /// What official clients take for `CLOUDFLARE_BASE_URL`.
    pub base_url: String,
    /// The account.
    pub account_id: &'e str,
    /// A bearer token that may do everything.
    pub api_token: &'e str,
    /// The e-mail address of the previous scheme.
    pub api_email: &'static str,
    /// The key that goes with it.
    pub api_key: &'e str,
    /// The key that the token endpoint signs with, as `POST …/stream/keys` would show it.
    pub signing_key: CreatedKey,
    /// The public halves of the account's keys.
    pub jwks_url: String,
    /// The emulator's own routes.
    pub dev_url: String,
}

/// Every emulator has the same master key: its stores are for tests, and protect nothing. A store of the
/// service does not open with it.
fn vault() -> Result<Vault> {
    let text = BASE64_STANDARD.encode([b'e'; MASTER_KEY]);
    Ok(Vault::new(MasterKey::parse(&text)?, None))
}

async fn endpoint_key(store: &Arc<dyn Store>, account: &str) -> Result<StoredKey> {
    let keys = store.keys(account).await?.unwrap_or_default();
    keys.into_iter()
        .find(|key| key.purpose == KeyPurpose::Endpoint)
        .ok_or_else(|| ErrorCode::StoreDamaged.into())
}

/// A bearer token and a key of the previous scheme, in the place of those of earlier runs.
async fn credentials(service: &Service) -> Result<[Zeroizing<String>; 2]> {
    let now = service.clock().timestamp().to_string();
    for earlier in service.store().credentials().await? {
        if earlier.name == CREDENTIAL {
            service.store().revoke_credential(&earlier.id, &now).await?;
        }
    }
    Ok([
        credential(service, None, now.clone()).await?,
        credential(service, Some(EMAIL), now).await?,
    ])
}

async fn credential(
    service: &Service,
    email: Option<&str>,
    created: String,
) -> Result<Zeroizing<String>> {
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let made = NewCredential::generate(CREDENTIAL, email, grants, created)?;
    service.add_credential(&made).await?;
    Ok(made.secret)
}

#[cfg(test)]
mod tests {
    use super::OPENAPI;
    use serde_json::Value as Json;
    use streamtoken::ErrorCode;

    #[test]
    fn the_description_names_every_reason_in_order() {
        let description: Json = serde_json::from_str(OPENAPI).unwrap();
        let reasons = &description["components"]["schemas"]["Reason"]["enum"];
        let slugs: Vec<_> = ErrorCode::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(*reasons, Json::from(slugs));
    }
}
