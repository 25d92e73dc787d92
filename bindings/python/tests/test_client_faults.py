"""Every fault of the table that all surfaces run, against the server of `cargo xtask faults`."""

import asyncio
import json
import logging
import os
import secrets
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from streamtoken import APIError, AsyncClient, Client
from support import VECTORS, VIDEO, in_a_child

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

Outcome = dict[str, Any]


@pytest.fixture(scope="module")
def places() -> "dict[str, Any]":
    """Where the server is."""
    line = os.environ.get("STREAMTOKEN_FAULTS")
    assert line, "STREAMTOKEN_FAULTS is not set: run this through `cargo xtask test`"
    return json.loads(line)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def attempts() -> "Iterator[list[str]]":
    """The lines that were logged: a call that is done has no other account of its attempts."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler, logger = Lines(), logging.getLogger("streamtoken.client")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def outcomes(
    places: "dict[str, Any]", attempts: "list[str]"
) -> "Iterator[dict[tuple[str, str], Outcome]]":
    """What became of each case with each client; several at a time, since most of them wait."""

    def run(job: "tuple[dict[str, Any], str]") -> Outcome:
        case, kind = job
        return outcome(places, attempts, case, ask_sync if kind == "sync" else ask_async)

    jobs = [(case, kind) for case in CASES for kind in ("sync", "async")]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        for name in [name for name in os.environ if name.upper().endswith("_PROXY")]:
            patch.delenv(name)
        direct = [job for job in jobs if not job[0].get("proxy")]
        found = list(zip(direct, pool.map(run, direct)))
        for name, proxy in places["proxies"].items():
            patch.setenv("HTTPS_PROXY", proxy)
            proxied = [job for job in jobs if job[0].get("proxy") == name]
            found += zip(proxied, pool.map(run, proxied))
        yield {(case["id"], kind): outcome for (case, kind), outcome in found}


def outcome(
    places: "dict[str, Any]", attempts: "list[str]", case: "dict[str, Any]", ask: Any
) -> Outcome:
    place = f"{case['id']}.{secrets.token_hex(8)}"
    options = {
        "base_url": f"{places['bases'][case['base']]}/{place}/client/v4",
        "api_token": "token",
        "account_id": "account",
        **case["options"],
    }
    found: Outcome = {}
    try:
        ask(options, CALLS[case["call"]])
        found["done"] = True
    except APIError as error:
        found = {"code": error.code, "number": error.number, "field": error.field}
        found.update(status=error.status_code, said=error.attempts)
    found["attempts"] = sum(f"/{place}/" in line for line in attempts)
    found["requests"] = requests(places, place)
    return found


def ask_sync(options: "dict[str, Any]", work: "Callable[[Any], Any]") -> None:
    with Client(**options) as client:
        work(client)


def ask_async(options: "dict[str, Any]", work: "Callable[[Any], Any]") -> None:
    async def ask() -> None:
        async with AsyncClient(**options) as client:
            await work(client)

    asyncio.run(ask())


def requests(places: "dict[str, Any]", place: str) -> int:
    url = f"{places['bases']['http']}/_count/{place}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return json.loads(answer.read())["requests"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_fault_is_its_error(
    outcomes: "dict[tuple[str, str], Outcome]", case: "dict[str, Any]", kind: str
) -> None:
    expected = case["expect"]
    assert case.keys() <= MEMBERS
    assert expected.keys() <= EXPECTED
    found = outcomes[case["id"], kind]
    assert {name: found.get(name) for name in expected} == expected
    assert found.get("done") == expected.get("done")
    assert found.get("said", found["attempts"]) == found["attempts"]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_beside_a_handshake(places: "dict[str, Any]") -> None:
    def ask() -> None:
        base_url = f"{places['bases']['tls']}/tls.{secrets.token_hex(8)}/client/v4"
        with Client(base_url=base_url, api_token="t", account_id="a") as client:
            client.stream.token.create(VIDEO)

    def fork_beside(thread: threading.Thread, delay: float) -> None:
        thread.start()
        time.sleep(delay)
        assert in_a_child(ask)
        thread.join()

    # The first random numbers of a child are gathered under a lock of AWS-LC's: without the core's
    # part in it, nine of ten of these forks hang.
    ask()
    for step in range(20):
        assert in_a_child(lambda: fork_beside(threading.Thread(target=ask), step * 0.0005))  # noqa: B023


def test_the_table_is_whole(outcomes: "dict[tuple[str, str], Outcome]") -> None:
    assert len(outcomes) == 2 * len(CASES) >= 200
    assert {case["call"] for case in CASES} == set(CALLS)
