//! DER: what a sequence is, by the types of its members, and the numbers in it.

use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef, UintRef};
use rsa::pkcs8::der::asn1::AnyRef;
use rsa::pkcs8::der::{Decode, ErrorKind, Reader, SliceReader, Tag, TagNumber, Tagged};
use rsa::pkcs8::spki::AlgorithmIdentifierRef;
use rsa::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::form::{Form, Material};
use super::parts::{Parts, PrivateParts, PublicParts, Secret};
use super::pem;
use crate::{Error, ErrorCode, Result};

/// The four encodings of an RSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pkcs1,
    Pkcs8,
    Spki,
    Pkcs1Public,
}

impl Kind {
    pub(super) fn der_name(self) -> &'static str {
        match self {
            Self::Pkcs1 => "PKCS#1 DER",
            Self::Pkcs8 => "PKCS#8 DER",
            Self::Spki => "SPKI DER",
            Self::Pkcs1Public => "PKCS#1 public DER",
        }
    }

    pub(super) fn pem_name(self) -> &'static str {
        match self {
            Self::Pkcs1 => "a PKCS#1 PEM",
            Self::Pkcs8 => "a PKCS#8 PEM",
            Self::Spki => "an SPKI PEM",
            Self::Pkcs1Public => "a PKCS#1 public PEM",
        }
    }
}

/// Reads the key in a DER document.
pub(super) fn read(der: &[u8]) -> Result<Material> {
    read_kind(der).map(|(material, _)| material)
}

/// Reads the key in a DER document and tells which encoding it is.
pub(super) fn read_kind(der: &[u8]) -> Result<(Material, Kind)> {
    let tags: Vec<Tag> = members(der)?.iter().map(Tagged::tag).collect();
    let kind = kind(&tags)?;
    let parts = match kind {
        Kind::Pkcs1 => Parts::Private(pkcs1(der)?),
        Kind::Pkcs8 => pkcs8(der, &tags)?,
        Kind::Spki => spki(der)?,
        Kind::Pkcs1Public => Parts::Public(pkcs1_public(der)?),
    };
    let form = Form {
        base64: false,
        name: kind.der_name(),
    };
    let material = Material {
        parts,
        id: None,
        form,
    };
    Ok((material, kind))
}

/// What a sequence with members of these types is.
fn kind(tags: &[Tag]) -> Result<Kind> {
    use Tag::{BitString, Integer, OctetString, Sequence};
    Err(match tags {
        [Integer, Sequence, OctetString, ..] => return Ok(Kind::Pkcs8),
        [Sequence, BitString] => return Ok(Kind::Spki),
        [Integer, Integer] => return Ok(Kind::Pkcs1Public),
        [Integer, Integer, Integer, Integer, Integer, Integer] => not_rsa("a DSA key"),
        [Integer, Integer, Integer, ..] => return Ok(Kind::Pkcs1),
        [Sequence, OctetString] => pem::encrypted(),
        [Sequence, Sequence, BitString] => certificate(),
        [Integer, OctetString, ..] => not_rsa("an EC key"),
        [Integer, Sequence, ..] => other_container(),
        _ => malformed("it is no RSA key"),
    })
}

/// The refusal of a key of another type, `what`.
pub(super) fn not_rsa(what: &str) -> Error {
    Error::new(
        ErrorCode::KeyNotRsa,
        format!("the key is {what}; Cloudflare Stream's tokens are signed with RSA keys"),
    )
}

pub(super) fn certificate() -> Error {
    Error::new(
        ErrorCode::KeyIsCertificate,
        "the text is a certificate or a certificate request; give the key that belongs to it",
    )
}

/// The members of the one sequence that makes up the document.
fn members(der: &[u8]) -> Result<Vec<AnyRef<'_>>> {
    let outer: AnyRef<'_> = decode(der)?;
    if outer.tag() != Tag::Sequence {
        return Err(malformed("it is no sequence"));
    }
    let mut reader = SliceReader::new(outer.value()).map_err(fault)?;
    let mut members = Vec::new();
    while !reader.is_finished() {
        members.push(AnyRef::decode(&mut reader).map_err(fault)?);
    }
    Ok(members)
}

/// PKCS#8. The algorithm is looked at first, so that a key of another type is named.
fn pkcs8(der: &[u8], tags: &[Tag]) -> Result<Parts> {
    check_algorithm(members(der)?[1])?;
    if !tags[3..]
        .iter()
        .all(|tag| is_attributes_or_public_key(*tag))
    {
        return Err(trailing());
    }
    let info: PrivateKeyInfoRef<'_> = decode(der)?;
    let parts = pkcs1(info.private_key.as_bytes())?;
    if let Some(public) = info.public_key {
        let public = public
            .as_bytes()
            .ok_or_else(|| malformed("its public key is no whole number of bytes"))?;
        if pkcs1_public(public)? != parts.public {
            return Err(Error::new(
                ErrorCode::KeyInconsistent,
                "the PKCS#8 document holds the public key of another private key; get the key again from its source",
            ));
        }
    }
    Ok(Parts::Private(parts))
}

/// The two members that PKCS#8 knows after the key: `[0]` attributes and `[1]` public key.
fn is_attributes_or_public_key(tag: Tag) -> bool {
    matches!(tag, Tag::ContextSpecific { number, .. } if number <= TagNumber(1))
}

fn spki(der: &[u8]) -> Result<Parts> {
    check_algorithm(members(der)?[0])?;
    let info: SubjectPublicKeyInfoRef<'_> = decode(der)?;
    let inner = info
        .subject_public_key
        .as_bytes()
        .ok_or_else(|| malformed("its public key is no whole number of bytes"))?;
    pkcs1_public(inner).map(Parts::Public)
}

fn pkcs1(der: &[u8]) -> Result<PrivateParts> {
    let key: RsaPrivateKeyRef<'_> = decode(der)?;
    if key.other_prime_infos.is_some() {
        return Err(Error::new(
            ErrorCode::KeyMalformed,
            "the key has more than two primes; use a key with two",
        ));
    }
    Ok(PrivateParts {
        public: PublicParts {
            n: key.modulus.as_bytes().to_vec(),
            e: key.public_exponent.as_bytes().to_vec(),
        },
        d: secret(key.private_exponent),
        p: secret(key.prime1),
        q: secret(key.prime2),
        dp: secret(key.exponent1),
        dq: secret(key.exponent2),
        qi: secret(key.coefficient),
    })
}

fn pkcs1_public(der: &[u8]) -> Result<PublicParts> {
    let key: RsaPublicKeyRef<'_> = decode(der)?;
    Ok(PublicParts {
        n: key.modulus.as_bytes().to_vec(),
        e: key.public_exponent.as_bytes().to_vec(),
    })
}

fn secret(number: UintRef<'_>) -> Secret {
    Zeroizing::new(number.as_bytes().to_vec())
}

/// Refuses an algorithm that is not plain RSA, by name.
fn check_algorithm(identifier: AnyRef<'_>) -> Result<()> {
    let identifier: AlgorithmIdentifierRef<'_> = identifier.decode_as().map_err(fault)?;
    if identifier.oid == RSA {
        let null = identifier.parameters.is_some_and(AnyRef::is_null);
        return if null {
            Ok(())
        } else {
            Err(malformed(
                "its RSA algorithm has parameters other than NULL",
            ))
        };
    }
    if identifier.oid == RSA_PSS {
        return Err(Error::new(
            ErrorCode::KeyPssOnly,
            "the key is restricted to RSASSA-PSS; tokens need RSASSA-PKCS1-v1_5, so make a plain RSA key",
        ));
    }
    let name = OTHER_ALGORITHMS
        .iter()
        .find_map(|(oid, name)| (*oid == identifier.oid).then_some(*name));
    Err(not_rsa(name.unwrap_or("of another type")))
}

/// Decodes the whole of `der`: what is left over is an error.
fn decode<'a, T: Decode<'a>>(der: &'a [u8]) -> Result<T>
where
    rsa::pkcs8::der::Error: From<T::Error>,
{
    T::from_der(der).map_err(|error| fault(error.into()))
}

fn fault(error: rsa::pkcs8::der::Error) -> Error {
    match error.kind() {
        ErrorKind::TrailingData { .. } => trailing(),
        ErrorKind::Incomplete { .. } => malformed("it is cut off"),
        _ => malformed("it is not valid DER"),
    }
}

fn trailing() -> Error {
    Error::new(
        ErrorCode::KeyTrailingData,
        "there is data after the key in its DER encoding; get the key again from its source",
    )
}

fn malformed(what: &str) -> Error {
    Error::new(
        ErrorCode::KeyMalformed,
        format!("the key's encoding is damaged: {what}; get the key again from its source"),
    )
}

fn other_container() -> Error {
    Error::new(
        ErrorCode::KeyUnrecognized,
        "the text is a container such as PKCS#12; take the key out with `openssl pkcs12 -in FILE -nocerts -nodes | openssl rsa -out KEY`",
    )
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const OTHER_ALGORITHMS: [(ObjectIdentifier, &str); 8] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7"),
        "restricted to RSAES-OAEP encryption",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.10045.2.1"),
        "an EC key",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.10040.4.1"),
        "a DSA key",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1"),
        "a DH key",
    ),
    (ObjectIdentifier::new_unwrap("1.3.101.110"), "an X25519 key"),
    (ObjectIdentifier::new_unwrap("1.3.101.111"), "an X448 key"),
    (
        ObjectIdentifier::new_unwrap("1.3.101.112"),
        "an Ed25519 key",
    ),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "an Ed448 key"),
];
