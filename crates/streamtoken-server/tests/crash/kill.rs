//! `kill -9` at random moments, while clients make keys.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use streamtoken::SigningKey;
use streamtoken_server::keyring;
use streamtoken_server::vault::Vault;

use crate::process::{ACCOUNT, Client, Process, options, prepare, with_service};

const RUNS: u64 = 300;
/// Each has an account of its own, which holds 1,000 keys.
const CLIENTS: usize = 3;

/// A key that a client was shown: account, id, private JWK.
type Shown = (String, String, String);

#[test]
fn no_key_that_was_shown_is_lost_when_the_process_is_killed() {
    let seed = std::env::var("STREAMTOKEN_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()));
    println!("STREAMTOKEN_TEST_SEED={seed}");
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let accounts: Vec<_> = (0..CLIENTS).map(|n| format!("account-{n}")).collect();
    let secret = prepare(folder.path(), &accounts);
    let mut opened = HashSet::new();
    let mut shown = Vec::new();
    for run in 0..RUNS {
        if run % 5 == 0 {
            killed_at_its_first_start(random.below(120));
            killed_at_its_start(folder.path(), random.below(60));
        }
        let mut process = Process::start(folder.path());
        let client = Client {
            address: process.address(),
            secret: secret.clone(),
        };
        let delay = Duration::from_millis(5 + random.below(296));
        shown.extend(create_until_killed(process, &client, &accounts, delay));
        check(folder.path(), &accounts, &shown, &mut opened);
    }
    println!(
        "{RUNS} runs, {} keys answered, {} keys found",
        shown.len(),
        opened.len()
    );
    assert!(shown.len() > 50, "hardly anything was tried");
}

/// A store and a master key that were being made are whole or made again.
fn killed_at_its_first_start(milliseconds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path());
    thread::sleep(Duration::from_millis(milliseconds));
    process.kill();
    with_service(folder.path(), async |service| {
        service.add_account(ACCOUNT, None).await.unwrap();
        service.create_key(ACCOUNT).await.unwrap();
    });
}

fn killed_at_its_start(folder: &Path, milliseconds: u64) {
    let process = Process::start(folder);
    thread::sleep(Duration::from_millis(milliseconds));
    process.kill();
}

fn create_until_killed(
    process: Process,
    client: &Client,
    accounts: &[String],
    delay: Duration,
) -> Vec<Shown> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = accounts
            .iter()
            .map(|account| scope.spawn(|| create(client, account, &over)))
            .collect();
        thread::sleep(delay);
        process.kill();
        over.store(true, Ordering::SeqCst);
        let made = clients.into_iter().map(|client| client.join().unwrap());
        made.flatten().collect()
    })
}

fn create(client: &Client, account: &str, over: &AtomicBool) -> Vec<Shown> {
    let mut shown = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let Ok((status, answer)) = client.create_key(account) else {
            break;
        };
        assert_eq!(status, 200, "{answer}");
        let key = SigningKey::load(answer.to_string(), None).unwrap();
        shown.push((
            account.to_owned(),
            key.id().to_owned(),
            key.to_jwk().to_string(),
        ));
    }
    shown
}

/// Every key of the store opens, and those that were shown are among them.
fn check(folder: &Path, accounts: &[String], shown: &[Shown], opened: &mut HashSet<Shown>) {
    let vault = Vault::new(options(folder).master_key.unwrap().read().unwrap(), None);
    with_service(folder, async |service| {
        let mut ids = HashSet::new();
        for account in accounts {
            for stored in service.list_keys(account).await.unwrap() {
                let is_new = !opened.iter().any(|(_, id, _)| *id == stored.id);
                if is_new {
                    let key = keyring::open(account, &stored, &vault).expect("a whole key");
                    opened.insert((account.clone(), stored.id.clone(), key.to_jwk().to_string()));
                }
                ids.insert(stored.id);
            }
        }
        for key in shown {
            assert!(ids.contains(&key.1), "key {} was shown and is lost", key.1);
            assert!(opened.contains(key), "key {} is another one", key.1);
        }
    });
}

/// Sebastiano Vigna's SplitMix64: the same moments for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
