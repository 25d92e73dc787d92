//! `streamtoken api keys`: what its tests share.

mod creation;
mod failures;
mod interrupts;
mod listing;
mod rotation;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use streamtoken::SigningKey;

use crate::emulator::Api;

/// The id in the file of a key, which must be its owner's alone.
fn id(path: &Path) -> String {
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = SigningKey::load(fs::read(path).expect("a file"), None);
    key.expect("a key").id().to_owned()
}

/// Waits until `is_so`; a minute is for ever.
fn wait_until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never is");
}

fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// What the API answers for a new key with this id.
fn answer(id: &str) -> Json {
    let key = SigningKey::generate().expect("a key");
    let key = SigningKey::load(key.to_pem_base64().as_str(), Some(id)).expect("a key");
    json!({"id": id, "pem": *key.to_pem_base64(), "jwk": *key.to_jwk_base64(), "created": null})
}

/// An emulator with one key, and its id.
fn with_a_key() -> (Api, String) {
    let api = Api::new();
    api.run(&["keys", "create", "--out", "old"]).good();
    let old = api.keys().remove(0);
    (api, old)
}
