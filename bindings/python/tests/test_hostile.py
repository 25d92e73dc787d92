"""Hostile and mistaken input: refused with codes, without a panic, no exception swallowed."""

from collections import OrderedDict, UserDict, deque
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from streamtoken import (
    AccessRules,
    CustomerCode,
    InputError,
    KeySet,
    PublicKey,
    Signer,
    SigningKey,
    SigningKeyError,
    StreamTokenError,
    Token,
    TokenError,
    describe_key,
    inspect,
    playback_urls,
    prepare,
    rewrite,
    verify,
)
from support import EXAMPLE, NOW, VIDEO, example_key, example_signer, refused

SIGNER = example_signer()
KEYS = KeySet(example_key())


class LyingText(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise AssertionError("asked")

    def encode(self, *_: object) -> bytes:
        raise AssertionError("asked")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("asked")

    __hash__ = str.__hash__


class NoSeries:
    __iter__ = None


def test_names_that_there_are_not() -> None:
    for name in ("tll", "accessrules", "expiresIn", "ACCESS_RULES", "access-rules"):
        assert refused(**{name: 1}) == (
            "option_unknown",
            f"/{name}",
        )
    assert refused(**{"-----BEGIN PRIVATE KEY-----": 1}) == ("option_unknown", None)
    assert refused(**{"\ud800": 1}) == ("option_unknown", None)
    with pytest.raises(InputError) as caught:
        SIGNER.sign(VIDEO, tll=60)  # type: ignore[call-arg]
    assert caught.value.code == "option_unknown"


def test_wire_names_are_taken_but_not_beside_pythons() -> None:
    rules = [{"type": "any", "action": "allow"}]
    assert SIGNER.sign(VIDEO, accessRules=rules, now=NOW) == SIGNER.sign(  # type: ignore[call-arg]
        VIDEO,
        access_rules=rules,  # type: ignore[arg-type]
        now=NOW,
    )
    assert refused(access_rules=rules, accessRules=rules)[0] == "json_duplicate_member"


def test_none_is_not_given_where_that_is_safe() -> None:
    names = ("exp", "expires_in", "nbf", "downloadable", "flags", "time_format", "reuse_window")
    nothing: Any = dict.fromkeys(names)
    assert SIGNER.sign(VIDEO, now=NOW, **nothing) == SIGNER.sign(VIDEO, now=NOW)
    assert refused(access_rules=None) == ("option_null", "/accessRules")
    with pytest.raises(InputError) as caught:
        verify(EXAMPLE["token"], KEYS, identifier=None)  # type: ignore[arg-type]
    assert caught.value.code == "option_null"


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        (None, "identifier_invalid"),
        ("", "identifier_invalid"),
        ("a\0b", "identifier_invalid"),
        ("\ud800", "identifier_invalid"),
        ("é", "identifier_invalid"),
        ("v" * 33, "identifier_invalid"),
        ("v" * 10_000_000, "identifier_invalid"),
        (7, "option_type"),
        (b"v", "option_type"),
        (["v"], "option_type"),
        (object(), "option_type"),
    ],
)
def test_identifiers_that_are_none(identifier: Any, code: str) -> None:
    for sign in (SIGNER.sign, lambda it: prepare(SIGNER.key.public_key, it)):
        with pytest.raises(InputError) as caught:
            sign(identifier)
        assert (caught.value.code, caught.value.field) == (code, "/identifier")


def test_subclasses_of_str_cannot_change_their_text() -> None:
    assert SIGNER.sign(LyingText(VIDEO), now=NOW) == SIGNER.sign(VIDEO, now=NOW)
    assert SigningKey.load(LyingText(EXAMPLE["pem_base64"]), EXAMPLE["key_id"]).bits == 2048
    rules: Any = [{LyingText("type"): LyingText("any"), "action": "allow"}]
    assert AccessRules(rules).to_list() == [{"type": "any", "action": "allow"}]


class Explodes:
    """Whatever asks it anything gets this exception."""

    def __getattribute__(self, name: str) -> Any:
        raise LookupError(f"asked for {name}")

    def __iter__(self) -> Any:
        raise LookupError("asked to iterate")


class ExplodingItem(Mapping[str, Any]):
    def __getitem__(self, _: str) -> Any:
        raise ZeroDivisionError("from the caller")

    def __iter__(self) -> Iterator[str]:
        return iter(["type"])

    def __len__(self) -> int:
        return 1


def exploding_series() -> Iterator[Any]:
    yield {"type": "any", "action": "block"}
    raise ZeroDivisionError("from the caller")


class ExplodingSeries:
    def __iter__(self) -> Iterator[Any]:
        return exploding_series()


class ExplodingDict(dict[str, Any]):
    def __getitem__(self, _: str) -> Any:
        raise ZeroDivisionError("from the caller")


@pytest.mark.parametrize(
    "rules",
    [[ExplodingItem()], ExplodingSeries(), [ExplodingDict(type="any")], ExplodingItem()],
)
def test_what_the_callers_code_raises_is_passed_on(rules: Any) -> None:
    with pytest.raises(ZeroDivisionError, match="from the caller"):
        SIGNER.sign(VIDEO, access_rules=rules)


def test_what_the_callers_iterator_raises_is_passed_on() -> None:
    with pytest.raises(LookupError, match="asked to iterate"):
        SIGNER.sign(VIDEO, access_rules=[Explodes()])  # type: ignore[list-item]
    with pytest.raises(ZeroDivisionError):
        SIGNER.sign_many(exploding_series())
    with pytest.raises(ZeroDivisionError):
        SIGNER.sign_many([ExplodingItem()])  # type: ignore[list-item]
    with pytest.raises(ZeroDivisionError):
        SIGNER.sign_lines(str(1 // 0) for _ in "x")


def test_cyclic_and_deep_structures_end() -> None:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    assert refused(access_rules=cyclic) == ("json_too_deep", None)
    circle: dict[str, Any] = {}
    circle["a"] = circle
    assert refused(flags=circle) == ("json_too_deep", None)
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert refused(access_rules=deep) == ("json_too_deep", None)


def endless() -> Iterator[int]:
    while True:
        yield 1


class Endless:
    def __iter__(self) -> Iterator[int]:
        return endless()


class EndlessKeys(Mapping[str, int]):
    def __getitem__(self, _: str) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        return map(str, endless())

    def __len__(self) -> int:
        return 1


def test_structures_without_end_are_refused() -> None:
    assert refused(access_rules=Endless()) == ("option_too_large", None)
    assert refused(flags=EndlessKeys()) == ("option_too_large", None)
    doubling: Any = []
    for _ in range(30):
        doubling = [doubling, doubling]
    assert refused(access_rules=doubling) == ("option_too_large", None)
    text = "x" * (1 << 20)
    assert refused(access_rules=[text] * 90_000) == ("option_too_large", None)
    assert refused(flags=[{text: 1}] * 90_000) == ("option_too_large", None)


def test_a_dict_that_changes_while_it_is_read() -> None:
    rule: dict[Any, Any] = {"type": "any", "action": "block"}

    class Changing(Mapping[str, Any]):
        def __iter__(self) -> Iterator[str]:
            rule["more"] = 1
            return iter(())

        def __len__(self) -> int:
            return 0

        def __getitem__(self, name: str) -> Any:
            raise KeyError(name)

    rule["nested"] = Changing()
    assert refused(access_rules=[rule])[0] == "rule_member_unknown"


BLOCK = [{"type": "ip.src", "action": "block", "ip": ["192.0.2.0/24"]}]


@pytest.mark.parametrize(
    "rules",
    [
        BLOCK,
        tuple(BLOCK),
        {"only": BLOCK[0]}.values(),
        deque(BLOCK),
        [OrderedDict(BLOCK[0])],
        [UserDict(BLOCK[0])],
        [{**BLOCK[0], "ip": ("192.0.2.0/24",)}],
        AccessRules(BLOCK),  # type: ignore[arg-type]
    ],
)
def test_rules_in_the_shapes_that_python_has(rules: Any) -> None:
    token = SIGNER.sign(VIDEO, access_rules=rules, now=NOW)
    assert inspect(token).payload["accessRules"] == BLOCK


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ("block", "/accessRules"),
        (BLOCK[0], "/accessRules"),
        (7, "/accessRules"),
        ({1, 2}, "/accessRules"),
        (frozenset(), "/accessRules"),
        (b"[]", "/accessRules"),
        (memoryview(b"[]"), "/accessRules"),
        (NoSeries(), "/accessRules"),
        (iter(BLOCK), "/accessRules"),
        ((rule for rule in BLOCK), "/accessRules"),
        (["block"], "/accessRules/0"),
        ([{**BLOCK[0], "ip": iter(["192.0.2.0/24"])}], "/accessRules/0/ip"),
        ([None], "/accessRules/0"),
        ([{**BLOCK[0], "ip": "192.0.2.0/24"}], "/accessRules/0/ip"),
        ([{**BLOCK[0], "ip": {"192.0.2.0/24"}}], "/accessRules/0/ip"),
        ([{**BLOCK[0], "ip": [7]}], "/accessRules/0/ip/0"),
        ([{**BLOCK[0], "type": 7}], "/accessRules/0/type"),
    ],
)
def test_rules_of_another_type(rules: Any, field: str) -> None:
    assert refused(access_rules=rules) == ("option_type", field)


def test_members_that_are_no_text_are_unknown() -> None:
    rule: Any = {**BLOCK[0], 7: 8}
    assert refused(access_rules=[rule]) == ("rule_member_unknown", "/accessRules/0/")
    assert refused(flags={7: 8})[0] == "option_unknown"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Signer, "option_type"),
        (KeySet, "option_type"),
        (lambda it: prepare(it, VIDEO), "option_type"),
        (lambda it: verify(EXAMPLE["token"], it), "option_type"),
        (lambda it: verify(it, KEYS), "option_type"),
        (inspect, "option_type"),
        (lambda it: rewrite(it, EXAMPLE["token"]), "option_type"),
        (lambda it: rewrite("https://videodelivery.net/x", it), "option_type"),
        (lambda it: playback_urls(it, "f33zs165nr7gyfy4"), "option_type"),
        (lambda it: playback_urls(EXAMPLE["token"], it), "option_type"),
        (CustomerCode.parse, "option_type"),
        (SigningKey.load, "option_type"),
        (KeySet.load, "option_type"),
        (KeySet.from_jwks, "option_type"),
        (describe_key, "option_type"),
        (AccessRules.parse, "option_type"),
        (AccessRules, "option_type"),
        (AccessRules.allow_only, "option_type"),
        (lambda it: AccessRules.block([it]), "option_type"),
        (lambda it: AccessRules([]).evaluate(ip=it), "option_type"),
        (lambda it: prepare(SIGNER.key.public_key, VIDEO).finish(it), "option_type"),
    ],
)
@pytest.mark.parametrize("value", [7, 7.5, True, object(), Decimal(1), Explodes])
def test_arguments_of_another_type(call: Any, code: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        call(value)
    assert caught.value.code == code
    assert caught.value.field is None or caught.value.field.startswith("/")


@pytest.mark.parametrize("value", ["AAAA", SIGNER.sign(VIDEO), memoryview(b"AAAA")])
def test_a_signature_is_bytes(value: Any) -> None:
    with pytest.raises(InputError, match="bytes is wanted here, not a ") as caught:
        prepare(SIGNER.key.public_key, VIDEO).finish(value)
    assert (caught.value.code, caught.value.field) == ("option_type", "/signature")


@pytest.mark.parametrize("value", [7, True, b"e9", object()])
def test_key_ids_of_another_type(value: Any) -> None:
    for load in (SigningKey.load, KeySet.load, describe_key):
        with pytest.raises(InputError) as caught:
            load(EXAMPLE["pem_base64"], value)
        assert (caught.value.code, caught.value.field) == ("option_type", "/id")


@pytest.mark.parametrize(
    ("read", "refusal", "code"),
    [
        (AccessRules.parse, InputError, "text_not_utf8"),
        (SigningKey.load, SigningKeyError, "key_unrecognized"),
        (KeySet.from_jwks, SigningKeyError, "key_set_malformed"),
        (inspect, TokenError, "token_shape"),
        (lambda it: verify(it, KEYS), TokenError, "token_shape"),
        (CustomerCode.parse, InputError, "customer_code_invalid"),
        (lambda it: rewrite(it, EXAMPLE["token"]), InputError, "url_invalid"),
        (lambda it: playback_urls(it, "c"), TokenError, "token_shape"),
    ],
)
@pytest.mark.parametrize("text", ["\udcff", b"\xff", bytearray(b"\xff")])
def test_texts_that_are_not_utf8(
    read: Any, refusal: "type[StreamTokenError]", code: str, text: Any
) -> None:
    with pytest.raises(refusal) as caught:
        read(text)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["key_id", "kid", "ID"])
def test_keywords_that_there_are_not_where_keys_are_read(name: str) -> None:
    for load in (SigningKey.load, PublicKey.load, KeySet.load, describe_key):
        with pytest.raises(InputError) as caught:
            load(EXAMPLE["pem_base64"], EXAMPLE["key_id"], **{name: "x"})
        assert (caught.value.code, caught.value.field) == ("option_unknown", f"/{name}")


def test_interior_nul_and_great_length_are_no_panic() -> None:
    for text in ("\0", "a\0b", "x" * 2_000_000):
        for read in (SigningKey.load, KeySet.load, inspect, CustomerCode.parse, AccessRules.parse):
            with pytest.raises(StreamTokenError):
                read(text)


def test_only_the_number_of_arguments_is_a_type_error() -> None:
    # What mypy says of the second call depends on what it has in its cache.
    sign: Any = SIGNER.sign
    with pytest.raises(TypeError):
        sign()
    with pytest.raises(TypeError):
        sign(VIDEO, 60)
    with pytest.raises(TypeError):
        verify(EXAMPLE["token"])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        SigningKey()
    with pytest.raises(TypeError):
        Token()


def test_the_identifier_is_positional_or_a_keyword() -> None:
    assert SIGNER.sign(identifier=VIDEO, now=NOW) == SIGNER.sign(VIDEO, now=NOW)


def test_options_of_the_api_have_no_place_here() -> None:
    for name in ("id", "pem", "account_id"):
        assert refused(**{name: "x"}) == ("option_not_local", f"/{name}")


def test_names_of_types_are_told_only_when_they_are_names() -> None:
    strange = type("-----BEGIN PRIVATE KEY-----", (), {})
    with pytest.raises(InputError) as caught:
        SIGNER.sign(VIDEO, exp=strange())
    assert "BEGIN" not in str(caught.value)
    assert "an object of another type" in str(caught.value)
