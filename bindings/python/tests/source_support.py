"""What the tests of sources of fresh tokens need."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Union

from receiver import Answer, Receiver
from streamtoken import AsyncTokenSource, TokenSource
from support import VIDEO, example_signer

Source = Union[TokenSource, AsyncTokenSource]
PATIENCE = 60
BROKEN = Answer(503, b"")


class Hand:
    """A clock that runs ahead of the machine's by so many seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> "tuple[int, float]":
        return int(time.time() + self.ahead), time.monotonic() + self.ahead


def minted(expires_in: int = 3600) -> Answer:
    """Answer with a token that lives from now on."""
    token = example_signer().sign(VIDEO, expires_in=expires_in)
    return Answer(
        body={"success": True, "errors": [], "messages": [], "result": {"token": str(token)}}
    )


def settle(receiver: Receiver) -> None:
    assert receiver.arrived.acquire(timeout=PATIENCE), "no request arrived"


def poll(condition: "Callable[[], bool]") -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.01)


async def arrived(receiver: Receiver) -> None:
    for _ in range(6000):
        if receiver.arrived.acquire(blocking=False):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no request arrived")


def wait_with(get: "Callable[[Any], Any]", source: Source, condition: "Callable[[], bool]") -> None:
    """Wait for what a renewal beside brings about; it needs its event loop to go on."""

    class Napping:
        async def token(self) -> None:
            await asyncio.sleep(0.01)

    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        if isinstance(source, TokenSource):
            time.sleep(0.01)
        else:
            get(Napping())
