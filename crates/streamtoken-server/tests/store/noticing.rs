//! What a service notices of changes, by itself and by others.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use streamtoken::api::TokenRequest;
use streamtoken::{ErrorCode, Result, SignOptions, Token};
use streamtoken_server::access::{Policy, Presented};
use streamtoken_server::store::{MemoryStore, SqliteStore};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Minting, Service};
use zeroize::Zeroizing;

use crate::opening::sql;
use crate::{code, credential, master, master_keys, parse, run, run_on_file, service};

pub(crate) async fn mint(service: &Service, account: &str) -> Result<Token> {
    let request = TokenRequest::parse(b"", &SignOptions::new(), false).unwrap();
    service
        .create_token(account, "video", &Policy::default(), &Arc::new(request))
        .await
}

async fn is_good(service: &Service, secret: &str) -> bool {
    service
        .authenticate(Presented::Bearer(secret))
        .await
        .is_ok()
}

/// Waits for what is noticed within a second, for ten times as long as a guard.
async fn soon(condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "it is not noticed"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Two services on one file, as two processes have them.
async fn two(file: &Path, text: &Zeroizing<String>) -> (Service, Service) {
    let open = async || {
        let store = SqliteStore::open(file).await.unwrap();
        service(store, parse(text)).await
    };
    (open().await, open().await)
}

#[test]
fn a_change_of_ones_own_is_known_at_once() {
    run(async {
        let service = service(MemoryStore::new(), master()).await;
        assert_eq!(code(mint(&service, "a").await), ErrorCode::AccountUnknown);
        service.add_account("a", None).await.unwrap();
        mint(&service, "a").await.unwrap();
        let made = credential();
        assert!(!is_good(&service, &made.secret).await);
        service.add_credential(&made).await.unwrap();
        assert!(is_good(&service, &made.secret).await);
        let (key, _) = service.create_key("a").await.unwrap();
        assert!(service.jwks("a").await.unwrap().contains(key.id()));
        service.delete_key("a", key.id()).await.unwrap();
        assert!(!service.jwks("a").await.unwrap().contains(key.id()));
        assert_eq!(
            code(service.delete_key("b", "k").await),
            ErrorCode::AccountUnknown
        );
        service.revoke_credential(&made.stored.id).await.unwrap();
        assert!(!is_good(&service, &made.secret).await);
        let again = service.revoke_credential(&made.stored.id).await;
        assert_eq!(code(again), ErrorCode::CredentialUnknown);
    });
}

#[test]
fn a_change_by_another_process_is_noticed_soon() {
    run_on_file(async |file| {
        let text = MasterKey::generate_text().unwrap();
        let (one, other) = two(file, &text).await;
        let made = credential();
        other.add_account("a", None).await.unwrap();
        other.add_credential(&made).await.unwrap();
        soon(async || mint(&one, "a").await.is_ok()).await;
        soon(async || is_good(&one, &made.secret).await).await;
        let (key, _) = other.create_key("a").await.unwrap();
        soon(async || one.jwks("a").await.unwrap().contains(key.id())).await;
        other.delete_key("a", key.id()).await.unwrap();
        soon(async || !one.jwks("a").await.unwrap().contains(key.id())).await;
        other
            .store()
            .revoke_credential(&made.stored.id, "t")
            .await
            .unwrap();
        soon(async || !is_good(&one, &made.secret).await).await;
    });
}

#[test]
fn the_first_calls_after_a_start_all_know_the_credentials() {
    run_on_file(async |file| {
        let text = MasterKey::generate_text().unwrap();
        let (one, _) = two(file, &text).await;
        let made = credential();
        one.add_credential(&made).await.unwrap();
        for _ in 0..20 {
            let (fresh, _) = two(file, &text).await;
            let (fresh, secret) = (Arc::new(fresh), Arc::new(made.secret.to_string()));
            let calls: Vec<_> = (0..8)
                .map(|_| {
                    let (fresh, secret) = (Arc::clone(&fresh), Arc::clone(&secret));
                    tokio::spawn(async move { is_good(&fresh, &secret).await })
                })
                .collect();
            for call in calls {
                assert!(call.await.unwrap());
            }
        }
    });
}

#[test]
fn keys_are_made_and_tokens_minted_while_the_master_key_is_rotated() {
    let [old, new] = master_keys();
    run_on_file(async |file| {
        let start = async |vault| {
            let store = Arc::new(SqliteStore::open(file).await.unwrap());
            Service::start(store, vault, Minting::default()).await
        };
        let first = start(Vault::new(parse(&old), None)).await.unwrap();
        first.add_account("a", None).await.unwrap();
        let both = || Vault::new(parse(&new), Some(parse(&old)));
        let serving = start(both()).await.unwrap();
        let (before, _) = serving.create_key("a").await.unwrap();
        let admin = start(both()).await.unwrap();
        let making = async {
            let mut ids = Vec::new();
            for _ in 0..3 {
                ids.push(serving.create_key("a").await.unwrap().0.id().to_owned());
                mint(&serving, "a").await.unwrap();
            }
            ids
        };
        let (ids, sealed) = tokio::join!(making, admin.reseal());
        assert!(sealed.unwrap() >= 2);
        // Who has the old one alone cannot add what nobody could open.
        let refused = first.create_key("a").await;
        assert_eq!(code(refused), ErrorCode::MasterKeyWrong);
        let after = start(Vault::new(parse(&new), None)).await.unwrap();
        let keys = after.list_keys("a").await.unwrap();
        assert_eq!(keys.len(), 1 + ids.len());
        for key in &keys {
            assert_eq!(key.master_key_id, parse(&new).id());
            assert!(key.id == before.id() || ids.contains(&key.id));
            streamtoken_server::keyring::open("a", key, &Vault::new(parse(&new), None)).unwrap();
        }
        mint(&after, "a").await.unwrap();
    });
}

#[test]
fn who_lacks_the_new_master_key_is_not_ready_and_still_tells_public_keys() {
    let [old, new] = master_keys();
    run_on_file(async |file| {
        let open = async || SqliteStore::open(file).await.unwrap();
        let left = service(open().await, parse(&old)).await;
        left.add_account("a", None).await.unwrap();
        let jwks = left.jwks("a").await.unwrap();
        left.ready().await.unwrap();
        let both = Vault::new(parse(&new), Some(parse(&old)));
        let admin = Service::start(Arc::new(open().await), both, Minting::default())
            .await
            .unwrap();
        admin.reseal().await.unwrap();
        soon(async || mint(&left, "a").await.is_err()).await;
        assert_eq!(code(left.ready().await), ErrorCode::MasterKeyWrong);
        assert_eq!(left.jwks("a").await.unwrap(), jwks);
        let unknown = left.jwks("b").await;
        assert_eq!(code(unknown), ErrorCode::AccountUnknown);
        admin.ready().await.unwrap();
    });
}

#[test]
fn a_damaged_record_stops_its_account_alone() {
    run_on_file(async |file| {
        let text = MasterKey::generate_text().unwrap();
        let (one, _) = two(file, &text).await;
        one.add_account("good", None).await.unwrap();
        one.add_account("bad", None).await.unwrap();
        sql(
            file,
            "UPDATE signing_keys SET sealed = CAST(substr(sealed, 1, 20) || x'00ff00ff' || substr(sealed, 25) \
             AS BLOB) WHERE account_id = 'bad'",
        )
        .await;
        let (fresh, _) = two(file, &text).await;
        assert_eq!(code(mint(&fresh, "bad").await), ErrorCode::StoreDamaged);
        mint(&fresh, "good").await.unwrap();
        // Nothing is sealed anew where one cannot be.
        let error = fresh.reseal().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreDamaged);
        assert!(
            error.message().contains("account bad"),
            "{}",
            error.message()
        );
    });
}

#[test]
fn minting_goes_on_beside_a_write_that_takes_long() {
    use sqlx::ConnectOptions as _;
    run_on_file(async |file| {
        let text = MasterKey::generate_text().unwrap();
        let (one, _) = two(file, &text).await;
        one.add_account("a", None).await.unwrap();
        let one = Arc::new(one);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut other = options.connect().await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        let waiting = Arc::clone(&one);
        let waiting = tokio::spawn(async move { waiting.create_key("a").await });
        let begun = Instant::now();
        // Longer than what is known stays fresh, and shorter than the write is waited for.
        while begun.elapsed() < Duration::from_millis(1500) {
            mint(&one, "a").await.unwrap();
            assert!(!waiting.is_finished());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        waiting.await.unwrap().unwrap();
    });
}
