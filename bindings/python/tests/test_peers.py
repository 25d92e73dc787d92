"""Independent peers: they verify our tokens and load our keys, and we load theirs."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc import jws
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import RSAKey

from streamtoken import KeySet, PublicKey, Signer, SigningKey, describe_key, prepare, verify
from support import VIDEO, example_key

KEY = SigningKey.generate()
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
PKCS1 = serialization.PrivateFormat.TraditionalOpenSSL
PKCS8 = serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


def test_pyjwt_verifies_our_tokens() -> None:
    token = Signer(KEY).sign(VIDEO, downloadable=True)
    jwk = jwt.PyJWK.from_json(KEY.public_key.to_jwk())
    claims = jwt.decode(str(token), jwk, algorithms=["RS256"], options={"require": ["exp", "nbf"]})
    assert claims == {
        "sub": VIDEO,
        "kid": KEY.id,
        "exp": token.exp,
        "nbf": token.nbf,
        "downloadable": True,
    }
    assert jwt.get_unverified_header(str(token)) == {"alg": "RS256", "kid": KEY.id}


def test_we_verify_what_pyjwt_signs() -> None:
    claims = {"sub": VIDEO, "exp": int(time.time()) + 60}
    token = jwt.encode(claims, KEY.to_pkcs8_pem(), "RS256", headers={"kid": KEY.id})
    assert verify(token, KeySet(KEY), identifier=VIDEO).exp == claims["exp"]


def test_joserfc_verifies_our_tokens_with_our_set() -> None:
    token = Signer(KEY).sign(VIDEO)
    [jwk] = json.loads(KeySet(KEY).to_jwks())["keys"]
    decoded = joserfc_jwt.decode(str(token), RSAKey.import_key(jwk), algorithms=["RS256"])
    assert decoded.claims["sub"] == VIDEO
    signed = jws.serialize_compact(
        {"alg": "RS256", "kid": KEY.id},
        json.dumps({"sub": VIDEO, "exp": token.exp}),
        RSAKey.import_key(json.loads(KEY.to_jwk())),
        algorithms=["RS256"],
    )
    assert verify(signed, KeySet(KEY)).sub == VIDEO


def test_cryptography_signs_for_a_prepared_token() -> None:
    theirs = serialization.load_pem_private_key(KEY.to_pkcs8_pem().encode(), None)
    assert isinstance(theirs, rsa.RSAPrivateKey)
    half = prepare(KEY.public_key, VIDEO)
    signature = theirs.sign(half.signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert verify(half.finish(signature), KeySet(KEY), identifier=VIDEO).kid == KEY.id


@pytest.mark.parametrize("key", [KEY, example_key()], ids=["generated", "published"])
def test_our_exports_load_in_cryptography(key: SigningKey) -> None:
    public = key.public_key.to_pem().encode()
    wanted = serialization.load_pem_public_key(public)
    for text in (key.to_pkcs1_pem(), key.to_pkcs8_pem()):
        theirs = serialization.load_pem_private_key(text.encode(), None)
        assert theirs.public_key() == wanted
    jwk = jwt.PyJWK.from_json(key.to_jwk())
    assert jwk.key.public_key() == wanted


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_keys_of_cryptography_load_here(bits: int) -> None:
    theirs = rsa.generate_private_key(65537, bits)
    for encoding in (PEM, DER):
        for form in (PKCS1, PKCS8):
            text = theirs.private_bytes(encoding, form, PLAIN)
            ours = SigningKey.load(text, "theirs")
            assert ours.bits == bits
            assert describe_key(text).private
            loaded = serialization.load_pem_private_key(ours.to_pkcs8_pem().encode(), None)
            assert isinstance(loaded, rsa.RSAPrivateKey)
            assert loaded.private_numbers() == theirs.private_numbers()
    for public_form in (
        serialization.PublicFormat.SubjectPublicKeyInfo,
        serialization.PublicFormat.PKCS1,
    ):
        text = theirs.public_key().public_bytes(PEM, public_form)
        assert PublicKey.load(text, "theirs") == ours.public_key
    token = Signer(ours).sign(VIDEO)
    decoded = jwt.decode(str(token), theirs.public_key(), algorithms=["RS256"])
    assert decoded["sub"] == VIDEO
