"""Keys: forms, secrets, sets, the environment."""

import copy
import json
import pickle
from pathlib import Path

import pytest

from streamtoken import (
    InputError,
    KeyInfo,
    KeySet,
    PublicKey,
    SigningKey,
    SigningKeyError,
    describe_key,
)
from support import EXAMPLE, VIDEO, example_key, example_signer

FORMS = ("pkcs1_pem", "pkcs8_pem", "jwk", "pem_base64", "jwk_base64")


def secrets() -> "set[str]":
    """Pieces of the example key that nothing but an export may show."""
    key = example_key()
    public = key.public_key.to_jwk() + key.public_key.to_pem()
    texts = [getattr(key, f"to_{form}")() for form in FORMS]
    pieces = {text[at : at + 16] for text in texts for at in range(len(text) - 15)}
    return {piece for piece in pieces if piece not in public and "KEY" not in piece}


def test_keys_do_not_show_themselves() -> None:
    key, signer = example_key(), example_signer()
    assert repr(key) == f'SigningKey(id="{EXAMPLE["key_id"]}", bits=2048)'
    shown = [repr(key), str(key), f"{key}", repr(signer), repr(vars), str(dir(key))]
    shown += [repr(describe_key(key.to_jwk())), repr(key.public_key), repr(KeySet(key))]
    hidden = secrets()
    assert any(piece in key.to_jwk() for piece in hidden)
    for text in shown:
        assert not any(piece in text for piece in hidden), text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_keys_refuse_to_be_pickled(protocol: int) -> None:
    for secret in (example_key(), example_signer(), [example_key()]):
        with pytest.raises(TypeError, match="a signing key is not pickled"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(example_key().public_key, protocol)


def test_a_copy_is_the_same_object() -> None:
    for secret in (example_key(), example_signer()):
        assert copy.copy(secret) is secret
        assert copy.deepcopy(secret) is secret


def test_keys_have_no_dict_to_write_to() -> None:
    key = example_key()
    with pytest.raises(AttributeError):
        key.id = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        key.note = "x"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        type("Sub", (SigningKey,), {})


@pytest.mark.parametrize("form", FORMS)
def test_every_form_loads_again(form: str) -> None:
    key = example_key()
    text = getattr(key, f"to_{form}")()
    for given in (text, text.encode(), bytearray(text.encode())):
        assert SigningKey.load(given, key.id).to_jwk() == key.to_jwk()
    assert PublicKey.load(text, key.id) == key.public_key
    assert KeySet.load(text, key.id).get(key.id) == key.public_key


def test_a_made_key_is_like_cloudflares() -> None:
    key = SigningKey.generate()
    assert key.bits == 2048
    assert len(key.id) == 32
    assert int(key.id, 16) >= 0
    assert SigningKey.load(key.to_jwk()).public_key == key.public_key


def test_a_public_key_is_a_value() -> None:
    key = example_key().public_key
    other = SigningKey.generate().public_key
    assert key == PublicKey.load(key.to_pem(), key.id)
    assert key != other
    assert key != key.id
    assert len({key, PublicKey.load(key.to_jwk()), other}) == 2
    assert KeyInfo is type(describe_key(key.to_pem()))
    assert describe_key(key.to_pem()) == describe_key(key.to_pem())


def test_sets_of_keys() -> None:
    key, other = example_key(), SigningKey.generate()
    keys = KeySet(key, other.public_key, key)
    assert [one.id for one in keys] == [key.id, other.id]
    assert keys.get("nobody") is None
    assert [member["kid"] for member in json.loads(keys.to_jwks())["keys"]] == [key.id, other.id]
    with pytest.raises(SigningKeyError) as caught:
        KeySet()
    assert caught.value.code == "key_set_empty"
    with pytest.raises(SigningKeyError) as caught:
        KeySet.load("")
    assert caught.value.code == "key_not_given"
    with pytest.raises(InputError) as refused:
        KeySet([key])  # type: ignore[arg-type]
    assert refused.value.message == "a SigningKey or PublicKey is wanted here, not a list"


def test_the_environment_names_the_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CLOUDFLARE_STREAM_KEY", "CLOUDFLARE_STREAM_KEY_FILE", "CLOUDFLARE_STREAM_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SigningKeyError) as caught:
        SigningKey.from_env()
    assert caught.value.code == "key_not_given"
    monkeypatch.setenv("CLOUDFLARE_STREAM_KEY", EXAMPLE["pem_base64"])
    monkeypatch.setenv("CLOUDFLARE_STREAM_KEY_ID", EXAMPLE["key_id"])
    assert SigningKey.from_env().to_jwk() == example_key().to_jwk()
    file = tmp_path / "key"
    file.write_text(example_key().to_jwk())
    monkeypatch.setenv("CLOUDFLARE_STREAM_KEY_FILE", str(file))
    with pytest.raises(SigningKeyError) as caught:
        SigningKey.from_env()
    assert caught.value.code == "key_conflict"
    monkeypatch.delenv("CLOUDFLARE_STREAM_KEY")
    assert SigningKey.from_env().id == EXAMPLE["key_id"]


def test_errors_about_keys_hold_no_key() -> None:
    hidden = secrets()
    pem = example_key().to_pkcs8_pem()
    with pytest.raises(SigningKeyError) as caught:
        SigningKey.load(pem.replace("M", "N", 1), "k")
    with pytest.raises(InputError) as named:
        SigningKey.load(pem, pem)
    with pytest.raises(InputError) as unknown:
        example_signer().sign(VIDEO, **{pem: 1})  # type: ignore[arg-type]
    for error in (caught.value, named.value, unknown.value):
        assert not any(piece in f"{error!r} {vars(error)}" for piece in hidden)
