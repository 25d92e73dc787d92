//! The emulator's own routes: its clock, its faults, and the way back to the start.

use crate::routes::reason;
use crate::support::{Server, VIDEO, keys_path, token_path};
use serde_json::{Value as Json, json};
use streamtoken::{KeySet, VerifyContext, verify};
use streamtoken_server::Minting;

const ISSUED: u64 = 1_537_456_765;

impl Server {
    /// A request to one of the emulator's own routes, which must go well; gives its result.
    fn dev(&self, method: &str, path: &str, body: &Json) -> Json {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, answer) = self.send(method, path, "content-type: application/json\r\n", &body);
        assert_eq!(
            (status, &answer["success"]),
            (200, &json!(true)),
            "{answer}"
        );
        answer["result"].clone()
    }

    fn faults(&self, faults: &Json) {
        self.dev("PUT", "/_dev/faults", faults);
    }

    /// A request for a token with the credential: status line and headers in lower case, and the body.
    fn mint(&self) -> (String, String) {
        self.exchange("POST", &token_path(VIDEO), "{}")
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> (String, String) {
        let answer = self.raw(
            format!(
                "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
                self.token,
                body.len()
            )
            .as_bytes(),
        );
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) => (head.to_ascii_lowercase(), body.to_owned()),
            None => (answer, String::new()),
        }
    }

    fn status(&self) -> u16 {
        self.call("POST", &token_path(VIDEO), "").0
    }

    fn times_of_a_token(&self) -> (u64, u64) {
        let (_, answer) = self.call("POST", &token_path(VIDEO), "");
        let jwks = self
            .runtime
            .block_on(self.service.jwks(crate::support::ACCOUNT))
            .unwrap();
        let now = self.service.clock().now();
        let context = VerifyContext::new().now(now);
        let token = answer["result"]["token"].as_str().unwrap();
        let claims = verify(token, &KeySet::from_jwks(jwks).unwrap(), &context).unwrap();
        (claims.exp(), claims.nbf().unwrap())
    }
}

#[test]
fn the_clock_stands_still_or_runs_ahead_or_is_the_machines() {
    let server = Server::emulator();
    let machine = server.dev("GET", "/_dev/clock", &Json::Null);
    assert_eq!(
        (&machine["stopped"], &machine["offset"]),
        (&json!(false), &json!(0))
    );
    let machine = machine["now"].as_u64().unwrap();

    let shown = server.dev("PUT", "/_dev/clock", &json!({"now": ISSUED}));
    assert_eq!(shown, json!({"now": ISSUED, "stopped": true, "offset": 0}));
    assert_eq!(server.times_of_a_token(), (ISSUED + 3600, ISSUED - 3600));
    assert_eq!(server.dev("GET", "/_dev/clock", &Json::Null), shown);

    let shown = server.dev("PUT", "/_dev/clock", &json!({"offset": -86_400}));
    assert_eq!(
        (&shown["stopped"], &shown["offset"]),
        (&json!(false), &json!(-86_400))
    );
    assert!(
        server
            .times_of_a_token()
            .0
            .abs_diff(machine - 86_400 + 3600)
            < 600
    );

    for (method, body) in [
        ("PUT", json!({})),
        ("PUT", Json::Null),
        ("DELETE", Json::Null),
    ] {
        server.dev("PUT", "/_dev/clock", &json!({"now": 6e1}));
        let shown = server.dev(method, "/_dev/clock", &body);
        assert_eq!(
            (&shown["stopped"], &shown["offset"]),
            (&json!(false), &json!(0))
        );
        assert!(shown["now"].as_u64().unwrap().abs_diff(machine) < 600);
    }
}

#[test]
fn a_status_is_answered_so_often_and_then_no_more() {
    let server = Server::emulator();
    server.faults(&json!([
        {"status": 429, "retry_after": 7, "times": 2},
        {"status": 503, "times": 1},
    ]));
    let (head, body) = server.mint();
    assert!(head.starts_with("http/1.1 429 "), "{head}");
    for line in [
        "retry-after: 7",
        "ratelimit: \"default\";r=0;t=7",
        "ratelimit-policy: \"default\";q=1200;w=300",
        "content-type: application/json",
    ] {
        assert!(head.contains(line), "{head} {line}");
    }
    let body: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(reason(&body), (10429, "fault_injected", None));
    let left = server.dev("GET", "/_dev/faults", &Json::Null);
    let expected =
        json!([{"status": 429, "retry_after": 7, "times": 1}, {"status": 503, "times": 1}]);
    assert_eq!(left, expected);
    assert_eq!([(); 3].map(|()| server.status()), [429, 503, 200]);
    assert_eq!(server.dev("GET", "/_dev/faults", &Json::Null), json!([]));

    // Without a number, until it is cleared.
    server.faults(&json!([{"status": 500}]));
    assert_eq!([(); 5].map(|()| server.status()), [500; 5]);
    assert!(!server.mint().0.contains("retry-after"));
    server.dev("DELETE", "/_dev/faults", &Json::Null);
    assert_eq!(server.status(), 200);
}

#[test]
fn a_fault_is_for_its_routes_alone() {
    let server = Server::emulator();
    let keys = || server.call("GET", &keys_path(), "").0;
    let user = || server.call("GET", "/client/v4/user/tokens/verify", "").0;
    server.faults(&json!([{"status": 500, "path": "keys"}]));
    assert_eq!((server.status(), keys(), user()), (200, 500, 200));
    assert_eq!(
        server
            .call("DELETE", &format!("{}/token", keys_path()), "")
            .0,
        500
    );
    server.faults(&json!([{"status": 500, "path": "token"}]));
    assert_eq!((server.status(), keys(), user()), (500, 200, 200));
    server.faults(&json!([{"status": 500}]));
    assert_eq!((server.status(), keys(), user()), (500, 500, 500));
    // Health, and the way out.
    assert_eq!(server.call("GET", "/healthz", "").0, 200);
    assert_eq!(server.call("GET", "/_dev/nowhere", "").0, 404);
    assert_eq!(server.call("POST", "/_dev/reset", "").0, 200);
    assert_eq!((server.status(), keys(), user()), (200, 200, 200));
}

#[test]
fn bodies_break_in_the_ways_that_they_do() {
    let server = Server::emulator();
    let broken = |how: &str| {
        server.faults(&json!([{"body": how, "times": 1}]));
        let (head, body) = server.mint();
        assert!(head.starts_with("http/1.1 200 "), "{how}: {head}");
        (head, body)
    };
    let (head, body) = broken("empty");
    assert!(
        body.is_empty() && head.contains("content-length: 0"),
        "{head} {body}"
    );
    let (head, body) = broken("not_json");
    assert!(head.contains("content-type: text/html") && body.starts_with("<html>"));

    let whole = server.mint().1;
    let (head, body) = broken("truncated");
    let length = format!("content-length: {}", whole.len());
    assert!(head.contains(&length), "{head}");
    assert!(
        body.len() == whole.len() / 2 && body.starts_with(r#"{"success":true"#),
        "{body}"
    );

    let body: Json = serde_json::from_str(&broken("success_false_200").1).unwrap();
    assert_eq!(reason(&body).1, "fault_injected");
    let body: Json = serde_json::from_str(&broken("messages_null").1).unwrap();
    assert_eq!(
        (&body["success"], &body["messages"]),
        (&json!(true), &Json::Null)
    );
    assert!(body["result"]["token"].is_string());

    server.faults(&json!([{"body": "messages_null", "status": 502, "times": 1}]));
    let (head, body) = server.mint();
    let body: Json = serde_json::from_str(&body).unwrap();
    assert!(head.starts_with("http/1.1 502 "));
    assert_eq!(
        (&body["success"], &body["messages"]),
        (&json!(false), &Json::Null)
    );
    server.faults(&json!([{"body": "not_json", "status": 502, "times": 1}]));
    let (head, body) = server.mint();
    assert!(
        head.starts_with("http/1.1 502 ") && body.starts_with("<html>"),
        "{head}"
    );
    assert_eq!(server.status(), 200);
}

#[test]
fn a_connection_is_closed_without_an_answer() {
    let server = Server::emulator();
    server.faults(&json!([{"close": true, "times": 1}]));
    assert_eq!(server.mint(), (String::new(), String::new()));
    assert_eq!(server.status(), 200);
}

#[test]
fn an_answer_comes_late() {
    let server = Server::emulator();
    server.faults(
        &json!([{"latency_ms": 300, "times": 1}, {"latency_ms": 1, "status": 504, "times": 1}]),
    );
    let begun = std::time::Instant::now();
    assert_eq!(server.status(), 200);
    assert!(begun.elapsed().as_millis() >= 300);
    assert_eq!(server.status(), 504);
}

#[test]
fn a_reset_brings_back_the_start() {
    let server = Server::emulator();
    server.dev("PUT", "/_dev/clock", &json!({"now": ISSUED}));
    server.faults(&json!([{"status": 500, "path": "token"}]));
    assert_eq!(server.call("POST", &keys_path(), "").0, 200);
    assert_eq!(server.dev("POST", "/_dev/reset", &Json::Null), Json::Null);
    assert_eq!(
        server.dev("GET", "/_dev/clock", &Json::Null)["stopped"],
        false
    );
    assert_eq!(server.call("GET", &keys_path(), "").1["result"], json!([]));
    assert_eq!(server.status(), 200);
}

#[test]
fn what_the_emulator_does_not_understand_changes_nothing() {
    let server = Server::emulator();
    server.dev("PUT", "/_dev/clock", &json!({"now": ISSUED}));
    server.faults(&json!([{"status": 500}]));
    let cases = [
        ("clock", r#"{"now":"1"}"#, "time_type", Some("/now")),
        ("clock", r#"{"now":-1}"#, "time_negative", Some("/now")),
        ("clock", r#"{"now":1.5}"#, "time_fractional", Some("/now")),
        (
            "clock",
            r#"{"now":1700000000000}"#,
            "time_in_milliseconds",
            Some("/now"),
        ),
        (
            "clock",
            r#"{"now":1,"offset":1}"#,
            "option_value",
            Some("/offset"),
        ),
        ("clock", r#"{"offset":"1"}"#, "option_type", Some("/offset")),
        ("clock", r#"{"offset":0.5}"#, "option_type", Some("/offset")),
        (
            "clock",
            r#"{"offset":1e30}"#,
            "option_value",
            Some("/offset"),
        ),
        ("clock", r#"{"time":1}"#, "option_unknown", Some("/time")),
        ("clock", r#"{"a/~b":1}"#, "option_unknown", Some("/a~1~0b")),
        (
            "clock",
            r#"{"now":1,"now":2}"#,
            "json_duplicate_member",
            None,
        ),
        ("clock", "[]", "option_type", None),
        ("clock", "{", "json_invalid", None),
        ("faults", "{}", "option_type", None),
        ("faults", "[1]", "option_type", Some("/0")),
        (
            "faults",
            r#"[{"status":500},{"status":200}]"#,
            "option_value",
            Some("/1/status"),
        ),
        (
            "faults",
            r#"[{"status":"500"}]"#,
            "option_type",
            Some("/0/status"),
        ),
        (
            "faults",
            r#"[{"status":500,"times":0}]"#,
            "option_value",
            Some("/0/times"),
        ),
        (
            "faults",
            r#"[{"status":500,"path":"all"}]"#,
            "option_value",
            Some("/0/path"),
        ),
        (
            "faults",
            r#"[{"body":"bad"}]"#,
            "option_value",
            Some("/0/body"),
        ),
        (
            "faults",
            r#"[{"retry_after":1,"latency_ms":1}]"#,
            "option_value",
            Some("/0/retry_after"),
        ),
        (
            "faults",
            r#"[{"status":500,"retry_after":-1}]"#,
            "option_value",
            Some("/0/retry_after"),
        ),
        (
            "faults",
            r#"[{"latency_ms":600001}]"#,
            "option_value",
            Some("/0/latency_ms"),
        ),
        (
            "faults",
            r#"[{"close":1}]"#,
            "option_type",
            Some("/0/close"),
        ),
        (
            "faults",
            r#"[{"close":true,"status":500}]"#,
            "option_value",
            Some("/0/close"),
        ),
        (
            "faults",
            r#"[{"body":"success_false_200","status":500}]"#,
            "option_value",
            Some("/0/status"),
        ),
        ("faults", r#"[{"times":1}]"#, "option_value", Some("/0")),
        (
            "faults",
            r#"[{"fault":1}]"#,
            "option_unknown",
            Some("/0/fault"),
        ),
    ];
    for (route, body, slug, pointer) in cases {
        let (status, answer) = server.call("PUT", &format!("/_dev/{route}"), body);
        let (code, found, at) = reason(&answer);
        assert_eq!((status, found, at), (400, slug, pointer), "{body}");
        assert!(code == 10004 || code == 10005, "{body}");
    }
    let many = Json::Array(vec![json!({"status": 500}); 101]).to_string();
    let (status, answer) = server.call("PUT", "/_dev/faults", &many);
    assert_eq!((status, reason(&answer).1), (400, "option_value"));
    assert_eq!(server.send("PUT", "/_dev/clock", "", "{}").0, 415);

    assert_eq!(server.dev("GET", "/_dev/clock", &Json::Null)["now"], ISSUED);
    assert_eq!(
        server.dev("GET", "/_dev/faults", &Json::Null),
        json!([{"status": 500}])
    );
    let (status, answer) = server.call("POST", "/_dev/clock", "");
    assert_eq!((status, reason(&answer).1), (405, "method_not_allowed"));
}

#[test]
fn nothing_but_an_emulator_has_routes_of_its_own() {
    let server = Server::start(Minting::default());
    for (method, path) in [
        ("PUT", "/_dev/clock"),
        ("GET", "/_dev/clock"),
        ("PUT", "/_dev/faults"),
        ("POST", "/_dev/reset"),
    ] {
        let (status, answer) = server.call(method, path, "{}");
        assert_eq!(
            (status, reason(&answer)),
            (404, (7000, "route_unknown", None)),
            "{path}"
        );
    }
}
