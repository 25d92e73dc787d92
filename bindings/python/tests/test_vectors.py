"""The runner over the golden vectors: every case, on the package's public API alone."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamtoken import (
    AccessRules,
    CustomerCode,
    KeySet,
    PublicKey,
    Signer,
    SigningKey,
    StreamTokenError,
    Token,
    describe_key,
    explain,
    inspect,
    lint,
    playback_urls,
    prepare,
    rewrite,
    simulate,
    verify,
)
from support import CODE, EXAMPLE, VECTORS, example_key, example_signer

Case = dict[str, Any]


def read_files() -> "Iterator[tuple[dict[str, str], Case]]":
    for path in sorted(VECTORS.glob("*.json")):
        if path.name != "example-key.json":
            file = json.loads(path.read_text(encoding="utf-8"))
            assert set(file) == {"comment", "flags", "cases"}, path
            for case in file["cases"]:
                yield file["flags"], case


MEMBERS = {"id", "comment", "flags", "operation", "now", "input", "expect"}


def members(case: Case, *known: str) -> "dict[str, Any]":
    """The input, which may have the members `known` only."""
    given: dict[str, Any] = case["input"]
    assert set(given) <= set(known), f"{case['id']}: unknown {set(given) - set(known)}"
    return {name: unwrap(value) for name, value in given.items()}


def unwrap(value: Any) -> Any:
    """The numbers that JSON cannot say."""
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["$float"]:
        return float(value["$float"])
    return {name: unwrap(item) for name, item in value.items()}


def content(given: "dict[str, Any]", name: str) -> "str | bytes":
    if "base64" in given:
        return base64.b64decode(given["base64"])
    text: str = given[name] * given.get("repeat", 1)
    return text


class LeftOut(Exception):
    """Why a case cannot be said in Python."""


def keywords(options: Any) -> "dict[str, Any]":
    """Options as keyword arguments; None is not given."""
    if not isinstance(options, (dict, type(None))):
        raise LeftOut("keywords are always an object")
    return options or {}


def with_now(case: Case, options: "dict[str, Any]") -> "dict[str, Any]":
    """The options; the case's time where they say none."""
    if options.get("now") is None and "now" in case:
        return {**options, "now": case["now"]}
    return options


def sign(case: Case) -> Any:
    given = members(case, "identifier", "options", "options_text")
    options = given.get("options", {})
    if "access_rules" in options:
        # That is Python's own spelling; in a text the wire's alone is one.
        given["options_text"] = json.dumps(options)
    if "options_text" in given:
        return sign_text(case, given)
    if isinstance(options, dict):
        return described(example_signer().sign(given["identifier"], **with_now(case, options)))
    # Keywords are always an object; a request of a batch is what the caller makes of it.
    [answer] = example_signer().sign_many([(given["identifier"], options)])
    assert isinstance(answer, StreamTokenError)
    raise answer


def sign_text(case: Case, given: "dict[str, str]") -> Any:
    """Options as text are a line, with the identifier as its last member."""
    text = given["options_text"]
    if text.endswith("}"):
        comma = "" if text.endswith("{}") else ","
        text = f'{text[:-1]}{comma}"identifier":{json.dumps(given["identifier"])}}}'
    [line] = example_signer().sign_lines([text], now=case["now"])
    answer = json.loads(line)
    if "error" in answer:
        return {"error": answer["error"]}
    renew_at = case["now"] + 4 * (payload(answer["token"])["exp"] - case["now"]) // 5
    return {"renew_at": renew_at, **facts(answer["token"])}


def batch_line(case: Case) -> Any:
    given = members(case, "line", "base64", "repeat", "options")
    defaults = with_now(case, given.get("options", {}))
    [answer] = example_signer().sign_lines([content(given, "line")], **defaults)
    return json.loads(answer)


def prepared(case: Case) -> Any:
    given = members(case, "identifier", "options", "signature")
    options = with_now(case, given["options"])
    half = prepare(example_key().public_key, given["identifier"], **options)
    signature = given.get("signature")
    if signature is None:
        signature = str(example_signer().sign(given["identifier"], **options)).split(".")[2]
    token = half.finish(base64.urlsafe_b64decode(signature + "=="))
    return {**described(token), "signing_input": half.signing_input}


def payload(token: str) -> Any:
    return json.loads(part(token, 1))


def part(token: str, index: int) -> str:
    text = token.split(".")[index]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def facts(token: str) -> "dict[str, Any]":
    times = {name: int(payload(token)[name]) for name in ("exp", "nbf")}
    return {"token": token, "header": part(token, 0), "payload": part(token, 1), **times}


def described(token: Token) -> "dict[str, Any]":
    return {
        **facts(str(token)),
        "exp": token.exp,
        "nbf": token.nbf,
        "renew_at": token.renew_at,
    }


def verified(case: Case) -> Any:
    given = members(case, "token", "keys", "context")
    keys = KeySet.from_jwks(given["keys"]) if "keys" in given else KeySet(example_key())
    context = with_now(case, keywords(given.get("context")))
    claims = verify(given["token"], keys, **context)
    names = ("sub", "kid", "exp", "nbf", "downloadable", "flags", "other")
    plain = {name: getattr(claims, name) for name in names}
    return {"claims": {**plain, "accessRules": claims.access_rules.to_list()}}


def explained(case: Case) -> Any:
    given = members(case, "text", "base64", "repeat", "keys", "context", "whole")
    keys: KeySet | SigningKey | None = example_key()
    if "keys" in given:
        keys = given["keys"] and KeySet.from_jwks(given["keys"])
    context = with_now(case, keywords(given.get("context")))
    report = explain(content(given, "text"), keys, **context)
    names = ("verify", "platform", "kind", "bytes", "read")
    error = report.error and as_json(report.error)
    shown = {name: getattr(report, name) for name in names}
    checks = [as_dict(check, CHECK) for check in report.checks]
    assert same({**shown, "error": error, "checks": checks}, report.to_dict())
    found = [check for check in report.checks if check.status in ("fail", "warn")]
    assert sorted(found, key=lambda check: check.status) == list(report.findings)
    if not given.get("whole"):
        checks = [as_dict(check, CHECK) for check in found]
    return {"report": {**report.to_dict(), "checks": checks}}


CHECK = ("id", "status", "verify", "platform", "code", "values", "cause", "remedy")
FINDING = ("id", "level", "field", "message", "remedy")


def as_dict(thing: object, names: "tuple[str, ...]") -> "dict[str, Any]":
    return {name: getattr(thing, name) for name in names}


def linted(case: Case) -> Any:
    [value] = members(case, "accessRules", "options").values()
    return {"findings": [as_dict(one, FINDING) for one in lint(value, now=case["now"])]}


def sign_linted(case: Case) -> Any:
    given = members(case, "identifier", "options", "lint")
    level = {name: given[name] for name in given.keys() & {"lint"}}
    signer, options = Signer(example_key(), **level), with_now(case, given["options"])
    token = signer.sign(given["identifier"], **options)
    half = prepare(example_key().public_key, given["identifier"], **level, **options)
    assert half.warnings == token.warnings
    return {"warnings": [as_dict(one, ("id", "field")) for one in token.warnings]}


def simulated(case: Case) -> Any:
    given = members(case, "accessRules", "viewers")
    results = simulate(given["accessRules"], given["viewers"])
    for result in results:
        shown = as_dict(result, ("viewer", "action", "rule", "needs", "matches"))
        assert same({**shown, "action": result.action or "unknown"}, result.to_dict())
    return {"results": [result.to_dict() for result in results]}


def signed_in_turn(case: Case) -> Any:
    signer, tokens = example_signer(), []
    for mint in members(case, "mints")["mints"]:
        token = signer.sign(mint["identifier"], **mint["options"])
        again = example_signer().sign(mint["identifier"], **mint["options"])
        assert (again, again.warnings) == (token, token.warnings), case["id"]
        tokens.append({"token": token.token, "renew_at": token.renew_at})
    return {"tokens": tokens}


def inspected(case: Case) -> Any:
    unverified = inspect(members(case, "token")["token"])
    return {"header": unverified.header, "payload": unverified.payload}


def rules_parse(case: Case) -> Any:
    given = members(case, "accessRules", "text")
    if "text" in given:
        return {"accessRules": AccessRules.parse(given["text"]).to_list()}
    return {"accessRules": AccessRules(given["accessRules"]).to_list()}


def rules_evaluate(case: Case) -> Any:
    given = members(case, "accessRules", "viewer")
    decision = AccessRules(given["accessRules"]).evaluate(**given["viewer"])
    return {"action": decision.action, "rule": decision.rule}


def rules_allow_only(case: Case) -> Any:
    return {"accessRules": AccessRules.allow_only(members(case, "who")["who"]).to_list()}


def rules_block(case: Case) -> Any:
    return {"accessRules": AccessRules.block(members(case, "who")["who"]).to_list()}


def urls(case: Case) -> Any:
    given = members(case, "token", "customer_code", "options")
    token = given.get("token", EXAMPLE["token"])
    code = CustomerCode.parse(given.get("customer_code", CODE))
    made = playback_urls(token, code, **keywords(given.get("options")))
    assert all(getattr(made, name) == url for name, url in made.items())
    return {"html": made.embed()} if case["operation"] == "embed" else dict(made)


def customer_code(case: Case) -> Any:
    code = CustomerCode.parse(members(case, "text")["text"])
    return {"customer_code": str(code), "host": code.host}


def rewritten(case: Case) -> Any:
    given = members(case, "url", "token")
    return {"url": rewrite(given["url"], given.get("token", EXAMPLE["token"]))}


def key_text(case: Case) -> "tuple[str | bytes, str | None]":
    given = members(case, "text", "base64", "repeat", "id")
    return content(given, "text"), given.get("id")


def key_load(case: Case) -> Any:
    text, id = key_text(case)
    key = SigningKey.load(text, id)
    info = describe_key(text, key.id)
    assert info.private
    assert info.thumbprint == key.public_key.thumbprint
    jwk = json.loads(key.public_key.to_jwk())
    return {"id": key.id, "bits": key.bits, "form": info.form, "jwk": jwk}


def key_describe(case: Case) -> Any:
    info = describe_key(*key_text(case))
    names = ("form", "private", "id", "bits", "exponent", "thumbprint")
    return {name: getattr(info, name) for name in names}


def public_key_load(case: Case) -> Any:
    key = PublicKey.load(*key_text(case))
    return {
        "id": key.id,
        "bits": key.bits,
        "thumbprint": key.thumbprint,
        "pem": key.to_pem(),
        "jwk": json.loads(key.to_jwk()),
    }


def key_set(case: Case) -> Any:
    given = members(case, "jwks", "member", "repeat")
    text = given.get("jwks")
    if text is None:
        copies = [given["member"].replace("{n}", str(n)) for n in range(given["repeat"])]
        text = '{"keys":[' + ",".join(copies) + "]}"
    keys = KeySet.from_jwks(text)
    assert all(keys.get(key.id) == key for key in keys)
    ids = [key.id for key in keys]
    assert len(ids) == len(keys)
    return {"ids": ids, "jwks": json.loads(keys.to_jwks())}


def key_export(case: Case) -> Any:
    key = example_key()
    text = getattr(key, f"to_{members(case, 'form')['form']}")()
    assert SigningKey.load(text, key.id).to_jwk() == key.to_jwk()
    return {"text": text}


OPERATIONS: "dict[str, Callable[[Case], Any]]" = {
    "batch_line": batch_line,
    "customer_code": customer_code,
    "embed": urls,
    "explain": explained,
    "inspect": inspected,
    "key_describe": key_describe,
    "key_export": key_export,
    "key_load": key_load,
    "key_set": key_set,
    "lint": linted,
    "playback_urls": urls,
    "prepare": prepared,
    "public_key_load": public_key_load,
    "rewrite": rewritten,
    "rules_allow_only": rules_allow_only,
    "rules_block": rules_block,
    "rules_evaluate": rules_evaluate,
    "rules_parse": rules_parse,
    "sign": sign,
    "sign_in_turn": signed_in_turn,
    "sign_lint": sign_linted,
    "simulate": simulated,
    "verify": verified,
}


def run(case: Case) -> Any:
    assert set(case) <= MEMBERS, f"{case['id']}: unknown {set(case) - MEMBERS}"
    try:
        return OPERATIONS[case["operation"]](case)
    except StreamTokenError as error:
        return {"error": as_json(error)}


def as_json(error: StreamTokenError) -> "dict[str, Any]":
    assert str(error) == error.message
    names = ("code", "number", "field", "message")
    return {name: getattr(error, name) for name in names if getattr(error, name) is not None}


def same(found: Any, expected: Any) -> bool:
    """Equality of JSON values, in which `True` is not 1."""
    return json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_every_vector_gives_its_golden_result(capfd: "pytest.CaptureFixture[str]") -> None:
    failures = []
    left_out = []
    ids = set()
    for flags, case in read_files():
        ids.add(case["id"])
        assert set(case.get("flags", [])) <= set(flags), case["id"]
        try:
            found = run(case)
        except LeftOut:
            left_out.append(case)
            continue
        if not same(found, case["expect"]):
            failures.append(f"{case['id']}\n  expected {case['expect']}\n  found    {found}")
    assert not failures, "\n".join(failures)
    assert all("text-level" in case["flags"] for case in left_out)
    assert len(ids) == sum(1 for _ in read_files())
    passed = len(ids) - len(left_out)
    with capfd.disabled():
        print(f"\nvectors: {passed} passed on Python (left out: {len(left_out)} text-level)")


def test_the_runner_notices_what_it_does_not_know() -> None:
    case = {"id": "x", "operation": "inspect", "input": {"token": "", "more": 1}, "expect": 0}
    with pytest.raises(AssertionError, match="unknown"):
        run(case)
    with pytest.raises(AssertionError, match="unknown"):
        run({**case, "input": {"token": ""}, "more": 1})
    with pytest.raises(KeyError):
        run({**case, "operation": "guess"})
    assert not same(True, 1)
