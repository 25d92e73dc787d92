//! The table of codes: slug, HTTP status and text of each, in the order of their numbers.

use super::ErrorCode;

/// What a row says beside the code.
type Row = (&'static str, u16, &'static str);

macro_rules! table {
    ($($code:ident $slug:literal $status:literal $text:literal,)*) => {
        impl ErrorCode {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The compiler refuses the table when a member is missing or stands in it twice.
            pub(super) const fn row(self) -> Row {
                match self {
                    $(Self::$code => ($slug, $status, $text),)*
                }
            }
        }
    };
}

table! {
    // 1xx: input
    JsonInvalid "json_invalid" 400 "the text is not JSON",
    JsonDuplicateMember "json_duplicate_member" 400 "an object names the same member twice",
    JsonTooDeep "json_too_deep" 400 "JSON is nested more than 32 levels deep",
    TextNotUtf8 "text_not_utf8" 400 "the text is not UTF-8",
    OptionUnknown "option_unknown" 400 "no option has this name",
    OptionType "option_type" 400 "an option has the wrong type",
    OptionNull "option_null" 400 "null is refused for this option, because leaving it out would fail open",
    OptionValue "option_value" 400 "an option has a value outside its list or range",
    OptionNotLocal "option_not_local" 400 "the option belongs to Cloudflare's API and has no place in local signing",
    OptionTooLarge "option_too_large" 400 "options hold at most 100000 values; 512 bytes of text count as one",
    IdentifierInvalid "identifier_invalid" 400 "an identifier has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'",
    KeyIdInvalid "key_id_invalid" 400 "a key id has 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'",
    AccountIdInvalid "account_id_invalid" 400 "an account id has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'",
    OptionNotRemote "option_not_remote" 400 "the option is for signing locally; Cloudflare's endpoint has no field for it",
    TimeType "time_type" 400 "a time must be a number of seconds",
    TimeNotFinite "time_not_finite" 400 "a time must be a finite number",
    TimeFractional "time_fractional" 400 "a time must be a whole number of seconds",
    TimeNegative "time_negative" 400 "a time must not be negative",
    TimeInMilliseconds "time_in_milliseconds" 400 "a time of 100000000000 or more is not in seconds; divide milliseconds by 1000",
    ExpConflict "exp_conflict" 400 "give exp or expires_in, not both",
    ExpNotAfterNow "exp_not_after_now" 400 "exp must be after now",
    ExpTooFar "exp_too_far" 400 "exp may be at most 86400 seconds after now",
    NbfNotBeforeExp "nbf_not_before_exp" 400 "nbf must be before exp",
    DurationInvalid "duration_invalid" 400 "a duration is written like 90m or 1h30m, with the units s, m, h and d",
    TimeTextInvalid "time_text_invalid" 400 "a time is written as epoch seconds or in RFC 3339, like 2026-11-23T12:00:00Z",
    LeewayTooLarge "leeway_too_large" 400 "leeway is at most 300 seconds",
    RulesTooMany "rules_too_many" 400 "a token carries at most 5 access rules",
    RuleTypeUnknown "rule_type_unknown" 400 "a rule's type is any, ip.src or ip.geoip.country",
    RuleActionUnknown "rule_action_unknown" 400 "a rule's action is allow or block",
    RuleMemberUnknown "rule_member_unknown" 400 "a rule has the members type, action, ip and country only",
    RuleListMisplaced "rule_list_misplaced" 400 "ip goes only with ip.src, country only with ip.geoip.country",
    RuleListEmpty "rule_list_empty" 400 "a rule's list must not be empty",
    RuleListMissing "rule_list_missing" 400 "ip.src needs the list ip, ip.geoip.country the list country",
    CountryInvalid "country_invalid" 400 "a country is an ISO 3166-1 alpha-2 code",
    NetworkInvalid "network_invalid" 400 "a network is an IPv4 or IPv6 address or CIDR",
    NetworkHostBits "network_host_bits" 400 "a CIDR must not have host bits set",
    NetworkZoneId "network_zone_id" 400 "a network must not have a zone id",
    NetworkIpv4Mapped "network_ipv4_mapped" 400 "an IPv4-mapped IPv6 address must be written as IPv4",
    ViewerIpInvalid "viewer_ip_invalid" 400 "the viewer's ip must be a bare IPv4 or IPv6 address",
    ViewerCountryInvalid "viewer_country_invalid" 400 "the viewer's country must be two letters or T1",
    LintDenied "lint_denied" 400 "the lint level deny refuses what a lint warns of",
    CustomerCodeInvalid "customer_code_invalid" 400 "a customer code has 1 to 54 characters of a-z, 0-9 and '-'",
    CustomerCodeIsAccountId "customer_code_is_account_id" 400 "32 hexadecimal digits are an account id, not the customer code",
    UrlInvalid "url_invalid" 400 "the URL is not a Stream playback URL",
    UrlOptionInvalid "url_option_invalid" 400 "a playback URL option has a value outside its range",
    UrlNotDownloadable "url_not_downloadable" 400 "a download URL needs a token with downloadable",
    LineTooLong "line_too_long" 400 "a batch line has at most 1048576 bytes",
    LineBlank "line_blank" 400 "a batch line must not be blank",
    MintedTokenTooLarge "minted_token_too_large" 400 "the token would have more than 16384 characters",
    FileUnreadable "file_unreadable" 400 "a file cannot be read",
    UsageInvalid "usage_invalid" 400 "the command line is not understood",
    FileUnwritable "file_unwritable" 400 "a file cannot be written",
    PointerNull "pointer_null" 400 "a pointer is NULL where the C header does not allow it",
    LengthTooLarge "length_too_large" 400 "a length is above what one call in C reads",
    // 2xx: keys
    KeyNotGiven "key_not_given" 400 "no key was given",
    KeyConflict "key_conflict" 400 "CLOUDFLARE_STREAM_KEY and CLOUDFLARE_STREAM_KEY_FILE are both set",
    KeyFileUnreadable "key_file_unreadable" 400 "the key file cannot be read",
    KeyTooLarge "key_too_large" 400 "a key has at most 65536 bytes, a key set 1048576",
    KeyUnrecognized "key_unrecognized" 400 "the text is no form of key",
    KeyIdMissing "key_id_missing" 400 "the key has no id and none was given",
    KeyIdMismatch "key_id_mismatch" 400 "the id given and the key's own id differ",
    KeyEncrypted "key_encrypted" 400 "the key is encrypted",
    KeyNotRsa "key_not_rsa" 400 "the key is not an RSA key",
    KeyPssOnly "key_pss_only" 400 "the key is restricted to RSASSA-PSS",
    KeyOpenssh "key_openssh" 400 "the key is in OpenSSH's own format",
    KeyIsPublic "key_is_public" 400 "the key is a public key and cannot sign",
    KeyIsCertificate "key_is_certificate" 400 "the text is a certificate or a certificate request",
    KeySize "key_size" 400 "the modulus must have 2048 to 4096 bits",
    KeyExponent "key_exponent" 400 "the public exponent must be odd, at least 65537 and at most 32 bits",
    KeyJwkIncomplete "key_jwk_incomplete" 400 "the JWK lacks a member that an RSA key needs",
    KeyJwkMember "key_jwk_member" 400 "a member of the JWK has a value that RS256 signing does not allow",
    KeyIsSet "key_is_set" 400 "the text is a JWK set where one key is wanted",
    KeySeveral "key_several" 400 "the text holds several keys where one is wanted",
    KeyPemLabel "key_pem_label" 400 "the PEM labels disagree with each other or with the content",
    KeyResponseConflict "key_response_conflict" 400 "pem and jwk of the response are different keys",
    KeyDoubleBase64 "key_double_base64" 400 "the key is wrapped in base64 twice",
    KeyTrailingData "key_trailing_data" 400 "there is data beside the key",
    KeyPrimesTooClose "key_primes_too_close" 400 "the primes of the key are too close together",
    KeyInconsistent "key_inconsistent" 400 "the components of the key do not belong together",
    KeyMalformed "key_malformed" 400 "the key's encoding is damaged",
    KeySelfTest "key_self_test" 400 "a signature made with the key does not verify",
    KeySetEmpty "key_set_empty" 400 "a key set needs at least one RSA key",
    KeySetConflict "key_set_conflict" 400 "two different keys have the same id",
    KeySetTooMany "key_set_too_many" 400 "a key set has at most 1000 keys",
    KeySetMalformed "key_set_malformed" 400 "the key set is not a JWK set with well-formed RSA keys",
    SignatureNotFromKey "signature_not_from_key" 400 "the signature was not made over this signing input with this key",
    // 3xx: tokens
    TokenTooLarge "token_too_large" 401 "a token has at most 16384 characters",
    TokenShape "token_shape" 401 "a token has three parts separated by dots",
    TokenBase64 "token_base64" 401 "a part of the token is not unpadded base64url",
    TokenNotUtf8 "token_not_utf8" 401 "a part of the token is not UTF-8",
    TokenJson "token_json" 401 "a part of the token is not a JSON object",
    TokenDuplicateMember "token_duplicate_member" 401 "a part of the token names a member twice",
    TokenTooDeep "token_too_deep" 401 "a part of the token is nested more than 32 levels deep",
    HeaderAlg "header_alg" 401 "the token's alg is not RS256",
    HeaderTyp "header_typ" 401 "the token's typ is not JWT",
    HeaderCrit "header_crit" 401 "the token's header has crit, which demands extensions that do not exist here",
    KidMissing "kid_missing" 401 "the token names no key",
    KidMismatch "kid_mismatch" 401 "the token names one key in its header and another in its payload",
    KidInvalid "kid_invalid" 401 "the token's kid is not a key id",
    KeyUnknown "key_unknown" 401 "the token names a key that is not in the key set",
    SignatureInvalid "signature_invalid" 401 "the signature does not verify",
    ClaimType "claim_type" 401 "a claim has a form that is not understood",
    ExpMissing "exp_missing" 401 "the token has no exp",
    TokenExpired "token_expired" 401 "the token has expired",
    TokenNotYetValid "token_not_yet_valid" 401 "the token is not valid yet",
    TokenLifetimeTooLong "token_lifetime_too_long" 401 "the token expires more than 86400 seconds from now",
    SubMissing "sub_missing" 401 "the token has no sub",
    SubInvalid "sub_invalid" 401 "the token's sub is not an identifier",
    SubMismatch "sub_mismatch" 401 "the token is for another identifier",
    RuleNotUnderstood "rule_not_understood" 401 "the token has an access rule that is not understood",
    TokenRulesTooMany "token_rules_too_many" 401 "the token has more than 5 access rules",
    ViewerUnknown "viewer_unknown" 401 "an access rule needs a fact about the viewer that was not given",
    BlockedByRule "blocked_by_rule" 403 "an access rule blocks this viewer",
    DownloadNotAllowed "download_not_allowed" 403 "the token does not allow downloads",
    // 4xx: Cloudflare's API and the network
    ApiBadRequest "api_bad_request" 400 "the API refuses the request (status 400)",
    ApiUnauthorized "api_unauthorized" 401 "the API does not accept the credential (status 401)",
    ApiForbidden "api_forbidden" 403 "the credential may not do this (status 403)",
    ApiNotFound "api_not_found" 404 "the API has no such account, video or key (status 404)",
    ApiConflict "api_conflict" 409 "the request is in conflict with another one (status 409)",
    ApiUnprocessable "api_unprocessable" 422 "the API cannot process the request (status 422)",
    ApiRateLimited "api_rate_limited" 429 "there were too many requests to the API (status 429)",
    ApiStatusUnexpected "api_status_unexpected" 502 "the API answered with a status that has no code of its own",
    ApiRedirect "api_redirect" 502 "the API answered with a redirect, which is never followed",
    ApiServerError "api_server_error" 502 "the API failed (status 500 to 599)",
    ApiUnsuccessful "api_unsuccessful" 502 "the API says success: false under a status of success",
    ApiConnection "api_connection" 502 "the connection to the API failed",
    ApiTimeout "api_timeout" 504 "the API did not answer in time",
    ApiTls "api_tls" 502 "the API's certificate is not accepted",
    ApiResponseInvalid "api_response_invalid" 502 "the API's answer is not understood",
    ApiResponseTooLarge "api_response_too_large" 502 "the API's answer has more than 1048576 bytes",
    ApiAborted "api_aborted" 499 "the caller ended the call",
    ApiCredentialMissing "api_credential_missing" 400 "no credential for the API was given",
    ApiCredentialInvalid "api_credential_invalid" 400 "a credential for the API has visible ASCII characters only",
    ApiAccountMissing "api_account_missing" 400 "no account id was given",
    BaseUrlInvalid "base_url_invalid" 400 "a base URL has a scheme, a host, perhaps a port and a path, and nothing else",
    BaseUrlInsecure "base_url_insecure" 400 "a base URL with http:// is for this machine only",
    ProxyInvalid "proxy_invalid" 400 "a proxy is written like http://host:port",
    ClientIsLocal "client_is_local" 400 "a local client has no signing keys to manage",
    ClientClosed "client_closed" 400 "the client was closed",
    // 5xx: the service
    StoreUnavailable "store_unavailable" 503 "the store cannot be read or written",
    StoreDamaged "store_damaged" 500 "a record of the store cannot be read",
    StoreTooNew "store_too_new" 500 "the store was made by a later version",
    MasterKeyMissing "master_key_missing" 500 "there is no master key for the store",
    MasterKeyInvalid "master_key_invalid" 500 "a master key is 32 bytes in base64",
    MasterKeyWrong "master_key_wrong" 500 "the master key does not open the store",
    CredentialMissing "credential_missing" 401 "the request carries no credential",
    CredentialInvalid "credential_invalid" 401 "the credential is not known, or no longer",
    CredentialForbidden "credential_forbidden" 403 "the credential does not reach this account or action",
    PolicyForbids "policy_forbids" 403 "the policy of the credential forbids this",
    CredentialUnknown "credential_unknown" 404 "no credential has this id",
    RouteUnknown "route_unknown" 404 "no route has this path",
    MethodNotAllowed "method_not_allowed" 405 "the route has no such method",
    AccountUnknown "account_unknown" 404 "no account has this id",
    KeyNotFound "key_not_found" 404 "the account has no key with this id",
    KeysTooMany "keys_too_many" 400 "an account has at most 1000 keys",
    KeyOfAnotherAccount "key_of_another_account" 400 "another account has this key, and a key signs for one account alone",
    RequestMalformed "request_malformed" 400 "the request is not HTTP/1.1 that can be read",
    HeadersTooLarge "headers_too_large" 431 "the request line and headers are too long or too many",
    BodyTooLarge "body_too_large" 413 "the body is above the limit",
    BodyTypeUnsupported "body_type_unsupported" 415 "the body must be application/json",
    BodyEncodingUnsupported "body_encoding_unsupported" 415 "the body must not be compressed",
    RequestTimeout "request_timeout" 408 "the request did not arrive in time",
    Overloaded "overloaded" 503 "the service has as much to do as it takes on",
    FaultInjected "fault_injected" 503 "the emulator was told to fail",
    ConfigInvalid "config_invalid" 500 "a setting of the service has a value that it cannot have",
    ListenFailed "listen_failed" 500 "the service cannot listen at this address",
    ListenOpen "listen_open" 500 "an address that others reach needs TLS or --behind-proxy",
    TlsInvalid "tls_invalid" 500 "the certificate or its key cannot be used",
    // 9xx: internal
    Internal "internal" 500 "a fault inside streamtoken; please report it",
}

#[cfg(test)]
mod tests {
    use crate::ErrorCode;
    use std::collections::BTreeSet;

    /// The enum is the source: the table is compared with its text, numbers and order.
    #[test]
    fn all_names_every_member_once_and_in_order() {
        let source = include_str!("../code.rs");
        let numbers: Vec<i32> = source
            .lines()
            .take_while(|line| !line.starts_with("impl"))
            .filter_map(|line| {
                line.trim()
                    .strip_suffix(',')?
                    .split_once(" = ")?
                    .1
                    .parse()
                    .ok()
            })
            .collect();
        let all: Vec<i32> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(all, numbers);
        assert!(
            all.is_sorted_by(|a, b| a < b),
            "numbers ascend and are unique"
        );
        let slugs: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(slugs.len(), all.len(), "slugs are unique");
    }

    #[test]
    fn texts_are_sentences_without_a_closing_dot() {
        for code in ErrorCode::ALL {
            let text = code.text();
            assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            assert!(
                !text.starts_with(|c: char| c.is_uppercase())
                    || text.starts_with("JSON")
                    || text.starts_with("CLOUDFLARE"),
                "{text}"
            );
        }
    }
}
