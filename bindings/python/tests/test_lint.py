"""What rules and options probably do not mean: `lint`, and a signer's level."""

import copy
import json
import pickle
from collections import OrderedDict
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from streamtoken import (
    AccessRules,
    Client,
    Finding,
    InputError,
    Signer,
    StreamTokenError,
    Token,
    lint,
    prepare,
)
from streamtoken._native import _restore_token
from support import NOW, VIDEO, example_key, example_signer
from test_keys import secrets

TEMPLATE: Any = [{"type": "ip.src", "action": "allow", "ip": ["93.184.216.34"]}]
"""The mistake of Cloudflare's own template: one address is allowed, and nobody is blocked."""

CLOSED: Any = [
    {"type": "ip.geoip.country", "action": "allow", "country": ["GB"]},
    {"type": "any", "action": "block"},
]

SIGNER = example_signer()

loosely: Any = lint
"""For what a type checker refuses, too."""


def ids(findings: "Any") -> "list[str]":
    return [finding.id for finding in findings]


TEMPLATE_IDS = ["allow_without_block", "one_address_family", "single_address"]


def test_the_templates_mistake_is_named_when_signing() -> None:
    token = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    first = token.warnings[0]
    assert ids(token.warnings) == TEMPLATE_IDS
    assert (first.level, first.field) == ("warning", "/accessRules/0")
    assert "restricts nothing" in first.message
    assert '{"type":"any","action":"block"}' in first.remedy
    assert str(first) == f"warning[allow_without_block]: {first.message} at /accessRules/0"
    assert SIGNER.sign(VIDEO, now=NOW, access_rules=CLOSED).warnings == ()


def test_every_way_to_mint_names_it() -> None:
    expected = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE).warnings
    many = SIGNER.sign_many([(VIDEO, {"access_rules": TEMPLATE}), (VIDEO, None)], now=NOW)
    assert [token.warnings for token in many if isinstance(token, Token)] == [expected, ()]
    half = prepare(SIGNER.key.public_key, VIDEO, now=NOW, access_rules=TEMPLATE)
    assert half.warnings == expected
    local = Client.local(SIGNER).stream.token
    assert local.create(VIDEO, now=NOW, access_rules=TEMPLATE).warnings == expected
    for _ in range(2):
        kept = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE, reuse_window=600)
        assert kept.warnings == expected


def test_a_signer_that_looks_for_nothing() -> None:
    signer = Signer(example_key(), lint="off")
    token = signer.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    assert token.warnings == ()
    assert token == SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    key = SIGNER.key.public_key
    assert prepare(key, VIDEO, lint="off", now=NOW, access_rules=TEMPLATE).warnings == ()


def test_a_signer_that_refuses() -> None:
    signer = Signer(example_key(), lint="deny")
    sign: Any = {"access_rules": TEMPLATE, "now": NOW}
    [answer] = signer.sign_many([(VIDEO, sign)])
    assert isinstance(answer, StreamTokenError)
    assert (answer.code, answer.field) == ("lint_denied", "/accessRules/0")
    [line] = signer.sign_lines(
        [json.dumps({"identifier": VIDEO, "accessRules": TEMPLATE})], now=NOW
    )
    assert json.loads(line)["error"]["code"] == "lint_denied"
    for mint in (
        lambda: signer.sign(VIDEO, **sign),
        lambda: prepare(signer.key.public_key, VIDEO, lint="deny", **sign),
        lambda: Client.local(signer).stream.token.create(VIDEO, **sign),
    ):
        with pytest.raises(InputError, match="allow_without_block") as caught:
            mint()
        assert (caught.value.code, caught.value.field) == ("lint_denied", "/accessRules/0")
    assert signer.sign(VIDEO, now=NOW, access_rules=CLOSED).warnings == ()


def test_the_level_is_warn_unless_another_is_given() -> None:
    nothing: Any = {"lint": None}
    assert Signer(example_key()).lint == Signer(example_key(), **nothing).lint == "warn"
    assert copy.deepcopy(Signer(example_key(), lint="deny")).lint == "deny"
    half = prepare(SIGNER.key.public_key, VIDEO, **nothing, now=NOW, access_rules=TEMPLATE)
    assert ids(half.warnings) == TEMPLATE_IDS


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"lint": 7}, "option_type", "/lint"),
        ({"lint": False}, "option_type", "/lint"),
        ({"lint": b"off"}, "option_type", "/lint"),
        ({"lint": "Deny"}, "option_value", "/lint"),
        ({"lint": "\ud800"}, "option_value", "/lint"),
        ({"lint_level": "deny"}, "option_unknown", "/lint_level"),
    ],
)
def test_levels_that_there_are_not(options: Any, code: str, field: str) -> None:
    for make in (
        lambda: Signer(example_key(), **options),
        lambda: prepare(SIGNER.key.public_key, VIDEO, **options),
    ):
        with pytest.raises(InputError) as caught:
            make()
        assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(TypeError):
        Signer(example_key(), "deny")  # type: ignore[call-arg]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_warnings_survive_a_pickle(protocol: int) -> None:
    token = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    for again in (
        pickle.loads(pickle.dumps(token, protocol)),
        copy.copy(token),
        copy.deepcopy(token),
    ):
        assert again == token
        assert again.warnings == token.warnings
        assert [str(one) for one in again.warnings] == [str(one) for one in token.warnings]


def test_tokens_of_older_pickles_have_no_warnings() -> None:
    token = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    parts = (token.token, token.identifier, token.key_id, token.exp, token.nbf, token.renew_at)
    older = _restore_token(*parts)
    assert older == token
    assert older.warnings == ()


def test_warnings_are_no_part_of_what_a_token_is() -> None:
    quiet = Signer(example_key(), lint="off").sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    loud = SIGNER.sign(VIDEO, now=NOW, access_rules=TEMPLATE)
    assert quiet == loud
    assert hash(quiet) == hash(loud)
    assert repr(quiet) == repr(loud)
    assert quiet.warnings != loud.warnings


def test_a_finding_is_a_value() -> None:
    first, *others = lint(TEMPLATE)
    [same, *_] = AccessRules(TEMPLATE).lint()
    assert first == same
    assert first not in others
    assert len({first, same}) == 1
    assert repr(first) == (
        'Finding(id="allow_without_block", level="warning", field="/accessRules/0")'
    )
    assert copy.copy(first) == copy.deepcopy(first) == first
    with pytest.raises(TypeError):
        Finding()
    with pytest.raises(AttributeError):
        first.id = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    "value",
    [
        TEMPLATE,
        tuple(TEMPLATE),
        AccessRules(TEMPLATE),
        {"access_rules": TEMPLATE},
        {"accessRules": TEMPLATE},
        {"access_rules": AccessRules(TEMPLATE), "expires_in": timedelta(hours=2), "exp": None},
        OrderedDict(accessRules=TEMPLATE, nbf=datetime.fromtimestamp(NOW - 60, timezone.utc)),
        MappingProxyType({"access_rules": TEMPLATE, "now": NOW, "exp": NOW + 3600.0}),
    ],
)
def test_rules_and_options_in_the_shapes_that_python_has(value: Any) -> None:
    assert ids(lint(value, now=NOW)) == TEMPLATE_IDS


def test_two_rules_in_a_tuple_are_rules() -> None:
    assert lint(tuple(CLOSED)) == []
    assert ids(lint((CLOSED[1], CLOSED[0]))) == ["blocks_everyone", "rule_unreachable"]


def test_everything_is_told_and_nothing_is_raised() -> None:
    rules: Any = [{"type": "ip.geoip.country", "action": "allow", "country": ["UK"]}, {"type": 7}]
    findings = loosely({"access_rules": rules, "tll": 1, "exp": NOW * 1000, "expires_in": "2h"})
    errors = [(one.id, one.field) for one in findings if one.level == "error"]
    assert ("country_invalid", "/accessRules/0/country/0") in errors
    assert ("option_unknown", "/tll") in errors
    assert ("time_in_milliseconds", "/exp") in errors
    twice = loosely({"access_rules": TEMPLATE, "accessRules": TEMPLATE}, now=NOW)
    assert "json_duplicate_member" in ids(twice)
    for value in (7, "rules", b"[]", object(), iter(TEMPLATE), {1, 2}):
        [error] = loosely(value)
        assert (error.id, error.level) == ("option_type", "error"), value
    assert ids(loosely(None)) == ids(loosely({"access_rules": None})) == ["option_null"]


def test_options_are_compared_with_now() -> None:
    options: Any = {"exp": NOW + 3600}
    for now in (NOW, float(NOW), datetime.fromtimestamp(NOW, timezone.utc)):
        assert lint(options, now=now) == []
    assert ids(lint(options, now=NOW + 3590)) == ["lifetime_short"]
    assert loosely({**options, "now": NOW}, now=NOW + 3590) == []
    assert ids(lint(options)) == ids(loosely(options, now=None)) == ["exp_not_after_now"]


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"now": "soon"}, "time_type", "/now"),
        ({"now": True}, "time_type", "/now"),
        ({"now": timedelta(1)}, "time_type", "/now"),
        ({"now": datetime.fromtimestamp(NOW)}, "time_type", "/now"),
        ({"now": NOW * 1000}, "time_in_milliseconds", "/now"),
        ({"exp": NOW}, "option_unknown", "/exp"),
    ],
)
def test_times_of_lint_that_make_no_sense(options: Any, code: str, field: str) -> None:
    for value in (CLOSED, {"access_rules": CLOSED}):
        with pytest.raises(InputError) as caught:
            loosely(value, **options)
        assert (caught.value.code, caught.value.field) == (code, field)


def test_rules_without_end_are_bounded() -> None:
    assert len(loosely([{}] * 10_000)) <= 101
    assert len(loosely([{**TEMPLATE[0], "ip": ["10.0.0.1"] * 20_000}])) <= 101
    cyclic: Any = []
    cyclic.append(cyclic)
    for value, code in (
        ([TEMPLATE[0]] * 1_000_000, "option_too_large"),
        ({"access_rules": [{}] * 1_000_000}, "option_too_large"),
        (["x" * (1 << 20)] * 1_000, "option_too_large"),
        (cyclic, "json_too_deep"),
    ):
        with pytest.raises(InputError) as caught:
            loosely(value)
        assert caught.value.code == code


def test_what_the_callers_code_raises_is_passed_on() -> None:
    class Exploding(list[Any]):
        def __iter__(self) -> Any:
            raise ZeroDivisionError("from the caller")

    for value in (Exploding(), [Exploding()], {"access_rules": Exploding()}):
        with pytest.raises(ZeroDivisionError):
            loosely(value)


def test_a_secret_is_not_shown_by_a_finding() -> None:
    pem, hidden = example_key().to_pkcs1_pem(), secrets()
    rule = {"type": pem, "action": pem, "ip": [pem], "country": [pem], pem: pem}
    for value in (pem, [pem], [rule], {pem: pem}, {"exp": pem, "flags": {pem: pem}}):
        findings = loosely(value)
        assert findings
        for one in findings:
            shown = "".join((str(one), repr(one), one.field, one.message, one.remedy, one.id))
            assert not any(piece in shown for piece in hidden), one
