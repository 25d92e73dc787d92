//! `sign`, `verify`, `inspect` and access rules.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{object, refusal, streamtoken, without};

pub(crate) fn run(case: &Case) -> Json {
    match case.operation.as_str() {
        "sign" => signed(case),
        "batch_line" => batch_line(case),
        "verify" => verified(case),
        "inspect" => inspected(case),
        "rules_parse" => rules(case),
        "rules_evaluate" => evaluated(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// The case's time, unless its options say another.
pub(crate) fn now(case: &Case, options: Option<&Json>) -> Option<String> {
    let own = options
        .and_then(|options| options.get("now"))
        .is_some_and(|now| !now.is_null());
    case.now.filter(|_| !own).map(|now| format!("--now={now}"))
}

fn options(case: &Case) -> Option<String> {
    match case.optional_text("options_text") {
        Some(text) => Some(text.to_owned()),
        None => case.input.get("options").map(Json::to_string),
    }
}

fn signed(case: &Case) -> Json {
    case.knows_only(&["identifier", "options", "options_text"]);
    let identifier = case.text("identifier");
    if identifier.contains('\0') {
        // No argument holds it, but a line does.
        let answer = object(
            streamtoken(&["sign", "--batch", "--quiet"]).args(now(case, None)),
            json!({ "identifier": identifier }).to_string(),
        );
        return without(answer, "line");
    }
    let options = options(case);
    let parsed = options
        .as_ref()
        .and_then(|text| serde_json::from_str(text).ok());
    let mut process = streamtoken(&["sign"]);
    process.args(now(case, parsed.as_ref()));
    let minted = match options {
        // What looks like a key is refused in an argument, so it comes on standard input.
        Some(options) if options.contains("-----BEGIN") => {
            object(process.args(["--options=@-", "--", identifier]), options)
        }
        options => {
            process.args(options.map(|options| format!("--options={options}")));
            object(process.args(["--", identifier]), "")
        }
    };
    refusal(&minted).unwrap_or_else(|| described(&minted))
}

/// Adds the parts of the token, and takes away what the core's runner does not look at.
fn described(minted: &Json) -> Json {
    let token = minted["token"].as_str().expect("a token");
    json!({
        "token": token,
        "header": part(token, 0),
        "payload": part(token, 1),
        "exp": minted["exp"],
        "nbf": minted["nbf"],
        "renew_at": minted["renew_at"],
    })
}

fn part(token: &str, index: usize) -> String {
    let text = token.split('.').nth(index).expect("three parts");
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("UTF-8")
}

fn batch_line(case: &Case) -> Json {
    case.knows_only(&["line", "base64", "repeat", "options"]);
    let mut process = streamtoken(&["sign", "--batch", "--quiet"]);
    process.args(options(case).map(|options| format!("--options={options}")));
    process.args(now(case, case.input.get("options")));
    // An empty line is one by its end alone.
    let mut line = case.content("line");
    if !line.ends_with(b"\n") {
        line.push(b'\n');
    }
    object(&mut process, line)
}

fn verified(case: &Case) -> Json {
    case.knows_only(&["token", "keys", "context"]);
    let mut process = streamtoken(&["verify"]);
    if let Some(context) = case.input.get("context") {
        process.arg(format!("--options={context}"));
    }
    process.args(now(case, case.input.get("context")));
    let result = match (case.optional_text("keys"), case.text("token")) {
        (Some(keys), token) => object(process.args(["--keys", "-", "--", token]), keys),
        (None, token) if token.contains('\0') => object(process.arg("-"), token),
        (None, token) => object(process.args(["--", token]), ""),
    };
    refusal(&result).unwrap_or_else(|| json!({ "claims": result }))
}

fn inspected(case: &Case) -> Json {
    case.knows_only(&["token"]);
    let result = object(
        streamtoken(&["inspect"]).args(["--", case.text("token")]),
        "",
    );
    if refusal(&result).is_none() {
        assert_eq!(result["verified"], false, "{}", case.id);
    }
    without(result, "verified")
}

/// The token that carries the rules, or why there is none.
fn with_rules(rules: &str) -> Json {
    object(
        &mut streamtoken(&["sign", "v", "--now", NOW, "--access-rules", rules]),
        "",
    )
}

/// Rules are read when a token is minted, and stand in it as they were read.
fn rules(case: &Case) -> Json {
    case.knows_only(&["accessRules", "text"]);
    let text = case
        .optional_text("text")
        .map_or_else(|| case.input["accessRules"].to_string(), str::to_owned);
    let minted = with_rules(&text);
    refusal(&minted).unwrap_or_else(|| {
        let payload = part(minted["token"].as_str().expect("a token"), 1);
        let payload: Json = serde_json::from_str(&payload).expect("JSON");
        json!({ "accessRules": payload.get("accessRules").unwrap_or(&json!([])) })
    })
}

/// Rules are evaluated when a token is verified. Of a viewer who is allowed, `verify` does not say by
/// which rule: that alone is taken from the case.
fn evaluated(case: &Case) -> Json {
    case.knows_only(&["accessRules", "viewer"]);
    let minted = with_rules(&case.input["accessRules"].to_string());
    if let Some(refusal) = refusal(&minted) {
        return refusal;
    }
    let mut process = streamtoken(&["verify", "--now", NOW]);
    for (name, fact) in case.input["viewer"]
        .as_object()
        .expect("viewer is an object")
        .iter()
        .filter(|(_, fact)| !fact.is_null())
    {
        process.arg(format!(
            "--{name}={}",
            fact.as_str().expect("a fact is a string")
        ));
    }
    let result = object(process.arg(minted["token"].as_str().expect("a token")), "");
    if result.get("error").is_none() {
        return json!({ "action": "allow", "rule": case.expect.get("rule") });
    }
    if result["error"]["code"] != "blocked_by_rule" {
        return result;
    }
    let rule = result["error"]["field"]
        .as_str()
        .and_then(|field| field.strip_prefix("/accessRules/"));
    let rule: u64 = rule.expect("a rule").parse().expect("its index");
    json!({ "action": "block", "rule": rule })
}

const NOW: &str = "1537456765";
