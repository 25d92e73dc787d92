//! Every route, over a connection.

use crate::support::{ACCOUNT, Server, VIDEO, example_key, keys_path, token_path};
use serde_json::{Value as Json, json};
use streamtoken::{KeySet, SigningKey, VerifyContext, verify};
use streamtoken_server::Minting;
use streamtoken_server::access::{Accounts, Action, Grants};

pub(crate) fn reason(body: &Json) -> (u64, &str, Option<&str>) {
    assert_eq!(body["success"], false);
    assert_eq!(body["result"], Json::Null);
    let error = &body["errors"][0];
    (
        error["code"].as_u64().unwrap(),
        error["reason"].as_str().unwrap(),
        error["source"]["pointer"].as_str(),
    )
}

#[test]
fn a_token_is_minted_with_string_times_and_verifies() {
    let server = Server::start(Minting::default());
    for body in ["", "{}"] {
        let (status, answer) = server.call("POST", &token_path(VIDEO), body);
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["success"], true);
        assert_eq!(
            (&answer["errors"], &answer["messages"]),
            (&json!([]), &json!([]))
        );
        let (status, _) = server.send(
            "GET",
            &format!("/client/v4/accounts/{ACCOUNT}/stream/jwks.json"),
            "",
            "",
        );
        assert_eq!(status, 200);
        let jwks = server
            .runtime
            .block_on(server.service.jwks(ACCOUNT))
            .unwrap();
        let keys = KeySet::from_jwks(jwks).unwrap();
        let token = answer["result"]["token"].as_str().unwrap();
        let claims = verify(token, &keys, &VerifyContext::new().identifier(VIDEO)).unwrap();
        assert!(claims.exp() - claims.nbf().unwrap() == 7200);
        let payload = streamtoken::inspect(token).unwrap();
        assert!(format!("{payload:?}").contains("exp"));
    }
}

#[test]
fn the_anchor_comes_back_with_the_published_key() {
    let server = Server::start(Minting::default());
    server.service.clock().stop_at(1_537_456_765);
    let key = example_key();
    let body = json!({"id": key.id(), "pem": *key.to_pem_base64()}).to_string();
    let (status, answer) = server.call("POST", &token_path(VIDEO), &body);
    assert_eq!(status, 200, "{answer}");
    let text = include_str!("../../../streamtoken/vectors/example-key.json");
    let example: Json = serde_json::from_str(text).unwrap();
    assert_eq!(answer["result"]["token"], example["token"]);
}

#[test]
fn unknown_members_are_named_and_ignored() {
    let server = Server::start(Minting::default());
    let (status, answer) = server.call(
        "POST",
        &token_path(VIDEO),
        r#"{"AccountID":"x","expires_in":60}"#,
    );
    assert_eq!(status, 200);
    let pointers: Vec<_> = answer["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["source"]["pointer"].clone())
        .collect();
    assert_eq!(pointers, ["/AccountID", "/expires_in"]);
}

#[test]
fn a_refused_body_names_the_member() {
    let server = Server::start(Minting::default());
    let refused = |body: &str| {
        let (status, answer) = server.call("POST", &token_path(VIDEO), body);
        let (code, reason, pointer) = reason(&answer);
        (status, code, reason.to_owned(), pointer.map(str::to_owned))
    };
    let at = |status, code, reason: &str, pointer: Option<&str>| {
        (status, code, reason.to_owned(), pointer.map(str::to_owned))
    };
    assert_eq!(refused("{"), at(400, 10004, "json_invalid", None));
    assert_eq!(refused("null"), at(400, 10005, "option_type", None));
    assert_eq!(
        refused(r#"{"exp":"1"}"#),
        at(400, 10005, "time_type", Some("/exp"))
    );
    let rules = r#"{"accessRules":[{"type":"any","action":"allow"},{"type":"ip.src","action":"allow","ip":["192.0.2.1/24"]}]}"#;
    assert_eq!(
        refused(rules),
        at(400, 10005, "network_host_bits", Some("/accessRules/1/ip/0"))
    );
    assert_eq!(
        refused(r#"{"id":"a"}"#),
        at(400, 10005, "key_not_given", Some("/pem"))
    );
}

#[test]
fn keys_are_made_listed_and_deleted() {
    let server = Server::start(Minting::default());
    let (status, made) = server.call("POST", &keys_path(), "{}");
    assert_eq!(status, 200, "{made}");
    let result = &made["result"];
    let id = result["id"].as_str().unwrap();
    let key = SigningKey::load(made.to_string(), None).unwrap();
    assert_eq!(key.id(), id);
    assert!(
        result["created"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok()
    );
    let (_, listed) = server.call("GET", &keys_path(), "");
    assert_eq!(
        listed["result"],
        json!([{"id": id, "key_id": id, "created": result["created"]}])
    );
    let jwks = || {
        server
            .runtime
            .block_on(server.service.jwks(ACCOUNT))
            .unwrap()
    };
    assert!(jwks().contains(id));
    let (status, deleted) = server.call("DELETE", &format!("{}/{id}", keys_path()), "");
    assert_eq!((status, &deleted["result"]), (200, &json!("Revoked")));
    assert!(!jwks().contains(id));
    let (status, gone) = server.call("DELETE", &format!("{}/{id}", keys_path()), "");
    assert_eq!(
        (status, reason(&gone)),
        (404, (10003, "key_not_found", None))
    );
    let (_, listed) = server.call("GET", &keys_path(), "");
    assert_eq!(listed["result"], json!([]));
}

#[test]
fn a_credential_is_asked_for_before_anything_else() {
    let server = Server::start(Minting::default());
    for (method, path) in [
        ("POST", token_path(VIDEO)),
        ("POST", keys_path()),
        ("GET", keys_path()),
        ("DELETE", format!("{}/x", keys_path())),
        ("GET", "/client/v4/user/tokens/verify".to_owned()),
    ] {
        let (status, answer) = server.send(method, &path, "", "{");
        assert_eq!(
            (status, reason(&answer)),
            (401, (10000, "credential_missing", None)),
            "{path}"
        );
        let (status, answer) = server.send(method, &path, "authorization: Bearer wrong\r\n", "{");
        assert_eq!(
            (status, reason(&answer)),
            (401, (10000, "credential_invalid", None)),
            "{path}"
        );
    }
    let (status, answer) = server.call("GET", "/client/v4/user/tokens/verify", "");
    assert_eq!(
        (status, &answer["result"]["status"]),
        (200, &json!("active"))
    );
}

#[test]
fn what_is_not_granted_is_forbidden() {
    let grants = Grants::new(Accounts::Only(vec![ACCOUNT.into()]), [Action::CreateToken]);
    let server = Server::with_grants(Minting::default(), grants);
    assert_eq!(server.call("POST", &token_path(VIDEO), "").0, 200);
    let (status, answer) = server.call("POST", &keys_path(), "");
    assert_eq!(
        (status, reason(&answer)),
        (403, (10000, "credential_forbidden", None))
    );
    let other = token_path(VIDEO).replace(ACCOUNT, "other");
    let (status, answer) = server.call("POST", &other, "");
    assert_eq!((status, reason(&answer).1), (403, "credential_forbidden"));
}

#[test]
fn paths_that_lead_nowhere_say_so() {
    let server = Server::start(Minting::default());
    for path in [
        "/",
        "/client/v4/zones",
        "/client/v4/accounts/a/stream",
        "/client/v4//accounts",
    ] {
        let (status, answer) = server.call("GET", path, "");
        assert_eq!(
            (status, reason(&answer)),
            (404, (7000, "route_unknown", None)),
            "{path}"
        );
    }
    for (method, path) in [
        ("GET", token_path(VIDEO)),
        ("PUT", keys_path()),
        ("POST", "/healthz".into()),
    ] {
        let (status, answer) = server.call(method, &path, "");
        assert_eq!(
            (status, reason(&answer)),
            (405, (7000, "method_not_allowed", None)),
            "{path}"
        );
    }
    let bad = "x".repeat(33);
    for identifier in [bad.as_str(), "a%2Fb", "a%00", "%ff", "..%2f", "a%20b"] {
        let (status, answer) = server.call("POST", &token_path(identifier), "");
        assert_eq!((status, reason(&answer).0), (400, 7003), "{identifier}");
    }
    let (status, answer) = server.call("POST", &token_path(VIDEO).replace(ACCOUNT, "unknown"), "");
    assert_eq!(
        (status, reason(&answer)),
        (404, (7003, "account_unknown", None))
    );
}

#[test]
fn health_needs_no_credential() {
    let server = Server::start(Minting::default());
    assert_eq!(
        server.send("GET", "/healthz", "", ""),
        (200, json!({"status": "ok"}))
    );
    assert_eq!(
        server.send("GET", "/readyz", "", ""),
        (200, json!({"status": "ready"}))
    );
}

#[test]
fn a_body_is_json_and_not_too_long() {
    let server = Server::start(Minting::default());
    let auth = format!("authorization: Bearer {}\r\n", server.token);
    let json = format!("{auth}content-type: application/json\r\n");
    let send = |head: &str, body: &str| {
        let (status, answer) = server.send("POST", &token_path(VIDEO), head, body);
        if status == 200 {
            (200, 0, String::new())
        } else {
            let (code, reason, _) = reason(&answer);
            (status, code, reason.to_owned())
        }
    };
    let refused = |status, code, reason: &str| (status, code, reason.to_owned());
    assert_eq!(
        send(&json, &" ".repeat(65_536)),
        refused(400, 10004, "json_invalid")
    );
    assert_eq!(
        send(&json, &" ".repeat(65_537)),
        refused(413, 10011, "body_too_large")
    );
    assert_eq!(send(&auth, ""), refused(200, 0, ""));
    assert_eq!(
        send(&auth, "{}"),
        refused(415, 10004, "body_type_unsupported")
    );
    assert_eq!(
        send(&format!("{auth}content-type: text/plain\r\n"), "{}"),
        refused(415, 10004, "body_type_unsupported")
    );
    assert_eq!(
        send(&format!("{json}content-encoding: gzip\r\n"), "{}"),
        refused(415, 10004, "body_encoding_unsupported")
    );
    assert_eq!(
        send(
            &format!("{auth}content-type: Application/JSON; charset=utf-8\r\n"),
            "{}"
        ),
        refused(200, 0, "")
    );
}
