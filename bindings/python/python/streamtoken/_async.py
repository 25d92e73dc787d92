"""The client that is awaited.

``asyncio`` is imported when the first call is made, and so are threads.
"""

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, final

from . import _native

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Callable
    from queue import SimpleQueue

    from typing_extensions import Unpack

    from ._native import CreatedKey, ListedKey, Signer, Token, _Call
    from .types import CallOptions, ClientOptions, TokenOptions

    # A call, whether nobody waits for it any more, and who is told of its end.
    _Job = tuple[_Call[Any], Callable[[], bool], Any]

__all__ = ["AsyncClient"]

_T = TypeVar("_T")
# In a class with a method called `list`.
_list = list


@final
class AsyncClient:
    """Asks Cloudflare's API as ``Client`` does: the same options and calls, each to be awaited.

    Requests are made by threads of its own, at most ``max_workers`` of them (32 when left out);
    calls beyond that wait for their turn, which counts for their ``deadline``. An await that is
    cancelled returns at once: its connection is closed, its thread is free for the next call (while
    it still connects, within ``connect_timeout``; a lookup of a name that takes longer goes on in
    the system's resolver, on a thread that is none of these), and no other attempt begins. Works in
    one event loop after the other. Nothing waits for one that was not closed, the end of the
    interpreter neither.

    Raises ``APIError`` and ``InputError``.
    """

    def __init__(
        self, *, max_workers: "int | None" = None, **options: "Unpack[ClientOptions]"
    ) -> None:
        self._workers = _Workers(_native._worker_limit(max_workers))
        self._client = _native.Client(**options)

    @classmethod
    def _of(cls, client: _native.Client, workers: "_Workers") -> "AsyncClient":
        made = cls.__new__(cls)
        made._client, made._workers = client, workers
        return made

    @classmethod
    def local(cls, signer: "Signer", *, max_workers: "int | None" = None) -> "AsyncClient":
        """A client that mints with ``signer``, without any network, as ``Client.local`` does."""
        client = _native.Client.local(signer)
        return cls._of(client, _Workers(_native._worker_limit(max_workers)))

    @property
    def stream(self) -> "AsyncStream":
        """What there is about Stream."""
        return AsyncStream(self._client.stream, self._workers)

    def with_options(self, **options: "Unpack[CallOptions]") -> "AsyncClient":
        """The same client with other options for its calls, as ``Client.with_options``."""
        return self._of(self._client.with_options(**options), self._workers)

    async def close(self) -> None:
        """End the client: calls that wait for an answer end with an error, as every later one."""
        self._client.close()
        self._workers.close()

    aclose = close

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return "AsyncClient(…)"

    def __copy__(self) -> "AsyncClient":
        return self

    def __deepcopy__(self, _memo: object) -> "AsyncClient":
        return self

    def __reduce_ex__(self, _protocol: object) -> "Any":
        return self._client.__reduce_ex__(2)


@final
class AsyncStream:
    """What there is about Stream."""

    def __init__(self, stream: "_native.Stream", workers: "_Workers") -> None:
        self._stream = stream
        self._workers = workers

    @property
    def token(self) -> "AsyncTokens":
        """Tokens for videos."""
        return AsyncTokens(self._stream.token, self._workers)

    @property
    def keys(self) -> "AsyncKeys":
        """Signing keys of the account."""
        return AsyncKeys(self._stream.keys, self._workers)


@final
class AsyncTokens:
    """Tokens for videos."""

    def __init__(self, tokens: "_native.Tokens", workers: "_Workers") -> None:
        self._tokens = tokens
        self._workers = workers

    async def create(self, identifier: str, **options: "Unpack[TokenOptions]") -> "Token":
        """Ask for a token for ``identifier``, as ``Client.stream.token.create`` does."""
        return await self._workers.answer(self._tokens._create(identifier, **options))


@final
class AsyncKeys:
    """Signing keys of the account."""

    def __init__(self, keys: "_native.Keys", workers: "_Workers") -> None:
        self._keys = keys
        self._workers = workers

    async def create(self, **options: "Unpack[CallOptions]") -> "CreatedKey":
        """Make a signing key, as ``Client.stream.keys.create`` does."""
        return await self._workers.answer(self._keys._create(**options))

    async def list(self, **options: "Unpack[CallOptions]") -> "_list[ListedKey]":
        """All signing keys of the account, as ``Client.stream.keys.list`` gives them."""
        return await self._workers.answer(self._keys._list(**options))

    async def get(self, **options: "Unpack[CallOptions]") -> "_list[ListedKey]":
        """``list``, by the name that the official client has for it."""
        return await self._workers.answer(self._keys._list(**options))

    async def delete(self, identifier: str, **options: "Unpack[CallOptions]") -> str:
        """Delete a key, as ``Client.stream.keys.delete`` does."""
        return await self._workers.answer(self._keys._delete(identifier, **options))


class _Workers:
    """Threads that make calls, begun when there is work for them.

    They are daemons: the interpreter does not wait for them when it ends.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._team: _Team | None = None

    async def answer(self, call: "_Call[_T]") -> "_T":
        import asyncio  # noqa: PLC0415 - it takes longer to import than all the rest

        loop = asyncio.get_running_loop()
        future: Future[_T] = loop.create_future()

        def settle(answer: "_T", error: "BaseException | None") -> None:
            if future.done():
                return
            if error is None:
                future.set_result(answer)
            else:
                future.set_exception(error)

        def done(answer: "Any", error: "BaseException | None") -> None:
            try:
                loop.call_soon_threadsafe(settle, answer, error)
            except RuntimeError:
                """The loop is closed: nobody waits."""

        # A cancelled future says so before the loop comes to stopping its call: what is cancelled
        # together leaves no thread to one of them.
        job = (call, future.done, done)
        self._current_team().take(job)
        left = call.time_left
        expiry = None if left is None else loop.call_later(left, _expire, loop, job)
        try:
            return await future
        finally:
            if expiry is not None:
                expiry.cancel()
            call.stop()

    def _current_team(self) -> "_Team":
        if self._process != os.getpid():
            # The threads are the parent's.
            self._begin()
        if self._team is None:
            self._team = _Team(self._limit)
        return self._team

    def close(self) -> None:
        if self._team is not None and self._process == os.getpid():
            self._team.dismiss()
        self._team = None

    def __del__(self) -> None:
        self.close()


class _Team:
    def __init__(self, limit: int) -> None:
        from queue import SimpleQueue  # noqa: PLC0415
        from threading import Lock  # noqa: PLC0415

        self._limit = limit
        self._jobs: SimpleQueue[Any] = SimpleQueue()
        self._count = _Count(Lock())

    def take(self, job: "_Job") -> None:
        count = self._count
        with count.lock:
            count.jobs += 1
            is_short = count.threads < min(self._limit, count.jobs)
            count.threads += is_short
        if is_short:
            self._grow()
        self._jobs.put(job)

    def _grow(self) -> None:
        from threading import Thread  # noqa: PLC0415

        count = self._count
        name = f"streamtoken-{count.threads}"
        try:
            Thread(target=_work, args=(self._jobs, count), name=name, daemon=True).start()
        except RuntimeError:
            # The system gives no thread. Fewer do as well, but none do not.
            with count.lock:
                count.threads -= 1
                if count.threads:
                    return
                count.jobs -= 1
            raise

    def dismiss(self) -> None:
        for _ in range(self._count.threads):
            self._jobs.put(None)


class _Count:
    """Jobs that are not done, and threads."""

    def __init__(self, lock: "Any") -> None:
        self.lock = lock
        self.jobs = 0
        self.threads = 0


def _work(jobs: "SimpleQueue[Any]", count: _Count) -> None:
    while True:
        job = jobs.get()
        if job is None:
            return
        _do(*job)
        del job
        with count.lock:
            count.jobs -= 1


def _expire(loop: "AbstractEventLoop", job: "_Job") -> None:
    """End a call that has waited for a thread until its deadline."""
    left = job[0].time_left
    if left:
        # Clocks of event loops may be coarse.
        loop.call_later(left, _expire, loop, job)
    else:
        # It sends nothing any more, and fails at once.
        _do(*job)


def _do(call: "_Call[Any]", is_over: "Callable[[], bool]", done: "Any") -> None:
    if is_over() or call.is_stopped or not call.take():
        return
    try:
        answer = call.run()
    except BaseException as error:
        # Its traceback would lead to `done`, and from there to the future that holds it: a cycle.
        done(None, error.with_traceback(None))
    else:
        done(answer, None)
