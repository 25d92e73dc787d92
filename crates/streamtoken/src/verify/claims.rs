//! From a payload whose signature was checked to claims. Present but not understood is a refusal.

use serde::Serialize;

use crate::options::Flags;
use crate::time::saturate;
use crate::{AccessRules, Error, ErrorCode, Result, Value, id};

/// What a verified token says. Only [`verify`](crate::verify) makes one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claims {
    sub: String,
    kid: String,
    exp: u64,
    nbf: Option<u64>,
    downloadable: bool,
    #[serde(rename = "accessRules")]
    access_rules: AccessRules,
    flags: Flags,
    other: Value,
}

impl Claims {
    /// The names of all members, in the order in which they are written.
    pub const NAMES: &'static [&'static str] = &[
        "sub",
        "kid",
        "exp",
        "nbf",
        "downloadable",
        "accessRules",
        "flags",
        "other",
    ];

    /// The video UID or live-input UID that the token is for.
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// The id of the key that signed the token.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The token is not accepted from this time on, in epoch seconds.
    pub fn exp(&self) -> u64 {
        self.exp
    }

    /// The token is not accepted before this time, in epoch seconds; `None` when the token does not
    /// say.
    pub fn nbf(&self) -> Option<u64> {
        self.nbf
    }

    /// Whether the token reaches the MP4 download links.
    pub fn downloadable(&self) -> bool {
        self.downloadable
    }

    /// The access rules. They were evaluated for the viewer of the context; Cloudflare evaluates them
    /// again during the view.
    pub fn access_rules(&self) -> &AccessRules {
        &self.access_rules
    }

    /// The flags of Cloudflare's API.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// All claims that have no meaning here (`iat` and others), as an object.
    pub fn other(&self) -> &Value {
        &self.other
    }
}

/// Claims on their way: types are checked, `sub` and the rules are not yet.
pub(super) struct Draft {
    pub(super) claims: Claims,
    sub: Option<String>,
    rules: Option<Value>,
}

impl Draft {
    /// Reads a payload; the first claim with a form that is not understood is the error.
    pub(super) fn read(kid: &str, payload: Value) -> Result<Self> {
        let Value::Object(members) = payload else {
            return Err(ErrorCode::TokenJson.into());
        };
        let mut draft = Self::new(kid);
        let mut exp = None;
        let mut other = Vec::new();
        for (name, value) in members {
            match name.as_str() {
                "kid" => {}
                "exp" => exp = Some(seconds("exp", &value)?),
                "sub" | "nbf" | "downloadable" | "accessRules" | "flags" => {
                    draft.take(&name, value)?;
                }
                _ => other.push((name, value)),
            }
        }
        draft.claims.exp = exp.ok_or_else(|| Error::from(ErrorCode::ExpMissing).at("/exp"))?;
        draft.claims.other = Value::Object(other);
        Ok(draft)
    }

    fn new(kid: &str) -> Self {
        Self {
            claims: Claims {
                sub: String::new(),
                kid: kid.to_owned(),
                exp: 0,
                nbf: None,
                downloadable: false,
                access_rules: AccessRules::default(),
                flags: Flags::new(),
                other: Value::Null,
            },
            sub: None,
            rules: None,
        }
    }

    /// Takes a claim that is optional as far as its type goes.
    fn take(&mut self, name: &str, value: Value) -> Result<()> {
        match (name, value) {
            ("nbf", value) => self.claims.nbf = Some(seconds("nbf", &value)?),
            ("flags", value) => self.claims.flags = flags(&value)?,
            ("sub", Value::String(sub)) => self.sub = Some(sub),
            ("sub", _) => return Err(not_understood("sub", "a string")),
            ("downloadable", Value::Bool(flag)) => self.claims.downloadable = flag,
            ("downloadable", _) => return Err(not_understood("downloadable", "a boolean")),
            (_, rules @ Value::Array(_)) => self.rules = Some(rules),
            (_, _) => return Err(not_understood("accessRules", "a list")),
        }
        Ok(())
    }

    /// Asks for a well-formed `sub`, and for the one that the caller wants.
    pub(super) fn check_sub(&mut self, wanted: Option<&str>) -> Result<()> {
        let sub = self.sub.take().ok_or(ErrorCode::SubMissing);
        let sub = sub.map_err(|code| Error::from(code).at("/sub"))?;
        if !id::is_id(&sub, id::MAX_IDENTIFIER) {
            return Err(Error::from(ErrorCode::SubInvalid).at("/sub"));
        }
        if wanted.is_some_and(|wanted| wanted != sub) {
            return Err(Error::from(ErrorCode::SubMismatch).at("/sub"));
        }
        self.claims.sub = sub;
        Ok(())
    }

    /// Reads the rules.
    pub(super) fn read_rules(&mut self) -> Result<()> {
        if let Some(rules) = self.rules.take() {
            self.claims.access_rules = AccessRules::from_token(&rules)?;
        }
        Ok(())
    }
}

const TIME: &str = "whole epoch seconds, as a number or a decimal string";

/// What a token that was not verified says of its subject and its times.
#[cfg(feature = "http")]
pub(super) struct TimesAndSubject {
    pub(super) sub: String,
    pub(super) exp: u64,
    pub(super) nbf: Option<u64>,
}

/// Reads no more than that.
#[cfg(feature = "http")]
pub(super) fn times_and_subject(payload: &Value) -> Result<TimesAndSubject> {
    let sub = payload.get("sub").and_then(Value::as_str);
    let sub = sub.filter(|sub| id::is_id(sub, id::MAX_IDENTIFIER));
    let time = |claim: &str| payload.get(claim).map(|value| seconds(claim, value));
    Ok(TimesAndSubject {
        sub: sub.ok_or(ErrorCode::SubInvalid)?.to_owned(),
        exp: time("exp").ok_or(ErrorCode::ExpMissing)??,
        nbf: time("nbf").transpose()?,
    })
}

/// The forms of a time in the wild: an integer, an integral float in any spelling, a canonical decimal
/// string. `str::parse` takes `+5` and `007`, which no issuer writes.
pub(crate) fn seconds(claim: &str, value: &Value) -> Result<u64> {
    let seconds = match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        Value::Float(number) if *number >= 0.0 && number.fract() == 0.0 => {
            (*number < 18_446_744_073_709_551_616.0).then(|| saturate(*number))
        }
        Value::String(text) => text
            .parse()
            .ok()
            .filter(|number: &u64| number.to_string() == *text),
        _ => None,
    };
    seconds.ok_or_else(|| not_understood(claim, TIME))
}

pub(crate) fn flags(value: &Value) -> Result<Flags> {
    let members = value
        .as_object()
        .ok_or_else(|| not_understood("flags", "an object"))?;
    match members {
        [] => Ok(Flags::new()),
        [(name, Value::Bool(original))] if name == "original" => {
            Ok(Flags::new().with_original(*original))
        }
        _ => Err(not_understood(
            "flags",
            "an object whose only member is the boolean original",
        )),
    }
}

fn not_understood(claim: &str, wanted: &str) -> Error {
    Error::new(ErrorCode::ClaimType, format!("{claim} must be {wanted}")).at(format!("/{claim}"))
}
