//! Keys as text. Buffers are sized before they are filled: one that grows leaves copies behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{
    self, EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _, LineEnding, RsaPrivateKeyRef,
    RsaPublicKeyRef, UintRef,
};
use rsa::pkcs8::der::asn1::{BitStringRef, OctetStringRef};
use rsa::pkcs8::{Document, PrivateKeyInfoRef, SecretDocument, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::parts::{PrivateParts, PublicParts};
use crate::base64url;

/// The length of a checked key fits every DER length field.
const ENCODES: &str = "a key of at most 4096 bits has a DER encoding";

pub(super) fn pkcs1_pem(parts: &PrivateParts) -> Zeroizing<String> {
    pkcs1(parts)
        .to_pem("RSA PRIVATE KEY", LineEnding::LF)
        .expect(ENCODES)
}

pub(super) fn pkcs8_pem(parts: &PrivateParts) -> Zeroizing<String> {
    let inner = pkcs1(parts);
    let octets = OctetStringRef::new(inner.as_bytes()).expect(ENCODES);
    let info = PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, octets);
    SecretDocument::encode_msg(&info)
        .and_then(|document| document.to_pem("PRIVATE KEY", LineEnding::LF))
        .expect(ENCODES)
}

pub(super) fn spki_pem(parts: &PublicParts) -> String {
    let inner = RsaPublicKeyRef {
        modulus: uint(&parts.n),
        public_exponent: uint(&parts.e),
    }
    .to_pkcs1_der()
    .expect(ENCODES);
    let info = SubjectPublicKeyInfoRef {
        algorithm: pkcs1::ALGORITHM_ID,
        subject_public_key: BitStringRef::from_bytes(inner.as_bytes()).expect(ENCODES),
    };
    Document::encode_msg(&info)
        .and_then(|document| document.to_pem("PUBLIC KEY", LineEnding::LF))
        .expect(ENCODES)
}

/// The private JWK in the order in which Cloudflare writes it.
pub(super) fn private_jwk(parts: &PrivateParts, id: &str) -> Zeroizing<String> {
    let members: [(&str, &[u8]); 8] = [
        ("n", &parts.public.n),
        ("e", &parts.public.e),
        ("d", &parts.d),
        ("p", &parts.p),
        ("q", &parts.q),
        ("dp", &parts.dp),
        ("dq", &parts.dq),
        ("qi", &parts.qi),
    ];
    let numbers: usize = members
        .iter()
        .map(|(_, number)| number.len() * 4 / 3 + 16)
        .sum();
    let mut text = Zeroizing::new(String::with_capacity(64 + id.len() + numbers));
    for piece in [
        r#"{"use":"sig","kty":"RSA","kid":""#,
        id,
        r#"","alg":"RS256""#,
    ] {
        text.push_str(piece);
    }
    for (name, number) in members {
        for piece in [",\"", name, "\":\""] {
            text.push_str(piece);
        }
        base64url::append(&mut text, number);
        text.push('"');
    }
    text.push('}');
    text
}

pub(super) fn base64(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len().div_ceil(3) * 4));
    STANDARD.encode_string(text, &mut out);
    out
}

fn pkcs1(parts: &PrivateParts) -> SecretDocument {
    RsaPrivateKeyRef {
        modulus: uint(&parts.public.n),
        public_exponent: uint(&parts.public.e),
        private_exponent: uint(&parts.d),
        prime1: uint(&parts.p),
        prime2: uint(&parts.q),
        exponent1: uint(&parts.dp),
        exponent2: uint(&parts.dq),
        coefficient: uint(&parts.qi),
        other_prime_infos: None,
    }
    .to_pkcs1_der()
    .expect(ENCODES)
}

fn uint(bytes: &[u8]) -> UintRef<'_> {
    UintRef::new(bytes).expect(ENCODES)
}
