//! `streamtoken api` against the service over TLS: every route and every option, by what the service logged,
//! signed and stored.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use streamtoken::SigningKey;

use crate::common::{Folder, KEY_ID, Run, VIDEO, feed, run};
use crate::emulator::curl;
use crate::service::{ACCOUNT, EMAIL, Service};

const CREATED: &str = "POST {identifier}/token";

/// Has the service mint, and gives the token and its payload, which the service wrote.
fn mint(service: &Service, args: &[&str]) -> (String, Json) {
    let create = ["token", "create", VIDEO];
    let token = service.run(&[&create[..], args].concat()).good();
    let logged = service.logged();
    assert_eq!(
        (logged.route(), logged.status(), logged.text("identifier")),
        (CREATED, 200, VIDEO)
    );
    (token.trim_end().to_owned(), payload(&token))
}

fn payload(token: &str) -> Json {
    let part = token.split('.').nth(1).expect("three parts");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The default of the service's is an hour from its clock; a text, which the command line never writes.
fn now(service: &Service) -> u64 {
    let (_, payload) = mint(service, &[]);
    let exp = payload["exp"].as_str().expect("a text");
    exp.parse::<u64>().expect("a number") - 3600
}

#[test]
fn every_claim_that_an_option_sets_is_signed_by_the_service() {
    let service = Service::start();
    let now = now(&service);
    let (exp, nbf) = ((now + 1800).to_string(), (now - 60).to_string());
    let rules = json!([
        {"type": "ip.src", "action": "block", "ip": ["93.184.216.0/24", "2606:2800:220::/48"]},
        {"type": "ip.geoip.country", "action": "block", "country": ["FR"]},
        {"type": "ip.src", "action": "allow", "ip": ["2a00:1450::/32"]},
        {"type": "ip.geoip.country", "action": "allow", "country": ["GB"]},
        {"type": "any", "action": "block"},
    ]);
    let all = json!({"exp": now + 1800, "nbf": now - 60, "downloadable": true, "accessRules": rules,
        "flags": {"original": true}});
    std::fs::write(service.at("options"), all.to_string()).expect("a file");
    let mut all_signed = all;
    (all_signed["exp"], all_signed["nbf"]) = (json!(exp), json!(nbf));
    let rule_text = rules.to_string();
    for (args, expected) in [
        (&[][..], json!({})),
        (&["--exp", &exp], json!({"exp": exp})),
        (&["--nbf", &nbf], json!({"nbf": nbf})),
        (
            &["--now", &exp, "--expires-in", "1m"],
            json!({"exp": (now + 1860).to_string()}),
        ),
        (&["--downloadable"], json!({"downloadable": true})),
        (
            &["--flag", "original"],
            json!({"flags": {"original": true}}),
        ),
        (
            &["--access-rules", &rule_text],
            json!({"accessRules": rules}),
        ),
        (
            &[
                "--allow-ip",
                "2a00:1450::/32",
                "--block-ip",
                "93.184.216.0/24,2606:2800:220::/48",
                "--allow-country",
                "gb",
                "--block-country",
                "fr",
            ],
            json!({"accessRules": rules}),
        ),
        (&["--options", "@options"], all_signed),
    ] {
        let (_, signed) = mint(&service, args);
        assert_eq!(signed["sub"], VIDEO);
        for name in ["exp", "nbf", "downloadable", "accessRules", "flags"] {
            if ["exp", "nbf"].contains(&name) && expected.get(name).is_none() {
                assert!(signed[name].is_string(), "{args:?}: {signed}");
            } else {
                assert_eq!(signed.get(name), expected.get(name), "{args:?}: {signed}");
            }
        }
    }
}

#[test]
fn the_services_own_keys_verify_its_tokens() {
    let service = Service::start();
    let (token, _) = mint(&service, &["--allow-country", "GB"]);
    let url = format!("{}/accounts/{ACCOUNT}/stream/jwks.json", service.base_url);
    let authority = service.at("authority.pem");
    let keys = curl(&["--cacert", authority.to_str().expect("UTF-8"), &url]);
    std::fs::write(service.at("jwks"), keys.to_string()).expect("a file");
    assert_eq!(service.logged().route(), "GET jwks.json");
    let jwks = service.at("jwks");
    let keys = ["--keys", jwks.to_str().expect("UTF-8")];
    let verify = ["verify", &token, "--identifier", VIDEO, "--country", "GB"];
    run(&[&verify[..], &keys].concat()).good();
}

#[test]
fn a_key_that_goes_along_signs_in_the_service() {
    let (service, folder) = (Service::start(), Folder::new());
    let key = folder.at("key");
    let (token, signed) = mint(&service, &["--send-private-key", &key, "--key-id", KEY_ID]);
    assert_eq!(signed["kid"], KEY_ID);
    let jwks = folder.at("jwks");
    run(&["verify", &token, "--identifier", VIDEO, "--keys", &jwks]).good();
    assert_eq!(service.stored_keys(), 0, "it keeps none that went along");
}

#[test]
fn keys_are_in_the_store_until_they_are_deleted() {
    let service = Service::start();
    let logs = |route: &str| {
        let logged = service.logged();
        assert_eq!((logged.route(), logged.status()), (route, 200));
    };
    let read = |name: &str| {
        let text = std::fs::read(service.at(name)).expect("a file");
        SigningKey::load(text, None).expect("a key").id().to_owned()
    };
    service.run(&["keys", "create", "--out", "old"]).good();
    logs("POST keys");
    assert_eq!(service.stored_keys(), 1);
    let old = read("old");
    let listed = service.run(&["keys", "list", "--json"]).json();
    assert_eq!(listed["id"], old);
    logs("GET keys");
    let rotate = ["keys", "rotate", "--revoke", &old, "--yes", "--out", "new"];
    service.run(&rotate).good();
    for route in ["GET keys", "POST keys", "DELETE keys/{id}"] {
        logs(route);
    }
    assert_eq!(service.stored_keys(), 1);
    let new = read("new");
    assert_ne!(new, old);
    service.run(&["keys", "delete", &new, "--yes"]).good();
    logs("DELETE keys/{id}");
    assert_eq!(service.stored_keys(), 0);
    service
        .run(&["keys", "delete", &new, "--yes"])
        .refused(4, "api_not_found");
    assert_eq!(service.logged().status(), 404);
}

const LIST: [&str; 2] = ["keys", "list"];

#[test]
fn every_option_of_the_connection_reaches_the_service() {
    let service = Service::start();
    let [token, key] = &service.credentials;
    let by_token = {
        service.run(&LIST).good();
        service.logged().text("credential").to_owned()
    };
    // All of them as flags, and none in the environment.
    let mut flags = service.command();
    for name in ["API_TOKEN", "ACCOUNT_ID", "BASE_URL"] {
        flags.env_remove(format!("CLOUDFLARE_{name}"));
    }
    flags
        .args(LIST)
        .args(["--api-token-file", "-", "--account-id", ACCOUNT])
        .args(["--base-url", &service.base_url, "--allow-http", "--json"])
        .args(["--timeout", "50", "--connect-timeout", "5.5"])
        .args(["--max-retries", "1", "--deadline", "100", "--verbose"]);
    let told = feed(&mut flags, &**token);
    let attempt: Json = serde_json::from_str(&told.stderr).expect("one line");
    assert_eq!((told.code, &attempt["status"]), (Some(0), &json!(200)));
    let logged = service.logged();
    assert_eq!(
        (logged.text("account"), logged.text("credential")),
        (ACCOUNT, &*by_token)
    );

    let mut previous = service.command();
    previous
        .env_remove("CLOUDFLARE_API_TOKEN")
        .env("CLOUDFLARE_EMAIL", EMAIL)
        .env("CLOUDFLARE_API_KEY", key);
    feed(previous.args(LIST), "").good();
    let logged = service.logged();
    assert_eq!((logged.route(), logged.status()), ("GET keys", 200));
    assert_ne!(logged.text("credential"), by_token);

    service
        .run(&[&LIST[..], &["--account-id", "another"]].concat())
        .refused(4, "api_not_found");
    let logged = service.logged();
    assert_eq!(
        (logged.text("account"), logged.text("code")),
        ("another", "account_unknown")
    );
    feed(
        service
            .command()
            .args(LIST)
            .env("CLOUDFLARE_API_TOKEN", "x"),
        "",
    )
    .refused(4, "api_unauthorized");
    let logged = service.logged();
    assert_eq!(
        (logged.status(), logged.text("code")),
        (401, "credential_invalid")
    );
}

#[test]
fn nothing_is_asked_of_whom_no_authority_vouches_for() {
    let service = Service::start();
    let refused = |run: Run| {
        let why = run.refused(4, "api_tls");
        assert!(why.contains("1 attempt\n"), "{why}");
    };
    let mut stranger = service.command();
    let other = service.at("unsigned.pem");
    refused(feed(stranger.args(LIST).env("SSL_CERT_FILE", other), ""));
    let mut name = service.command();
    let address = service.base_url.replace("localhost", "127.0.0.1");
    refused(feed(name.args(LIST).args(["--base-url", &address]), ""));
    // The first request that it saw is this one.
    mint(&service, &[]);
}
