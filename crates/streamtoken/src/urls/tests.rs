//! Properties of the URL functions over hostile input; the golden vectors hold the examples.

use proptest::collection::vec;
use proptest::prelude::*;

use super::location::MAX_URL;
use super::{
    CustomerCode, HttpsUrl, PlaybackUrls, Poster, Source, UrlOptions, playback_urls, rewrite,
};
use crate::{ErrorCode, Value, base64url};

/// A token as long as real ones, with the claims `payload`.
fn token(payload: &str) -> String {
    let header = base64url::encode(br#"{"alg":"RS256"}"#);
    let payload = base64url::encode(payload.as_bytes());
    format!(
        "{header}.{payload}.{}",
        base64url::encode(SIGNATURE.as_bytes())
    )
}

fn code() -> CustomerCode {
    CustomerCode::parse("f33zs165nr7gyfy4").unwrap()
}

/// Options that hold together, with `text` wherever a text may stand.
fn player_with(text: &str) -> Vec<Value> {
    let option = |name: &str| {
        let member = vec![(name.to_owned(), Value::String(text.to_owned()))];
        Value::Object(vec![("iframe".to_owned(), Value::Object(member))])
    };
    ["ad-url", "poster", "primaryColor", "letterboxColor", "src"]
        .into_iter()
        .chain(["defaultTextTrack", "startTime", "preload"])
        .map(option)
        .collect()
}

fn any_name() -> impl Strategy<Value = String> {
    let known = PlaybackUrls::NAMES.iter().copied();
    let options = [
        "time",
        "height",
        "width",
        "fit",
        "duration",
        "fps",
        "filename",
        "poster",
        "src",
        "muted",
        "startTime",
        "ad-url",
        "clientBandwidthHint",
        "protocol",
        "primaryColor",
    ];
    let names: Vec<_> = known.chain(options).map(str::to_owned).collect();
    prop_oneof![9 => proptest::sample::select(names), 1 => any::<String>()]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Integer),
        (0..200_i128).prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Float),
        any::<String>().prop_map(Value::String),
        "[0-9]{1,3}[hms]([0-9]{1,11}s)?".prop_map(Value::String),
        url_like().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((any_name(), inner), 0..4).prop_map(Value::Object),
        ]
    })
}

/// Texts near to playback URLs, most of them refused.
fn url_like() -> impl Strategy<Value = String> {
    let path = "(/[a-zA-Z0-9%.~ -]{0,12}){0,3}";
    let query = "([?&](token|poster|src|time)=[a-zA-Z0-9%:/?&=.'\"<>-]{0,40}){0,3}(#.{0,5})?";
    (
        "(https|http|HTTPS|ftp)?(://)?",
        "(customer-[a-z0-9]{1,8}\\.cloudflarestream\\.com|videodelivery\\.net|[a-z.@:\\[\\]]{0,12})(:[0-9]{0,6})?",
        "/?([0-9a-f]{31,33})?",
        path,
        query,
    )
        .prop_map(|(scheme, host, video, path, query)| format!("{scheme}{host}{video}{path}{query}"))
}

/// URLs that `rewrite` takes, with a poster of the same video in half of them.
fn playback_url() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        Just("https://customer-abc.cloudflarestream.com".to_owned()),
        Just("https://iframe.videodelivery.net".to_owned()),
        "https://[a-z]{1,9}\\.example\\.com(:[1-9][0-9]{0,3})?",
    ];
    let video = prop_oneof![
        "[0-9a-f]{32}",
        "[a-z]{4}".prop_map(|sub| token(&format!("{{\"sub\":\"{sub}\"}}")))
    ];
    let rest = "(/[a-zA-Z0-9%~-]{1,9}){0,3}".prop_filter("dot segments are refused", |rest| {
        !rest.to_ascii_lowercase().contains("%2e")
    });
    let query = "(\\?[a-zA-Z0-9%&=._~-]{0,40})?(#[a-z/?]{0,9})?";
    (head, video, rest, query, any::<bool>()).prop_map(|(head, video, rest, query, poster)| {
        if !poster {
            return format!("{head}/{video}{rest}{query}");
        }
        let poster = super::query::encode(&format!("{head}/{video}/p.jpg?token=x&time=1s"));
        format!("{head}/{video}{rest}?a=1&token={video}&poster={poster}&src={video}")
    })
}

fn path_of(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

proptest! {
    #[test]
    fn nothing_panics_and_no_error_quotes_its_input(
        text in prop_oneof![any::<String>(), url_like(), playback_url()],
        value in any_value(),
    ) {
        let good = token("{}");
        let secret = base64url::encode(SIGNATURE.as_bytes());
        let refusals = [
            rewrite(&text, &good).err(),
            rewrite("https://videodelivery.net/x", &text).err(),
            CustomerCode::parse(&text).err(),
            playback_urls(&text, &code(), &UrlOptions::default()).err(),
            UrlOptions::from_value(&value).err(),
        ];
        for refusal in refusals.into_iter().flatten() {
            prop_assert!(!format!("{refusal:?}").contains(&secret), "{refusal:?}");
        }
        if let Ok(options) = UrlOptions::from_value(&value) {
            let urls = playback_urls(token(r#"{"downloadable":true}"#), &code(), &options);
            let debug = format!("{options:?}{urls:?}");
            prop_assert!(!debug.contains(&secret));
            prop_assert_eq!(urls.unwrap().iter().len(), PlaybackUrls::NAMES.len());
        }
    }

    #[test]
    fn a_rewritten_url_has_the_token_once_in_its_path_and_stays(url in playback_url()) {
        let new = token(r#"{"sub":"ea95132c15732412d22c1476fa83f27a","exp":2}"#);
        let once = rewrite(&url, &new).unwrap();
        prop_assert_eq!(path_of(&once).matches(&new).count(), 1);
        prop_assert_eq!(path_of(&once).matches('/').count(), path_of(&url).matches('/').count());
        if url.contains("poster=") {
            prop_assert_eq!(once.matches(&new).count(), 3, "path, poster and src: {}", once);
            prop_assert!(!once.contains("token"));
        }
        prop_assert_eq!(rewrite(&once, &new).unwrap(), once);
    }

    #[test]
    fn a_customer_code_reads_back(text in "(customer-)?[a-zA-Z0-9-]{0,56}(\\.cloudflarestream\\.com)?") {
        if let Ok(code) = CustomerCode::parse(&text) {
            prop_assert!(CustomerCode::parse(code.as_str()) == Ok(code.clone()));
            prop_assert!(CustomerCode::parse(&code.host()) == Ok(code.clone()));
            let urls = playback_urls(token("{}"), &code, &UrlOptions::default()).unwrap();
            for (_, url) in urls.iter() {
                prop_assert!(CustomerCode::parse(url) == Ok(code.clone()));
            }
        }
    }

    #[test]
    fn an_embed_never_leaves_its_attribute(
        text in prop_oneof![any::<String>(), url_like(), "https://a\\.example/[!-~]{0,20}", "[ -~]{0,9}"],
    ) {
        let plain = playback_urls(token("{}"), &code(), &UrlOptions::default()).unwrap().embed();
        for value in player_with(&text) {
            let Ok(options) = UrlOptions::from_value(&value) else { continue };
            let urls = playback_urls(token("{}"), &code(), &options).unwrap();
            let embed = urls.embed();
            for mark in ['<', '>', '"'] {
                prop_assert_eq!(embed.matches(mark).count(), plain.matches(mark).count(), "{}", embed);
            }
            let src = embed.split('"').nth(1).unwrap().replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(Some(src.as_str()), urls.get("iframe"));
        }
    }

    #[test]
    fn the_signed_poster_decodes_to_the_thumbnail_row(time in any::<u32>(), height in 1_u32..) {
        let text = format!(r#"{{"thumbnail":{{"time":{time},"height":{height}}},"iframe":{{"poster":true}}}}"#);
        let options = UrlOptions::from_value(&Value::parse(text).unwrap()).unwrap();
        let urls = playback_urls(token("{}"), &code(), &options).unwrap();
        let poster = urls.get("iframe").unwrap().split_once("?poster=").unwrap().1;
        let decoded = super::query::decode(poster);
        prop_assert_eq!(decoded.as_deref(), urls.get("thumbnail"));
        prop_assert!(!poster.contains(['&', '=', '?', '/', ':']));
    }
}

#[test]
fn a_url_may_be_as_long_as_three_tokens_and_not_longer() {
    let new = token("{}");
    let start = format!("https://videodelivery.net/{}/", "a".repeat(32));
    let grown = new.len() - 32;
    let longest = start.clone() + &"b".repeat(MAX_URL - start.len() - grown);
    assert_eq!(rewrite(&longest, &new).unwrap().len(), MAX_URL);
    for text in [longest + "b", start.clone() + &"b".repeat(MAX_URL)] {
        let refused = rewrite(&text, &new).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::UrlInvalid);
    }
}

#[test]
fn urls_that_may_carry_a_token_stay_short_and_out_of_debug_text() {
    let start = "https://videodelivery.net/".to_owned() + &token("{}");
    let longest = start.clone() + &"a".repeat(MAX_URL - start.len());
    assert!(HttpsUrl::new(&longest).is_ok());
    assert!(HttpsUrl::new(&(longest + "a")).is_err());
    let mut options = UrlOptions::default();
    options.iframe.poster = Some(Poster::Url(HttpsUrl::new(&start).unwrap()));
    options.iframe.src = Some(Source::new(&token("{}")).unwrap());
    let secret = base64url::encode(SIGNATURE.as_bytes());
    assert!(!format!("{options:?}").contains(&secret));
}

#[test]
fn typed_options_need_no_object() {
    let mut options = UrlOptions::default();
    options.thumbnail.time = Some("1m30s".parse().unwrap());
    options.iframe.poster = Some(Poster::Thumbnail);
    options.clip.cut.duration = Some(super::Span::new(60).unwrap());
    assert!(super::Span::<60>::new(61).is_err());
    let value = Value::parse(
        r#"{"thumbnail":{"time":90},"iframe":{"poster":true},"clip":{"duration":"1m"}}"#,
    );
    assert_eq!(UrlOptions::from_value(&value.unwrap()), Ok(options));
}

const SIGNATURE: &str = "a signature that no error and no debug text may repeat";
