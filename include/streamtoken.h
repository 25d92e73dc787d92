/*
 * streamtoken: signed URL tokens for Cloudflare Stream, in your own process.
 *
 * Mint tokens with a signing key, verify them where Cloudflare's edge is not in front, read them, learn
 * why one is refused, turn them into playback URLs, and ask Cloudflare's API for tokens and keys. The same Rust core serves C, C++, Python, Node.js and the command line:
 * the same input gives the same bytes and the same refusals everywhere.
 *
 *     streamtoken_signing_key *key = NULL;
 *     streamtoken_signer *signer = NULL;
 *     streamtoken_token *token = NULL;
 *     streamtoken_error *error = NULL;
 *
 *     if (streamtoken_signing_key_from_env(&key, &error) != STREAMTOKEN_OK ||
 *         streamtoken_signer_new(key, &signer, &error) != STREAMTOKEN_OK ||
 *         streamtoken_signer_sign(signer, uid, strlen(uid), NULL, &token, &error) != STREAMTOKEN_OK) {
 *         fprintf(stderr, "%s\n", streamtoken_error_message(error, NULL));
 *     } else {
 *         puts(streamtoken_token_text(token, NULL));
 *     }
 *     streamtoken_error_free(error);
 *     streamtoken_token_free(token);
 *     streamtoken_signer_free(signer);
 *     streamtoken_signing_key_free(key);
 *
 * This file is generated from bindings/c/src: change that, then run `cargo xtask header`.
 *
 * LINKING
 *
 * With pkg-config, wherever the library is installed:
 *
 *     cc program.c $(pkg-config --cflags --libs streamtoken)
 *     cc -static program.c $(pkg-config --static --cflags --libs streamtoken)
 *
 * By hand on Linux, shared and static:
 *
 *     cc -I PREFIX/include program.c -L PREFIX/lib -lstreamtoken
 *     cc -I PREFIX/include program.c PREFIX/lib/libstreamtoken.a -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
 *
 * C11 or later; C++ takes the header as it is. Nothing has to be initialised, and nothing is left to be
 * shut down. Once loaded the shared library stays in memory: `dlclose` does not unload it. A plugin that has
 * the static library in it must stay as well: link it with `-Wl,-z,nodelete`.
 *
 * OWNERSHIP
 *
 * Everything that a call makes is yours and has one function that frees it: a handle `X *` its
 * `X_free`, a `char *` the function `streamtoken_string_free` (never the `free` of the C library). A
 * `const` pointer that a function returns, to a text or an error, is never freed: it belongs to the handle
 * that it was asked from and goes with it, or to the library where the function says so. What you pass in is only read and is yours as before; no
 * handle keeps a pointer to it.
 *
 * Out-parameters are set to NULL, 0 or false on entry and written on success only, so that freeing after
 * a failure is always right. What they held before is not freed: free a handle, or an error, before its
 * variable is used for the next one.
 *
 * Strings enter as a pointer and a length in bytes; they need no NUL at the end, and may hold one in
 * between, which the library then refuses like any other character that has no place there. They leave
 * with a NUL at the end and their length beside it, which you may leave out with NULL; none of them holds
 * a NUL in between. Text is UTF-8. Lengths above STREAMTOKEN_MAX_LENGTH are refused before anything is
 * read, so a length of -1 is harmless. streamtoken_explain alone reads the beginning of a longer text, up to
 * PTRDIFF_MAX: there a length of -1 is harmless as a size_t, and not as an unsigned number of 32 bits where
 * size_t has 64.
 *
 * NULL
 *
 * Every pointer is looked at before it is used: NULL where it has no meaning is answered with
 * STREAMTOKEN_POINTER_NULL, or with NULL, 0 or false by the functions that have no status. A string of
 * length 0 may be NULL. `X_free(NULL)` does nothing. What may be NULL stands with each function.
 *
 * THREADS
 *
 * There is no global state and no last error: calls on different handles never meet. Keys, key sets,
 * signers, tokens, claims, reports, rules, findings, customer codes, URLs, clients and errors never change
 * once they are made, and any number of threads may use one at the same time. The builders (`..._options`, `..._context`) may be
 * used by any number of threads as long as none changes them. A handle may be freed by any thread, once,
 * when no other uses it. `fork` waits for the signatures and the ends of other threads, some milliseconds at
 * most, and for the lookups of a host's name that their calls make, a quarter of a second at most; the child
 * may use every handle but a client, whose connections are those of the parent. Do not fork out of a signal
 * handler. Let calls of other threads come back before the process exits: AWS-LC may abort a thread that
 * begins to sign while `exit` runs.
 *
 * ERRORS
 *
 * Functions that can fail return STREAMTOKEN_OK (0) or the number of an error code, and take a last
 * parameter `streamtoken_error **`, which may be NULL. When it is given, a failure writes an error there:
 * the code, the member that is refused as a JSON pointer, and a sentence for people. Free it with
 * `streamtoken_error_free`. Codes never change their meaning; later versions may add some. Compare codes,
 * never sentences.
 *
 * A fault inside the library never crosses into C: it is answered with STREAMTOKEN_INTERNAL, and the
 * process lives on; running out of memory alone ends it. No error holds key material or a whole token.
 *
 * VERSIONS
 *
 * STREAMTOKEN_VERSION is the version of this header, `streamtoken_version()` that of the library which is
 * loaded. Handles are opaque and options have names, so a later version may add functions, options and
 * codes without breaking a program that was compiled before. Until 1.0 a change of the second number may
 * break it, and the SONAME changes with it.
 *
 * EVERY FUNCTION
 *
 * ends its description with four lines: who owns what afterwards (Ownership), which pointers may be NULL
 * (NULL), what it refuses (Errors), and from which threads it may be called (Threads). What every function
 * may answer stands here once: STREAMTOKEN_POINTER_NULL, STREAMTOKEN_LENGTH_TOO_LARGE, and
 * STREAMTOKEN_TEXT_NOT_UTF8 for a text that is no UTF-8.
 */

#ifndef STREAMTOKEN_H
#define STREAMTOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; `streamtoken_version()` is that of the library. */
#define STREAMTOKEN_VERSION "0.1.0"
#define STREAMTOKEN_VERSION_MAJOR 0
#define STREAMTOKEN_VERSION_MINOR 1
#define STREAMTOKEN_VERSION_PATCH 0

/** Marks functions whose result must be looked at. */
#if defined(__GNUC__) || defined(__clang__)
#define STREAMTOKEN_MUST_USE __attribute__((warn_unused_result))
#else
#define STREAMTOKEN_MUST_USE
#endif

/**
 * Status of a call that did what it should. Every other status is the number of an error code.
 */
#define STREAMTOKEN_OK 0

/**
 * Longest text or buffer that a call reads, in bytes. A greater length is refused with
 * `STREAMTOKEN_LENGTH_TOO_LARGE` before the pointer is looked at. Most texts have a lower limit of
 * their own: 16,384 for a token, 65,536 for a key, 1,048,576 for a key set and for a line of a batch.
 */
#define STREAMTOKEN_MAX_LENGTH 16777216

/**
 * Every reason for a refusal, as a number and a slug that never change their meaning.
 *
 * The hundreds are groups: 1xx input, 2xx keys, 3xx tokens, 4xx Cloudflare's API and the network, 5xx the
 * service, 9xx internal. Zero is success and no member. Numbers are never reused.
 */
enum streamtoken_error_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The text is not JSON.
     */
    STREAMTOKEN_JSON_INVALID = 100,
    /**
     * An object names the same member twice.
     */
    STREAMTOKEN_JSON_DUPLICATE_MEMBER = 101,
    /**
     * JSON is nested more than 32 levels deep.
     */
    STREAMTOKEN_JSON_TOO_DEEP = 102,
    /**
     * The text is not UTF-8.
     */
    STREAMTOKEN_TEXT_NOT_UTF8 = 103,
    /**
     * No option has this name.
     */
    STREAMTOKEN_OPTION_UNKNOWN = 104,
    /**
     * An option has the wrong type.
     */
    STREAMTOKEN_OPTION_TYPE = 105,
    /**
     * Null is refused for this option, because leaving it out would fail open.
     */
    STREAMTOKEN_OPTION_NULL = 106,
    /**
     * An option has a value outside its list or range.
     */
    STREAMTOKEN_OPTION_VALUE = 107,
    /**
     * The option belongs to Cloudflare's API and has no place in local signing.
     */
    STREAMTOKEN_OPTION_NOT_LOCAL = 108,
    /**
     * Options hold at most 100000 values; 512 bytes of text count as one.
     */
    STREAMTOKEN_OPTION_TOO_LARGE = 109,
    /**
     * An identifier has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'.
     */
    STREAMTOKEN_IDENTIFIER_INVALID = 110,
    /**
     * A key id has 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'.
     */
    STREAMTOKEN_KEY_ID_INVALID = 111,
    /**
     * An account id has 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'.
     */
    STREAMTOKEN_ACCOUNT_ID_INVALID = 112,
    /**
     * The option is for signing locally; Cloudflare's endpoint has no field for it.
     */
    STREAMTOKEN_OPTION_NOT_REMOTE = 113,
    /**
     * A time must be a number of seconds.
     */
    STREAMTOKEN_TIME_TYPE = 120,
    /**
     * A time must be a finite number.
     */
    STREAMTOKEN_TIME_NOT_FINITE = 121,
    /**
     * A time must be a whole number of seconds.
     */
    STREAMTOKEN_TIME_FRACTIONAL = 122,
    /**
     * A time must not be negative.
     */
    STREAMTOKEN_TIME_NEGATIVE = 123,
    /**
     * A time of 100000000000 or more is not in seconds; divide milliseconds by 1000.
     */
    STREAMTOKEN_TIME_IN_MILLISECONDS = 124,
    /**
     * Give exp or expires_in, not both.
     */
    STREAMTOKEN_EXP_CONFLICT = 125,
    /**
     * Exp must be after now.
     */
    STREAMTOKEN_EXP_NOT_AFTER_NOW = 126,
    /**
     * Exp may be at most 86400 seconds after now.
     */
    STREAMTOKEN_EXP_TOO_FAR = 127,
    /**
     * Nbf must be before exp.
     */
    STREAMTOKEN_NBF_NOT_BEFORE_EXP = 128,
    /**
     * A duration is written like 90m or 1h30m, with the units s, m, h and d.
     */
    STREAMTOKEN_DURATION_INVALID = 129,
    /**
     * A time is written as epoch seconds or in RFC 3339, like 2026-11-23T12:00:00Z.
     */
    STREAMTOKEN_TIME_TEXT_INVALID = 130,
    /**
     * Leeway is at most 300 seconds.
     */
    STREAMTOKEN_LEEWAY_TOO_LARGE = 131,
    /**
     * A token carries at most 5 access rules.
     */
    STREAMTOKEN_RULES_TOO_MANY = 140,
    /**
     * A rule's type is any, ip.src or ip.geoip.country.
     */
    STREAMTOKEN_RULE_TYPE_UNKNOWN = 141,
    /**
     * A rule's action is allow or block.
     */
    STREAMTOKEN_RULE_ACTION_UNKNOWN = 142,
    /**
     * A rule has the members type, action, ip and country only.
     */
    STREAMTOKEN_RULE_MEMBER_UNKNOWN = 143,
    /**
     * Ip goes only with ip.src, country only with ip.geoip.country.
     */
    STREAMTOKEN_RULE_LIST_MISPLACED = 144,
    /**
     * A rule's list must not be empty.
     */
    STREAMTOKEN_RULE_LIST_EMPTY = 145,
    /**
     * Ip.src needs the list ip, ip.geoip.country the list country.
     */
    STREAMTOKEN_RULE_LIST_MISSING = 146,
    /**
     * A country is an ISO 3166-1 alpha-2 code.
     */
    STREAMTOKEN_COUNTRY_INVALID = 147,
    /**
     * A network is an IPv4 or IPv6 address or CIDR.
     */
    STREAMTOKEN_NETWORK_INVALID = 148,
    /**
     * A CIDR must not have host bits set.
     */
    STREAMTOKEN_NETWORK_HOST_BITS = 149,
    /**
     * A network must not have a zone id.
     */
    STREAMTOKEN_NETWORK_ZONE_ID = 150,
    /**
     * An IPv4-mapped IPv6 address must be written as IPv4.
     */
    STREAMTOKEN_NETWORK_IPV4_MAPPED = 151,
    /**
     * The viewer's ip must be a bare IPv4 or IPv6 address.
     */
    STREAMTOKEN_VIEWER_IP_INVALID = 155,
    /**
     * The viewer's country must be two letters or T1.
     */
    STREAMTOKEN_VIEWER_COUNTRY_INVALID = 156,
    /**
     * The lint level deny refuses what a lint warns of.
     */
    STREAMTOKEN_LINT_DENIED = 157,
    /**
     * A customer code has 1 to 54 characters of a-z, 0-9 and '-'.
     */
    STREAMTOKEN_CUSTOMER_CODE_INVALID = 160,
    /**
     * 32 hexadecimal digits are an account id, not the customer code.
     */
    STREAMTOKEN_CUSTOMER_CODE_IS_ACCOUNT_ID = 161,
    /**
     * The URL is not a Stream playback URL.
     */
    STREAMTOKEN_URL_INVALID = 162,
    /**
     * A playback URL option has a value outside its range.
     */
    STREAMTOKEN_URL_OPTION_INVALID = 163,
    /**
     * A download URL needs a token with downloadable.
     */
    STREAMTOKEN_URL_NOT_DOWNLOADABLE = 164,
    /**
     * A batch line has at most 1048576 bytes.
     */
    STREAMTOKEN_LINE_TOO_LONG = 170,
    /**
     * A batch line must not be blank.
     */
    STREAMTOKEN_LINE_BLANK = 171,
    /**
     * The token would have more than 16384 characters.
     */
    STREAMTOKEN_MINTED_TOKEN_TOO_LARGE = 180,
    /**
     * A file cannot be read.
     */
    STREAMTOKEN_FILE_UNREADABLE = 190,
    /**
     * The command line is not understood.
     */
    STREAMTOKEN_USAGE_INVALID = 191,
    /**
     * A file cannot be written.
     */
    STREAMTOKEN_FILE_UNWRITABLE = 192,
    /**
     * A pointer is NULL where the C header does not allow it.
     */
    STREAMTOKEN_POINTER_NULL = 195,
    /**
     * A length is above what one call in C reads.
     */
    STREAMTOKEN_LENGTH_TOO_LARGE = 196,
    /**
     * No key was given.
     */
    STREAMTOKEN_KEY_NOT_GIVEN = 200,
    /**
     * CLOUDFLARE_STREAM_KEY and CLOUDFLARE_STREAM_KEY_FILE are both set.
     */
    STREAMTOKEN_KEY_CONFLICT = 201,
    /**
     * The key file cannot be read.
     */
    STREAMTOKEN_KEY_FILE_UNREADABLE = 202,
    /**
     * A key has at most 65536 bytes, a key set 1048576.
     */
    STREAMTOKEN_KEY_TOO_LARGE = 203,
    /**
     * The text is no form of key.
     */
    STREAMTOKEN_KEY_UNRECOGNIZED = 204,
    /**
     * The key has no id and none was given.
     */
    STREAMTOKEN_KEY_ID_MISSING = 205,
    /**
     * The id given and the key's own id differ.
     */
    STREAMTOKEN_KEY_ID_MISMATCH = 206,
    /**
     * The key is encrypted.
     */
    STREAMTOKEN_KEY_ENCRYPTED = 207,
    /**
     * The key is not an RSA key.
     */
    STREAMTOKEN_KEY_NOT_RSA = 208,
    /**
     * The key is restricted to RSASSA-PSS.
     */
    STREAMTOKEN_KEY_PSS_ONLY = 209,
    /**
     * The key is in OpenSSH's own format.
     */
    STREAMTOKEN_KEY_OPENSSH = 210,
    /**
     * The key is a public key and cannot sign.
     */
    STREAMTOKEN_KEY_IS_PUBLIC = 211,
    /**
     * The text is a certificate or a certificate request.
     */
    STREAMTOKEN_KEY_IS_CERTIFICATE = 212,
    /**
     * The modulus must have 2048 to 4096 bits.
     */
    STREAMTOKEN_KEY_SIZE = 213,
    /**
     * The public exponent must be odd, at least 65537 and at most 32 bits.
     */
    STREAMTOKEN_KEY_EXPONENT = 214,
    /**
     * The JWK lacks a member that an RSA key needs.
     */
    STREAMTOKEN_KEY_JWK_INCOMPLETE = 215,
    /**
     * A member of the JWK has a value that RS256 signing does not allow.
     */
    STREAMTOKEN_KEY_JWK_MEMBER = 216,
    /**
     * The text is a JWK set where one key is wanted.
     */
    STREAMTOKEN_KEY_IS_SET = 217,
    /**
     * The text holds several keys where one is wanted.
     */
    STREAMTOKEN_KEY_SEVERAL = 218,
    /**
     * The PEM labels disagree with each other or with the content.
     */
    STREAMTOKEN_KEY_PEM_LABEL = 219,
    /**
     * Pem and jwk of the response are different keys.
     */
    STREAMTOKEN_KEY_RESPONSE_CONFLICT = 220,
    /**
     * The key is wrapped in base64 twice.
     */
    STREAMTOKEN_KEY_DOUBLE_BASE64 = 221,
    /**
     * There is data beside the key.
     */
    STREAMTOKEN_KEY_TRAILING_DATA = 222,
    /**
     * The primes of the key are too close together.
     */
    STREAMTOKEN_KEY_PRIMES_TOO_CLOSE = 223,
    /**
     * The components of the key do not belong together.
     */
    STREAMTOKEN_KEY_INCONSISTENT = 224,
    /**
     * The key's encoding is damaged.
     */
    STREAMTOKEN_KEY_MALFORMED = 225,
    /**
     * A signature made with the key does not verify.
     */
    STREAMTOKEN_KEY_SELF_TEST = 226,
    /**
     * A key set needs at least one RSA key.
     */
    STREAMTOKEN_KEY_SET_EMPTY = 230,
    /**
     * Two different keys have the same id.
     */
    STREAMTOKEN_KEY_SET_CONFLICT = 231,
    /**
     * A key set has at most 1000 keys.
     */
    STREAMTOKEN_KEY_SET_TOO_MANY = 232,
    /**
     * The key set is not a JWK set with well-formed RSA keys.
     */
    STREAMTOKEN_KEY_SET_MALFORMED = 233,
    /**
     * The signature was not made over this signing input with this key.
     */
    STREAMTOKEN_SIGNATURE_NOT_FROM_KEY = 240,
    /**
     * A token has at most 16384 characters.
     */
    STREAMTOKEN_TOKEN_TOO_LARGE = 300,
    /**
     * A token has three parts separated by dots.
     */
    STREAMTOKEN_TOKEN_SHAPE = 301,
    /**
     * A part of the token is not unpadded base64url.
     */
    STREAMTOKEN_TOKEN_BASE64 = 302,
    /**
     * A part of the token is not UTF-8.
     */
    STREAMTOKEN_TOKEN_NOT_UTF8 = 303,
    /**
     * A part of the token is not a JSON object.
     */
    STREAMTOKEN_TOKEN_JSON = 304,
    /**
     * A part of the token names a member twice.
     */
    STREAMTOKEN_TOKEN_DUPLICATE_MEMBER = 305,
    /**
     * A part of the token is nested more than 32 levels deep.
     */
    STREAMTOKEN_TOKEN_TOO_DEEP = 306,
    /**
     * The token's alg is not RS256.
     */
    STREAMTOKEN_HEADER_ALG = 310,
    /**
     * The token's typ is not JWT.
     */
    STREAMTOKEN_HEADER_TYP = 311,
    /**
     * The token's header has crit, which demands extensions that do not exist here.
     */
    STREAMTOKEN_HEADER_CRIT = 312,
    /**
     * The token names no key.
     */
    STREAMTOKEN_KID_MISSING = 315,
    /**
     * The token names one key in its header and another in its payload.
     */
    STREAMTOKEN_KID_MISMATCH = 316,
    /**
     * The token's kid is not a key id.
     */
    STREAMTOKEN_KID_INVALID = 317,
    /**
     * The token names a key that is not in the key set.
     */
    STREAMTOKEN_KEY_UNKNOWN = 318,
    /**
     * The signature does not verify.
     */
    STREAMTOKEN_SIGNATURE_INVALID = 320,
    /**
     * A claim has a form that is not understood.
     */
    STREAMTOKEN_CLAIM_TYPE = 330,
    /**
     * The token has no exp.
     */
    STREAMTOKEN_EXP_MISSING = 331,
    /**
     * The token has expired.
     */
    STREAMTOKEN_TOKEN_EXPIRED = 340,
    /**
     * The token is not valid yet.
     */
    STREAMTOKEN_TOKEN_NOT_YET_VALID = 341,
    /**
     * The token expires more than 86400 seconds from now.
     */
    STREAMTOKEN_TOKEN_LIFETIME_TOO_LONG = 342,
    /**
     * The token has no sub.
     */
    STREAMTOKEN_SUB_MISSING = 350,
    /**
     * The token's sub is not an identifier.
     */
    STREAMTOKEN_SUB_INVALID = 351,
    /**
     * The token is for another identifier.
     */
    STREAMTOKEN_SUB_MISMATCH = 352,
    /**
     * The token has an access rule that is not understood.
     */
    STREAMTOKEN_RULE_NOT_UNDERSTOOD = 360,
    /**
     * The token has more than 5 access rules.
     */
    STREAMTOKEN_TOKEN_RULES_TOO_MANY = 361,
    /**
     * An access rule needs a fact about the viewer that was not given.
     */
    STREAMTOKEN_VIEWER_UNKNOWN = 362,
    /**
     * An access rule blocks this viewer.
     */
    STREAMTOKEN_BLOCKED_BY_RULE = 363,
    /**
     * The token does not allow downloads.
     */
    STREAMTOKEN_DOWNLOAD_NOT_ALLOWED = 370,
    /**
     * The API refuses the request (status 400).
     */
    STREAMTOKEN_API_BAD_REQUEST = 400,
    /**
     * The API does not accept the credential (status 401).
     */
    STREAMTOKEN_API_UNAUTHORIZED = 401,
    /**
     * The credential may not do this (status 403).
     */
    STREAMTOKEN_API_FORBIDDEN = 403,
    /**
     * The API has no such account, video or key (status 404).
     */
    STREAMTOKEN_API_NOT_FOUND = 404,
    /**
     * The request is in conflict with another one (status 409).
     */
    STREAMTOKEN_API_CONFLICT = 409,
    /**
     * The API cannot process the request (status 422).
     */
    STREAMTOKEN_API_UNPROCESSABLE = 422,
    /**
     * There were too many requests to the API (status 429).
     */
    STREAMTOKEN_API_RATE_LIMITED = 429,
    /**
     * The API answered with a status that has no code of its own.
     */
    STREAMTOKEN_API_STATUS_UNEXPECTED = 430,
    /**
     * The API answered with a redirect, which is never followed.
     */
    STREAMTOKEN_API_REDIRECT = 431,
    /**
     * The API failed (status 500 to 599).
     */
    STREAMTOKEN_API_SERVER_ERROR = 432,
    /**
     * The API says success: false under a status of success.
     */
    STREAMTOKEN_API_UNSUCCESSFUL = 433,
    /**
     * The connection to the API failed.
     */
    STREAMTOKEN_API_CONNECTION = 440,
    /**
     * The API did not answer in time.
     */
    STREAMTOKEN_API_TIMEOUT = 441,
    /**
     * The API's certificate is not accepted.
     */
    STREAMTOKEN_API_TLS = 442,
    /**
     * The API's answer is not understood.
     */
    STREAMTOKEN_API_RESPONSE_INVALID = 443,
    /**
     * The API's answer has more than 1048576 bytes.
     */
    STREAMTOKEN_API_RESPONSE_TOO_LARGE = 444,
    /**
     * The caller ended the call.
     */
    STREAMTOKEN_API_ABORTED = 445,
    /**
     * No credential for the API was given.
     */
    STREAMTOKEN_API_CREDENTIAL_MISSING = 450,
    /**
     * A credential for the API has visible ASCII characters only.
     */
    STREAMTOKEN_API_CREDENTIAL_INVALID = 451,
    /**
     * No account id was given.
     */
    STREAMTOKEN_API_ACCOUNT_MISSING = 452,
    /**
     * A base URL has a scheme, a host, perhaps a port and a path, and nothing else.
     */
    STREAMTOKEN_BASE_URL_INVALID = 453,
    /**
     * A base URL with http:// is for this machine only.
     */
    STREAMTOKEN_BASE_URL_INSECURE = 454,
    /**
     * A proxy is written like http://host:port.
     */
    STREAMTOKEN_PROXY_INVALID = 455,
    /**
     * A local client has no signing keys to manage.
     */
    STREAMTOKEN_CLIENT_IS_LOCAL = 456,
    /**
     * The client was closed.
     */
    STREAMTOKEN_CLIENT_CLOSED = 457,
    /**
     * The store cannot be read or written.
     */
    STREAMTOKEN_STORE_UNAVAILABLE = 500,
    /**
     * A record of the store cannot be read.
     */
    STREAMTOKEN_STORE_DAMAGED = 501,
    /**
     * The store was made by a later version.
     */
    STREAMTOKEN_STORE_TOO_NEW = 502,
    /**
     * There is no master key for the store.
     */
    STREAMTOKEN_MASTER_KEY_MISSING = 505,
    /**
     * A master key is 32 bytes in base64.
     */
    STREAMTOKEN_MASTER_KEY_INVALID = 506,
    /**
     * The master key does not open the store.
     */
    STREAMTOKEN_MASTER_KEY_WRONG = 507,
    /**
     * The request carries no credential.
     */
    STREAMTOKEN_CREDENTIAL_MISSING = 510,
    /**
     * The credential is not known, or no longer.
     */
    STREAMTOKEN_CREDENTIAL_INVALID = 511,
    /**
     * The credential does not reach this account or action.
     */
    STREAMTOKEN_CREDENTIAL_FORBIDDEN = 512,
    /**
     * The policy of the credential forbids this.
     */
    STREAMTOKEN_POLICY_FORBIDS = 513,
    /**
     * No credential has this id.
     */
    STREAMTOKEN_CREDENTIAL_UNKNOWN = 514,
    /**
     * No route has this path.
     */
    STREAMTOKEN_ROUTE_UNKNOWN = 520,
    /**
     * The route has no such method.
     */
    STREAMTOKEN_METHOD_NOT_ALLOWED = 521,
    /**
     * No account has this id.
     */
    STREAMTOKEN_ACCOUNT_UNKNOWN = 522,
    /**
     * The account has no key with this id.
     */
    STREAMTOKEN_KEY_NOT_FOUND = 523,
    /**
     * An account has at most 1000 keys.
     */
    STREAMTOKEN_KEYS_TOO_MANY = 524,
    /**
     * Another account has this key, and a key signs for one account alone.
     */
    STREAMTOKEN_KEY_OF_ANOTHER_ACCOUNT = 525,
    /**
     * The request is not HTTP/1.1 that can be read.
     */
    STREAMTOKEN_REQUEST_MALFORMED = 530,
    /**
     * The request line and headers are too long or too many.
     */
    STREAMTOKEN_HEADERS_TOO_LARGE = 531,
    /**
     * The body is above the limit.
     */
    STREAMTOKEN_BODY_TOO_LARGE = 532,
    /**
     * The body must be application/json.
     */
    STREAMTOKEN_BODY_TYPE_UNSUPPORTED = 533,
    /**
     * The body must not be compressed.
     */
    STREAMTOKEN_BODY_ENCODING_UNSUPPORTED = 534,
    /**
     * The request did not arrive in time.
     */
    STREAMTOKEN_REQUEST_TIMEOUT = 535,
    /**
     * The service has as much to do as it takes on.
     */
    STREAMTOKEN_OVERLOADED = 540,
    /**
     * The emulator was told to fail.
     */
    STREAMTOKEN_FAULT_INJECTED = 545,
    /**
     * A setting of the service has a value that it cannot have.
     */
    STREAMTOKEN_CONFIG_INVALID = 550,
    /**
     * The service cannot listen at this address.
     */
    STREAMTOKEN_LISTEN_FAILED = 551,
    /**
     * An address that others reach needs TLS or --behind-proxy.
     */
    STREAMTOKEN_LISTEN_OPEN = 552,
    /**
     * The certificate or its key cannot be used.
     */
    STREAMTOKEN_TLS_INVALID = 553,
    /**
     * A fault inside streamtoken; please report it.
     */
    STREAMTOKEN_INTERNAL = 900,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum streamtoken_error_code streamtoken_error_code;
#else
typedef int32_t streamtoken_error_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The access rules of a token: at most 5, read first to last; the first that matches decides. **No match
 * means allowed.** They never change.
 */
typedef struct streamtoken_access_rules streamtoken_access_rules;

/**
 * Options of one call, under construction. They count instead of the client's.
 *
 * Setting an option again replaces it. Numbers cross as `double`, so that every mistake reaches the library
 * and is refused. What the options mean together is decided where they are used.
 */
typedef struct streamtoken_call_options streamtoken_call_options;

/**
 * What a verified token says. Only `streamtoken_key_set_verify` makes one. It never changes.
 */
typedef struct streamtoken_claims streamtoken_claims;

/**
 * Asks Cloudflare's API for tokens and manages the account's signing keys, or asks a service that answers the
 * same routes. It keeps connections open; one client serves all threads.
 *
 * A call waits until it is done or has failed for good. Make a client anew in the child of a `fork`: its
 * connections would be those of the parent. The environment is read for a proxy (`HTTPS_PROXY`, `ALL_PROXY`,
 * `NO_PROXY`) and, on Linux, for other certificates than the system's (`SSL_CERT_FILE`).
 */
typedef struct streamtoken_client streamtoken_client;

/**
 * Options of a client, under construction. A credential is needed: an API token, or the previous scheme's
 * e-mail address and key; where both are given the token counts. Everything else has a default.
 *
 * Setting an option again replaces it. Numbers cross as `double`, so that every mistake reaches the library
 * and is refused. What the options mean together is decided where a client is made of them.
 */
typedef struct streamtoken_client_options streamtoken_client_options;

/**
 * A signing key that the API has just made: the one time its private parts are shown. It never changes, and is
 * wiped when it is freed.
 */
typedef struct streamtoken_created_key streamtoken_created_key;

/**
 * The customer code: `CODE` in `customer-CODE.cloudflarestream.com`. **Not** the account id. It never
 * changes.
 */
typedef struct streamtoken_customer_code streamtoken_customer_code;

/**
 * A refusal: a stable code, the member it is about, and a sentence for people.
 *
 * Compare the number (or slug), never the message: texts may improve between releases. No message
 * holds key material or a whole token.
 */
typedef struct streamtoken_error streamtoken_error;

/**
 * The facts against which `streamtoken_explain` looks at a token, under construction: those of
 * `streamtoken_verify_context`, and the length of the video. All are optional; what is missing leaves the
 * checks that need it `unknown`.
 *
 * Setting a fact again replaces it; numbers cross as `double`, as in `streamtoken_sign_options`.
 */
typedef struct streamtoken_explain_context streamtoken_explain_context;

/**
 * What a lint found, 101 findings at most: errors, which signing refuses, and warnings, which it accepts. It never
 * changes.
 */
typedef struct streamtoken_findings streamtoken_findings;

/**
 * The signing keys of an account, without their private parts. It never changes.
 */
typedef struct streamtoken_key_list streamtoken_key_list;

/**
 * Public keys by id, for verification. It never changes. There is always at least one key, and at most
 * 1,000: as many as Cloudflare lets an account have.
 */
typedef struct streamtoken_key_set streamtoken_key_set;

/**
 * A token that lacks its signature. It never changes.
 */
typedef struct streamtoken_prepared streamtoken_prepared;

/**
 * A public RSA key with its id, ready to verify. It never changes.
 */
typedef struct streamtoken_public_key streamtoken_public_key;

/**
 * Everything that `streamtoken_explain` found: two verdicts, and every check with its cause and remedy. It
 * never changes.
 */
typedef struct streamtoken_report streamtoken_report;

/**
 * Options for minting one token, under construction. All are optional; the default is what Cloudflare's
 * endpoint does without a body: a token that lasts an hour and restricts nothing.
 *
 * Setting an option again replaces it. Numbers cross as `double`, so that every mistake (-1, 1.5, NaN,
 * milliseconds) reaches the library and is refused with its own code; integers below 2^53 lose nothing.
 * What the options mean together is decided where they are used.
 */
typedef struct streamtoken_sign_options streamtoken_sign_options;

/**
 * Mints tokens with one key. It never changes; one signer serves all threads.
 */
typedef struct streamtoken_signer streamtoken_signer;

/**
 * A private RSA key with its id, ready to sign. It never changes; its numbers are wiped from memory
 * when it and every signer made of it are freed.
 */
typedef struct streamtoken_signing_key streamtoken_signing_key;

/**
 * A signed URL token, minted here or by the API, and what is known about it. It never changes.
 *
 * Its text takes the place of the video UID **in the path** of a playback URL. Whoever has it can watch.
 */
typedef struct streamtoken_token streamtoken_token;

/**
 * What a token says of itself. **Nothing was checked**: neither the signature nor the times, nor whether
 * a claim makes sense. Whoever wrote the token chose every byte of it. It never changes.
 */
typedef struct streamtoken_unverified streamtoken_unverified;

/**
 * Query options of playback URLs by row (`hls`, `iframe`, `thumbnail`, ...), under construction. What is
 * absent is not written: the platform's default holds.
 *
 * Options have Cloudflare's names (`clientBandwidthHint`, `primaryColor`, `ad-url`). Setting one again
 * replaces it. What the options mean is decided where they are used.
 */
typedef struct streamtoken_url_options streamtoken_url_options;

/**
 * The playback URLs of one token, by name: `hls`, `dash`, `iframe`, `watch`, `thumbnail`,
 * `animated_thumbnail`, `download`, `audio`, `clip_hls`, `clip`, `webrtc`. They never change. Each URL
 * grants what its token grants.
 */
typedef struct streamtoken_urls streamtoken_urls;

/**
 * The facts against which `streamtoken_key_set_verify` checks a token, under construction. All are
 * optional.
 *
 * Give the viewer's address and country when tokens may carry access rules: reaching a rule that needs a
 * fact that was not given refuses the token with `STREAMTOKEN_VIEWER_UNKNOWN`. Setting a fact again
 * replaces it; numbers cross as `double`, as in `streamtoken_sign_options`.
 */
typedef struct streamtoken_verify_context streamtoken_verify_context;

/**
 * What is called after every attempt of every call: `attempt` is a JSON object on one line, of `length`
 * bytes and a NUL, which lives until the function returns.
 *
 * Its members are `method`, `path`, `attempt` (1 for the first), `status`, `cf_ray`, `error` (the slug of
 * the error that it ended with) and `pause` (seconds to the next attempt), each null where there is nothing.
 * It holds no credential, no key and no token.
 */
typedef void (*streamtoken_debug)(void *user, const char *attempt, size_t length);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is loaded, such as `0.1.0`; `STREAMTOKEN_VERSION` is that of the
 * header.
 *
 * Ownership: the text belongs to the library and is never freed.
 * NULL: no pointers; the answer is never NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE const char *streamtoken_version(void);

/**
 * Names, options, defaults, limits and error codes of the library as a JSON object, for programs that
 * compare surfaces.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_surface_json(char **json,
                                 size_t *json_length,
                                 streamtoken_error **error);

/**
 * Wipes and frees a text that a function of this library wrote to a `char **`.
 *
 * Ownership: takes `text`; it must not be used again. Only texts of this library, unchanged in length;
 * never a `const char *`.
 * NULL: `text` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once.
 */
void streamtoken_string_free(char *text);

/**
 * How many error codes there are in this version of the library, success not counted.
 *
 * Ownership: nothing changes hands.
 * NULL: no pointers.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_error_code_count(void);

/**
 * The number of the error code at `index`, counted from 0 in the order of the numbers; 0 from
 * `streamtoken_error_code_count` on.
 *
 * Ownership: nothing changes hands.
 * NULL: no pointers.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE int32_t streamtoken_error_code_at(size_t index);

/**
 * The slug of the code with this number, the name for programs: `token_expired`; NULL when there is
 * no such code.
 *
 * Ownership: the text belongs to the library and is never freed.
 * NULL: `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE const char *streamtoken_error_code_slug(int32_t number, size_t *length);

/**
 * What the code means, in one sentence without a closing dot; NULL when there is no such code.
 *
 * Ownership: the text belongs to the library and is never freed.
 * NULL: `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE const char *streamtoken_error_code_text(int32_t number, size_t *length);

/**
 * The group of the code: `input`, `key`, `token`, `api`, `service` or `internal`; NULL when there is
 * no such code.
 *
 * Ownership: the text belongs to the library and is never freed.
 * NULL: `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_code_group(int32_t number,
                                         size_t *length);

/**
 * The HTTP status with which a service answers the code; 0 when there is no such code.
 *
 * Ownership: nothing changes hands.
 * NULL: no pointers.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE int32_t streamtoken_error_code_http_status(int32_t number);

/**
 * The exit code of the command line for the code: 1 token refused, 2 input, 3 key, 4 API or network,
 * 5 service, 70 internal; 0 when there is no such code.
 *
 * Ownership: nothing changes hands.
 * NULL: no pointers.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_code_exit_code(int32_t number);

/**
 * Whether the same call may succeed later without a change.
 *
 * Ownership: nothing changes hands.
 * NULL: no pointers.
 * Errors: none; false when there is no such code.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE bool streamtoken_error_code_retryable(int32_t number);

/**
 * The number of the error's code, which is the status of the call that made it.
 *
 * Ownership: nothing changes hands.
 * NULL: `error` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE int32_t streamtoken_error_number(const streamtoken_error *error);

/**
 * The slug of the error's code, the name for programs: `token_expired`.
 *
 * Ownership: the text belongs to the library and is never freed.
 * NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_slug(const streamtoken_error *error,
                                   size_t *length);

/**
 * The sentence for people: lower case, without a closing dot, on one line.
 *
 * Ownership: the text belongs to `error` and goes with it.
 * NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_message(const streamtoken_error *error,
                                      size_t *length);

/**
 * JSON pointer to the member that is refused, in wire names (`/accessRules/2/ip/0`); NULL when the
 * error is not about a member.
 *
 * Ownership: the text belongs to `error` and goes with it.
 * NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_field(const streamtoken_error *error,
                                    size_t *length);

/**
 * The HTTP status of the API's answer; 0 when no answer came, and for an error that is none of a request.
 *
 * Ownership: nothing changes hands.
 * NULL: `error` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_status(const streamtoken_error *error);

/**
 * How many requests were made, 1 and the retries; 0 for an error that is none of a request.
 *
 * Ownership: nothing changes hands.
 * NULL: `error` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint32_t streamtoken_error_attempts(const streamtoken_error *error);

/**
 * The header `cf-ray` of the API's answer, which Cloudflare's support asks for; NULL when there is none.
 *
 * Ownership: the text belongs to `error` and goes with it.
 * NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_cf_ray(const streamtoken_error *error,
                                     size_t *length);

/**
 * Whether the API's answer says how long to wait before the next attempt; `seconds` is how long, or 0.
 *
 * Ownership: nothing changes hands.
 * NULL: `error` may be NULL; the answer is false then. `seconds` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
bool streamtoken_error_retry_after(const streamtoken_error *error,
                                   uint64_t *seconds);

/**
 * The page about the first error of the API's answer; NULL when there is none.
 *
 * Ownership: the text belongs to `error` and goes with it.
 * NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_error_documentation_url(const streamtoken_error *error,
                                                size_t *length);

/**
 * The errors in the API's answer as a JSON list of objects with `code`, `message` and whatever else the API
 * says, such as `documentation_url` and `source`; `[]` when there are none.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_errors_to_json(const streamtoken_error *error,
                                         char **json,
                                         size_t *json_length,
                                         streamtoken_error **failure);

/**
 * The messages in the API's answer, as `streamtoken_error_errors_to_json` gives its errors.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_messages_to_json(const streamtoken_error *error,
                                           char **json,
                                           size_t *json_length,
                                           streamtoken_error **failure);

/**
 * What else stands in the envelope of the API's answer, as a JSON object of the members that are not known here;
 * `null` when there is nothing.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_other_to_json(const streamtoken_error *error,
                                        char **json,
                                        size_t *json_length,
                                        streamtoken_error **failure);

/**
 * The error as the JSON object `{"code", "number", "field", "message", "api"}` that every surface prints;
 * `field` is left out when there is none, and `api` (`{"status", "errors", "messages", "other", "cf_ray",
 * "retry_after", "attempts"}`) unless the error came of a request.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_error_to_json(const streamtoken_error *error,
                                  char **json,
                                  size_t *json_length,
                                  streamtoken_error **failure);

/**
 * Frees an error.
 *
 * Ownership: takes `error`; it and its texts must not be used again.
 * NULL: `error` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_error_free(streamtoken_error *error);

/**
 * Reads a private key in whatever form it is at hand, and checks all of it: a PEM (PKCS#1 or PKCS#8), a
 * JWK, base64 of either, DER, base64 of DER, and the JSON of Cloudflare's `stream/keys` response.
 *
 * The id (1 to 64 of `[A-Za-z0-9_-]`) comes from the JWK or response, or from `id`; when both are there
 * they must agree.
 *
 * Ownership: `text` and `id` are only read; `key` is yours, free it with `streamtoken_signing_key_free`.
 * NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key` must not.
 * Errors: the codes of keys (200 to 226); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_load(const char *text,
                                     size_t text_length,
                                     const char *id,
                                     size_t id_length,
                                     streamtoken_signing_key **key,
                                     streamtoken_error **error);

/**
 * Reads the key that the environment names: `CLOUDFLARE_STREAM_KEY` holds it in any form of
 * `streamtoken_signing_key_load`, or `CLOUDFLARE_STREAM_KEY_FILE` names a file that does;
 * `CLOUDFLARE_STREAM_KEY_ID` gives the id where the key has none.
 *
 * Ownership: `key` is yours; free it with `streamtoken_signing_key_free`.
 * NULL: `key` must not be NULL; `error` may.
 * Errors: the codes of keys (200 to 226).
 * Threads: any, but not while another thread changes the environment.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_from_env(streamtoken_signing_key **key,
                                         streamtoken_error **error);

/**
 * Makes a key of 2048 bits with exponent 65537 and an id of 32 random lower-case hexadecimal digits,
 * the kind that Cloudflare makes. Takes up to some seconds.
 *
 * Ownership: `key` is yours; free it with `streamtoken_signing_key_free`.
 * NULL: `key` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_INTERNAL` when the operating system gives no random numbers.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_generate(streamtoken_signing_key **key,
                                         streamtoken_error **error);

/**
 * The key id, which goes into each token as `kid`.
 *
 * Ownership: the text belongs to `key` and goes with it.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_signing_key_id(const streamtoken_signing_key *key,
                                       size_t *length);

/**
 * Size of the modulus in bits, from 2048 to 4096.
 *
 * Ownership: nothing changes hands.
 * NULL: `key` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint32_t streamtoken_signing_key_bits(const streamtoken_signing_key *key);

/**
 * The public half, under the same id.
 *
 * Ownership: `key` is only read; `public_key` is yours, free it with `streamtoken_public_key_free`.
 * NULL: `key` and `public_key` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_public_key(const streamtoken_signing_key *key,
                                           streamtoken_public_key **public_key,
                                           streamtoken_error **error);

/**
 * The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`): 64 columns, LF, a closing newline.
 *
 * Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_to_pkcs1_pem(const streamtoken_signing_key *key,
                                             char **text,
                                             size_t *text_length,
                                             streamtoken_error **error);

/**
 * The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`): 64 columns, LF, a closing newline.
 *
 * Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_to_pkcs8_pem(const streamtoken_signing_key *key,
                                             char **text,
                                             size_t *text_length,
                                             streamtoken_error **error);

/**
 * The key as a JWK: compact JSON with the members and the order of Cloudflare's.
 *
 * Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_to_jwk(const streamtoken_signing_key *key,
                                       char **text,
                                       size_t *text_length,
                                       streamtoken_error **error);

/**
 * The `pem` of Cloudflare's `stream/keys` response: padded base64 of the PKCS#1 PEM.
 *
 * Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_to_pem_base64(const streamtoken_signing_key *key,
                                              char **text,
                                              size_t *text_length,
                                              streamtoken_error **error);

/**
 * The `jwk` of Cloudflare's `stream/keys` response: padded base64 of the JWK.
 *
 * Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signing_key_to_jwk_base64(const streamtoken_signing_key *key,
                                              char **text,
                                              size_t *text_length,
                                              streamtoken_error **error);

/**
 * Frees a key. Signers and public keys made of it live on.
 *
 * Ownership: takes `key`; it and its id must not be used again.
 * NULL: `key` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_signing_key_free(streamtoken_signing_key *key);

/**
 * Runs every check of `streamtoken_signing_key_load` or `streamtoken_public_key_load`, whichever the
 * text holds, and tells what was found without giving the key away: the JSON object
 * `{"form", "private", "id", "bits", "exponent", "thumbprint"}`. A missing id is fine here; it is null
 * then.
 *
 * Ownership: `text` and `id` are only read; `json` is yours, free it with `streamtoken_string_free`.
 * NULL: `id`, `json_length` and `error` may be NULL; `text` may with length 0; `json` must not.
 * Errors: the codes of keys (200 to 226) but those of a missing id and of a public key;
 * `STREAMTOKEN_KEY_ID_INVALID` for `id`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_describe_key(const char *text,
                                 size_t text_length,
                                 const char *id,
                                 size_t id_length,
                                 char **json,
                                 size_t *json_length,
                                 streamtoken_error **error);

/**
 * Reads a public key: SPKI or PKCS#1 (`BEGIN PUBLIC KEY`, `BEGIN RSA PUBLIC KEY`) as PEM, DER or base64
 * of either, or a public JWK; and every private form of `streamtoken_signing_key_load`, which is checked
 * in full and reduced to its public half.
 *
 * Ownership: `text` and `id` are only read; `key` is yours, free it with `streamtoken_public_key_free`.
 * NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key` must not.
 * Errors: the codes of keys (200 to 226); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_public_key_load(const char *text,
                                    size_t text_length,
                                    const char *id,
                                    size_t id_length,
                                    streamtoken_public_key **key,
                                    streamtoken_error **error);

/**
 * The key id.
 *
 * Ownership: the text belongs to `key` and goes with it.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_public_key_id(const streamtoken_public_key *key,
                                      size_t *length);

/**
 * Size of the modulus in bits, from 2048 to 4096.
 *
 * Ownership: nothing changes hands.
 * NULL: `key` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint32_t streamtoken_public_key_bits(const streamtoken_public_key *key);

/**
 * The key as a public JWK with `use`, `alg` and `kid`: compact JSON.
 *
 * Ownership: `text` is yours; free it with `streamtoken_string_free`.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_public_key_to_jwk(const streamtoken_public_key *key,
                                      char **text,
                                      size_t *text_length,
                                      streamtoken_error **error);

/**
 * The key as an SPKI PEM (`BEGIN PUBLIC KEY`): 64 columns, LF, a closing newline.
 *
 * Ownership: `text` is yours; free it with `streamtoken_string_free`.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_public_key_to_pem(const streamtoken_public_key *key,
                                      char **text,
                                      size_t *text_length,
                                      streamtoken_error **error);

/**
 * The RFC 7638 thumbprint: base64url of the SHA-256 over `e`, `kty` and `n`, 43 characters. It names
 * the key whatever its id is.
 *
 * Ownership: `text` is yours; free it with `streamtoken_string_free`.
 * NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_public_key_thumbprint(const streamtoken_public_key *key,
                                          char **text,
                                          size_t *text_length,
                                          streamtoken_error **error);

/**
 * Whether two keys have the same id, modulus and exponent.
 *
 * Ownership: nothing changes hands.
 * NULL: either may be NULL; the answer is false then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
bool streamtoken_public_key_equals(const streamtoken_public_key *key,
                                   const streamtoken_public_key *other);

/**
 * Frees a key. Key sets made of it live on.
 *
 * Ownership: takes `key`; it and its id must not be used again.
 * NULL: `key` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_public_key_free(streamtoken_public_key *key);

/**
 * A set of `count` keys. The same key under the same id counts once.
 *
 * Ownership: `keys` and the keys in it are only read; `key_set` is yours, free it with
 * `streamtoken_key_set_free`.
 * NULL: `keys` may be NULL with count 0, and `error`; no key in it, nor `key_set`.
 * Errors: `STREAMTOKEN_KEY_SET_EMPTY`; `STREAMTOKEN_KEY_SET_CONFLICT` for different keys under one id;
 * `STREAMTOKEN_KEY_SET_TOO_MANY` above 1,000.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_new(const streamtoken_public_key *const *keys,
                                size_t count,
                                streamtoken_key_set **key_set,
                                streamtoken_error **error);

/**
 * The set of one key: the public half of `key`.
 *
 * Ownership: `key` is only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
 * NULL: `key` and `key_set` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_from_signing_key(const streamtoken_signing_key *key,
                                             streamtoken_key_set **key_set,
                                             streamtoken_error **error);

/**
 * Reads what a user has to verify with: a JWK set, or one key in any form of
 * `streamtoken_public_key_load`, whose id comes from the key or is `id`.
 *
 * Ownership: `text` and `id` are only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
 * NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key_set` must not.
 * Errors: the codes of keys and key sets (200 to 233); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_load(const char *text,
                                 size_t text_length,
                                 const char *id,
                                 size_t id_length,
                                 streamtoken_key_set **key_set,
                                 streamtoken_error **error);

/**
 * Reads a JWK set (RFC 7517) of at most 1,048,576 bytes. Private JWKs are reduced to `n` and `e`; keys
 * that are for something else than RS256 signatures are left out; one malformed RSA key refuses the set.
 *
 * Ownership: `jwks` is only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
 * NULL: `error` may be NULL; `jwks` may with length 0; `key_set` must not.
 * Errors: `STREAMTOKEN_KEY_TOO_LARGE`; `STREAMTOKEN_KEY_SET_MALFORMED` naming the member; those of
 * `streamtoken_key_set_new`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_from_jwks(const char *jwks,
                                      size_t jwks_length,
                                      streamtoken_key_set **key_set,
                                      streamtoken_error **error);

/**
 * How many keys there are, from 1 to 1,000.
 *
 * Ownership: nothing changes hands.
 * NULL: `key_set` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_key_set_count(const streamtoken_key_set *key_set);

/**
 * The id of the key at `index`, counted from 0 in the order in which the keys came; NULL from
 * `streamtoken_key_set_count` on.
 *
 * Ownership: the text belongs to `key_set` and goes with it.
 * NULL: `key_set` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_key_set_id(const streamtoken_key_set *key_set,
                                   size_t index,
                                   size_t *length);

/**
 * The key called `id`, compared byte for byte. When there is none the call succeeds all the same and
 * `key` is NULL.
 *
 * Ownership: `id` is only read; `key` is yours, free it with `streamtoken_public_key_free`.
 * NULL: `error` may be NULL; `id` may with length 0; `key_set` and `key` must not.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_get(const streamtoken_key_set *key_set,
                                const char *id,
                                size_t id_length,
                                streamtoken_public_key **key,
                                streamtoken_error **error);

/**
 * The set as a JWK set of public keys: compact JSON, in the order in which they came.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `key_set` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_to_jwks(const streamtoken_key_set *key_set,
                                    char **json,
                                    size_t *json_length,
                                    streamtoken_error **error);

/**
 * Frees a key set. Keys got from it live on.
 *
 * Ownership: takes `key_set`; it and its ids must not be used again.
 * NULL: `key_set` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_key_set_free(streamtoken_key_set *key_set);

/**
 * No option given yet.
 *
 * Ownership: `options` is yours; free it with `streamtoken_sign_options_free`.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_new(streamtoken_sign_options **options,
                                     streamtoken_error **error);

/**
 * Options from JSON text, in wire names (`accessRules`, `expires_in`): `{"expires_in": "2h",
 * "downloadable": true}`. `null` is *not given*, but for `accessRules`. They can be changed
 * afterwards.
 *
 * Ownership: `json` is only read; `options` is yours, free it with `streamtoken_sign_options_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108), times (120 to 129) and rules (140 to 151).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_from_json(const char *json,
                                           size_t json_length,
                                           streamtoken_sign_options **options,
                                           streamtoken_error **error);

/**
 * The token is not accepted from this time on, in epoch seconds: after now and at most 86,400 s
 * after it. Not beside `expires_in` and `reuse_window`.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_exp(streamtoken_sign_options *options,
                                         double seconds,
                                         streamtoken_error **error);

/**
 * The lifetime from now on, in whole seconds: 1 to 86,400. Not beside `exp`. The default is 3,600.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_expires_in(streamtoken_sign_options *options,
                                                double seconds,
                                                streamtoken_error **error);

/**
 * The lifetime from now on as a text such as `90m` or `1h30m`, with the units s, m, h and d. Takes
 * the place of a number.
 *
 * Ownership: `options` stays yours; `duration` is copied.
 * NULL: `options` must not be NULL; `duration` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_expires_in_text(streamtoken_sign_options *options,
                                                     const char *duration,
                                                     size_t duration_length,
                                                     streamtoken_error **error);

/**
 * The token is not accepted before this time, in epoch seconds: before `exp`. Default: an hour
 * before now, which guards against clock skew.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_nbf(streamtoken_sign_options *options,
                                         double seconds,
                                         streamtoken_error **error);

/**
 * The time to take for now, in epoch seconds. Default: the machine's clock. A client sends `exp` and `nbf` as
 * they follow from it.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_now(streamtoken_sign_options *options,
                                         double seconds,
                                         streamtoken_error **error);

/**
 * Whether the token reaches the MP4 download links.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_downloadable(streamtoken_sign_options *options,
                                                  bool downloadable,
                                                  streamtoken_error **error);

/**
 * Who may watch: at most 5 rules, the first match decides, **no match means allowed**.
 *
 * Ownership: `options` stays yours; `rules` is copied.
 * NULL: `options` and `rules` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; `STREAMTOKEN_COUNTRY_INVALID` where the options are used, for rules of somebody else's token.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_access_rules(streamtoken_sign_options *options,
                                                  const streamtoken_access_rules *rules,
                                                  streamtoken_error **error);

/**
 * As `streamtoken_sign_options_set_access_rules`, from the text of the JSON list that the claim
 * holds; `[]` says none.
 *
 * Ownership: `options` stays yours; `json` is copied.
 * NULL: `options` must not be NULL; `json` may with length 0 (and is no JSON then); `error` may.
 * Errors: what is not strict JSON (100 to 103); a value that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_access_rules_json(streamtoken_sign_options *options,
                                                       const char *json,
                                                       size_t json_length,
                                                       streamtoken_error **error);

/**
 * Flags of Cloudflare's API, as a JSON object: `{"original": true}`. Whether the edge honours them
 * in a locally signed token is undocumented.
 *
 * Ownership: `options` stays yours; `json` is copied.
 * NULL: `options` must not be NULL; `json` may with length 0 (and is no JSON then); `error` may.
 * Errors: what is not strict JSON (100 to 103); a value that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_flags(streamtoken_sign_options *options,
                                           const char *json,
                                           size_t json_length,
                                           streamtoken_error **error);

/**
 * How `exp` and `nbf` are written: `number` (the default, which every JWT library reads) or
 * `string`, like Cloudflare's endpoint.
 *
 * Ownership: `options` stays yours; `format` is copied.
 * NULL: `options` must not be NULL; `format` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_time_format(streamtoken_sign_options *options,
                                                 const char *format,
                                                 size_t format_length,
                                                 streamtoken_error **error);

/**
 * Gives all callers within the same window of time the **same bytes**, on every process and host
 * without shared state, so that thumbnails and manifests stay cacheable. In whole seconds, at least
 * 1; with the lifetime at most 86,400. Not beside `exp`.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_set_reuse_window(streamtoken_sign_options *options,
                                                  double seconds,
                                                  streamtoken_error **error);

/**
 * Frees options. What was made with them lives on.
 *
 * Ownership: takes `options`; they must not be used again.
 * NULL: `options` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_sign_options_free(streamtoken_sign_options *options);

/**
 * A signer with this key.
 *
 * Ownership: `key` is only read and may be freed before the signer; `signer` is yours, free it with
 * `streamtoken_signer_free`.
 * NULL: `key` and `signer` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signer_new(const streamtoken_signing_key *key,
                               streamtoken_signer **signer,
                               streamtoken_error **error);

/**
 * As `streamtoken_signer_new`, with what to do when the rules or options are probably not meant: `off` looks for
 * no such thing; `warn`, the default, mints, and `streamtoken_token_warnings` tells; `deny` refuses to mint.
 *
 * Ownership: `key` and `lint_level` are only read and may be freed before the signer; `signer` is yours, free it
 * with `streamtoken_signer_free`.
 * NULL: `lint_level` may be NULL (it is not given), and `error`; `key` and `signer` must not.
 * Errors: `STREAMTOKEN_OPTION_VALUE` for another level.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signer_new_with_lint(const streamtoken_signing_key *key,
                                         const char *lint_level,
                                         size_t lint_level_length,
                                         streamtoken_signer **signer,
                                         streamtoken_error **error);

/**
 * What the signer does when the rules or options are probably not meant: `off`, `warn` or `deny`.
 *
 * Ownership: the text belongs to `signer` and goes with it.
 * NULL: `signer` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_signer_lint_level(const streamtoken_signer *signer,
                                          size_t *length);

/**
 * The key that signs.
 *
 * Ownership: `signer` is only read; `key` is yours, free it with `streamtoken_signing_key_free`.
 * NULL: `signer` and `key` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signer_key(const streamtoken_signer *signer,
                               streamtoken_signing_key **key,
                               streamtoken_error **error);

/**
 * Mints a token for `identifier`, a video UID or live-input UID of 1 to 32 characters of
 * `[A-Za-z0-9_-]`.
 *
 * Ownership: `signer`, `identifier` and `options` are only read; `token` is yours, free it with
 * `streamtoken_token_free`.
 * NULL: `options` may be NULL (none is given), and `error`; `signer`, `identifier` and `token` must not.
 * Errors: `STREAMTOKEN_IDENTIFIER_INVALID`; the codes of options (104 to 108), times (120 to 129) and
 * rules (140 to 151); `STREAMTOKEN_MINTED_TOKEN_TOO_LARGE` above 16,384 characters; `STREAMTOKEN_LINT_DENIED` at
 * the lint level `deny`, with a pointer to what the first warning is about.
 * Threads: any, also at the same time, as long as nobody changes `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signer_sign(const streamtoken_signer *signer,
                                const char *identifier,
                                size_t identifier_length,
                                const streamtoken_sign_options *options,
                                streamtoken_token **token,
                                streamtoken_error **error);

/**
 * Mints one token a line, on all cores, and answers each line, in order.
 *
 * A line is a JSON object of options in wire names with the member `identifier`; what it leaves out is
 * taken from `defaults`. It ends with LF, CRLF or the end of `lines`. The answer to line n is
 * `{"line": n, "token": "..."}`, with `warnings` where the token has some, or
 * `{"line": n, "error": {"code", "number", "field", "message"}}`, and ends with LF. A line that is blank,
 * longer than 1 MiB, not UTF-8 or not JSON is answered with its error, and the others are minted; the call
 * itself succeeds. Lines are counted from `first_line`, so that a batch of more than
 * `STREAMTOKEN_MAX_LENGTH` bytes can go on with the next call. A blank line takes one byte and its answer a
 * hundred: bound the number of lines that somebody else gives you.
 *
 * Ownership: `signer`, `defaults` and `lines` are only read; `answers` is yours, free it with
 * `streamtoken_string_free`.
 * NULL: `defaults`, `answers_length` and `error` may be NULL; `lines` may with length 0; `signer` and
 * `answers` must not.
 * Errors: the codes of options (104 to 151) when `defaults` has a fault. A line's error is its answer.
 * Threads: any, also at the same time, as long as nobody changes `defaults`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_signer_sign_many(const streamtoken_signer *signer,
                                     const streamtoken_sign_options *defaults,
                                     uint64_t first_line,
                                     const char *lines,
                                     size_t lines_length,
                                     char **answers,
                                     size_t *answers_length,
                                     streamtoken_error **error);

/**
 * Frees a signer.
 *
 * Ownership: takes `signer`; it must not be used again.
 * NULL: `signer` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_signer_free(streamtoken_signer *signer);

/**
 * The compact form: three parts of base64url, at most 16,384 characters in all.
 *
 * Ownership: the text belongs to `token` and goes with it.
 * NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_token_text(const streamtoken_token *token,
                                   size_t *length);

/**
 * The video UID or live-input UID that the token is for.
 *
 * Ownership: the text belongs to `token` and goes with it.
 * NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_token_identifier(const streamtoken_token *token,
                                         size_t *length);

/**
 * The id of the key that signed it.
 *
 * Ownership: the text belongs to `token` and goes with it.
 * NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_token_key_id(const streamtoken_token *token,
                                     size_t *length);

/**
 * The token is not accepted from this time on, in epoch seconds.
 *
 * Ownership: nothing changes hands.
 * NULL: `token` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint64_t streamtoken_token_exp(const streamtoken_token *token);

/**
 * The token is not accepted before this time, in epoch seconds.
 *
 * Ownership: nothing changes hands.
 * NULL: `token` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint64_t streamtoken_token_nbf(const streamtoken_token *token);

/**
 * When to mint the next one, in epoch seconds: after four fifths of the time from now to `exp`, or when
 * the next window of `reuse_window` begins.
 *
 * Ownership: nothing changes hands.
 * NULL: `token` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
uint64_t streamtoken_token_renew_at(const streamtoken_token *token);

/**
 * What the rules and options of the token probably do not mean: warnings alone, and none of a signer with the lint
 * level `off`. Of a token that the API minted they are about the options that were sent, at the level `warn`.
 *
 * Ownership: `token` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `token` and `findings` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_token_warnings(const streamtoken_token *token,
                                   streamtoken_findings **findings,
                                   streamtoken_error **error);

/**
 * Frees a token.
 *
 * Ownership: takes `token`; it and its texts must not be used again.
 * NULL: `token` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_token_free(streamtoken_token *token);

/**
 * Prepares a token for `identifier` that the private half of `key` is to sign. The options mean what
 * they mean to `streamtoken_signer_sign`.
 *
 * Ownership: `key`, `identifier` and `options` are only read; `prepared` is yours, free it with
 * `streamtoken_prepared_free`.
 * NULL: `options` may be NULL (none is given), and `error`; `key`, `identifier` and `prepared` must not.
 * Errors: those of `streamtoken_signer_sign`, all before anything is signed.
 * Threads: any, also at the same time, as long as nobody changes `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_prepare(const streamtoken_public_key *key,
                            const char *identifier,
                            size_t identifier_length,
                            const streamtoken_sign_options *options,
                            streamtoken_prepared **prepared,
                            streamtoken_error **error);

/**
 * As `streamtoken_prepare`, with a lint level as for `streamtoken_signer_new_with_lint`.
 *
 * Ownership: `key`, `identifier`, `options` and `lint_level` are only read; `prepared` is yours, free it with
 * `streamtoken_prepared_free`.
 * NULL: `options` may be NULL (none is given), and `lint_level` (it is not given), and `error`; `key`, `identifier`
 * and `prepared` must not.
 * Errors: those of `streamtoken_signer_sign`, all before anything is signed; `STREAMTOKEN_OPTION_VALUE` for another
 * level.
 * Threads: any, also at the same time, as long as nobody changes `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_prepare_with_lint(const streamtoken_public_key *key,
                                      const char *identifier,
                                      size_t identifier_length,
                                      const streamtoken_sign_options *options,
                                      const char *lint_level,
                                      size_t lint_level_length,
                                      streamtoken_prepared **prepared,
                                      streamtoken_error **error);

/**
 * What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256: ASCII, to be hashed as it is, without the NUL
 * behind it.
 *
 * Ownership: the text belongs to `prepared` and goes with it.
 * NULL: `prepared` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_prepared_signing_input(const streamtoken_prepared *prepared,
                                               size_t *length);

/**
 * What the rules and options probably do not mean, as `streamtoken_token_warnings` of the token will tell it.
 *
 * Ownership: `prepared` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `prepared` and `findings` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_prepared_warnings(const streamtoken_prepared *prepared,
                                      streamtoken_findings **findings,
                                      streamtoken_error **error);

/**
 * Checks the signature with the public key and completes the token. May be called again.
 *
 * Ownership: `prepared` and `signature` are only read; `token` is yours, free it with
 * `streamtoken_token_free`.
 * NULL: `error` may be NULL; `signature` may with length 0; `prepared` and `token` must not.
 * Errors: `STREAMTOKEN_SIGNATURE_NOT_FROM_KEY`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_prepared_finish(const streamtoken_prepared *prepared,
                                    const uint8_t *signature,
                                    size_t signature_length,
                                    streamtoken_token **token,
                                    streamtoken_error **error);

/**
 * Frees a prepared token. Tokens made of it live on.
 *
 * Ownership: takes `prepared`; it and its text must not be used again.
 * NULL: `prepared` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_prepared_free(streamtoken_prepared *prepared);

/**
 * No fact given yet.
 *
 * Ownership: `context` is yours; free it with `streamtoken_verify_context_free`.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_new(streamtoken_verify_context **context,
                                       streamtoken_error **error);

/**
 * Facts from JSON text: `{"identifier": "...", "ip": "192.0.2.1", "leeway": 30}`. `null` is *not
 * given*, but for `identifier`, where it would let a token for any video pass. They can be changed
 * afterwards.
 *
 * Ownership: `json` is only read; `context` is yours, free it with `streamtoken_verify_context_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `context` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 to 107), `STREAMTOKEN_IDENTIFIER_INVALID`, the codes of times (120 to 124), `STREAMTOKEN_LEEWAY_TOO_LARGE`, `STREAMTOKEN_VIEWER_IP_INVALID`, `STREAMTOKEN_VIEWER_COUNTRY_INVALID`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_from_json(const char *json,
                                             size_t json_length,
                                             streamtoken_verify_context **context,
                                             streamtoken_error **error);

/**
 * The video UID or live-input UID that is asked for. Without it the caller must compare
 * `streamtoken_claims_sub`: a token for one video is a valid token.
 *
 * Ownership: `context` stays yours; `identifier` is copied.
 * NULL: `context` must not be NULL; `identifier` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_identifier(streamtoken_verify_context *context,
                                                  const char *identifier,
                                                  size_t identifier_length,
                                                  streamtoken_error **error);

/**
 * The time to take for now, in epoch seconds. Default: the machine's clock.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_now(streamtoken_verify_context *context,
                                           double seconds,
                                           streamtoken_error **error);

/**
 * The viewer's address, bare: `192.0.2.1` or `2001:db8::1`. An IPv4-mapped IPv6 address counts as
 * IPv4.
 *
 * Ownership: `context` stays yours; `ip` is copied.
 * NULL: `context` must not be NULL; `ip` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_ip(streamtoken_verify_context *context,
                                          const char *ip,
                                          size_t ip_length,
                                          streamtoken_error **error);

/**
 * The viewer's country: two letters in any case, or `T1`.
 *
 * Ownership: `context` stays yours; `country` is copied.
 * NULL: `context` must not be NULL; `country` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_country(streamtoken_verify_context *context,
                                               const char *country,
                                               size_t country_length,
                                               streamtoken_error **error);

/**
 * How many seconds the clocks of issuer and verifier may differ: 0 (the default) to 300.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_leeway(streamtoken_verify_context *context,
                                              double seconds,
                                              streamtoken_error **error);

/**
 * Whether the token is to be used for a download, which its `downloadable` claim must allow.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_verify_context_set_download(streamtoken_verify_context *context,
                                                bool download,
                                                streamtoken_error **error);

/**
 * Frees a context. What was made with it lives on.
 *
 * Ownership: takes `context`; it must not be used again.
 * NULL: `context` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_verify_context_free(streamtoken_verify_context *context);

/**
 * Checks a token and returns its claims.
 *
 * The first failure in this order decides the code: size, shape, base64url, UTF-8 and JSON, header, key
 * id, key, signature, types of the claims, times, `sub`, access rules, download. There is no way to skip
 * a step and no boolean result.
 *
 * **Without an identifier in `context` the caller must compare `streamtoken_claims_sub`** with the video
 * that is asked for: a token for one video is a valid token.
 *
 * Ownership: `key_set`, `token` and `context` are only read; `claims` is yours, free it with
 * `streamtoken_claims_free`.
 * NULL: `context` may be NULL (no fact is given), and `error`; `token` may with length 0; `key_set` and
 * `claims` must not.
 * Errors: the codes of tokens (300 to 370), and those of `streamtoken_verify_context_from_json` for a
 * context that makes no sense. Texts never quote what was not checked.
 * Threads: any, also at the same time, as long as nobody changes `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_set_verify(const streamtoken_key_set *key_set,
                                   const char *token,
                                   size_t token_length,
                                   const streamtoken_verify_context *context,
                                   streamtoken_claims **claims,
                                   streamtoken_error **error);

/**
 * The video UID or live-input UID that the token is for.
 *
 * Ownership: the text belongs to `claims` and goes with it.
 * NULL: `claims` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_claims_sub(const streamtoken_claims *claims,
                                   size_t *length);

/**
 * The id of the key that signed the token.
 *
 * Ownership: the text belongs to `claims` and goes with it.
 * NULL: `claims` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_claims_kid(const streamtoken_claims *claims,
                                   size_t *length);

/**
 * The token is not accepted from this time on, in epoch seconds.
 *
 * Ownership: nothing changes hands.
 * NULL: `claims` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE uint64_t streamtoken_claims_exp(const streamtoken_claims *claims);

/**
 * Whether the token says from when on it is accepted, and that time in epoch seconds.
 *
 * Ownership: nothing changes hands.
 * NULL: `claims` may be NULL; the answer is false then. `nbf` may be NULL; it is set to 0 when the answer
 * is false.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
bool streamtoken_claims_nbf(const streamtoken_claims *claims,
                            uint64_t *nbf);

/**
 * Whether the token reaches the MP4 download links.
 *
 * Ownership: nothing changes hands.
 * NULL: `claims` may be NULL; the answer is false then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE bool streamtoken_claims_downloadable(const streamtoken_claims *claims);

/**
 * The access rules. They were evaluated for the viewer of the context; Cloudflare evaluates them again
 * during the view.
 *
 * Ownership: `claims` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
 * NULL: `claims` and `rules` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_claims_access_rules(const streamtoken_claims *claims,
                                        streamtoken_access_rules **rules,
                                        streamtoken_error **error);

/**
 * The access rules as the JSON list of the claim `accessRules`; `[]` when there are none.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_claims_access_rules_to_json(const streamtoken_claims *claims,
                                                char **json,
                                                size_t *json_length,
                                                streamtoken_error **error);

/**
 * The flags of Cloudflare's API as a JSON object; `{}` when none is set.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_claims_flags_to_json(const streamtoken_claims *claims,
                                         char **json,
                                         size_t *json_length,
                                         streamtoken_error **error);

/**
 * All claims that have no meaning here (`iat` and others), as a JSON object.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_claims_other_to_json(const streamtoken_claims *claims,
                                         char **json,
                                         size_t *json_length,
                                         streamtoken_error **error);

/**
 * All claims as one JSON object: `sub`, `kid`, `exp`, `nbf` (null when the token does not say),
 * `downloadable`, `accessRules`, `flags`, `other`.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_claims_to_json(const streamtoken_claims *claims,
                                   char **json,
                                   size_t *json_length,
                                   streamtoken_error **error);

/**
 * Frees claims. Rules got from them live on.
 *
 * Ownership: takes `claims`; they and their texts must not be used again.
 * NULL: `claims` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_claims_free(streamtoken_claims *claims);

/**
 * Takes a token apart for people and for logs of rare cases; nothing is checked but its form.
 *
 * Ownership: `token` is only read; `unverified` is yours, free it with `streamtoken_unverified_free`.
 * NULL: `error` may be NULL; `token` may with length 0; `unverified` must not.
 * Errors: the codes of form (300 to 306).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_inspect(const char *token,
                            size_t token_length,
                            streamtoken_unverified **unverified,
                            streamtoken_error **error);

/**
 * The header, a JSON object, as it came.
 *
 * Ownership: the text belongs to `unverified` and goes with it.
 * NULL: `unverified` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_unverified_header(const streamtoken_unverified *unverified,
                                          size_t *length);

/**
 * The payload, a JSON object, as it came.
 *
 * Ownership: the text belongs to `unverified` and goes with it.
 * NULL: `unverified` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_unverified_payload(const streamtoken_unverified *unverified,
                                           size_t *length);

/**
 * Frees what was read of a token.
 *
 * Ownership: takes `unverified`; it and its texts must not be used again.
 * NULL: `unverified` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_unverified_free(streamtoken_unverified *unverified);

/**
 * No fact given yet.
 *
 * Ownership: `context` is yours; free it with `streamtoken_explain_context_free`.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_new(streamtoken_explain_context **context,
                                        streamtoken_error **error);

/**
 * Facts from JSON text: `{"identifier": "...", "ip": "192.0.2.1", "duration": 5400}`. `null` is *not
 * given*, but for `identifier`, where it would let a token for any video pass. They can be changed
 * afterwards.
 *
 * Ownership: `json` is only read; `context` is yours, free it with `streamtoken_explain_context_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `context` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 to 107), `STREAMTOKEN_IDENTIFIER_INVALID`, the codes of times (120 to 124), `STREAMTOKEN_LEEWAY_TOO_LARGE`, `STREAMTOKEN_VIEWER_IP_INVALID`, `STREAMTOKEN_VIEWER_COUNTRY_INVALID`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_from_json(const char *json,
                                              size_t json_length,
                                              streamtoken_explain_context **context,
                                              streamtoken_error **error);

/**
 * The video UID or live-input UID that is asked for.
 *
 * Ownership: `context` stays yours; `identifier` is copied.
 * NULL: `context` must not be NULL; `identifier` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_identifier(streamtoken_explain_context *context,
                                                   const char *identifier,
                                                   size_t identifier_length,
                                                   streamtoken_error **error);

/**
 * The time to take for now, in epoch seconds. Default: the machine's clock.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_now(streamtoken_explain_context *context,
                                            double seconds,
                                            streamtoken_error **error);

/**
 * The viewer's address, bare: `192.0.2.1` or `2001:db8::1`. An IPv4-mapped IPv6 address counts as
 * IPv4.
 *
 * Ownership: `context` stays yours; `ip` is copied.
 * NULL: `context` must not be NULL; `ip` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_ip(streamtoken_explain_context *context,
                                           const char *ip,
                                           size_t ip_length,
                                           streamtoken_error **error);

/**
 * The viewer's country: two letters in any case, or `T1`.
 *
 * Ownership: `context` stays yours; `country` is copied.
 * NULL: `context` must not be NULL; `country` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_country(streamtoken_explain_context *context,
                                                const char *country,
                                                size_t country_length,
                                                streamtoken_error **error);

/**
 * How many seconds the clocks of issuer and verifier may differ: 0 (the default) to 300.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_leeway(streamtoken_explain_context *context,
                                               double seconds,
                                               streamtoken_error **error);

/**
 * Whether the token is to be used for a download, which its `downloadable` claim must allow. The URL of a
 * download says so by itself.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_download(streamtoken_explain_context *context,
                                                 bool download,
                                                 streamtoken_error **error);

/**
 * The length of the video in seconds, rounded up: a token should outlast it.
 *
 * Ownership: `context` stays yours.
 * NULL: `context` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
 * Threads: one at a time for the same `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain_context_set_duration(streamtoken_explain_context *context,
                                                 double seconds,
                                                 streamtoken_error **error);

/**
 * Frees a context. What was made with it lives on.
 *
 * Ownership: takes `context`; it must not be used again.
 * NULL: `context` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_explain_context_free(streamtoken_explain_context *context);

/**
 * Tells everything about `text`: a token, a playback URL, or whatever else was taken for one.
 *
 * Every check is made, as far as what came before lets it, and ends as `pass`, `fail`, `warn` or `unknown`,
 * with one sentence of cause and one of what to do. Nothing that was pasted by mistake is repeated: of the
 * text the report shows only ids, times, hosts, addresses and countries. At most 65,536 bytes of it are read, of
 * a text longer than `STREAMTOKEN_MAX_LENGTH` too.
 *
 * Without `key_set` nobody can say whether the signature is right; without the viewer's facts in `context`,
 * what access rules make of them. A text that no token is found in has a report as well, and the call
 * succeeds.
 *
 * Ownership: `text`, `key_set` and `context` are only read; `report` is yours, free it with
 * `streamtoken_report_free`.
 * NULL: `key_set` may be NULL (no key is known), and `context` (no fact is given), and `error`; `text` may
 * with length 0; `report` must not.
 * Errors: those of `streamtoken_explain_context_from_json` for a context that makes no sense;
 * `STREAMTOKEN_LENGTH_TOO_LARGE` above `PTRDIFF_MAX`, such as -1 as a `size_t`.
 * Threads: any, also at the same time, as long as nobody changes `context`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_explain(const char *text,
                            size_t text_length,
                            const streamtoken_key_set *key_set,
                            const streamtoken_explain_context *context,
                            streamtoken_report **report,
                            streamtoken_error **error);

/**
 * What `streamtoken_key_set_verify` makes of the token, with the keys and facts that were given: `accepts`,
 * `refuses` or `unknown`.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_verify(const streamtoken_report *report,
                                      size_t *length);

/**
 * What Cloudflare makes of it, as far as that is publicly known: `accepts`, `refuses` or `unknown`. It alone
 * knows whether the key still stands in the account, and the video in Stream.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_platform(const streamtoken_report *report,
                                        size_t *length);

/**
 * The error with which `streamtoken_key_set_verify` refuses the token; NULL when it does not, or when nobody can
 * say.
 *
 * Ownership: the error belongs to `report` and goes with it; never free it.
 * NULL: `report` may be NULL; the answer is NULL then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const streamtoken_error *streamtoken_report_error(const streamtoken_report *report);

/**
 * What was given: `token`, `url`, `uid`, `private_key` and others.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_kind(const streamtoken_report *report,
                                    size_t *length);

/**
 * How many bytes of the text were looked at: 65,536 at most.
 *
 * Ownership: nothing changes hands.
 * NULL: `report` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_report_bytes_read(const streamtoken_report *report);

/**
 * The report as the JSON object `{"verify", "platform", "error", "kind", "bytes", "read", "checks"}` that every
 * surface has alike.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `report` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_report_to_json(const streamtoken_report *report,
                                   char **json,
                                   size_t *json_length,
                                   streamtoken_error **error);

/**
 * The report for people: the verdicts, then a line for each check that failed or warns.
 *
 * Ownership: `text` is yours; free it with `streamtoken_string_free`.
 * NULL: `report` and `text` must not be NULL; `text_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_report_to_text(const streamtoken_report *report,
                                   char **text,
                                   size_t *text_length,
                                   streamtoken_error **error);

/**
 * Frees a report.
 *
 * Ownership: takes `report`; it, its error and its texts must not be used again.
 * NULL: `report` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_report_free(streamtoken_report *report);

/**
 * How many checks there are: in every report the same ones, in the same order.
 *
 * Ownership: nothing changes hands.
 * NULL: `report` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_report_check_count(const streamtoken_report *report);

/**
 * The id of the check at `index`, counted from 0, which never changes its meaning: `expired`; NULL from
 * `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_id(const streamtoken_report *report,
                                        size_t index,
                                        size_t *length);

/**
 * How the check at `index` ended: `pass`, `fail` (somebody refuses because of this), `warn` (probably not what
 * was meant) or `unknown` (a fact is missing, or something before it failed); NULL from
 * `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_status(const streamtoken_report *report,
                                            size_t index,
                                            size_t *length);

/**
 * What `streamtoken_key_set_verify` makes of the check at `index` alone: `accepts`, `refuses` or `unknown`; NULL
 * from `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_verify(const streamtoken_report *report,
                                            size_t index,
                                            size_t *length);

/**
 * What Cloudflare makes of the check at `index` alone, as far as that is publicly known: `accepts`, `refuses` or
 * `unknown`; NULL from `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_platform(const streamtoken_report *report,
                                              size_t index,
                                              size_t *length);

/**
 * The number of the code with which `streamtoken_key_set_verify` refuses because of the check at `index`; 0 when
 * it does not, and from `streamtoken_report_check_count` on.
 *
 * Ownership: nothing changes hands.
 * NULL: `report` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_report_check_code(const streamtoken_report *report,
                                      size_t index);

/**
 * What the check at `index` saw, as a JSON object; `{}` when there is nothing to show; NULL from
 * `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_values(const streamtoken_report *report,
                                            size_t index,
                                            size_t *length);

/**
 * What is so, in one sentence without a closing dot; NULL from `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_cause(const streamtoken_report *report,
                                           size_t index,
                                           size_t *length);

/**
 * What to do, in one sentence without a closing dot; NULL where nothing is to be done, and from
 * `streamtoken_report_check_count` on.
 *
 * Ownership: the text belongs to `report` and goes with it.
 * NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_report_check_remedy(const streamtoken_report *report,
                                            size_t index,
                                            size_t *length);

/**
 * The index of the check with this id; `SIZE_MAX`, at which no check is, when there is none.
 *
 * Ownership: `id` is only read.
 * NULL: `report` and `id` may be NULL; the answer is `SIZE_MAX` then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
size_t streamtoken_report_find(const streamtoken_report *report,
                               const char *id,
                               size_t id_length);

/**
 * What to read first: the index of the check that is number `place`, counted from 0, among those that failed
 * and, behind them, those that warn; `SIZE_MAX` when there are not so many.
 *
 * Ownership: nothing changes hands.
 * NULL: `report` may be NULL; the answer is `SIZE_MAX` then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
size_t streamtoken_report_finding(const streamtoken_report *report,
                                  size_t place);

/**
 * Reads the rules from the text of the JSON list that the claim holds, for minting; `[]` means no rules:
 * `[{"type": "ip.geoip.country", "action": "allow", "country": ["GB"]}, {"type": "any", "action":
 * "block"}]`.
 *
 * Ownership: `json` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `rules` must not.
 * Errors: what is not strict JSON (100 to 103); the first fault of the first faulty rule (105, 106, 140 to
 * 151), with a pointer such as `/accessRules/2/ip/0`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_parse(const char *json,
                                       size_t json_length,
                                       streamtoken_access_rules **rules,
                                       streamtoken_error **error);

/**
 * Allows viewers who meet at least one of the conditions and blocks everybody else: an allow rule for
 * each condition, then a block of `any`. The conditions are a JSON list of 1 to 4 of
 * `{"ip": ["192.0.2.0/24"]}`, `{"country": ["GB", "IE"]}` and `{"any": true}`.
 *
 * Ownership: `conditions` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
 * NULL: `error` may be NULL; `conditions` may with length 0 (and is no JSON then); `rules` must not.
 * Errors: what is not strict JSON (100 to 103); the codes of options (104, 105) and rules (140 to 151).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_allow_only(const char *conditions,
                                            size_t conditions_length,
                                            streamtoken_access_rules **rules,
                                            streamtoken_error **error);

/**
 * Blocks viewers who meet at least one of the conditions and allows everybody else: a block rule for each
 * condition and nothing after them. The conditions are a JSON list as for
 * `streamtoken_access_rules_allow_only`, of at most 5; `[]` blocks nobody.
 *
 * Ownership: `conditions` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
 * NULL: `error` may be NULL; `conditions` may with length 0 (and is no JSON then); `rules` must not.
 * Errors: what is not strict JSON (100 to 103); the codes of options (104, 105) and rules (140 to 151).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_block(const char *conditions,
                                       size_t conditions_length,
                                       streamtoken_access_rules **rules,
                                       streamtoken_error **error);

/**
 * How many rules there are, from 0 to 5. With none everybody is allowed.
 *
 * Ownership: nothing changes hands.
 * NULL: `rules` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_access_rules_count(const streamtoken_access_rules *rules);

/**
 * Whether a viewer may play: the first rule that matches decides, and no match means allowed. `rule` is
 * the index of the rule that decided, counted from 0, and -1 when none matched.
 *
 * Ownership: `rules`, `ip` and `country` are only read.
 * NULL: `ip` and `country` may be NULL (the fact is not known), and `rule` and `error`; `rules` and
 * `allowed` must not.
 * Errors: `STREAMTOKEN_VIEWER_UNKNOWN` when a rule is reached that needs a fact that is not known;
 * `STREAMTOKEN_VIEWER_IP_INVALID`, `STREAMTOKEN_VIEWER_COUNTRY_INVALID`. `allowed` is false then.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_evaluate(const streamtoken_access_rules *rules,
                                          const char *ip,
                                          size_t ip_length,
                                          const char *country,
                                          size_t country_length,
                                          bool *allowed,
                                          int32_t *rule,
                                          streamtoken_error **error);

/**
 * As `streamtoken_access_rules_evaluate`, for a viewer as a JSON object: `{"ip": "192.0.2.1", "country":
 * "GB"}`, where null and what is absent is not known.
 *
 * Ownership: `rules` and `viewer` are only read.
 * NULL: `rule` and `error` may be NULL; `viewer` may with length 0 (and is no JSON then); `rules` and
 * `allowed` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104, 105), and those of
 * `streamtoken_access_rules_evaluate`. `allowed` is false then.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_evaluate_json(const streamtoken_access_rules *rules,
                                               const char *viewer,
                                               size_t viewer_length,
                                               bool *allowed,
                                               int32_t *rule,
                                               streamtoken_error **error);

/**
 * The rules as the JSON list of the claim `accessRules`.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `rules` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_to_json(const streamtoken_access_rules *rules,
                                         char **json,
                                         size_t *json_length,
                                         streamtoken_error **error);

/**
 * Frees rules. Options that were given them live on.
 *
 * Ownership: takes `rules`; they must not be used again.
 * NULL: `rules` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_access_rules_free(streamtoken_access_rules *rules);

/**
 * Everything that is wrong, or probably not meant, with the rules or the option set in JSON text: the list that
 * the claim `accessRules` holds, or an object of options in wire names. Where the options give no `now`, their
 * times are compared with the machine's clock.
 *
 * Ownership: `json` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `findings` must not.
 * Errors: what is not strict JSON (100 to 103). What signing would refuse is a finding.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_lint(const char *json,
                         size_t json_length,
                         streamtoken_findings **findings,
                         streamtoken_error **error);

/**
 * As `streamtoken_lint`, at the time `now` in epoch seconds, below 10^11, where the options give none.
 *
 * Ownership: `json` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `findings` must not.
 * Errors: what is not strict JSON (100 to 103). What signing would refuse is a finding.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_lint_at(const char *json,
                            size_t json_length,
                            uint64_t now,
                            streamtoken_findings **findings,
                            streamtoken_error **error);

/**
 * As `streamtoken_lint`, for options that were set one by one.
 *
 * Ownership: `options` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `options` and `findings` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`. What signing would refuse is a finding.
 * Threads: any, also at the same time, as long as nobody changes `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_sign_options_lint(const streamtoken_sign_options *options,
                                      streamtoken_findings **findings,
                                      streamtoken_error **error);

/**
 * What the rules probably do not mean: warnings alone. What they must not say was refused when they were made.
 *
 * Ownership: `rules` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
 * NULL: `rules` and `findings` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_access_rules_lint(const streamtoken_access_rules *rules,
                                      streamtoken_findings **findings,
                                      streamtoken_error **error);

/**
 * How many findings there are.
 *
 * Ownership: nothing changes hands.
 * NULL: `findings` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_findings_count(const streamtoken_findings *findings);

/**
 * The stable id of the finding at `index`, counted from 0 in the order in which they are to be read:
 * `allow_without_block`, or the slug of the error code with which signing refuses it; NULL from
 * `streamtoken_findings_count` on.
 *
 * Ownership: the text belongs to `findings` and goes with it.
 * NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_findings_id(const streamtoken_findings *findings,
                                    size_t index,
                                    size_t *length);

/**
 * How bad the finding at `index` is: `error` (signing refuses it) or `warning`; NULL from
 * `streamtoken_findings_count` on.
 *
 * Ownership: the text belongs to `findings` and goes with it.
 * NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_findings_level(const streamtoken_findings *findings,
                                       size_t index,
                                       size_t *length);

/**
 * JSON pointer to what the finding at `index` is about, in wire names (`/accessRules/2/ip/0`), empty for the
 * whole; NULL from `streamtoken_findings_count` on.
 *
 * Ownership: the text belongs to `findings` and goes with it.
 * NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_findings_field(const streamtoken_findings *findings,
                                       size_t index,
                                       size_t *length);

/**
 * What is wrong there, in one sentence without a closing dot; NULL from `streamtoken_findings_count` on.
 *
 * Ownership: the text belongs to `findings` and goes with it.
 * NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_findings_message(const streamtoken_findings *findings,
                                         size_t index,
                                         size_t *length);

/**
 * What to do, in one sentence without a closing dot; NULL from `streamtoken_findings_count` on.
 *
 * Ownership: the text belongs to `findings` and goes with it.
 * NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_findings_remedy(const streamtoken_findings *findings,
                                        size_t index,
                                        size_t *length);

/**
 * The findings as a JSON list of objects `{"id", "level", "field", "message", "remedy"}`.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `findings` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_findings_to_json(const streamtoken_findings *findings,
                                     char **json,
                                     size_t *json_length,
                                     streamtoken_error **error);

/**
 * Frees findings.
 *
 * Ownership: takes `findings`; they and their texts must not be used again.
 * NULL: `findings` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_findings_free(streamtoken_findings *findings);

/**
 * What the rules do to each of the viewers, in their order: a JSON list of `{"viewer": {"ip", "country"},
 * "action": "allow" | "block" | "unknown", "rule", "needs", "matches"}`.
 *
 * `rule` is the index of the rule that decided, counted from 0, and null when none matched, which allows. A viewer
 * of whom too little is known is `unknown`, and `needs` names the fact: `ip` or `country`. `matches` tells of each
 * rule by itself whether it matches; null where that cannot be known. The viewers are a JSON list of objects such as
 * `{"ip": "192.0.2.1", "country": "GB"}`, where null and what is absent is not known.
 *
 * Ownership: `rules` and `viewers` are only read; `json` is yours, free it with `streamtoken_string_free`.
 * NULL: `json_length` and `error` may be NULL; `viewers` may with length 0 (and is no JSON then); `rules` and
 * `json` must not.
 * Errors: what is not strict JSON (100 to 103); the codes of options (104, 105), `STREAMTOKEN_VIEWER_IP_INVALID`
 * and `STREAMTOKEN_VIEWER_COUNTRY_INVALID`, with a pointer such as `/viewers/2/ip`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_simulate(const streamtoken_access_rules *rules,
                             const char *viewers,
                             size_t viewers_length,
                             char **json,
                             size_t *json_length,
                             streamtoken_error **error);

/**
 * Reads a customer code, the host that carries it, or any playback URL on that host. A code has 1 to 54
 * characters of `a-z`, `0-9` and `-`; upper case is lowered.
 *
 * Ownership: `text` is only read; `code` is yours, free it with `streamtoken_customer_code_free`.
 * NULL: `error` may be NULL; `text` may with length 0; `code` must not.
 * Errors: `STREAMTOKEN_CUSTOMER_CODE_IS_ACCOUNT_ID` for 32 hexadecimal digits;
 * `STREAMTOKEN_CUSTOMER_CODE_INVALID` for any other text.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_customer_code_parse(const char *text,
                                        size_t text_length,
                                        streamtoken_customer_code **code,
                                        streamtoken_error **error);

/**
 * Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE`, without outer white space. When it is unset or empty the call
 * succeeds all the same and `code` is NULL.
 *
 * Ownership: `code` is yours; free it with `streamtoken_customer_code_free`.
 * NULL: `code` must not be NULL; `error` may.
 * Errors: those of `streamtoken_customer_code_parse`.
 * Threads: any, but not while another thread changes the environment.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_customer_code_from_env(streamtoken_customer_code **code,
                                           streamtoken_error **error);

/**
 * The code, in lower case.
 *
 * Ownership: the text belongs to `code` and goes with it.
 * NULL: `code` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_customer_code_text(const streamtoken_customer_code *code,
                                           size_t *length);

/**
 * The host of the account's playback URLs: `customer-CODE.cloudflarestream.com`.
 *
 * Ownership: the text belongs to `code` and goes with it.
 * NULL: `code` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_customer_code_host(const streamtoken_customer_code *code,
                                           size_t *length);

/**
 * Frees a customer code. URLs made with it live on.
 *
 * Ownership: takes `code`; it and its texts must not be used again.
 * NULL: `code` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_customer_code_free(streamtoken_customer_code *code);

/**
 * No option given yet.
 *
 * Ownership: `options` is yours; free it with `streamtoken_url_options_free`.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_new(streamtoken_url_options **options,
                                    streamtoken_error **error);

/**
 * Options from JSON text, an object of rows, each an object of query parameters in Cloudflare's
 * names: `{"thumbnail": {"time": "1m30s", "height": 270}, "iframe": {"muted": true, "poster":
 * true}}`. `null` means *not given*, at every level. They can be changed afterwards.
 *
 * Ownership: `json` is only read; `options` is yours, free it with `streamtoken_url_options_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 and 105), `STREAMTOKEN_URL_OPTION_INVALID`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_from_json(const char *json,
                                          size_t json_length,
                                          streamtoken_url_options **options,
                                          streamtoken_error **error);

/**
 * The option `name` of the row `row` as a number: a time or length in seconds, pixels, frames or
 * megabits a second.
 *
 * Ownership: `options` stays yours; the texts are copied.
 * NULL: `options` must not be NULL; `error` may; a text may with length 0.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_set_number(streamtoken_url_options *options,
                                           const char *row,
                                           size_t row_length,
                                           const char *name,
                                           size_t name_length,
                                           double value,
                                           streamtoken_error **error);

/**
 * The option `name` of the row `row` as a text: a time such as `1m30s`, a color, a URL, a file name.
 *
 * Ownership: `options` stays yours; the texts are copied.
 * NULL: `options` must not be NULL; `error` may; a text may with length 0.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_set_text(streamtoken_url_options *options,
                                         const char *row,
                                         size_t row_length,
                                         const char *name,
                                         size_t name_length,
                                         const char *value,
                                         size_t value_length,
                                         streamtoken_error **error);

/**
 * The option `name` of the row `row` as a boolean: `muted`, `autoplay`, or `poster` for the row
 * `thumbnail` as the player's poster.
 *
 * Ownership: `options` stays yours; the texts are copied.
 * NULL: `options` must not be NULL; `error` may; a text may with length 0.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_set_bool(streamtoken_url_options *options,
                                         const char *row,
                                         size_t row_length,
                                         const char *name,
                                         size_t name_length,
                                         bool value,
                                         streamtoken_error **error);

/**
 * The option `name` of the row `row` as JSON text: `poster` as an object of thumbnail options, or
 * any other value.
 *
 * Ownership: `options` stays yours; the texts are copied.
 * NULL: `options` must not be NULL; `error` may; a text may with length 0.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is not strict JSON (100 to 103); what is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_url_options_set_json(streamtoken_url_options *options,
                                         const char *row,
                                         size_t row_length,
                                         const char *name,
                                         size_t name_length,
                                         const char *json,
                                         size_t json_length,
                                         streamtoken_error **error);

/**
 * Frees options. What was made with them lives on.
 *
 * Ownership: takes `options`; they must not be used again.
 * NULL: `options` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_url_options_free(streamtoken_url_options *options);

/**
 * Every URL under which the video of `token` plays, on the host of `customer_code`.
 *
 * The rows `download` and `audio` are there only when the token is `downloadable`. The signature is not
 * checked here: a URL of a forged or expired token can be built, and will be refused at the edge.
 *
 * Ownership: `token`, `customer_code` and `options` are only read; `urls` is yours, free it with
 * `streamtoken_urls_free`.
 * NULL: `options` may be NULL (none is given), and `error`; `token` may with length 0; `customer_code` and
 * `urls` must not.
 * Errors: the codes of a token's form (300 to 306); `STREAMTOKEN_CLAIM_TYPE`;
 * `STREAMTOKEN_URL_NOT_DOWNLOADABLE`; those of `streamtoken_url_options_from_json`.
 * Threads: any, also at the same time, as long as nobody changes `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_playback_urls(const char *token,
                                  size_t token_length,
                                  const streamtoken_customer_code *customer_code,
                                  const streamtoken_url_options *options,
                                  streamtoken_urls **urls,
                                  streamtoken_error **error);

/**
 * How many rows there are: 9, or 11 when the token is `downloadable`.
 *
 * Ownership: nothing changes hands.
 * NULL: `urls` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_urls_count(const streamtoken_urls *urls);

/**
 * The name of the row at `index`, counted from 0; NULL from `streamtoken_urls_count` on.
 *
 * Ownership: the text belongs to `urls` and goes with it.
 * NULL: `urls` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_urls_name(const streamtoken_urls *urls,
                                  size_t index,
                                  size_t *length);

/**
 * The URL of the row at `index`, counted from 0; NULL from `streamtoken_urls_count` on.
 *
 * Ownership: the text belongs to `urls` and goes with it.
 * NULL: `urls` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_urls_at(const streamtoken_urls *urls,
                                size_t index,
                                size_t *length);

/**
 * The URL of the row `name`; NULL for `download` and `audio` when the token is not `downloadable`, and for
 * a name that no row has.
 *
 * Ownership: `name` is only read; the text belongs to `urls` and goes with it.
 * NULL: `urls` and `name` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_urls_get(const streamtoken_urls *urls,
                                 const char *name,
                                 size_t name_length,
                                 size_t *length);

/**
 * The URLs as a JSON object of name and URL, in the order of the rows.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `urls` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_urls_to_json(const streamtoken_urls *urls,
                                 char **json,
                                 size_t *json_length,
                                 streamtoken_error **error);

/**
 * The `<iframe>` element of the player, as Cloudflare's dashboard writes it, on one line and escaped for
 * HTML.
 *
 * Ownership: `html` is yours; free it with `streamtoken_string_free`.
 * NULL: `urls` and `html` must not be NULL; `html_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_urls_embed(const streamtoken_urls *urls,
                               char **html,
                               size_t *html_length,
                               streamtoken_error **error);

/**
 * Frees playback URLs.
 *
 * Ownership: takes `urls`; they and their texts must not be used again.
 * NULL: `urls` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_urls_free(streamtoken_urls *urls);

/**
 * Puts `token` into `url`, in the place of the video UID or the older token.
 *
 * Takes URLs on `customer-CODE.cloudflarestream.com`, on the legacy hosts and on custom domains. The rest
 * of the URL stays as it is, but for a parameter `token`, which is removed, and a `poster` and `src` of
 * the same video, which are signed as well.
 *
 * Ownership: `url` and `token` are only read; `rewritten` is yours, free it with `streamtoken_string_free`.
 * NULL: `rewritten_length` and `error` may be NULL; `url` and `token` may with length 0; `rewritten` must
 * not.
 * Errors: `STREAMTOKEN_URL_INVALID`; the codes of a token's form (300 to 306).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_rewrite(const char *url,
                            size_t url_length,
                            const char *token,
                            size_t token_length,
                            char **rewritten,
                            size_t *rewritten_length,
                            streamtoken_error **error);

/**
 * No option given yet.
 *
 * Ownership: `options` is yours; free it with `streamtoken_client_options_free`.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_new(streamtoken_client_options **options,
                                       streamtoken_error **error);

/**
 * Options from JSON text, by the names that the functions here have behind `set_`: `{"api_token": "...",
 * "account_id": "...", "timeout": 20}`. `null` is *not given*. They can be changed afterwards.
 *
 * Ownership: `json` is only read; `options` is yours, free it with `streamtoken_client_options_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_from_json(const char *json,
                                             size_t json_length,
                                             streamtoken_client_options **options,
                                             streamtoken_error **error);

/**
 * An API token with the permission to edit Stream.
 *
 * Ownership: `options` stays yours; `api_token` is copied.
 * NULL: `options` must not be NULL; `api_token` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_api_token(streamtoken_client_options *options,
                                                 const char *api_token,
                                                 size_t api_token_length,
                                                 streamtoken_error **error);

/**
 * The previous scheme's key. Goes with `streamtoken_client_options_set_api_email`.
 *
 * Ownership: `options` stays yours; `api_key` is copied.
 * NULL: `options` must not be NULL; `api_key` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_api_key(streamtoken_client_options *options,
                                               const char *api_key,
                                               size_t api_key_length,
                                               streamtoken_error **error);

/**
 * The previous scheme's e-mail address. Goes with `streamtoken_client_options_set_api_key`.
 *
 * Ownership: `options` stays yours; `api_email` is copied.
 * NULL: `options` must not be NULL; `api_email` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_api_email(streamtoken_client_options *options,
                                                 const char *api_email,
                                                 size_t api_email_length,
                                                 streamtoken_error **error);

/**
 * The account of every call that names no other.
 *
 * Ownership: `options` stays yours; `account_id` is copied.
 * NULL: `options` must not be NULL; `account_id` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_account_id(streamtoken_client_options *options,
                                                  const char *account_id,
                                                  size_t account_id_length,
                                                  streamtoken_error **error);

/**
 * Another place of the API, such as a token service of your own. Default:
 * `https://api.cloudflare.com/client/v4`.
 *
 * Ownership: `options` stays yours; `base_url` is copied.
 * NULL: `options` must not be NULL; `base_url` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_base_url(streamtoken_client_options *options,
                                                const char *base_url,
                                                size_t base_url_length,
                                                streamtoken_error **error);

/**
 * Takes `http://` to other machines as well, where everybody on the way reads credentials and tokens.
 * Without it `http://` goes to this machine alone.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_allow_http(streamtoken_client_options *options,
                                                  bool allow_http,
                                                  streamtoken_error **error);

/**
 * How long one attempt may take in all, in seconds with fractions: a millisecond to an hour. Default: a
 * minute.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_timeout(streamtoken_client_options *options,
                                               double seconds,
                                               streamtoken_error **error);

/**
 * How long an attempt may take to connect, the lookup of the name and TLS included, in seconds with fractions.
 * Default: ten seconds. A lookup that takes longer goes on in the system's resolver, on a thread that may outlive
 * the call.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_connect_timeout(streamtoken_client_options *options,
                                                       double seconds,
                                                       streamtoken_error **error);

/**
 * How often a request is sent again when it fails in a way that may pass (no connection, a time-out, 408,
 * 409, 429, 5xx): 0 to 10. Default: 2. Creating a key is never sent again once it may have arrived.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_max_retries(streamtoken_client_options *options,
                                                   double retries,
                                                   streamtoken_error **error);

/**
 * How long a call may take with all its attempts and pauses, in seconds with fractions. Default: no limit
 * but those of the attempts.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_deadline(streamtoken_client_options *options,
                                                double seconds,
                                                streamtoken_error **error);

/**
 * Has `debug` called with `user` after every attempt, before the call goes on; NULL ends that. It is called
 * in another thread than the one that made the call, by several at a time when several calls are made; it must
 * return (no `longjmp`, no C++ exception), and must not free the client.
 *
 * Ownership: `options` stays yours; `user` too, and must live as long as every client made of `options`.
 * NULL: `options` must not be NULL; `debug`, `user` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_options_set_debug(streamtoken_client_options *options,
                                             streamtoken_debug debug,
                                             void *user,
                                             streamtoken_error **error);

/**
 * Wipes and frees options. What was made with them lives on.
 *
 * Ownership: takes `options`; they must not be used again.
 * NULL: `options` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_client_options_free(streamtoken_client_options *options);

/**
 * No option given yet.
 *
 * Ownership: `options` is yours; free it with `streamtoken_call_options_free`.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_new(streamtoken_call_options **options,
                                     streamtoken_error **error);

/**
 * Options from JSON text, by the names that the functions here have behind `set_`: `{"account_id": "...",
 * "deadline": 5}`. `null` is *not given*. They can be changed afterwards.
 *
 * Ownership: `json` is only read; `options` is yours, free it with `streamtoken_call_options_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
 * Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108).
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_from_json(const char *json,
                                           size_t json_length,
                                           streamtoken_call_options **options,
                                           streamtoken_error **error);

/**
 * The account that is asked.
 *
 * Ownership: `options` stays yours; `account_id` is copied.
 * NULL: `options` must not be NULL; `account_id` may with length 0; `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_account_id(streamtoken_call_options *options,
                                                const char *account_id,
                                                size_t account_id_length,
                                                streamtoken_error **error);

/**
 * As `streamtoken_client_options_set_timeout`, for this call.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_timeout(streamtoken_call_options *options,
                                             double seconds,
                                             streamtoken_error **error);

/**
 * As `streamtoken_client_options_set_connect_timeout`, for this call.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_connect_timeout(streamtoken_call_options *options,
                                                     double seconds,
                                                     streamtoken_error **error);

/**
 * As `streamtoken_client_options_set_max_retries`, for this call.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_max_retries(streamtoken_call_options *options,
                                                 double retries,
                                                 streamtoken_error **error);

/**
 * As `streamtoken_client_options_set_deadline`, for this call.
 *
 * Ownership: `options` stays yours.
 * NULL: `options` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_deadline(streamtoken_call_options *options,
                                              double seconds,
                                              streamtoken_error **error);

/**
 * Sends a key along, for the API to sign a token with instead of one that the account has there. **A last
 * resort: it sends a private key over the network.** With the key at hand, `streamtoken_signer_sign` mints the
 * same token without a request. Only for `streamtoken_client_create_token`; every other call refuses it.
 *
 * `pem` is any form of key that `streamtoken_signing_key_load` reads; it is sent in the form that Cloudflare
 * wants. Both belong together, and NULL takes one back.
 *
 * Ownership: `options` stays yours; `id` and `pem` are copied, and wiped when `options` is freed.
 * NULL: `options` must not be NULL; `id`, `pem` and `error` may.
 * Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a key that is refused is reported where the options are used.
 * Threads: one at a time for the same `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_call_options_set_key(streamtoken_call_options *options,
                                         const char *id,
                                         size_t id_length,
                                         const char *pem,
                                         size_t pem_length,
                                         streamtoken_error **error);

/**
 * Wipes and frees options. What was made with them lives on.
 *
 * Ownership: takes `options`; they must not be used again.
 * NULL: `options` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_call_options_free(streamtoken_call_options *options);

/**
 * A client with these options.
 *
 * Ownership: `options` is only read and may be freed before the client; `client` is yours, free it with
 * `streamtoken_client_free`.
 * NULL: `options` may be NULL (none is given), and `error`; `client` must not.
 * Errors: `STREAMTOKEN_API_CREDENTIAL_MISSING`, `STREAMTOKEN_API_CREDENTIAL_INVALID`,
 * `STREAMTOKEN_BASE_URL_INVALID`, `STREAMTOKEN_BASE_URL_INSECURE`, `STREAMTOKEN_ACCOUNT_ID_INVALID`,
 * `STREAMTOKEN_PROXY_INVALID`, the codes of options (104 to 108).
 * Threads: any, but not while another thread changes the environment or `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_new(const streamtoken_client_options *options,
                               streamtoken_client **client,
                               streamtoken_error **error);

/**
 * A client with these options, and from the environment what they leave out: `CLOUDFLARE_API_TOKEN`;
 * `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`; `CLOUDFLARE_ACCOUNT_ID`; `CLOUDFLARE_BASE_URL`. A variable of
 * white space alone counts as not set, and white space around a value is dropped.
 *
 * Ownership: `options` is only read and may be freed before the client; `client` is yours, free it with
 * `streamtoken_client_free`.
 * NULL: `options` may be NULL (none is given), and `error`; `client` must not.
 * Errors: as `streamtoken_client_new`.
 * Threads: any, but not while another thread changes the environment or `options`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_from_env(const streamtoken_client_options *options,
                                    streamtoken_client **client,
                                    streamtoken_error **error);

/**
 * A client that mints with `signer`, without any network: the same call, the same options. It has no keys to
 * manage.
 *
 * Ownership: `signer` is only read and may be freed before the client; `client` is yours, free it with
 * `streamtoken_client_free`.
 * NULL: `signer` and `client` must not be NULL; `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_local(const streamtoken_signer *signer,
                                 streamtoken_client **client,
                                 streamtoken_error **error);

/**
 * Asks for a token for `identifier`, a video UID or live-input UID, with the options of
 * `streamtoken_signer_sign` and those of the call.
 *
 * The options are checked before anything is sent. `expires_in` is sent as `exp`, and where `now` is
 * given `exp` and `nbf` are sent as they follow from it; `time_format` and `reuse_window` are for signing
 * locally and are refused. What is probably not meant is told by `streamtoken_token_warnings`. Tokens of the API do
 * not work for WebRTC playback; above a thousand tokens a day, mint them with a signer.
 *
 * Ownership: `client`, `identifier`, `options` and `call` are only read; `token` is yours, free it with
 * `streamtoken_token_free`.
 * NULL: `options` and `call` may be NULL (none is given), and `error`; `client`, `identifier` and `token` must
 * not.
 * Errors: those of `streamtoken_signer_sign`; `STREAMTOKEN_OPTION_NOT_REMOTE`, `STREAMTOKEN_API_ACCOUNT_MISSING`,
 * `STREAMTOKEN_ACCOUNT_ID_INVALID`; the codes of keys (200 to 226) for one that is sent along; those of the API
 * and the network (400 to 449), `STREAMTOKEN_CLIENT_CLOSED`.
 * Threads: any, also at the same time, as long as nobody changes `options` and `call`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_create_token(const streamtoken_client *client,
                                        const char *identifier,
                                        size_t identifier_length,
                                        const streamtoken_sign_options *options,
                                        const streamtoken_call_options *call,
                                        streamtoken_token **token,
                                        streamtoken_error **error);

/**
 * As `streamtoken_client_create_token`, with all options in one JSON object, in wire names: those of
 * `streamtoken_sign_options_from_json`, those of `streamtoken_call_options_from_json`, and `id` and `pem` for
 * `streamtoken_call_options_set_key`.
 *
 * Ownership: `client`, `identifier` and `json` are only read; `token` is yours, free it with
 * `streamtoken_token_free`.
 * NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `client`, `identifier` and `token`
 * must not.
 * Errors: what is not strict JSON (100 to 103), and as `streamtoken_client_create_token`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_create_token_from_json(const streamtoken_client *client,
                                                  const char *identifier,
                                                  size_t identifier_length,
                                                  const char *json,
                                                  size_t json_length,
                                                  streamtoken_token **token,
                                                  streamtoken_error **error);

/**
 * Makes a signing key in the account. Its private parts are shown this once: save them before anything else.
 *
 * It is never asked for again once the request may have arrived; when that fails,
 * `streamtoken_client_list_keys` shows whether a key was made.
 *
 * Ownership: `client` and `call` are only read; `key` is yours and holds the private key,
 * `streamtoken_created_key_free` wipes and frees it.
 * NULL: `call` may be NULL (no option is given), and `error`; `client` and `key` must not.
 * Errors: `STREAMTOKEN_API_ACCOUNT_MISSING`, `STREAMTOKEN_ACCOUNT_ID_INVALID`, the codes of options (104 to
 * 108); those of the API and the network (400 to 449), `STREAMTOKEN_CLIENT_CLOSED`,
 * `STREAMTOKEN_CLIENT_IS_LOCAL`.
 * Threads: any, also at the same time, as long as nobody changes `call`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_create_key(const streamtoken_client *client,
                                      const streamtoken_call_options *call,
                                      streamtoken_created_key **key,
                                      streamtoken_error **error);

/**
 * Lists the signing keys of the account, without their private parts.
 *
 * Ownership: `client` and `call` are only read; `keys` is yours, free it with `streamtoken_key_list_free`.
 * NULL: `call` may be NULL (no option is given), and `error`; `client` and `keys` must not.
 * Errors: as `streamtoken_client_create_key`.
 * Threads: any, also at the same time, as long as nobody changes `call`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_list_keys(const streamtoken_client *client,
                                     const streamtoken_call_options *call,
                                     streamtoken_key_list **keys,
                                     streamtoken_error **error);

/**
 * Deletes the signing key called `id`: **every token signed with it stops working.** `word` is what the API
 * says of it: `Revoked`.
 *
 * Ownership: `client`, `id` and `call` are only read; `word` is yours, free it with `streamtoken_string_free`.
 * NULL: `call` may be NULL (no option is given), and `word_length` and `error`; `client`, `id` and `word` must
 * not.
 * Errors: `STREAMTOKEN_KEY_ID_INVALID`, and as `streamtoken_client_create_key`.
 * Threads: any, also at the same time, as long as nobody changes `call`.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_client_delete_key(const streamtoken_client *client,
                                      const char *id,
                                      size_t id_length,
                                      const streamtoken_call_options *call,
                                      char **word,
                                      size_t *word_length,
                                      streamtoken_error **error);

/**
 * Ends the client: calls of other threads that wait for an answer end with `STREAMTOKEN_CLIENT_CLOSED`, those that
 * connect within their `connect_timeout`, and so does every later one. The client is still to be freed, when no
 * thread uses it any more.
 *
 * Ownership: `client` stays yours.
 * NULL: `client` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, also at the same time, and while others wait for an answer.
 */
void streamtoken_client_close(const streamtoken_client *client);

/**
 * Closes the connections and frees a client. What came of its calls lives on.
 *
 * Ownership: takes `client`; it must not be used again.
 * NULL: `client` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_client_free(streamtoken_client *client);

/**
 * The key's id.
 *
 * Ownership: the text belongs to `key` and goes with it.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_created_key_id(const streamtoken_created_key *key,
                                       size_t *length);

/**
 * The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
 *
 * Ownership: the text belongs to `key` and goes with it; copies that you make of it are yours to wipe.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_created_key_pem(const streamtoken_created_key *key,
                                        size_t *length);

/**
 * The private key as Cloudflare writes it: base64 of a JWK.
 *
 * Ownership: the text belongs to `key` and goes with it; copies that you make of it are yours to wipe.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_created_key_jwk(const streamtoken_created_key *key,
                                        size_t *length);

/**
 * When it was made, in RFC 3339; NULL when the answer does not say.
 *
 * Ownership: the text belongs to `key` and goes with it.
 * NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_created_key_created(const streamtoken_created_key *key,
                                            size_t *length);

/**
 * The key as the API gave it, as JSON: `{"id", "pem", "jwk", "created"}` and whatever else it says, as long as
 * `streamtoken_signing_key_load` and the command line read it (65,536 bytes): it is what to save.
 *
 * Ownership: `json` is yours, and wiped by `streamtoken_string_free`; copies that you make of it are yours to wipe.
 * NULL: `key` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_created_key_to_json(const streamtoken_created_key *key,
                                        char **json,
                                        size_t *json_length,
                                        streamtoken_error **error);

/**
 * The key to sign with.
 *
 * Ownership: `key` is only read; `signing_key` is yours, free it with `streamtoken_signing_key_free`.
 * NULL: `key` and `signing_key` must not be NULL; `error` may.
 * Errors: the codes of keys (200 to 226), for a key that is not understood; it can still be saved.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_created_key_signing_key(const streamtoken_created_key *key,
                                            streamtoken_signing_key **signing_key,
                                            streamtoken_error **error);

/**
 * Wipes and frees a key that was made. Signing keys made of it live on.
 *
 * Ownership: takes `key`; it and its texts must not be used again.
 * NULL: `key` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_created_key_free(streamtoken_created_key *key);

/**
 * How many keys there are.
 *
 * Ownership: nothing changes hands.
 * NULL: `keys` may be NULL; the answer is 0 then.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE size_t streamtoken_key_list_count(const streamtoken_key_list *keys);

/**
 * The id of the key at `index`, counted from 0 in the order of the answer; NULL from
 * `streamtoken_key_list_count` on.
 *
 * Ownership: the text belongs to `keys` and goes with it.
 * NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_key_list_id(const streamtoken_key_list *keys,
                                    size_t index,
                                    size_t *length);

/**
 * The id of the key at `index` under the other name that the answer has for it, `key_id`; NULL from
 * `streamtoken_key_list_count` on.
 *
 * Ownership: the text belongs to `keys` and goes with it.
 * NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_key_list_key_id(const streamtoken_key_list *keys,
                                        size_t index,
                                        size_t *length);

/**
 * When the key at `index` was made, in RFC 3339; NULL when the answer does not say, and from
 * `streamtoken_key_list_count` on.
 *
 * Ownership: the text belongs to `keys` and goes with it.
 * NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
 * Errors: none.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
const char *streamtoken_key_list_created(const streamtoken_key_list *keys,
                                         size_t index,
                                         size_t *length);

/**
 * The keys as a JSON list of objects `{"id", "key_id", "created"}`, each with whatever else the API says of it.
 *
 * Ownership: `json` is yours; free it with `streamtoken_string_free`.
 * NULL: `keys` and `json` must not be NULL; `json_length` and `error` may.
 * Errors: `STREAMTOKEN_POINTER_NULL`.
 * Threads: any, also at the same time.
 */
STREAMTOKEN_MUST_USE
int32_t streamtoken_key_list_to_json(const streamtoken_key_list *keys,
                                     char **json,
                                     size_t *json_length,
                                     streamtoken_error **error);

/**
 * Frees a list of keys.
 *
 * Ownership: takes `keys`; it and its texts must not be used again.
 * NULL: `keys` may be NULL; nothing happens then.
 * Errors: none.
 * Threads: any, once, and not while another thread uses it.
 */
void streamtoken_key_list_free(streamtoken_key_list *keys);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* STREAMTOKEN_H */
