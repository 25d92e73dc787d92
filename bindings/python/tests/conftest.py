"""What tests are given."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from client_support import ask_async, ask_sync
from receiver import Receiver
from source_support import Hand
from streamtoken import _source


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine says to clients is not for these tests."""
    for name in [name for name in os.environ if name.startswith("CLOUDFLARE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def receiver() -> "Iterator[Receiver]":
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> "Callable[..., Any]":
    """Call a client, in both of its forms."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(_source, "_clock", hand.now)
    return hand
