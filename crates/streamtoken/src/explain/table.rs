//! The checks, in the order in which a report has them.

/// Writes the enum, its names and its texts from one table.
macro_rules! checks {
    ($($name:ident = $id:literal: $what:literal, $remedy:literal;)*) => {
        /// What [`explain`](crate::explain()) checks. The ids never change their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum CheckId {
            $(#[doc = $what] $name,)*
        }

        impl CheckId {
            /// All checks, in the order of a report.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The id on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What is checked, in one sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }

            /// What helps, in general; a report says what helps in its case.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

checks! {
    Pasted = "pasted":
        "What was given is a token, or a URL, header or answer that carries one.",
        "Give the token, or the whole playback URL.";
    Secret = "secret":
        "What was given is no private key and no credential.",
        "Delete the key or roll the credential: whoever saw the text can use it.";
    Scheme = "scheme":
        "The URL is one of https.",
        "Write https://.";
    Host = "host":
        "The URL's host is customer-CODE.cloudflarestream.com with the customer code of the account.",
        "Copy the host from a playback URL of the dashboard; the account id is not the customer code.";
    TokenPlace = "token_place":
        "The token stands in the URL's path, in the place of the video UID.",
        "Put the token where the video UID was; the platform reads no token from the query.";
    Path = "path":
        "What follows the token is a path that Cloudflare documents.",
        "Take the path from the table of playback URLs.";
    Size = "size":
        "The token has at most 16,384 characters.",
        "Mint a token with shorter access rules.";
    UrlSize = "url_size":
        "The URL is short enough for every server and proxy on its way (8,000 octets, RFC 9110 section 4.1).",
        "Shorten the access rules.";
    Shape = "shape":
        "The token has three parts with two dots between them.",
        "Copy the whole token.";
    Padding = "padding":
        "The token has no padding: no = anywhere.",
        "Encode with base64url without padding.";
    Alphabet = "alphabet":
        "The token's parts are base64url: A-Z, a-z, 0-9, - and _ alone.",
        "Encode with base64url, and do not break or percent-encode the token.";
    HeaderJson = "header_json":
        "The token's header is a JSON object in UTF-8 without duplicate members.",
        "Sign {\"alg\":\"RS256\",\"kid\":…}.";
    PayloadJson = "payload_json":
        "The token's payload is a JSON object in UTF-8 without duplicate members, at most 32 levels deep.",
        "Sign one JSON object.";
    Alg = "alg":
        "The header's alg is RS256.",
        "Sign with RS256 and a key of stream/keys.";
    Typ = "typ":
        "The header's typ is absent or JWT.",
        "Leave typ out.";
    Crit = "crit":
        "The header has no crit.",
        "Leave crit out: it asks for extensions that nobody here knows.";
    Kid = "kid":
        "The key id stands in the header and in the payload.",
        "Write the id of the signing key into both, as kid.";
    KidAgrees = "kid_agrees":
        "Header and payload name the same key.",
        "Write the same id into both.";
    KeyKnown = "key_known":
        "The key that the token names is among the keys that were given.",
        "Give the account's keys; a key that was deleted signs nothing any more.";
    Signature = "signature":
        "The signature is that of the key over exactly this header and payload.",
        "Sign again with the private key that belongs to kid, and change nothing afterwards.";
    Claims = "claims":
        "Every claim is known and has its form.",
        "Write the claims as Cloudflare names them: sub, kid, exp, nbf, downloadable, accessRules, flags.";
    Sub = "sub":
        "The claim sub holds the UID of a video or live input: 32 hexadecimal digits.",
        "Write the video UID into sub.";
    SubMatches = "sub_matches":
        "The token is for the video that is asked for.",
        "Mint a token for this video.";
    Exp = "exp":
        "The claim exp is there, in whole epoch seconds.",
        "Divide milliseconds by 1000 and round down.";
    Nbf = "nbf":
        "The claim nbf is in whole epoch seconds where it is there.",
        "Divide milliseconds by 1000 and round down.";
    TimeForm = "time_form":
        "The times are numbers, which every JWT library reads.",
        "Mint with time_format number, or verify with a library that reads Cloudflare's own tokens.";
    TimeOrder = "time_order":
        "The token begins to be valid before it ends.",
        "Set nbf before exp.";
    Expired = "expired":
        "The token has not expired.",
        "Mint a new one; renew at renew_at, before it expires.";
    NotYetValid = "not_yet_valid":
        "The token is valid already.",
        "Set the clock of the host that mints, and leave nbf an hour before now.";
    Lifetime = "lifetime":
        "The token expires at most 86,400 seconds from now.",
        "Mint tokens for at most 24 hours and renew them.";
    ClockSkew = "clock_skew":
        "No clock that is a little wrong, or set to another time zone, would explain the times.",
        "Set the clocks by NTP, and reckon in UTC.";
    OutlastsVideo = "outlasts_video":
        "The token lives at least as long as the video plays.",
        "Mint with a longer lifetime than the video has.";
    Rules = "rules":
        "The access rules are well-formed.",
        "Write each rule as {\"type\",\"action\"} with the list ip or country.";
    RuleCount = "rule_count":
        "There are at most 5 access rules.",
        "Put several addresses or countries into one rule.";
    Viewer = "viewer":
        "The access rules let this viewer play.",
        "Read which rule decided, and change it or the viewer.";
    RulesSense = "rules_sense":
        "The access rules do what they look like.",
        "Read the findings of lint.";
    Downloadable = "downloadable":
        "A download is asked for only with a token that is downloadable.",
        "Mint with downloadable true.";
    Webrtc = "webrtc":
        "WebRTC playback is asked for with a locally signed token.",
        "Sign locally: tokens of the API's endpoint do not work for WebRTC.";
}
