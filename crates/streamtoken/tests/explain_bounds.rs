//! What an explanation costs at most, whatever was pasted.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use streamtoken::{CheckId, ExplainContext, MAX_EXPLAIN, explain};

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// Most memory at any moment, and most that is ever asked for: some hundred times what is read at most.
const PEAK: usize = 8 << 20;
const TOTAL: u64 = 64 << 20;

/// A token with these claims, which nobody signed.
fn unsigned(payload: &str) -> String {
    let encode = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
    format!(
        "{}.{}.AAAA",
        encode(r#"{"alg":"RS256","kid":"k"}"#),
        encode(payload)
    )
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    const MEGABYTE: usize = 1 << 20;
    let repeated = |part: &str| part.repeat(MEGABYTE / part.len()).into_bytes();
    let million = format!("{{\"accessRules\":[{}{{}}]}}", "{},".repeat(1_000_000));
    let rule = r#"{"type":"ip.src","action":"allow","ip":["192.0.2.0/24"]},"#;
    let rules = format!("{{\"accessRules\":[{}{{}}]}}", rule.repeat(150));
    vec![
        ("a megabyte of text", repeated("A")),
        ("binary", (0..=255).cycle().take(16 * MEGABYTE).collect()),
        (
            "UTF-16",
            [b"\xff\xfe".as_slice(), &repeated("a\0")].concat(),
        ),
        ("deep JSON", repeated("[")),
        (
            "deep JSON in a token",
            unsigned(&"[".repeat(9_000)).into_bytes(),
        ),
        (
            "wide JSON",
            format!("[{}0]", "[],".repeat(20_000)).into_bytes(),
        ),
        (
            "a payload of a million rules",
            unsigned(&million).into_bytes(),
        ),
        ("a million rules", million.into_bytes()),
        (
            "as many rules as a token holds",
            unsigned(&rules).into_bytes(),
        ),
        ("beginnings of tokens", repeated("eyJ.eyJ.")),
        (
            "beginnings of tokens in JSON",
            format!("[{}0]", "\"eyJ.eyJ.\",".repeat(5_000)).into_bytes(),
        ),
        ("URLs", repeated("https://")),
        ("URLs of tokens", repeated("https://a.b/eyJ.eyJ.x ")),
        ("users in URLs", repeated("https://a:")),
        ("names of credentials", repeated("bearer")),
        (
            "names of exponents",
            [b"kty".as_slice(), &repeated("d:")].concat(),
        ),
        ("escapes", repeated("%25")),
        ("escapes of HTML", repeated("&amp;")),
        ("placeholders", repeated("https://x/<[{")),
        (
            "brackets in a query",
            [b"https://x/?".as_slice(), &repeated("([{")].concat(),
        ),
        ("URLs in queries", repeated("http://x/?a=(")),
        ("a path of keys", repeated("/LS0teyJMII")),
        ("keys", repeated("-----BEGIN ")),
        ("base64 of keys", repeated("TUlJRXBBSUJBQUtDQVFFQQ")),
        ("blanks", repeated("\u{200b} \"")),
    ]
}

/// One test alone: the heap is that of the process.
#[test]
fn a_report_is_whole_and_takes_bounded_work() {
    let texts = hostile();
    for (name, text) in &texts {
        let profiler = dhat::Profiler::builder().testing().build();
        let report = explain(text, None, &ExplainContext::new()).expect("a good context");
        let used = dhat::HeapStats::get();
        drop(profiler);
        assert_eq!(report.bytes(), text.len(), "{name}");
        assert_eq!(report.bytes_read(), text.len().min(MAX_EXPLAIN), "{name}");
        assert_eq!(report.checks().len(), CheckId::ALL.len(), "{name}");
        assert!(
            used.max_bytes < PEAK,
            "{name}: {} bytes at once",
            used.max_bytes
        );
        assert!(
            used.total_bytes < TOTAL,
            "{name}: {} bytes in all",
            used.total_bytes
        );
    }
}
