"""The client that is awaited: event loops, cancelling, bounds, and what is left behind."""

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from receiver import HANG, Answer, Receiver
from streamtoken import APIError, AsyncClient, InputError, Token, verify
from streamtoken.testing import StreamServer
from support import EXAMPLE, VIDEO


@pytest.fixture
def receiver() -> "Iterator[Receiver]":
    with Receiver() as receiver:
        yield receiver


def poll(condition: "Callable[[], bool]") -> None:
    """Wait until something is so; fail when it does not become so."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.01)


def workers() -> int:
    return sum(thread.name.startswith("streamtoken-") for thread in threading.enumerate())


async def hang(client: AsyncClient, receiver: Receiver) -> "asyncio.Task[Token]":
    """Begin a call that is not answered, and wait until it has arrived."""
    receiver.answers.append(HANG)
    task = asyncio.create_task(client.stream.token.create(VIDEO))
    for _ in range(3000):
        if receiver.arrived.acquire(blocking=False):
            return task
        await asyncio.sleep(0.01)
    raise AssertionError("no request arrived")


async def until(condition: "Callable[[], bool]") -> None:
    """As ``poll``, while the event loop runs."""
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come about")


def test_a_thousand_awaits_leave_nothing_behind(stream_server: StreamServer) -> None:
    settings = {"base_url": stream_server.base_url, "account_id": stream_server.account_id}

    async def ask(count: int) -> "list[Token]":
        async with AsyncClient(**settings, api_token=stream_server.api_token) as client:  # type: ignore[arg-type]
            calls = [client.stream.token.create(f"v{n}") for n in range(count)]
            tokens = await asyncio.gather(*calls)
            assert workers() <= 32
            return tokens

    asyncio.run(ask(50))
    poll(lambda: workers() == 0)
    # A thread that Python has forgotten already may still be ending.
    poll(lambda: resources()[1] == threading.active_count())
    before = resources()
    tokens = asyncio.run(ask(1000))
    assert [token.identifier for token in tokens] == [f"v{n}" for n in range(1000)]
    verify(tokens[-1], stream_server.keys, identifier="v999")
    del tokens
    gc.collect()
    poll(lambda: workers() == 0)
    poll(lambda: resources()[:2] == before[:2])
    assert resources()[2] < before[2] + 50_000


def resources() -> "tuple[int, int, int]":
    """Open files, threads, and kibibytes of memory."""
    with open("/proc/self/status", encoding="ascii") as status:
        memory = next(line for line in status if line.startswith("VmRSS"))
    files, threads = (len(os.listdir(f"/proc/self/{of}")) for of in ("fd", "task"))
    return files, threads, int(memory.split()[1])


def test_a_cancelled_await_returns_at_once(receiver: Receiver) -> None:
    async def ask() -> None:
        async with AsyncClient(**receiver.options(max_retries=5)) as client:
            task = await hang(client, receiver)
            begin = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            receiver.answers.append(HANG)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.stream.token.create(VIDEO), 0.2)
            assert time.monotonic() - begin < 30

    asyncio.run(ask())
    assert len(receiver.requests) == 2


def test_cancelled_calls_that_hang_hold_up_no_other(receiver: Receiver) -> None:
    async def ask() -> None:
        options = receiver.options(timeout=60, connect_timeout=60)
        async with AsyncClient(**options, max_workers=32) as client:
            receiver.answers = [HANG] * 32
            calls = [asyncio.create_task(client.stream.token.create("hang")) for _ in range(64)]
            await until(lambda: len(receiver.requests) == 32)
            for call in calls:
                call.cancel()
            answer = asyncio.wait_for(client.stream.token.create(VIDEO), 30)
            assert str(await answer) == EXAMPLE["token"]
            assert all(call.cancelled() for call in calls)
            assert workers() <= 32

    asyncio.run(ask())
    assert [request.path.split("/")[-2] for request in receiver.requests] == ["hang"] * 32 + [VIDEO]


@pytest.mark.parametrize("is_client_wide", [True, False])
def test_a_deadline_counts_the_wait_for_a_worker(receiver: Receiver, is_client_wide: bool) -> None:
    limit: dict[str, Any] = {"deadline": 0.2}
    everywhere, here = (limit, {}) if is_client_wide else ({}, limit)

    async def ask() -> None:
        async with AsyncClient(**receiver.options(timeout=60), max_workers=1) as client:
            first = await hang(client, receiver)
            impatient = client.with_options(**everywhere)
            calls = [impatient.stream.keys.list(**here), impatient.stream.token.create("v", **here)]
            answers = asyncio.gather(*calls, return_exceptions=True)
            for late in await asyncio.wait_for(answers, 30):
                assert isinstance(late, APIError)
                assert (late.code, late.attempts) == ("api_timeout", 0)
            assert not first.done()
            # The worker goes past what is over.
            receiver.ended.set()
            with pytest.raises(APIError):
                await first
            assert str(await client.stream.token.create(VIDEO, deadline=30)) == EXAMPLE["token"]

    asyncio.run(ask())
    assert len(receiver.requests) == 2


def test_a_cancelled_await_begins_no_other_attempt(receiver: Receiver) -> None:
    receiver.answers = [Answer(503, b"", {"retry-after": "50"})]

    async def ask() -> None:
        async with AsyncClient(**receiver.options(max_retries=5), max_workers=1) as client:
            task = asyncio.create_task(client.stream.token.create(VIDEO))
            while not receiver.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            # The one worker is free again, long before the pause would have ended.
            assert str(await client.stream.token.create(VIDEO)) == EXAMPLE["token"]
            assert task.cancelled()

    begin = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - begin < 30
    assert len(receiver.requests) == 2


def test_a_call_that_was_cancelled_in_the_queue_is_never_made(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "streamtoken.client")

    async def ask() -> None:
        async with AsyncClient(**receiver.options(), max_workers=1) as client:
            first = await hang(client, receiver)
            waiting = [asyncio.create_task(client.stream.token.create(f"v{n}")) for n in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            waiting[1].cancel()
            receiver.ended.set()
            assert str(await waiting[2]) == EXAMPLE["token"]
            with pytest.raises(APIError):
                await first

    asyncio.run(ask())
    assert [request.path.split("/")[-2] for request in receiver.requests] == [VIDEO, "v2"]
    lines = [record for record in caplog.records if record.name == "streamtoken.client"]
    assert len(lines) == 2


def test_no_more_calls_are_under_way_than_there_are_workers(receiver: Receiver) -> None:
    async def ask() -> None:
        async with AsyncClient(**receiver.options(), max_workers=2) as client:
            tasks = [await hang(client, receiver), await hang(client, receiver)]
            tasks += [asyncio.create_task(client.stream.token.create(VIDEO)) for _ in range(5)]
            # Another client gets its answers meanwhile.
            async with AsyncClient(**receiver.options()) as other:
                await asyncio.gather(*[other.stream.token.create("other") for _ in range(5)])
            assert sum(VIDEO in request.path for request in receiver.requests) == 2
            receiver.ended.set()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert [isinstance(answer, APIError) for answer in answers] == [True] * 2 + [False] * 5

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (0, "option_value"),
        (-1, "option_value"),
        (1001, "option_value"),
        (10**30, "option_value"),
        ("8", "option_type"),
        (True, "option_type"),
        (1.5, "option_type"),
    ],
)
def test_the_number_of_workers_has_limits(limit: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        AsyncClient(max_workers=limit, api_token="t")
    assert (caught.value.code, caught.value.field) == (code, "/max_workers")


def test_one_client_works_in_several_event_loops(receiver: Receiver) -> None:
    client = AsyncClient(**receiver.options())

    async def ask() -> str:
        return str(await client.stream.token.create(VIDEO))

    assert [asyncio.run(ask()) for _ in range(3)] == [EXAMPLE["token"]] * 3
    found: list[str] = []
    loops = [threading.Thread(target=lambda: found.append(asyncio.run(ask()))) for _ in range(4)]
    for thread in loops:
        thread.start()
    for thread in loops:
        thread.join(30)
    assert found == [EXAMPLE["token"]] * 4
    asyncio.run(client.aclose())
    with pytest.raises(APIError) as caught:
        asyncio.run(ask())
    assert caught.value.code == "client_closed"


def test_closing_ends_calls_that_hang(receiver: Receiver) -> None:
    async def ask() -> None:
        client = AsyncClient(**receiver.options(max_retries=3), max_workers=1)
        task = await hang(client, receiver)
        waiting = asyncio.create_task(client.stream.keys.list())
        await asyncio.sleep(0)
        await client.close()
        await client.close()
        for ended in (task, waiting):
            with pytest.raises(APIError) as caught:
                await ended
            assert caught.value.code == "client_closed"

    asyncio.run(ask())
    poll(lambda: workers() == 0)


def test_a_client_that_is_let_go_of_leaves_no_threads(receiver: Receiver) -> None:
    async def ask() -> None:
        await AsyncClient(**receiver.options()).stream.token.create(VIDEO)

    asyncio.run(ask())
    gc.collect()
    poll(lambda: workers() == 0)


def test_options_are_read_before_the_first_pause(receiver: Receiver) -> None:
    """What the caller changes meanwhile is not for this call; its code runs in its own thread."""
    threads: list[int] = []

    class Rules(list[Any]):
        def __iter__(self) -> "Iterator[Any]":
            threads.append(threading.get_ident())
            return super().__iter__()

    async def ask() -> None:
        async with AsyncClient(**receiver.options()) as client:
            rules = Rules([{"type": "any", "action": "allow"}])
            task = asyncio.create_task(client.stream.token.create(VIDEO, access_rules=rules))
            await asyncio.sleep(0)
            rules.clear()
            await task

    asyncio.run(ask())
    assert set(threads) <= {threading.get_ident()}
    assert receiver.requests[0].json == {"accessRules": [{"type": "any", "action": "allow"}]}


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


LIGHT = """
import sys
import streamtoken
assert "streamtoken._async" not in sys.modules
from streamtoken import AsyncClient
client = AsyncClient(api_token="t", account_id="a")
client.stream.token.create
print(*sorted({"asyncio", "threading", "queue", "logging"} & set(sys.modules)))
"""


def test_asyncio_is_imported_by_the_first_call_alone() -> None:
    done = run(LIGHT)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr


HANGING = """
import asyncio, sys, threading
from streamtoken import AsyncClient, Client
url, way = sys.argv[1:]
options = {"base_url": url, "api_token": "t", "account_id": "a", "timeout": 60}
client = AsyncClient(**options)

async def begin():
    tasks = [asyncio.ensure_future(client.stream.token.create("v")) for _ in range(3)]
    await asyncio.sleep(0.5)
    return tasks

if way == "run":
    asyncio.run(begin())
elif way == "loop":
    loop = asyncio.new_event_loop()
    tasks = loop.run_until_complete(begin())
else:
    call = Client(**options).stream.token.create
    threading.Thread(target=call, args=("v",), daemon=True).start()
    import time
    time.sleep(0.5)
print("end", flush=True)
"""


@pytest.mark.parametrize("way", ["run", "loop", "thread"])
def test_the_interpreter_ends_while_calls_hang(receiver: Receiver, way: str) -> None:
    receiver.answers = [HANG] * 3
    begin = time.monotonic()
    done = run(HANGING, receiver.base_url, way)
    assert (done.returncode, done.stdout) == (0, "end\n"), done.stderr
    assert time.monotonic() - begin < 30
    assert receiver.requests
