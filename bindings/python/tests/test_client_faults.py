"""Every fault of the table that all surfaces run, against the server that `cargo xtask faults` is."""

import asyncio
import json
import logging
import os
import secrets
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from streamtoken import APIError, AsyncClient, Client, StreamTokenError
from support import VECTORS, VIDEO

CASES: "list[dict[str, Any]]" = json.loads(
    (VECTORS / "client" / "faults.json").read_text(encoding="utf-8")
)
MEMBERS = {"id", "comment", "base", "call", "options", "proxy", "fetch", "answers", "expect"}
EXPECTED = {"done", "code", "number", "field", "status", "attempts", "requests"}
CALLS: "dict[str, Callable[[Any], Any]]" = {
    "token.create": lambda client: client.stream.token.create(VIDEO),
    "keys.create": lambda client: client.stream.keys.create(),
    "keys.list": lambda client: client.stream.keys.list(),
    "keys.delete": lambda client: client.stream.keys.delete("k"),
}


@pytest.fixture(scope="module")
def places() -> "dict[str, Any]":
    """Where the server is."""
    line = os.environ.get("STREAMTOKEN_FAULTS")
    assert line, "STREAMTOKEN_FAULTS is not set: run this through `cargo xtask test`"
    return json.loads(line)  # type: ignore[no-any-return]


def sync(options: "dict[str, Any]", work: "Callable[[Any], Any]") -> None:
    with Client(**options) as client:
        work(client)


def awaited(options: "dict[str, Any]", work: "Callable[[Any], Any]") -> None:
    async def ask() -> None:
        async with AsyncClient(**options) as client:
            await work(client)

    asyncio.run(ask())


@pytest.mark.parametrize("ask", [sync, awaited])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_fault_is_its_error(
    places: "dict[str, Any]",
    case: "dict[str, Any]",
    ask: "Callable[..., None]",
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert case.keys() <= MEMBERS
    assert case["expect"].keys() <= EXPECTED
    for name in [name for name in os.environ if name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    if case.get("proxy"):
        monkeypatch.setenv("HTTPS_PROXY", places["proxy_down"])
    caplog.set_level(logging.DEBUG, "streamtoken.client")
    place = f"{case['id']}.{secrets.token_hex(8)}"
    options = {
        "base_url": f"{places['bases'][case['base']]}/{place}/client/v4",
        "api_token": "token",
        "account_id": "account",
        **case["options"],
    }
    found: dict[str, Any] = {}
    try:
        ask(options, CALLS[case["call"]])
        found["done"] = True
    except StreamTokenError as error:
        assert isinstance(error, APIError)
        assert error.attempts == len(caplog.messages)
        facts = {"code": error.code, "number": error.number, "field": error.field}
        found.update(facts, status=error.status_code)
    # A line for each attempt: a call that is done has no other account of them.
    found["attempts"] = len(caplog.messages)
    found["requests"] = requests(places, place)
    assert {name: found.get(name) for name in case["expect"]} == case["expect"]
    assert case["expect"].get("done") == found.get("done")


def requests(places: "dict[str, Any]", place: str) -> int:
    url = f"{places['bases']['http']}/_count/{place}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return json.loads(answer.read())["requests"]  # type: ignore[no-any-return]


def test_the_table_is_whole() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 100
    assert {case["call"] for case in CASES} == set(CALLS)
