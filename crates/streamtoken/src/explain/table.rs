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

            /// What is checked, in one sentence without a closing dot.
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
        "what was given is a token, or a URL, header or answer that carries one",
        "give the token, or the whole playback URL";
    Secret = "secret":
        "what was given is no private key and no credential",
        "delete the key or roll the credential: whoever saw the text can use it";
    Scheme = "scheme":
        "the URL is one of https",
        "write https://";
    Host = "host":
        "the URL's host is customer-CODE.cloudflarestream.com with the customer code of the account",
        "copy the host from a playback URL of the dashboard; the account id is not the customer code";
    TokenPlace = "token_place":
        "the token stands in the URL's path, in the place of the video UID",
        "put the token where the video UID was; the platform reads no token from the query";
    Path = "path":
        "what follows the token is a path that Cloudflare documents",
        "take the path from the table of playback URLs";
    Poster = "poster":
        "the poster of a signed player is a URL with a token too",
        "use playback_urls or rewrite with a poster: the token goes into its URL, percent-encoded once more";
    Size = "size":
        "the token has at most 16,384 characters",
        "mint a token with shorter access rules";
    UrlSize = "url_size":
        "the URL is no longer than all servers and proxies are asked to take (8,000 octets, RFC 9110 section 4.1)",
        "shorten the access rules";
    Shape = "shape":
        "the token has three parts with two dots between them",
        "copy the whole token";
    Padding = "padding":
        "the token has no padding: no = anywhere",
        "encode with base64url without padding";
    Alphabet = "alphabet":
        "the token's parts are base64url: A-Z, a-z, 0-9, - and _ alone",
        "encode with base64url, and do not break or percent-encode the token";
    HeaderJson = "header_json":
        "the token's header is a JSON object in UTF-8 without duplicate members",
        "sign {\"alg\":\"RS256\",\"kid\":…}";
    PayloadJson = "payload_json":
        "the token's payload is a JSON object in UTF-8 without duplicate members, at most 32 levels deep",
        "sign one JSON object";
    Alg = "alg":
        "the header's alg is RS256",
        "sign with RS256 and a key of stream/keys";
    Typ = "typ":
        "the header's typ is absent or JWT",
        "leave typ out";
    Crit = "crit":
        "the header has no crit",
        "leave crit out: it asks for extensions that nobody here knows";
    Kid = "kid":
        "the key id stands in the header and in the payload",
        "write the id of the signing key into both, as kid";
    KidAgrees = "kid_agrees":
        "header and payload name the same key",
        "write the same id into both";
    KeyKnown = "key_known":
        "the key that the token names is among the keys that were given",
        "give the account's keys; a key that was deleted signs nothing any more";
    Signature = "signature":
        "the signature is that of the key over exactly this header and payload",
        "sign again with the private key that belongs to kid, and change nothing afterwards";
    Claims = "claims":
        "every claim is known and has its form",
        "write the claims as Cloudflare names them: sub, kid, exp, nbf, downloadable, accessRules, flags";
    Sub = "sub":
        "the claim sub holds the UID of a video or live input: 32 hexadecimal digits",
        "write the video UID into sub";
    SubMatches = "sub_matches":
        "the token is for the video that is asked for",
        "mint a token for this video";
    Exp = "exp":
        "the claim exp is there, in whole epoch seconds",
        "divide milliseconds by 1000 and round down";
    Nbf = "nbf":
        "the claim nbf is in whole epoch seconds where it is there",
        "divide milliseconds by 1000 and round down";
    TimeForm = "time_form":
        "the times are numbers, which every JWT library reads",
        "mint with time_format number, or verify with a library that reads Cloudflare's own tokens";
    TimeOrder = "time_order":
        "the token begins to be valid before it ends",
        "set nbf before exp";
    Expired = "expired":
        "the token has not expired",
        "mint a new one; renew at renew_at, before it expires";
    NotYetValid = "not_yet_valid":
        "the token is valid already",
        "set the clock of the host that mints, and leave nbf an hour before now";
    Lifetime = "lifetime":
        "the token expires at most 86,400 seconds from now",
        "mint tokens for at most 24 hours and renew them";
    ClockSkew = "clock_skew":
        "no clock that is a little wrong, or set to another time zone, would explain the times",
        "set the clocks by NTP, and reckon in UTC";
    OutlastsVideo = "outlasts_video":
        "the token lives at least as long as the video plays",
        "mint with a longer lifetime than the video has";
    Rules = "rules":
        "the access rules are well-formed",
        "write each rule as {\"type\",\"action\"} with the list ip or country";
    RuleCount = "rule_count":
        "there are at most 5 access rules",
        "put several addresses or countries into one rule";
    Viewer = "viewer":
        "the access rules let this viewer play",
        "read which rule decided, and change it or the viewer";
    RulesSense = "rules_sense":
        "the access rules do what they look like",
        "read the findings of lint";
    Downloadable = "downloadable":
        "a download is asked for only with a token that is downloadable",
        "mint with downloadable true";
    Webrtc = "webrtc":
        "WebRTC playback is asked for with a locally signed token",
        "sign locally: tokens of the API's endpoint do not work for WebRTC";
    Live = "live":
        "the delivery host gave the manifest, where it was asked",
        "ask it with streamtoken explain --live";
}
