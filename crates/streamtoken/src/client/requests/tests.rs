use std::time::Duration;

use http::{Request, Response};

use super::Requests;
use crate::client::{
    Arrived, Broke, CallOptions, ClientOptions, Moment, Outcome, Step, TokenParams,
};
use crate::key::tests::example_key;
use crate::{Error, ErrorCode, Finding, SignOptions, Signer, TimeFormat, Value};

const NOW: u64 = 1_750_000_000;
const MOMENT: Moment = Moment {
    elapsed: Duration::ZERO,
    now: NOW,
    random: 0.0,
};

fn requests() -> Requests {
    let options = ClientOptions::new()
        .api_token("the-token")
        .account_id("account");
    Requests::new(options).unwrap()
}

fn read(json: &str) -> TokenParams {
    TokenParams::from_value(&Value::parse(json).unwrap()).unwrap()
}

fn body(json: &str) -> Result<String, Error> {
    let call = requests().create_token("video", &read(json))?;
    Ok(String::from_utf8(call.request().body().clone()).unwrap())
}

fn refused(identifier: &str, params: &TokenParams) -> (ErrorCode, String) {
    let error = requests().create_token(identifier, params).unwrap_err();
    (error.code(), error.field().unwrap_or_default().to_owned())
}

fn line(request: &Request<Vec<u8>>) -> String {
    format!("{} {}", request.method(), request.uri())
}

fn failed<T: std::fmt::Debug>(step: Step<T>) -> Error {
    match step {
        Step::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_route_has_its_method_path_and_headers() {
    let (requests, none) = (requests(), CallOptions::new());
    let base = "https://api.cloudflare.com/client/v4/accounts/account/stream";
    let create = requests.create_token("video", &TokenParams::new()).unwrap();
    assert_eq!(line(create.request()), format!("POST {base}/video/token"));
    let header = |name: &str| {
        create.request().headers()[name]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(header("authorization"), "Bearer the-token");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("accept"), "application/json");
    assert!(header("user-agent").starts_with("streamtoken/"));
    assert_eq!(create.request().headers().len(), 4);

    let key = requests.create_key(&none).unwrap();
    assert_eq!(line(key.request()), format!("POST {base}/keys"));
    assert_eq!(key.request().body(), b"{}");
    let list = requests.list_keys(&none).unwrap();
    assert_eq!(line(list.request()), format!("GET {base}/keys"));
    let delete = requests.delete_key("key-1", &none).unwrap();
    assert_eq!(line(delete.request()), format!("DELETE {base}/keys/key-1"));
    for request in [list.request(), delete.request()] {
        assert!(request.body().is_empty());
        assert!(!request.headers().contains_key("content-type"));
    }
}

#[test]
fn bodies_are_what_was_given_in_the_names_of_the_endpoint() {
    for (json, expected) in [
        ("{}", "{}"),
        (
            r#"{"now":1750000000}"#,
            r#"{"exp":1750003600,"nbf":1749996400}"#,
        ),
        (r#"{"nbf":1}"#, r#"{"nbf":1}"#),
        (
            r#"{"timeout":5,"max_retries":1,"account_id":"other"}"#,
            "{}",
        ),
        (
            r#"{"downloadable":false,"flags":{"original":false},"accessRules":[]}"#,
            "{}",
        ),
        (
            r#"{"now":1750000000,"exp":1750003600}"#,
            r#"{"exp":1750003600,"nbf":1749996400}"#,
        ),
        (
            r#"{"now":1750000000,"expires_in":"2h"}"#,
            r#"{"exp":1750007200,"nbf":1749996400}"#,
        ),
        (
            r#"{"now":1750000000,"expires_in":60.0}"#,
            r#"{"exp":1750000060,"nbf":1749996400}"#,
        ),
        (
            r#"{"now":1750000000,"nbf":0}"#,
            r#"{"exp":1750003600,"nbf":0}"#,
        ),
        (
            r#"{"now":1750000000,"accessRules":[{"type":"ip.geoip.country","action":"allow","country":["gb","DE"]},
                {"type":"ip.src","action":"block","ip":["10.0.0.0/8","2001:DB8::1"]},{"type":"any","action":"block"}],
                "flags":{"original":true},"downloadable":true,"nbf":1749990000,"exp":1750000001.0}"#,
            r#"{"exp":1750000001,"nbf":1749990000,"downloadable":true,"accessRules":[{"type":"ip.geoip.country","action":"allow","country":["GB","DE"]},{"type":"ip.src","action":"block","ip":["10.0.0.0/8","2001:db8::1"]},{"type":"any","action":"block"}],"flags":{"original":true}}"#,
        ),
    ] {
        assert_eq!(body(json).unwrap(), expected, "{json}");
    }
}

#[test]
fn a_key_is_sent_in_the_one_form_that_the_endpoint_takes() {
    let key = example_key();
    let expected = format!(
        "{{\"id\":\"{}\",\"pem\":\"{}\"}}",
        key.id(),
        *key.to_pem_base64()
    );
    for form in [
        key.to_pem_base64(),
        key.to_pkcs1_pem(),
        key.to_pkcs8_pem(),
        key.to_jwk(),
        key.to_jwk_base64(),
    ] {
        let params = TokenParams::new().key(key.id(), form.as_str());
        let call = requests().create_token("video", &params).unwrap();
        assert_eq!(call.request().body(), expected.as_bytes());
    }
    for (params, code, field) in [
        (read(r#"{"id":"key"}"#), ErrorCode::KeyNotGiven, "/pem"),
        (read(r#"{"pem":"text"}"#), ErrorCode::KeyIdMissing, "/id"),
        (
            read(r#"{"id":"key","pem":"text"}"#),
            ErrorCode::KeyUnrecognized,
            "/pem",
        ),
        (
            read(r#"{"id":"key","pem":""}"#),
            ErrorCode::KeyNotGiven,
            "/pem",
        ),
    ] {
        assert_eq!(refused("video", &params), (code, field.to_owned()));
    }
    let bad_id = TokenParams::new().key("a/b", key.to_pem_base64().as_str());
    assert_eq!(refused("video", &bad_id).0, ErrorCode::KeyIdInvalid);
}

#[test]
fn what_would_lead_elsewhere_is_no_id() {
    let none = CallOptions::new();
    for bad in [
        "",
        "a/b",
        "..",
        ".",
        "a.b",
        "a b",
        "%2e%2e",
        "a%2fb",
        "a?b",
        "a#b",
        "a\\b",
        "a\r\nb",
        "a\0",
        "vid\u{e9}o",
        "\u{ff41}",
        &"x".repeat(33),
    ] {
        let params = TokenParams::new();
        assert_eq!(
            refused(bad, &params).0,
            ErrorCode::IdentifierInvalid,
            "{bad:?}"
        );
        let account = none.clone().account_id(bad);
        let error = requests().list_keys(&account).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AccountIdInvalid, "{bad:?}");
        assert_eq!(error.field(), Some("/account_id"));
        let params = params.call(account);
        assert_eq!(refused("video", &params).0, ErrorCode::AccountIdInvalid);
        if bad.len() != 33 {
            let error = requests().delete_key(bad, &none).unwrap_err();
            assert_eq!(error.code(), ErrorCode::KeyIdInvalid, "{bad:?}");
        }
    }
    assert!(requests().delete_key(&"x".repeat(65), &none).is_err());
    assert!(
        requests()
            .create_token(&"x".repeat(32), &TokenParams::new())
            .is_ok()
    );
}

#[test]
fn the_word_for_a_deletion_can_be_held_by_every_language() {
    let mut call = requests().delete_key("k", &CallOptions::new()).unwrap();
    let body = br#"{"success":true,"result":"Re\u0000voked"}"#;
    let answered = Outcome::Answered(Response::new(body.to_vec()));
    match call.after(answered, MOMENT) {
        Step::Done(word) => assert_eq!(word, "Re\u{fffd}voked"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_account_is_needed_and_the_calls_own_counts() {
    let nobody = Requests::new(ClientOptions::new().api_token("t")).unwrap();
    let error = nobody.list_keys(&CallOptions::new()).unwrap_err();
    assert_eq!(
        (error.code(), error.field()),
        (ErrorCode::ApiAccountMissing, Some("/account_id"))
    );
    assert!(error.message().contains("CLOUDFLARE_ACCOUNT_ID"));
    let mine = CallOptions::new().account_id("mine");
    for requests in [nobody, requests()] {
        let call = requests.list_keys(&mine).unwrap();
        assert!(call.request().uri().path().contains("/accounts/mine/"));
    }
}

#[test]
fn what_the_endpoint_would_ignore_is_refused() {
    for (json, field) in [
        (r#"{"time_format":"number"}"#, "/time_format"),
        (r#"{"time_format":"string"}"#, "/time_format"),
        (r#"{"reuse_window":60}"#, "/reuse_window"),
    ] {
        let found = refused("video", &read(json));
        assert_eq!(found, (ErrorCode::OptionNotRemote, field.to_owned()));
    }
    let typed = SignOptions::new().time_format(TimeFormat::String);
    assert_eq!(
        refused("video", &typed.into()).0,
        ErrorCode::OptionNotRemote
    );
    let typed = SignOptions::new().reuse_window(Duration::from_secs(60));
    assert_eq!(
        refused("video", &typed.into()).0,
        ErrorCode::OptionNotRemote
    );
}

#[test]
fn options_are_checked_before_anything_is_sent() {
    for (json, code) in [
        (
            r#"{"now":1750000000,"exp":1750000000}"#,
            ErrorCode::ExpNotAfterNow,
        ),
        (
            r#"{"now":1750000000,"exp":1750086401}"#,
            ErrorCode::ExpTooFar,
        ),
        (
            r#"{"now":1750000000,"expires_in":90000}"#,
            ErrorCode::ExpTooFar,
        ),
        (
            r#"{"now":1750000000,"exp":1750000060,"expires_in":60}"#,
            ErrorCode::ExpConflict,
        ),
        (
            r#"{"now":1750000000,"exp":1750000060,"nbf":1750000060}"#,
            ErrorCode::NbfNotBeforeExp,
        ),
    ] {
        assert_eq!(body(json).unwrap_err().code(), code, "{json}");
    }
}

/// The ids of the warnings of the token with which the API answers a call with these options.
fn warned(json: &str) -> Vec<&'static str> {
    let token = Signer::new(example_key()).sign("video", &SignOptions::new());
    let answer = format!(
        "{{\"success\":true,\"result\":{{\"token\":\"{}\"}}}}",
        token.unwrap()
    );
    let mut call = requests().create_token("video", &read(json)).unwrap();
    let response = Response::new(answer.into_bytes());
    match call.after(Outcome::Answered(response), MOMENT) {
        Step::Done(token) => token.warnings().iter().map(Finding::id).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tokens_come_with_the_warnings_of_the_options_that_were_sent() {
    let template =
        r#"{"accessRules":[{"type":"ip.geoip.country","action":"allow","country":["GB"]}]}"#;
    assert_eq!(warned(template), ["allow_without_block"]);
    assert_eq!(warned(r#"{"expires_in":59}"#), ["lifetime_short"]);
    let later = r#"{"now":1750000000,"nbf":1750000001}"#;
    assert_eq!(warned(later), ["not_valid_yet"]);
    // The API honours the flag; it is what is signed here that may not.
    assert_eq!(warned(r#"{"flags":{"original":true}}"#), [""; 0]);
    assert_eq!(warned("{}"), [""; 0]);
}

#[test]
fn a_call_has_its_own_limits_within_the_deadline() {
    let options = ClientOptions::new()
        .api_token("t")
        .account_id("a")
        .timeout(Duration::from_secs(20))
        .max_retries(0);
    let requests = Requests::new(options).unwrap();
    let usual = requests.list_keys(&CallOptions::new()).unwrap();
    assert_eq!(usual.time_limit(Duration::ZERO), Duration::from_secs(20));
    assert_eq!(usual.connect_limit(), Duration::from_secs(10));
    let own = CallOptions::new()
        .deadline(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(1))
        .max_retries(1);
    let mut own = requests.list_keys(&own).unwrap();
    assert_eq!(own.connect_limit(), Duration::from_secs(1));
    assert_eq!(
        own.time_limit(Duration::from_secs(2)),
        Duration::from_secs(3)
    );
    assert_eq!(own.time_limit(Duration::from_secs(9)), Duration::ZERO);
    let refused = || Outcome::Broken(Broke::Connection, Arrived::No, String::new());
    assert!(matches!(own.after(refused(), MOMENT), Step::Wait(_)));
    let error = failed(own.after(refused(), MOMENT));
    assert_eq!(error.api().unwrap().attempts(), 2);
    assert!(error.message().ends_with("(after 2 attempts)"), "{error}");
}

#[test]
fn a_key_that_may_have_been_made_is_looked_for_and_not_asked_for_again() {
    let create = || requests().create_key(&CallOptions::new()).unwrap();
    let advice = "look before you ask again";
    for (why, code) in [
        (Broke::Connection, ErrorCode::ApiConnection),
        (Broke::Timeout, ErrorCode::ApiTimeout),
        (Broke::Protocol, ErrorCode::ApiResponseInvalid),
        (Broke::TooLarge, ErrorCode::ApiResponseTooLarge),
    ] {
        let outcome = Outcome::Broken(why, Arrived::Maybe, "words".to_owned());
        let error = failed(create().after(outcome, MOMENT));
        assert_eq!(error.code(), code);
        assert!(error.message().contains(advice), "{error}");
    }
    let answered = |status| {
        let response = Response::builder().status(status).body(Vec::new()).unwrap();
        Outcome::Answered(response)
    };
    for (status, says) in [
        (500, true),
        (200, true),
        (403, false),
        (429, false),
        (301, false),
    ] {
        let error = failed(create().after(answered(status), MOMENT));
        assert_eq!(error.message().contains(advice), says, "{error}");
    }
    // It did not arrive, then it may have: once is enough.
    let mut call = create();
    let never = Outcome::Broken(Broke::Timeout, Arrived::No, String::new());
    assert!(matches!(call.after(never, MOMENT), Step::Wait(_)));
    let maybe = Outcome::Broken(Broke::Connection, Arrived::Maybe, String::new());
    let error = failed(call.after(maybe, MOMENT));
    assert!(error.message().contains(advice));
    assert_eq!(error.api().unwrap().attempts(), 2);
}

#[test]
fn a_key_that_was_sent_does_not_come_back_in_an_error() {
    let key = example_key();
    let pem = key.to_pkcs1_pem();
    let params = TokenParams::new().key(key.id(), pem.as_str());
    let said = [
        &pem,
        &key.to_pem_base64(),
        pem.lines().nth(3).unwrap(),
        "the-token",
    ];
    let said = said.map(|text| format!("{{\"message\":{}}}", serde_json::to_string(text).unwrap()));
    let answer = format!("{{\"success\":false,\"errors\":[{}]}}", said.join(","));
    for status in [200, 400] {
        let mut call = requests().create_token("video", &params).unwrap();
        let response = Response::builder().status(status);
        let response = response.body(answer.clone().into_bytes()).unwrap();
        let error = failed(call.after(Outcome::Answered(response), MOMENT));
        let shown = format!(
            "{error} {error:?} {}",
            serde_json::to_string(&error).unwrap()
        );
        for line in pem.lines().filter(|line| !line.starts_with('-')) {
            assert!(!shown.contains(line), "{shown}");
        }
        assert!(!shown.contains(&key.to_pem_base64()[..20]), "{shown}");
        assert!(!shown.contains("the-token"), "{shown}");
    }
}

#[test]
fn debug_output_shows_neither_headers_nor_bodies() {
    let key = example_key();
    let params = TokenParams::new().key(key.id(), key.to_pem_base64().as_str());
    let requests = requests();
    let mut call = requests.create_token("video", &params).unwrap();
    let outcome = Outcome::Broken(Broke::Tls, Arrived::No, "the-token is bad".to_owned());
    let before = format!("{requests:?} {call:?} {:?}", call.request().headers());
    let step = call.after(outcome, MOMENT);
    let shown = format!("{before} {step:?} {:?}", call.last_attempt());
    assert!(!shown.contains("the-token"), "{shown}");
    assert!(!shown.contains(&key.to_pem_base64()[..20]), "{shown}");
}
