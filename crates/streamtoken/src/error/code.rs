/// Every reason for a refusal, as a number and a slug that never change their meaning.
///
/// The hundreds are groups: 1xx input, 2xx keys, 3xx tokens, 4xx Cloudflare's API and the network, 5xx the
/// service, 9xx internal. Zero is success and no member. Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorCode {
    // 1xx: input
    /// The text is not JSON.
    JsonInvalid = 100,
    /// An object names the same member twice.
    JsonDuplicateMember = 101,
    /// JSON is nested more than 32 levels deep.
    JsonTooDeep = 102,
    /// The text is not UTF-8.
    TextNotUtf8 = 103,
    /// No option has this name.
    OptionUnknown = 104,
    /// An option has the wrong type.
    OptionType = 105,
    /// Null is refused for this option, because leaving it out would fail open.
    OptionNull = 106,
    /// An option has a value outside its list or range.
    OptionValue = 107,
    /// The option belongs to Cloudflare's API and has no place in local signing.
    OptionNotLocal = 108,
    /// Options hold at most 100000 values; 512 bytes of text count as one.
    OptionTooLarge = 109,
    /// An identifier has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'.
    IdentifierInvalid = 110,
    /// A key id has 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'.
    KeyIdInvalid = 111,
    /// An account id has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'.
    AccountIdInvalid = 112,
    /// The option is for signing locally; Cloudflare's endpoint has no field for it.
    OptionNotRemote = 113,
    /// A time must be a number of seconds.
    TimeType = 120,
    /// A time must be a finite number.
    TimeNotFinite = 121,
    /// A time must be a whole number of seconds.
    TimeFractional = 122,
    /// A time must not be negative.
    TimeNegative = 123,
    /// A time of 100000000000 or more is not in seconds; divide milliseconds by 1000.
    TimeInMilliseconds = 124,
    /// Give exp or expires_in, not both.
    ExpConflict = 125,
    /// Exp must be after now.
    ExpNotAfterNow = 126,
    /// Exp may be at most 86400 seconds after now.
    ExpTooFar = 127,
    /// Nbf must be before exp.
    NbfNotBeforeExp = 128,
    /// A duration is written like 90m or 1h30m, with the units s, m, h and d.
    DurationInvalid = 129,
    /// A time is written as epoch seconds or in RFC 3339, like 2026-11-23T12:00:00Z.
    TimeTextInvalid = 130,
    /// Leeway is at most 300 seconds.
    LeewayTooLarge = 131,
    /// A token carries at most 5 access rules.
    RulesTooMany = 140,
    /// A rule's type is any, ip.src or ip.geoip.country.
    RuleTypeUnknown = 141,
    /// A rule's action is allow or block.
    RuleActionUnknown = 142,
    /// A rule has the members type, action, ip and country only.
    RuleMemberUnknown = 143,
    /// Ip goes only with ip.src, country only with ip.geoip.country.
    RuleListMisplaced = 144,
    /// A rule's list must not be empty.
    RuleListEmpty = 145,
    /// Ip.src needs the list ip, ip.geoip.country the list country.
    RuleListMissing = 146,
    /// A country is an ISO 3166-1 alpha-2 code.
    CountryInvalid = 147,
    /// A network is an IPv4 or IPv6 address or CIDR.
    NetworkInvalid = 148,
    /// A CIDR must not have host bits set.
    NetworkHostBits = 149,
    /// A network must not have a zone id.
    NetworkZoneId = 150,
    /// An IPv4-mapped IPv6 address must be written as IPv4.
    NetworkIpv4Mapped = 151,
    /// The viewer's ip must be a bare IPv4 or IPv6 address.
    ViewerIpInvalid = 155,
    /// The viewer's country must be two letters or T1.
    ViewerCountryInvalid = 156,
    /// The lint level deny refuses what a lint warns of.
    LintDenied = 157,
    /// A customer code has 1 to 54 characters of a-z, 0-9 and '-'.
    CustomerCodeInvalid = 160,
    /// 32 hexadecimal digits are an account id, not the customer code.
    CustomerCodeIsAccountId = 161,
    /// The URL is not a Stream playback URL.
    UrlInvalid = 162,
    /// A playback URL option has a value outside its range.
    UrlOptionInvalid = 163,
    /// A download URL needs a token with downloadable.
    UrlNotDownloadable = 164,
    /// A batch line has at most 1048576 bytes.
    LineTooLong = 170,
    /// A batch line must not be blank.
    LineBlank = 171,
    /// The token would have more than 16384 characters.
    MintedTokenTooLarge = 180,
    /// A file cannot be read.
    FileUnreadable = 190,
    /// The command line is not understood.
    UsageInvalid = 191,
    /// A file cannot be written.
    FileUnwritable = 192,
    /// A pointer is NULL where the C header does not allow it.
    PointerNull = 195,
    /// A length is above what one call in C reads.
    LengthTooLarge = 196,
    // 2xx: keys
    /// No key was given.
    KeyNotGiven = 200,
    /// CLOUDFLARE_STREAM_KEY and CLOUDFLARE_STREAM_KEY_FILE are both set.
    KeyConflict = 201,
    /// The key file cannot be read.
    KeyFileUnreadable = 202,
    /// A key has at most 65536 bytes, a key set 1048576.
    KeyTooLarge = 203,
    /// The text is no form of key.
    KeyUnrecognized = 204,
    /// The key has no id and none was given.
    KeyIdMissing = 205,
    /// The id given and the key's own id differ.
    KeyIdMismatch = 206,
    /// The key is encrypted.
    KeyEncrypted = 207,
    /// The key is not an RSA key.
    KeyNotRsa = 208,
    /// The key is restricted to RSASSA-PSS.
    KeyPssOnly = 209,
    /// The key is in OpenSSH's own format.
    KeyOpenssh = 210,
    /// The key is a public key and cannot sign.
    KeyIsPublic = 211,
    /// The text is a certificate or a certificate request.
    KeyIsCertificate = 212,
    /// The modulus must have 2048 to 4096 bits.
    KeySize = 213,
    /// The public exponent must be odd, at least 65537 and at most 32 bits.
    KeyExponent = 214,
    /// The JWK lacks a member that an RSA key needs.
    KeyJwkIncomplete = 215,
    /// A member of the JWK has a value that RS256 signing does not allow.
    KeyJwkMember = 216,
    /// The text is a JWK set where one key is wanted.
    KeyIsSet = 217,
    /// The text holds several keys where one is wanted.
    KeySeveral = 218,
    /// The PEM labels disagree with each other or with the content.
    KeyPemLabel = 219,
    /// Pem and jwk of the response are different keys.
    KeyResponseConflict = 220,
    /// The key is wrapped in base64 twice.
    KeyDoubleBase64 = 221,
    /// There is data beside the key.
    KeyTrailingData = 222,
    /// The primes of the key are too close together.
    KeyPrimesTooClose = 223,
    /// The components of the key do not belong together.
    KeyInconsistent = 224,
    /// The key's encoding is damaged.
    KeyMalformed = 225,
    /// A signature made with the key does not verify.
    KeySelfTest = 226,
    /// A key set needs at least one RSA key.
    KeySetEmpty = 230,
    /// Two different keys have the same id.
    KeySetConflict = 231,
    /// A key set has at most 1000 keys.
    KeySetTooMany = 232,
    /// The key set is not a JWK set with well-formed RSA keys.
    KeySetMalformed = 233,
    /// The signature was not made over this signing input with this key.
    SignatureNotFromKey = 240,
    // 3xx: tokens
    /// A token has at most 16384 characters.
    TokenTooLarge = 300,
    /// A token has three parts separated by dots.
    TokenShape = 301,
    /// A part of the token is not unpadded base64url.
    TokenBase64 = 302,
    /// A part of the token is not UTF-8.
    TokenNotUtf8 = 303,
    /// A part of the token is not a JSON object.
    TokenJson = 304,
    /// A part of the token names a member twice.
    TokenDuplicateMember = 305,
    /// A part of the token is nested more than 32 levels deep.
    TokenTooDeep = 306,
    /// The token's alg is not RS256.
    HeaderAlg = 310,
    /// The token's typ is not JWT.
    HeaderTyp = 311,
    /// The token's header has crit, which demands extensions that do not exist here.
    HeaderCrit = 312,
    /// The token names no key.
    KidMissing = 315,
    /// The token names one key in its header and another in its payload.
    KidMismatch = 316,
    /// The token's kid is not a key id.
    KidInvalid = 317,
    /// The token names a key that is not in the key set.
    KeyUnknown = 318,
    /// The signature does not verify.
    SignatureInvalid = 320,
    /// A claim has a form that is not understood.
    ClaimType = 330,
    /// The token has no exp.
    ExpMissing = 331,
    /// The token has expired.
    TokenExpired = 340,
    /// The token is not valid yet.
    TokenNotYetValid = 341,
    /// The token expires more than 86400 seconds from now.
    TokenLifetimeTooLong = 342,
    /// The token has no sub.
    SubMissing = 350,
    /// The token's sub is not an identifier.
    SubInvalid = 351,
    /// The token is for another identifier.
    SubMismatch = 352,
    /// The token has an access rule that is not understood.
    RuleNotUnderstood = 360,
    /// The token has more than 5 access rules.
    TokenRulesTooMany = 361,
    /// An access rule needs a fact about the viewer that was not given.
    ViewerUnknown = 362,
    /// An access rule blocks this viewer.
    BlockedByRule = 363,
    /// The token does not allow downloads.
    DownloadNotAllowed = 370,
    // 4xx: Cloudflare's API and the network
    /// The API refuses the request (status 400).
    ApiBadRequest = 400,
    /// The API does not accept the credential (status 401).
    ApiUnauthorized = 401,
    /// The credential may not do this (status 403).
    ApiForbidden = 403,
    /// The API has no such account, video or key (status 404).
    ApiNotFound = 404,
    /// The request is in conflict with another one (status 409).
    ApiConflict = 409,
    /// The API cannot process the request (status 422).
    ApiUnprocessable = 422,
    /// There were too many requests to the API (status 429).
    ApiRateLimited = 429,
    /// The API answered with a status that has no code of its own.
    ApiStatusUnexpected = 430,
    /// The API answered with a redirect, which is never followed.
    ApiRedirect = 431,
    /// The API failed (status 500 to 599).
    ApiServerError = 432,
    /// The API says success: false under a status of success.
    ApiUnsuccessful = 433,
    /// The connection to the API failed.
    ApiConnection = 440,
    /// The API did not answer in time.
    ApiTimeout = 441,
    /// The API's certificate is not accepted.
    ApiTls = 442,
    /// The API's answer is not understood.
    ApiResponseInvalid = 443,
    /// The API's answer has more than 1048576 bytes.
    ApiResponseTooLarge = 444,
    /// The caller ended the call.
    ApiAborted = 445,
    /// No credential for the API was given.
    ApiCredentialMissing = 450,
    /// A credential for the API has visible ASCII characters only.
    ApiCredentialInvalid = 451,
    /// No account id was given.
    ApiAccountMissing = 452,
    /// A base URL has a scheme, a host, perhaps a port and a path, and nothing else.
    BaseUrlInvalid = 453,
    /// A base URL with http:// is for this machine only.
    BaseUrlInsecure = 454,
    /// A proxy is written like http://host:port.
    ProxyInvalid = 455,
    /// A local client has no signing keys to manage.
    ClientIsLocal = 456,
    /// The client was closed.
    ClientClosed = 457,
    // 5xx: the service
    /// The store cannot be read or written.
    StoreUnavailable = 500,
    /// A record of the store cannot be read.
    StoreDamaged = 501,
    /// The store was made by a later version.
    StoreTooNew = 502,
    /// There is no master key for the store.
    MasterKeyMissing = 505,
    /// A master key is 32 bytes in base64.
    MasterKeyInvalid = 506,
    /// The master key does not open the store.
    MasterKeyWrong = 507,
    /// The request carries no credential.
    CredentialMissing = 510,
    /// The credential is not known, or no longer.
    CredentialInvalid = 511,
    /// The credential does not reach this account or action.
    CredentialForbidden = 512,
    /// The policy of the credential forbids this.
    PolicyForbids = 513,
    /// No credential has this id.
    CredentialUnknown = 514,
    /// No route has this path.
    RouteUnknown = 520,
    /// The route has no such method.
    MethodNotAllowed = 521,
    /// No account has this id.
    AccountUnknown = 522,
    /// The account has no key with this id.
    KeyNotFound = 523,
    /// An account has at most 1000 keys.
    KeysTooMany = 524,
    /// Another account has this key, and a key signs for one account alone.
    KeyOfAnotherAccount = 525,
    /// The request is not HTTP/1.1 that can be read.
    RequestMalformed = 530,
    /// The request line and headers are too long or too many.
    HeadersTooLarge = 531,
    /// The body is above the limit.
    BodyTooLarge = 532,
    /// The body must be application/json.
    BodyTypeUnsupported = 533,
    /// The body must not be compressed.
    BodyEncodingUnsupported = 534,
    /// The request did not arrive in time.
    RequestTimeout = 535,
    /// The service has as much to do as it takes on.
    Overloaded = 540,
    /// The emulator was told to fail.
    FaultInjected = 545,
    /// A setting of the service has a value that it cannot have.
    ConfigInvalid = 550,
    /// The service cannot listen at this address.
    ListenFailed = 551,
    /// An address that others reach needs TLS or --behind-proxy.
    ListenOpen = 552,
    /// The certificate or its key cannot be used.
    TlsInvalid = 553,
    // 9xx: internal
    /// A fault inside streamtoken; please report it.
    Internal = 900,
}

impl ErrorCode {
    /// All codes, in the order of their numbers.
    pub const ALL: &'static [Self] = &[
        Self::JsonInvalid,
        Self::JsonDuplicateMember,
        Self::JsonTooDeep,
        Self::TextNotUtf8,
        Self::OptionUnknown,
        Self::OptionType,
        Self::OptionNull,
        Self::OptionValue,
        Self::OptionNotLocal,
        Self::OptionTooLarge,
        Self::IdentifierInvalid,
        Self::KeyIdInvalid,
        Self::AccountIdInvalid,
        Self::OptionNotRemote,
        Self::TimeType,
        Self::TimeNotFinite,
        Self::TimeFractional,
        Self::TimeNegative,
        Self::TimeInMilliseconds,
        Self::ExpConflict,
        Self::ExpNotAfterNow,
        Self::ExpTooFar,
        Self::NbfNotBeforeExp,
        Self::DurationInvalid,
        Self::TimeTextInvalid,
        Self::LeewayTooLarge,
        Self::RulesTooMany,
        Self::RuleTypeUnknown,
        Self::RuleActionUnknown,
        Self::RuleMemberUnknown,
        Self::RuleListMisplaced,
        Self::RuleListEmpty,
        Self::RuleListMissing,
        Self::CountryInvalid,
        Self::NetworkInvalid,
        Self::NetworkHostBits,
        Self::NetworkZoneId,
        Self::NetworkIpv4Mapped,
        Self::ViewerIpInvalid,
        Self::ViewerCountryInvalid,
        Self::LintDenied,
        Self::CustomerCodeInvalid,
        Self::CustomerCodeIsAccountId,
        Self::UrlInvalid,
        Self::UrlOptionInvalid,
        Self::UrlNotDownloadable,
        Self::LineTooLong,
        Self::LineBlank,
        Self::MintedTokenTooLarge,
        Self::FileUnreadable,
        Self::UsageInvalid,
        Self::FileUnwritable,
        Self::PointerNull,
        Self::LengthTooLarge,
        Self::KeyNotGiven,
        Self::KeyConflict,
        Self::KeyFileUnreadable,
        Self::KeyTooLarge,
        Self::KeyUnrecognized,
        Self::KeyIdMissing,
        Self::KeyIdMismatch,
        Self::KeyEncrypted,
        Self::KeyNotRsa,
        Self::KeyPssOnly,
        Self::KeyOpenssh,
        Self::KeyIsPublic,
        Self::KeyIsCertificate,
        Self::KeySize,
        Self::KeyExponent,
        Self::KeyJwkIncomplete,
        Self::KeyJwkMember,
        Self::KeyIsSet,
        Self::KeySeveral,
        Self::KeyPemLabel,
        Self::KeyResponseConflict,
        Self::KeyDoubleBase64,
        Self::KeyTrailingData,
        Self::KeyPrimesTooClose,
        Self::KeyInconsistent,
        Self::KeyMalformed,
        Self::KeySelfTest,
        Self::KeySetEmpty,
        Self::KeySetConflict,
        Self::KeySetTooMany,
        Self::KeySetMalformed,
        Self::SignatureNotFromKey,
        Self::TokenTooLarge,
        Self::TokenShape,
        Self::TokenBase64,
        Self::TokenNotUtf8,
        Self::TokenJson,
        Self::TokenDuplicateMember,
        Self::TokenTooDeep,
        Self::HeaderAlg,
        Self::HeaderTyp,
        Self::HeaderCrit,
        Self::KidMissing,
        Self::KidMismatch,
        Self::KidInvalid,
        Self::KeyUnknown,
        Self::SignatureInvalid,
        Self::ClaimType,
        Self::ExpMissing,
        Self::TokenExpired,
        Self::TokenNotYetValid,
        Self::TokenLifetimeTooLong,
        Self::SubMissing,
        Self::SubInvalid,
        Self::SubMismatch,
        Self::RuleNotUnderstood,
        Self::TokenRulesTooMany,
        Self::ViewerUnknown,
        Self::BlockedByRule,
        Self::DownloadNotAllowed,
        Self::ApiBadRequest,
        Self::ApiUnauthorized,
        Self::ApiForbidden,
        Self::ApiNotFound,
        Self::ApiConflict,
        Self::ApiUnprocessable,
        Self::ApiRateLimited,
        Self::ApiStatusUnexpected,
        Self::ApiRedirect,
        Self::ApiServerError,
        Self::ApiUnsuccessful,
        Self::ApiConnection,
        Self::ApiTimeout,
        Self::ApiTls,
        Self::ApiResponseInvalid,
        Self::ApiResponseTooLarge,
        Self::ApiAborted,
        Self::ApiCredentialMissing,
        Self::ApiCredentialInvalid,
        Self::ApiAccountMissing,
        Self::BaseUrlInvalid,
        Self::BaseUrlInsecure,
        Self::ProxyInvalid,
        Self::ClientIsLocal,
        Self::ClientClosed,
        Self::StoreUnavailable,
        Self::StoreDamaged,
        Self::StoreTooNew,
        Self::MasterKeyMissing,
        Self::MasterKeyInvalid,
        Self::MasterKeyWrong,
        Self::CredentialMissing,
        Self::CredentialInvalid,
        Self::CredentialForbidden,
        Self::PolicyForbids,
        Self::CredentialUnknown,
        Self::RouteUnknown,
        Self::MethodNotAllowed,
        Self::AccountUnknown,
        Self::KeyNotFound,
        Self::KeysTooMany,
        Self::KeyOfAnotherAccount,
        Self::RequestMalformed,
        Self::HeadersTooLarge,
        Self::BodyTooLarge,
        Self::BodyTypeUnsupported,
        Self::BodyEncodingUnsupported,
        Self::RequestTimeout,
        Self::Overloaded,
        Self::FaultInjected,
        Self::ConfigInvalid,
        Self::ListenFailed,
        Self::ListenOpen,
        Self::TlsInvalid,
        Self::Internal,
    ];

    /// The number, from 100 to 999.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The name for programs: `token_expired`.
    pub const fn slug(self) -> &'static str {
        self.row().0
    }

    /// What the code means, in one sentence without a closing dot.
    pub const fn text(self) -> &'static str {
        self.row().2
    }

    /// The HTTP status with which a service answers it.
    pub const fn http_status(self) -> u16 {
        self.row().1
    }

    /// The group that the hundreds say: `input`, `key`, `token`, `api`, `service` or `internal`. A
    /// surface that has a class of error for each group chooses it by this name.
    pub const fn group(self) -> &'static str {
        match self.number() / 100 {
            1 => "input",
            2 => "key",
            3 => "token",
            4 => "api",
            5 => "service",
            _ => "internal",
        }
    }

    /// The exit code of the command line: 1 token refused, 2 input, 3 key, 4 API or network, 5 service,
    /// 70 internal.
    pub const fn exit_code(self) -> u8 {
        match self.number() / 100 {
            1 => 2,
            2 => 3,
            3 => 1,
            4 => 4,
            5 => 5,
            _ => 70,
        }
    }

    /// Whether the same call may succeed later without a change.
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::TokenNotYetValid
                | Self::ApiRateLimited
                | Self::ApiServerError
                | Self::ApiConnection
                | Self::ApiTimeout
                | Self::StoreUnavailable
                | Self::RequestTimeout
                | Self::Overloaded
                | Self::FaultInjected
        )
    }

    /// The code with which Cloudflare's API says what this one says, as far as it is public; where it is
    /// not, the nearest that is. 1000 or more; 10001 (a fault of the service) and 10429 (later again) are
    /// our choice.
    pub const fn api_code(self) -> u32 {
        match self {
            Self::RouteUnknown | Self::MethodNotAllowed => 7000,
            Self::IdentifierInvalid | Self::AccountIdInvalid | Self::AccountUnknown => 7003,
            Self::CredentialMissing
            | Self::CredentialInvalid
            | Self::CredentialForbidden
            | Self::PolicyForbids => 10000,
            Self::KeyNotFound | Self::CredentialUnknown => 10003,
            Self::JsonInvalid
            | Self::JsonDuplicateMember
            | Self::JsonTooDeep
            | Self::TextNotUtf8
            | Self::BodyTypeUnsupported
            | Self::BodyEncodingUnsupported => 10004,
            Self::BodyTooLarge => 10011,
            Self::Overloaded | Self::FaultInjected => 10429,
            _ if self.http_status() >= 500 => 10001,
            _ => 10005,
        }
    }

    /// The code with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.number() == number)
    }

    /// Slug, HTTP status, text: the one table. The compiler refuses it when a member is missing.
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::JsonInvalid => ("json_invalid", 400, "the text is not JSON"),
            Self::JsonDuplicateMember => (
                "json_duplicate_member",
                400,
                "an object names the same member twice",
            ),
            Self::JsonTooDeep => (
                "json_too_deep",
                400,
                "JSON is nested more than 32 levels deep",
            ),
            Self::TextNotUtf8 => ("text_not_utf8", 400, "the text is not UTF-8"),
            Self::OptionUnknown => ("option_unknown", 400, "no option has this name"),
            Self::OptionType => ("option_type", 400, "an option has the wrong type"),
            Self::OptionNull => (
                "option_null",
                400,
                "null is refused for this option, because leaving it out would fail open",
            ),
            Self::OptionValue => (
                "option_value",
                400,
                "an option has a value outside its list or range",
            ),
            Self::OptionNotLocal => (
                "option_not_local",
                400,
                "the option belongs to Cloudflare's API and has no place in local signing",
            ),
            Self::OptionTooLarge => (
                "option_too_large",
                400,
                "options hold at most 100000 values; 512 bytes of text count as one",
            ),
            Self::IdentifierInvalid => (
                "identifier_invalid",
                400,
                "an identifier has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'",
            ),
            Self::KeyIdInvalid => (
                "key_id_invalid",
                400,
                "a key id has 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'",
            ),
            Self::AccountIdInvalid => (
                "account_id_invalid",
                400,
                "an account id has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'",
            ),
            Self::OptionNotRemote => (
                "option_not_remote",
                400,
                "the option is for signing locally; Cloudflare's endpoint has no field for it",
            ),
            Self::TimeType => ("time_type", 400, "a time must be a number of seconds"),
            Self::TimeNotFinite => ("time_not_finite", 400, "a time must be a finite number"),
            Self::TimeFractional => (
                "time_fractional",
                400,
                "a time must be a whole number of seconds",
            ),
            Self::TimeNegative => ("time_negative", 400, "a time must not be negative"),
            Self::TimeInMilliseconds => (
                "time_in_milliseconds",
                400,
                "a time of 100000000000 or more is not in seconds; divide milliseconds by 1000",
            ),
            Self::ExpConflict => ("exp_conflict", 400, "give exp or expires_in, not both"),
            Self::ExpNotAfterNow => ("exp_not_after_now", 400, "exp must be after now"),
            Self::ExpTooFar => (
                "exp_too_far",
                400,
                "exp may be at most 86400 seconds after now",
            ),
            Self::NbfNotBeforeExp => ("nbf_not_before_exp", 400, "nbf must be before exp"),
            Self::DurationInvalid => (
                "duration_invalid",
                400,
                "a duration is written like 90m or 1h30m, with the units s, m, h and d",
            ),
            Self::TimeTextInvalid => (
                "time_text_invalid",
                400,
                "a time is written as epoch seconds or in RFC 3339, like 2026-11-23T12:00:00Z",
            ),
            Self::LeewayTooLarge => ("leeway_too_large", 400, "leeway is at most 300 seconds"),
            Self::RulesTooMany => (
                "rules_too_many",
                400,
                "a token carries at most 5 access rules",
            ),
            Self::RuleTypeUnknown => (
                "rule_type_unknown",
                400,
                "a rule's type is any, ip.src or ip.geoip.country",
            ),
            Self::RuleActionUnknown => (
                "rule_action_unknown",
                400,
                "a rule's action is allow or block",
            ),
            Self::RuleMemberUnknown => (
                "rule_member_unknown",
                400,
                "a rule has the members type, action, ip and country only",
            ),
            Self::RuleListMisplaced => (
                "rule_list_misplaced",
                400,
                "ip goes only with ip.src, country only with ip.geoip.country",
            ),
            Self::RuleListEmpty => ("rule_list_empty", 400, "a rule's list must not be empty"),
            Self::RuleListMissing => (
                "rule_list_missing",
                400,
                "ip.src needs the list ip, ip.geoip.country the list country",
            ),
            Self::CountryInvalid => (
                "country_invalid",
                400,
                "a country is an ISO 3166-1 alpha-2 code",
            ),
            Self::NetworkInvalid => (
                "network_invalid",
                400,
                "a network is an IPv4 or IPv6 address or CIDR",
            ),
            Self::NetworkHostBits => (
                "network_host_bits",
                400,
                "a CIDR must not have host bits set",
            ),
            Self::NetworkZoneId => ("network_zone_id", 400, "a network must not have a zone id"),
            Self::NetworkIpv4Mapped => (
                "network_ipv4_mapped",
                400,
                "an IPv4-mapped IPv6 address must be written as IPv4",
            ),
            Self::ViewerIpInvalid => (
                "viewer_ip_invalid",
                400,
                "the viewer's ip must be a bare IPv4 or IPv6 address",
            ),
            Self::ViewerCountryInvalid => (
                "viewer_country_invalid",
                400,
                "the viewer's country must be two letters or T1",
            ),
            Self::LintDenied => (
                "lint_denied",
                400,
                "the lint level deny refuses what a lint warns of",
            ),
            Self::CustomerCodeInvalid => (
                "customer_code_invalid",
                400,
                "a customer code has 1 to 54 characters of a-z, 0-9 and '-'",
            ),
            Self::CustomerCodeIsAccountId => (
                "customer_code_is_account_id",
                400,
                "32 hexadecimal digits are an account id, not the customer code",
            ),
            Self::UrlInvalid => ("url_invalid", 400, "the URL is not a Stream playback URL"),
            Self::UrlOptionInvalid => (
                "url_option_invalid",
                400,
                "a playback URL option has a value outside its range",
            ),
            Self::UrlNotDownloadable => (
                "url_not_downloadable",
                400,
                "a download URL needs a token with downloadable",
            ),
            Self::LineTooLong => (
                "line_too_long",
                400,
                "a batch line has at most 1048576 bytes",
            ),
            Self::LineBlank => ("line_blank", 400, "a batch line must not be blank"),
            Self::MintedTokenTooLarge => (
                "minted_token_too_large",
                400,
                "the token would have more than 16384 characters",
            ),
            Self::FileUnreadable => ("file_unreadable", 400, "a file cannot be read"),
            Self::UsageInvalid => ("usage_invalid", 400, "the command line is not understood"),
            Self::FileUnwritable => ("file_unwritable", 400, "a file cannot be written"),
            Self::PointerNull => (
                "pointer_null",
                400,
                "a pointer is NULL where the C header does not allow it",
            ),
            Self::LengthTooLarge => (
                "length_too_large",
                400,
                "a length is above what one call in C reads",
            ),
            Self::KeyNotGiven => ("key_not_given", 400, "no key was given"),
            Self::KeyConflict => (
                "key_conflict",
                400,
                "CLOUDFLARE_STREAM_KEY and CLOUDFLARE_STREAM_KEY_FILE are both set",
            ),
            Self::KeyFileUnreadable => ("key_file_unreadable", 400, "the key file cannot be read"),
            Self::KeyTooLarge => (
                "key_too_large",
                400,
                "a key has at most 65536 bytes, a key set 1048576",
            ),
            Self::KeyUnrecognized => ("key_unrecognized", 400, "the text is no form of key"),
            Self::KeyIdMissing => (
                "key_id_missing",
                400,
                "the key has no id and none was given",
            ),
            Self::KeyIdMismatch => (
                "key_id_mismatch",
                400,
                "the id given and the key's own id differ",
            ),
            Self::KeyEncrypted => ("key_encrypted", 400, "the key is encrypted"),
            Self::KeyNotRsa => ("key_not_rsa", 400, "the key is not an RSA key"),
            Self::KeyPssOnly => ("key_pss_only", 400, "the key is restricted to RSASSA-PSS"),
            Self::KeyOpenssh => ("key_openssh", 400, "the key is in OpenSSH's own format"),
            Self::KeyIsPublic => (
                "key_is_public",
                400,
                "the key is a public key and cannot sign",
            ),
            Self::KeyIsCertificate => (
                "key_is_certificate",
                400,
                "the text is a certificate or a certificate request",
            ),
            Self::KeySize => ("key_size", 400, "the modulus must have 2048 to 4096 bits"),
            Self::KeyExponent => (
                "key_exponent",
                400,
                "the public exponent must be odd, at least 65537 and at most 32 bits",
            ),
            Self::KeyJwkIncomplete => (
                "key_jwk_incomplete",
                400,
                "the JWK lacks a member that an RSA key needs",
            ),
            Self::KeyJwkMember => (
                "key_jwk_member",
                400,
                "a member of the JWK has a value that RS256 signing does not allow",
            ),
            Self::KeyIsSet => (
                "key_is_set",
                400,
                "the text is a JWK set where one key is wanted",
            ),
            Self::KeySeveral => (
                "key_several",
                400,
                "the text holds several keys where one is wanted",
            ),
            Self::KeyPemLabel => (
                "key_pem_label",
                400,
                "the PEM labels disagree with each other or with the content",
            ),
            Self::KeyResponseConflict => (
                "key_response_conflict",
                400,
                "pem and jwk of the response are different keys",
            ),
            Self::KeyDoubleBase64 => (
                "key_double_base64",
                400,
                "the key is wrapped in base64 twice",
            ),
            Self::KeyTrailingData => ("key_trailing_data", 400, "there is data beside the key"),
            Self::KeyPrimesTooClose => (
                "key_primes_too_close",
                400,
                "the primes of the key are too close together",
            ),
            Self::KeyInconsistent => (
                "key_inconsistent",
                400,
                "the components of the key do not belong together",
            ),
            Self::KeyMalformed => ("key_malformed", 400, "the key's encoding is damaged"),
            Self::KeySelfTest => (
                "key_self_test",
                400,
                "a signature made with the key does not verify",
            ),
            Self::KeySetEmpty => ("key_set_empty", 400, "a key set needs at least one RSA key"),
            Self::KeySetConflict => (
                "key_set_conflict",
                400,
                "two different keys have the same id",
            ),
            Self::KeySetTooMany => ("key_set_too_many", 400, "a key set has at most 1000 keys"),
            Self::KeySetMalformed => (
                "key_set_malformed",
                400,
                "the key set is not a JWK set with well-formed RSA keys",
            ),
            Self::SignatureNotFromKey => (
                "signature_not_from_key",
                400,
                "the signature was not made over this signing input with this key",
            ),
            Self::TokenTooLarge => (
                "token_too_large",
                401,
                "a token has at most 16384 characters",
            ),
            Self::TokenShape => (
                "token_shape",
                401,
                "a token has three parts separated by dots",
            ),
            Self::TokenBase64 => (
                "token_base64",
                401,
                "a part of the token is not unpadded base64url",
            ),
            Self::TokenNotUtf8 => ("token_not_utf8", 401, "a part of the token is not UTF-8"),
            Self::TokenJson => (
                "token_json",
                401,
                "a part of the token is not a JSON object",
            ),
            Self::TokenDuplicateMember => (
                "token_duplicate_member",
                401,
                "a part of the token names a member twice",
            ),
            Self::TokenTooDeep => (
                "token_too_deep",
                401,
                "a part of the token is nested more than 32 levels deep",
            ),
            Self::HeaderAlg => ("header_alg", 401, "the token's alg is not RS256"),
            Self::HeaderTyp => ("header_typ", 401, "the token's typ is not JWT"),
            Self::HeaderCrit => (
                "header_crit",
                401,
                "the token's header has crit, which demands extensions that do not exist here",
            ),
            Self::KidMissing => ("kid_missing", 401, "the token names no key"),
            Self::KidMismatch => (
                "kid_mismatch",
                401,
                "the token names one key in its header and another in its payload",
            ),
            Self::KidInvalid => ("kid_invalid", 401, "the token's kid is not a key id"),
            Self::KeyUnknown => (
                "key_unknown",
                401,
                "the token names a key that is not in the key set",
            ),
            Self::SignatureInvalid => ("signature_invalid", 401, "the signature does not verify"),
            Self::ClaimType => (
                "claim_type",
                401,
                "a claim has a form that is not understood",
            ),
            Self::ExpMissing => ("exp_missing", 401, "the token has no exp"),
            Self::TokenExpired => ("token_expired", 401, "the token has expired"),
            Self::TokenNotYetValid => ("token_not_yet_valid", 401, "the token is not valid yet"),
            Self::TokenLifetimeTooLong => (
                "token_lifetime_too_long",
                401,
                "the token expires more than 86400 seconds from now",
            ),
            Self::SubMissing => ("sub_missing", 401, "the token has no sub"),
            Self::SubInvalid => ("sub_invalid", 401, "the token's sub is not an identifier"),
            Self::SubMismatch => ("sub_mismatch", 401, "the token is for another identifier"),
            Self::RuleNotUnderstood => (
                "rule_not_understood",
                401,
                "the token has an access rule that is not understood",
            ),
            Self::TokenRulesTooMany => (
                "token_rules_too_many",
                401,
                "the token has more than 5 access rules",
            ),
            Self::ViewerUnknown => (
                "viewer_unknown",
                401,
                "an access rule needs a fact about the viewer that was not given",
            ),
            Self::BlockedByRule => ("blocked_by_rule", 403, "an access rule blocks this viewer"),
            Self::DownloadNotAllowed => (
                "download_not_allowed",
                403,
                "the token does not allow downloads",
            ),
            Self::ApiBadRequest => (
                "api_bad_request",
                400,
                "the API refuses the request (status 400)",
            ),
            Self::ApiUnauthorized => (
                "api_unauthorized",
                401,
                "the API does not accept the credential (status 401)",
            ),
            Self::ApiForbidden => (
                "api_forbidden",
                403,
                "the credential may not do this (status 403)",
            ),
            Self::ApiNotFound => (
                "api_not_found",
                404,
                "the API has no such account, video or key (status 404)",
            ),
            Self::ApiConflict => (
                "api_conflict",
                409,
                "the request is in conflict with another one (status 409)",
            ),
            Self::ApiUnprocessable => (
                "api_unprocessable",
                422,
                "the API cannot process the request (status 422)",
            ),
            Self::ApiRateLimited => (
                "api_rate_limited",
                429,
                "there were too many requests to the API (status 429)",
            ),
            Self::ApiStatusUnexpected => (
                "api_status_unexpected",
                502,
                "the API answered with a status that has no code of its own",
            ),
            Self::ApiRedirect => (
                "api_redirect",
                502,
                "the API answered with a redirect, which is never followed",
            ),
            Self::ApiServerError => (
                "api_server_error",
                502,
                "the API failed (status 500 to 599)",
            ),
            Self::ApiUnsuccessful => (
                "api_unsuccessful",
                502,
                "the API says success: false under a status of success",
            ),
            Self::ApiConnection => ("api_connection", 502, "the connection to the API failed"),
            Self::ApiTimeout => ("api_timeout", 504, "the API did not answer in time"),
            Self::ApiTls => ("api_tls", 502, "the API's certificate is not accepted"),
            Self::ApiResponseInvalid => (
                "api_response_invalid",
                502,
                "the API's answer is not understood",
            ),
            Self::ApiResponseTooLarge => (
                "api_response_too_large",
                502,
                "the API's answer has more than 1048576 bytes",
            ),
            Self::ApiAborted => ("api_aborted", 499, "the caller ended the call"),
            Self::ApiCredentialMissing => (
                "api_credential_missing",
                400,
                "no credential for the API was given",
            ),
            Self::ApiCredentialInvalid => (
                "api_credential_invalid",
                400,
                "a credential for the API has visible ASCII characters only",
            ),
            Self::ApiAccountMissing => ("api_account_missing", 400, "no account id was given"),
            Self::BaseUrlInvalid => (
                "base_url_invalid",
                400,
                "a base URL has a scheme, a host, perhaps a port and a path, and nothing else",
            ),
            Self::BaseUrlInsecure => (
                "base_url_insecure",
                400,
                "a base URL with http:// is for this machine only",
            ),
            Self::ProxyInvalid => (
                "proxy_invalid",
                400,
                "a proxy is written like http://host:port",
            ),
            Self::ClientIsLocal => (
                "client_is_local",
                400,
                "a local client has no signing keys to manage",
            ),
            Self::ClientClosed => ("client_closed", 400, "the client was closed"),
            Self::StoreUnavailable => (
                "store_unavailable",
                503,
                "the store cannot be read or written",
            ),
            Self::StoreDamaged => ("store_damaged", 500, "a record of the store cannot be read"),
            Self::StoreTooNew => (
                "store_too_new",
                500,
                "the store was made by a later version",
            ),
            Self::MasterKeyMissing => (
                "master_key_missing",
                500,
                "there is no master key for the store",
            ),
            Self::MasterKeyInvalid => (
                "master_key_invalid",
                500,
                "a master key is 32 bytes in base64",
            ),
            Self::MasterKeyWrong => (
                "master_key_wrong",
                500,
                "the master key does not open the store",
            ),
            Self::CredentialMissing => (
                "credential_missing",
                401,
                "the request carries no credential",
            ),
            Self::CredentialInvalid => (
                "credential_invalid",
                401,
                "the credential is not known, or no longer",
            ),
            Self::CredentialForbidden => (
                "credential_forbidden",
                403,
                "the credential does not reach this account or action",
            ),
            Self::PolicyForbids => (
                "policy_forbids",
                403,
                "the policy of the credential forbids this",
            ),
            Self::CredentialUnknown => ("credential_unknown", 404, "no credential has this id"),
            Self::RouteUnknown => ("route_unknown", 404, "no route has this path"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "the route has no such method"),
            Self::AccountUnknown => ("account_unknown", 404, "no account has this id"),
            Self::KeyNotFound => ("key_not_found", 404, "the account has no key with this id"),
            Self::KeysTooMany => ("keys_too_many", 400, "an account has at most 1000 keys"),
            Self::KeyOfAnotherAccount => (
                "key_of_another_account",
                400,
                "another account has this key, and a key signs for one account alone",
            ),
            Self::RequestMalformed => (
                "request_malformed",
                400,
                "the request is not HTTP/1.1 that can be read",
            ),
            Self::HeadersTooLarge => (
                "headers_too_large",
                431,
                "the request line and headers are too long or too many",
            ),
            Self::BodyTooLarge => ("body_too_large", 413, "the body is above the limit"),
            Self::BodyTypeUnsupported => (
                "body_type_unsupported",
                415,
                "the body must be application/json",
            ),
            Self::BodyEncodingUnsupported => (
                "body_encoding_unsupported",
                415,
                "the body must not be compressed",
            ),
            Self::RequestTimeout => ("request_timeout", 408, "the request did not arrive in time"),
            Self::Overloaded => (
                "overloaded",
                503,
                "the service has as much to do as it takes on",
            ),
            Self::FaultInjected => ("fault_injected", 503, "the emulator was told to fail"),
            Self::ConfigInvalid => (
                "config_invalid",
                500,
                "a setting of the service has a value that it cannot have",
            ),
            Self::ListenFailed => (
                "listen_failed",
                500,
                "the service cannot listen at this address",
            ),
            Self::ListenOpen => (
                "listen_open",
                500,
                "an address that others reach needs TLS or --behind-proxy",
            ),
            Self::TlsInvalid => (
                "tls_invalid",
                500,
                "the certificate or its key cannot be used",
            ),
            Self::Internal => (
                "internal",
                500,
                "a fault inside streamtoken; please report it",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;
    use std::collections::BTreeSet;

    /// The enum is the source; `ALL` is compared with its text as a set, so a new member cannot be left out.
    #[test]
    fn all_names_every_member_once_and_in_order() {
        let source = include_str!("code.rs");
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
