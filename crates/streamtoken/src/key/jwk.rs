//! JWKs (RFC 7517, 7518): one key, or a member of a set.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::der::not_rsa;
use super::form::{Form, Material};
use super::parts::{MAX_BITS, Parts, PrivateParts, PublicParts, Secret, trimmed};
use super::read::decode;
use crate::id::{MAX_KEY_ID, is_id};
use crate::{Error, ErrorCode, Result, Value};

/// Reads the JWK with these members.
pub(super) fn read(members: &[(String, Value)]) -> Result<Material> {
    let jwk = Jwk(members);
    jwk.check_type()?;
    if jwk.get("oth").is_some() {
        return Err(member(
            "oth",
            "the key has more than two primes; use a key with two",
        ));
    }
    let private = PRIVATE.iter().any(|name| jwk.get(name).is_some());
    jwk.check_purpose(if private { "sign" } else { "verify" })?;
    let parts = if private {
        Parts::Private(jwk.private_parts()?)
    } else {
        Parts::Public(jwk.public_parts()?)
    };
    Ok(Material {
        parts,
        id: jwk.id()?,
        form: Form {
            base64: false,
            name: if private { "a JWK" } else { "a public JWK" },
        },
    })
}

/// Reads a member of a JWK set: `None` when it is a key of another type or for another purpose. Of a
/// private JWK only the public members are read.
pub(super) fn read_set_member(value: &Value) -> Result<Option<(PublicParts, String)>> {
    let jwk = Jwk(value
        .as_object()
        .ok_or_else(|| malformed("a key of the set is not an object"))?);
    if jwk
        .string("kty")
        .map_err(as_malformed)?
        .ok_or_else(|| malformed("a key of the set has no kty"))?
        != "RSA"
    {
        return Ok(None);
    }
    if !jwk.is_for_tokens()? {
        return Ok(None);
    }
    let id = jwk.id().map_err(as_malformed)?;
    let id = id.ok_or_else(|| malformed("an RSA key of the set has no kid").at("/kid"))?;
    let parts = jwk.public_parts().map_err(as_malformed)?;
    parts.check().map_err(as_malformed)?;
    Ok(Some((parts, id)))
}

struct Jwk<'a>(&'a [(String, Value)]);

impl<'a> Jwk<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0
            .iter()
            .find_map(|(member, value)| (member == name).then_some(value))
    }

    /// A member that must be a string when it is there.
    fn string(&self, name: &str) -> Result<Option<&'a str>> {
        self.get(name)
            .map(|value| {
                value.as_str().ok_or_else(|| {
                    member(
                        name,
                        &format!("{name} of the JWK is {}, not a string", value.kind()),
                    )
                })
            })
            .transpose()
    }

    fn check_type(&self) -> Result<()> {
        Err(match self.string("kty")? {
            Some("RSA") => return Ok(()),
            Some("EC") => not_rsa("an EC key"),
            Some("OKP") => not_rsa("an Ed25519, Ed448 or X25519 key"),
            Some("oct") => not_rsa("a symmetric key"),
            _ => not_rsa("of another type"),
        }
        .at("/kty"))
    }

    /// Refuses a key that says it is for something else than `operation` under RS256.
    fn check_purpose(&self, operation: &str) -> Result<()> {
        if !matches!(self.string("use")?, None | Some("sig")) {
            return Err(member("use", "use of the JWK must be sig or absent"));
        }
        if !matches!(self.string("alg")?, None | Some("RS256")) {
            return Err(member("alg", "alg of the JWK must be RS256 or absent"));
        }
        let Some(operations) = self.get("key_ops") else {
            return Ok(());
        };
        let names: Option<Vec<&str>> = operations
            .as_array()
            .and_then(|list| list.iter().map(Value::as_str).collect());
        let fits = names.is_some_and(|names| {
            names.contains(&operation) && names.iter().all(|name| ["sign", "verify"].contains(name))
        });
        if fits {
            return Ok(());
        }
        Err(member(
            "key_ops",
            &format!(
                "key_ops of the JWK must have {operation} and nothing but sign and verify, or be absent"
            ),
        ))
    }

    /// The same as [`Self::check_purpose`] for a set, where other keys are no fault.
    fn is_for_tokens(&self) -> Result<bool> {
        let own_use = matches!(
            self.string("use").map_err(as_malformed)?,
            None | Some("sig")
        );
        let own_algorithm = matches!(
            self.string("alg").map_err(as_malformed)?,
            None | Some("RS256")
        );
        let own_operations = match self.get("key_ops") {
            None => true,
            Some(Value::Array(names)) => names
                .iter()
                .any(|name| matches!(name.as_str(), Some("sign" | "verify"))),
            Some(_) => {
                return Err(malformed("key_ops of a key of the set is not a list").at("/key_ops"));
            }
        };
        Ok(own_use && own_algorithm && own_operations)
    }

    fn id(&self) -> Result<Option<String>> {
        match self.string("kid")? {
            Some(id) if !is_id(id, MAX_KEY_ID) => Err(member(
                "kid",
                "kid of the JWK must have 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'",
            )),
            id => Ok(id.map(str::to_owned)),
        }
    }

    fn public_parts(&self) -> Result<PublicParts> {
        let modulus = self.number("n")?;
        let exponent = self.number("e")?;
        Ok(PublicParts {
            n: trimmed(&modulus),
            e: trimmed(&exponent),
        })
    }

    fn private_parts(&self) -> Result<PrivateParts> {
        let secret = |name| {
            self.number(name)
                .map(|bytes| Zeroizing::new(trimmed(&bytes)))
        };
        let [d, p, q, dp, dq, qi] = PRIVATE;
        Ok(PrivateParts {
            public: self.public_parts()?,
            d: secret(d)?,
            p: secret(p)?,
            q: secret(q)?,
            dp: secret(dp)?,
            dq: secret(dq)?,
            qi: secret(qi)?,
        })
    }

    /// A number in strict base64url. Its length is looked at before it is decoded.
    fn number(&self, name: &str) -> Result<Secret> {
        let text = self.string(name)?.ok_or_else(|| {
            Error::new(
                ErrorCode::KeyJwkIncomplete,
                format!("the JWK lacks {name}; a public key has n and e, a private key d, p, q, dp, dq and qi besides"),
            )
            .at(format!("/{name}"))
        })?;
        if text.len() > LONGEST {
            return Err(too_long(name));
        }
        decode(&URL_SAFE_NO_PAD, text.as_bytes()).ok_or_else(|| {
            member(
                name,
                &format!("{name} of the JWK is not unpadded base64url"),
            )
        })
    }
}

fn too_long(name: &str) -> Error {
    let code = if name == "n" {
        ErrorCode::KeySize
    } else {
        ErrorCode::KeyMalformed
    };
    Error::new(
        code,
        format!(
            "{name} of the JWK has more than {MAX_BITS} bits; use a key of 2048 to {MAX_BITS} bits"
        ),
    )
    .at(format!("/{name}"))
}

fn member(name: &str, message: &str) -> Error {
    Error::new(ErrorCode::KeyJwkMember, message).at(format!("/{name}"))
}

fn malformed(message: &str) -> Error {
    Error::new(ErrorCode::KeySetMalformed, message)
}

/// The reason of a refusal, under the code of the set.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err wants"
)]
fn as_malformed(error: Error) -> Error {
    let refused = malformed(error.message());
    match error.field() {
        Some(field) => refused.at(field),
        None => refused,
    }
}

const PRIVATE: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];
/// Longest text of a number: 4096 bits and one leading zero byte, which some writers add.
const LONGEST: usize = (MAX_BITS as usize / 8 + 1).div_ceil(3) * 4;
