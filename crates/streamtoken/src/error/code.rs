mod meaning;
mod table;

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

    /// The code with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.number() == number)
    }
}
