//! The surface of this crate as data.

use crate::urls::UrlOptions;
use crate::verify::Claims;
use crate::{
    CheckId, DEFAULT_HEAD_START, DEFAULT_LIFETIME, ErrorCode, ExplainContext, LintLevel, MAX_KEY,
    MAX_KEY_SET, MAX_LEEWAY, MAX_LIFETIME, MAX_LINE, MAX_TOKEN, PlaybackUrls, SignOptions, Token,
    Value, VerifyContext, Warning,
};

/// The names, defaults, limits and error codes that every surface has, in wire names.
///
/// A surface is compared with it by its tests: nothing is missing there, and nothing is added. The options of
/// requests are among them with feature `http`.
pub fn surface() -> Value {
    let whole = [
        ("version", text(env!("CARGO_PKG_VERSION"))),
        ("sign_options", names(SignOptions::NAMES)),
        ("verify_options", names(VerifyContext::NAMES)),
        ("explain_options", names(ExplainContext::NAMES)),
        ("lint_levels", each(LintLevel::ALL, LintLevel::as_str)),
        ("checks", each(CheckId::ALL, CheckId::as_str)),
        ("warnings", each(Warning::ALL, Warning::id)),
        ("url_options", url_options()),
        ("playback_urls", names(PlaybackUrls::NAMES)),
        ("token", names(Token::NAMES)),
        ("claims", names(Claims::NAMES)),
        ("defaults", defaults()),
        ("limits", limits()),
        (
            "errors",
            Value::Array(ErrorCode::ALL.iter().map(|code| error(*code)).collect()),
        ),
    ];
    object(whole.into_iter().chain(requests()))
}

#[cfg(feature = "http")]
fn requests() -> [(&'static str, Value); 3] {
    use crate::client::{CallOptions, ClientOptions, TokenParams};
    [
        ("client_options", names(ClientOptions::NAMES)),
        ("call_options", names(CallOptions::NAMES)),
        ("token_params", names(&TokenParams::names())),
    ]
}

#[cfg(not(feature = "http"))]
fn requests() -> [(&'static str, Value); 0] {
    []
}

fn url_options() -> Value {
    let rows = UrlOptions::NAMES_BY_ROW.iter();
    object(rows.map(|(row, options)| (*row, names(options))))
}

fn defaults() -> Value {
    object([
        ("expires_in", whole(DEFAULT_LIFETIME)),
        ("head_start", whole(DEFAULT_HEAD_START)),
        ("leeway", whole(0_u64)),
        ("time_format", text("number")),
    ])
}

fn limits() -> Value {
    object([
        ("lifetime", whole(MAX_LIFETIME)),
        ("leeway", whole(MAX_LEEWAY)),
        ("rules", whole(crate::rules::MAX_RULES)),
        ("token", whole(MAX_TOKEN)),
        ("key", whole(MAX_KEY)),
        ("key_set", whole(MAX_KEY_SET)),
        ("line", whole(MAX_LINE)),
        ("values", whole(super::MAX_VALUES)),
    ])
}

fn error(code: ErrorCode) -> Value {
    object([
        ("number", Value::Integer(code.number().into())),
        ("code", text(code.slug())),
        ("text", text(code.text())),
        ("group", text(code.group())),
        ("http_status", whole(code.http_status())),
        ("exit_code", whole(code.exit_code())),
        ("retryable", Value::Bool(code.retryable())),
    ])
}

fn object<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let members = members.into_iter();
    Value::Object(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn each<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Value {
    Value::Array(all.iter().map(|one| text(name(*one))).collect())
}

fn names(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|name| text(name)).collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// A limit: none comes near the end of an `i128`.
fn whole(number: impl TryInto<i128>) -> Value {
    number.try_into().map_or(Value::Null, Value::Integer)
}

#[cfg(test)]
mod tests {
    use crate::{
        ErrorCode, KeySet, PlaybackUrls, SignOptions, Signer, Token, UrlOptions, Value,
        VerifyContext, key, verify,
    };

    #[test]
    fn what_is_listed_is_what_there_is() {
        let rows: Vec<_> = UrlOptions::NAMES_BY_ROW
            .iter()
            .map(|(row, _)| *row)
            .collect();
        assert_eq!(rows, PlaybackUrls::NAMES);
        for (row, options) in UrlOptions::NAMES_BY_ROW {
            let known = options.iter().map(|name| ((*name).to_owned(), Value::Null));
            let value = Value::Object(vec![((*row).to_owned(), Value::Object(known.collect()))]);
            assert!(UrlOptions::from_value(&value).is_ok(), "{row}");
        }
        let signer = Signer::new(key::tests::example_key());
        let token = signer.sign("v", &SignOptions::new()).unwrap();
        let claims = verify(&token, &KeySet::from(signer.key()), &VerifyContext::new()).unwrap();
        let claims = Value::parse(serde_json::to_string(&claims).unwrap()).unwrap();
        let members = claims.as_object().unwrap().iter();
        assert!(members.map(|(name, _)| name).eq(crate::Claims::NAMES));
        let shown = format!("{token:?}").replace("Token { ", "");
        let shown = shown.split(", ").filter_map(|part| part.split_once(": "));
        // The token itself is the one that is not shown.
        let names = ["token"].into_iter().chain(shown.map(|(name, _)| name));
        assert!(names.eq(Token::NAMES.iter().copied()), "{token:?}");
    }

    #[cfg(feature = "http")]
    #[test]
    fn options_of_requests_are_those_that_are_read() {
        use crate::client::{CallOptions, ClientOptions, TokenParams};
        let accepts = |what: &str, name: &str| {
            let value = Value::Object(vec![(name.to_owned(), Value::Bool(true))]);
            let refusal = match what {
                "client_options" => ClientOptions::from_value(&value).err(),
                "call_options" => CallOptions::from_value(&value).err(),
                _ => TokenParams::from_value(&value).err(),
            };
            refusal.is_none_or(|error| error.code() != ErrorCode::OptionUnknown)
        };
        let surface = super::surface();
        for what in ["client_options", "call_options", "token_params"] {
            let names = surface.get(what).and_then(Value::as_array).unwrap();
            assert!(names.contains(&super::text("account_id")), "{what}");
            for name in names {
                assert!(accepts(what, name.as_str().unwrap()), "{what}: {name:?}");
            }
        }
        assert!(!accepts("call_options", "api_token"));
    }

    #[test]
    fn every_error_code_is_data() {
        let surface = super::surface();
        let errors = surface.get("errors").unwrap().as_array().unwrap();
        assert_eq!(errors.len(), ErrorCode::ALL.len());
        let groups: Vec<_> = errors
            .iter()
            .map(|error| error.get("group").unwrap().as_str().unwrap())
            .collect();
        assert!(
            ["input", "key", "token", "internal"]
                .iter()
                .all(|group| groups.contains(group))
        );
        assert!(
            surface
                .get("limits")
                .unwrap()
                .as_object()
                .unwrap()
                .iter()
                .all(|(_, limit)| matches!(limit, Value::Integer(1..)))
        );
    }
}
