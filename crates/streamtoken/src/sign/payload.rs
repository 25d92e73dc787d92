//! The bytes of header and payload. RS256 is deterministic, so order and spacing here decide whether
//! two surfaces mint the same token.

use jsonwebtoken::{Algorithm, Header};
use serde::{Serialize, Serializer};

use crate::options::{Flags, Times};
use crate::{AccessRules, Error, ErrorCode, Result, SignOptions, TimeFormat, base64url};

/// `b64url({"alg":"RS256","kid":…})`, as Cloudflare writes it: no `typ`.
pub(super) fn header(key_id: &str) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.typ = None;
    header.kid = Some(key_id.to_owned());
    let json = serde_json::to_vec(&header).expect("a header of two strings is JSON");
    base64url::encode(&json)
}

/// The payload's compact JSON.
pub(super) fn payload(
    identifier: &str,
    key_id: &str,
    times: Times,
    options: &SignOptions,
) -> Result<Vec<u8>> {
    let format = options.time_format;
    let payload = Payload {
        sub: identifier,
        kid: key_id,
        exp: Seconds(times.exp, format),
        nbf: Seconds(times.nbf, format),
        downloadable: options.downloadable,
        access_rules: &options.access_rules,
        flags: options.flags,
    };
    serde_json::to_vec(&payload).map_err(|_| Error::from(ErrorCode::Internal))
}

/// Members in Cloudflare's order; absent where empty or false.
#[derive(Serialize)]
struct Payload<'a> {
    sub: &'a str,
    kid: &'a str,
    exp: Seconds,
    nbf: Seconds,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    downloadable: bool,
    #[serde(rename = "accessRules", skip_serializing_if = "AccessRules::is_empty")]
    access_rules: &'a AccessRules,
    #[serde(skip_serializing_if = "Flags::is_empty")]
    flags: Flags,
}

struct Seconds(u64, TimeFormat);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.1 {
            TimeFormat::Number => serializer.serialize_u64(self.0),
            TimeFormat::String => serializer.collect_str(&self.0),
        }
    }
}
