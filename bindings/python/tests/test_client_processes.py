"""The client in the life of a process: threads, signals, forks."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from receiver import HANG, Answer, Receiver
from streamtoken import APIError, Client, verify
from streamtoken.testing import StreamServer
from support import EXAMPLE, VIDEO, in_a_child
from test_client_async import poll, resources


@pytest.fixture
def receiver() -> "Iterator[Receiver]":
    with Receiver() as receiver:
        yield receiver


def test_a_thousand_threads_leave_nothing_behind(stream_server: StreamServer) -> None:
    options = {"base_url": stream_server.base_url, "account_id": stream_server.account_id}
    client = Client(**options, api_token=stream_server.api_token, max_retries=10)  # type: ignore[arg-type]
    found: list[str] = []

    def ask(count: int) -> None:
        def call(number: int) -> None:
            found.append(client.stream.token.create(f"v{number}").identifier)

        calls = [threading.Thread(target=call, args=(n,)) for n in range(count)]
        for thread in calls:
            thread.start()
        for thread in calls:
            thread.join(100)

    # The first thousand leave behind what the allocator keeps for so many threads.
    ask(1000)
    client.stream.token.create(VIDEO)
    found.clear()
    gc.collect()
    before = resources()
    for _ in range(4):
        found.clear()
        ask(1000)
        assert sorted(found) == sorted(f"v{n}" for n in range(1000))
    verify(client.stream.token.create(VIDEO), stream_server.keys, identifier=VIDEO)
    client.close()
    gc.collect()
    poll(lambda: resources()[0] <= before[0] and resources()[1] <= before[1])
    # What the allocator keeps differs by some 40 megabytes; what leaks grows with each thousand.
    assert resources()[2] < before[2] + 80_000


def test_the_interpreter_is_free_while_a_call_waits(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    client = Client(**receiver.options())
    turns = 0

    def let_go() -> None:
        nonlocal turns
        receiver.arrived.acquire(timeout=30)
        while turns < 100:
            turns += 1
            time.sleep(0.001)
        receiver.ended.set()

    thread = threading.Thread(target=let_go)
    thread.start()
    with pytest.raises(Exception, match="connection"):
        client.stream.token.create(VIDEO)
    thread.join(30)
    assert turns == 100


INTERRUPTED = """
import os
import signal
import sys
import time
from streamtoken import Client
# Tests in the background have the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
client = Client(base_url=sys.argv[1], api_token="t", account_id="a", timeout=60)
try:
    client.stream.token.create("first")
except KeyboardInterrupt:
    # The thread that asked ends, long before the attempt's own limit. The client works on.
    end = time.monotonic() + 30
    while len(os.listdir("/proc/self/task")) > 1:
        assert time.monotonic() < end
        time.sleep(0.01)
    print(client.stream.token.create("second"), flush=True)
    sys.exit(3)
"""


@pytest.mark.parametrize(
    "answer", [HANG, Answer(503, b"", {"retry-after": "50"})], ids=["hang", "pause"]
)
def test_ctrl_c_ends_a_call_at_once(receiver: Receiver, answer: Answer) -> None:
    receiver.answers = [answer]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, receiver.base_url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert receiver.arrived.acquire(timeout=30)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        assert process.stdout.readline() == EXAMPLE["token"] + "\n"
        assert process.wait(30) == 3
        assert time.monotonic() - sent < 10
    assert [request.path.split("/")[-2] for request in receiver.requests] == ["first", "second"]


def test_handlers_of_signals_run_while_a_call_waits(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    heard: list[int] = []

    def hear(number: int, _: object) -> None:
        heard.append(number)
        receiver.answers = []
        receiver.ended.set()

    begin = time.monotonic()
    with handled(receiver, hear):
        # The connection is closed without an answer then, and the second attempt gets its own.
        token = Client(**receiver.options(max_retries=1)).stream.token.create(VIDEO)
    assert str(token) == EXAMPLE["token"]
    assert heard == [signal.SIGUSR1]
    assert time.monotonic() - begin < 30


@contextmanager
def handled(receiver: Receiver, handler: "Callable[[int, object], None]") -> "Iterator[None]":
    """Handle a signal, and send it when a request has arrived."""

    def send() -> None:
        if receiver.arrived.acquire(timeout=30):
            os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_has_connections_of_its_own(receiver: Receiver) -> None:
    client = Client(**receiver.options())
    asked = client.with_options(timeout=30)

    def ask() -> None:
        for one in (client, asked):
            assert str(one.stream.token.create(VIDEO)) == EXAMPLE["token"]

    def ask_and_close() -> None:
        ask()
        client.close()

    ask()
    assert receiver.connections == 1
    for _ in range(3):
        assert in_a_child(ask)
        assert in_a_child(ask_and_close)
        assert in_a_child(client.close)
        assert in_a_child(lambda: in_a_child(ask) or os._exit(1))
    # That of the parent is untouched: nobody else has written to it or ended it.
    ask()
    assert receiver.connections == 10


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_beside_a_call_that_hangs(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    client = Client(**receiver.options())
    errors: list[str] = []

    def hang() -> None:
        try:
            client.stream.token.create(VIDEO)
        except Exception as error:
            errors.append(str(error))

    thread = threading.Thread(target=hang)
    thread.start()
    assert receiver.arrived.acquire(timeout=30)
    assert in_a_child(lambda: client.stream.token.create(VIDEO))
    assert in_a_child(client.close)
    assert thread.is_alive()
    receiver.ended.set()
    thread.join(30)
    assert len(errors) == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_in_the_midst_of_a_call_ends_it_in_the_child(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    children: list[int] = []

    def fork(*_: object) -> None:
        children.append(os.fork())
        if children[-1]:
            receiver.ended.set()

    code = ""
    with handled(receiver, fork):
        try:
            Client(**receiver.options()).stream.token.create(VIDEO)
        except APIError as error:
            code = error.code
        finally:
            if children == [0]:
                os._exit(code != "api_aborted")
    assert code == "api_connection"
    assert os.waitpid(children[0], 0)[1] == 0


ASYNC_CHILD = """
import asyncio, os, sys, warnings
warnings.simplefilter("ignore")
from streamtoken import AsyncClient
client = AsyncClient(base_url=sys.argv[1], api_token="t", account_id="a")

async def ask():
    return str(await client.stream.token.create("v"))

first = asyncio.run(ask())
child = os.fork()
if child == 0:
    status = 1
    try:
        assert asyncio.run(ask()) == first
        asyncio.run(client.close())
        status = 0
    finally:
        os._exit(status)
print(os.waitpid(child, 0)[1], asyncio.run(ask()) == first)
"""


def test_a_child_awaits_with_threads_of_its_own(receiver: Receiver) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASYNC_CHILD, receiver.base_url],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "0 True\n"
