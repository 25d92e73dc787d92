"""The fixture ``stream_server`` for pytest, which finds this module by itself.

Where pytest loads no plugins by itself, ``-p streamtoken.pytest_plugin`` names it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import StreamServer

__all__ = ["stream_server", "stream_server_of_session"]


@pytest.fixture(scope="session")
def stream_server_of_session() -> "Iterator[StreamServer]":
    """A token service of this test session (of this worker, under pytest-xdist), never reset."""
    # Every run of pytest imports this module; only a test that asks for the service pays for more.
    from .testing import StreamServer  # noqa: PLC0415

    with StreamServer.start() as server:
        yield server


@pytest.fixture
def stream_server(stream_server_of_session: "StreamServer") -> "StreamServer":
    """A token service as it was at its start: see ``streamtoken.testing.StreamServer``."""
    stream_server_of_session.reset()
    return stream_server_of_session
