"""Sources of fresh tokens: one for threads, and one that is awaited.

When to renew and what to give meanwhile is decided by the core; what is here waits.
"""

import copy
import threading
import time
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Union, final

from . import _native
from ._async import AsyncClient, _Workers

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task
    from collections.abc import Callable

    from typing_extensions import Unpack

    from ._native import Client, Signer, Token, _Ticket
    from .types import SourceOptions

__all__ = ["AsyncTokenSource", "TokenSource"]

_OnError = Union["Callable[[Exception], object]", None]
# How soon it is noticed that a renewal came to no end: its thread was interrupted.
_PATIENCE = 1.0
_NAP = 0.02

# The sources whose callback is at work: it hears of no failure that it brings about.
_TELLING: "ContextVar[frozenset[TokenSource | AsyncTokenSource]]" = ContextVar(
    "streamtoken_telling", default=frozenset()
)


def _clock() -> "tuple[int, float]":
    return int(time.time()), time.monotonic()


def _failed(ticket: "_Ticket", error: Exception) -> Exception:
    """Tell the core of a failure. What it may have to say again holds no frames."""
    wait = getattr(error, "retry_after", None)
    ticket.failed(copy.copy(error), wait, *_clock())
    return error.with_traceback(None)


def _tell(source: "TokenSource | AsyncTokenSource", error: Exception) -> None:
    telling = _TELLING.get()
    if source in telling:
        return
    mark = _TELLING.set(telling | {source})
    try:
        source._plan.tell(error)
    finally:
        _TELLING.reset(mark)


class _Renewal:
    """A renewal that a thread makes, and what came of it."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.ended = threading.Event()
        self.token: Token | None = None
        self.error: Exception | None = None


class _Here:
    """What threads share. A child of a fork begins its own renewals: the core sees to that."""

    def __init__(self) -> None:
        self.renewal: _Renewal | None = None


@final
class TokenSource:
    """Keeps a fresh token for one video.

    Shared between threads as it is. Options are those of ``Signer.sign``, or of
    ``Client.stream.token.create`` for a ``Client``, but for ``exp`` and ``now``. After a fork the
    child renews by itself. Cannot be pickled, since it holds the key or the credential.

    ``on_error`` is called with the exception of each renewal that fails, once, by the thread that
    renewed; what it raises goes to ``sys.unraisablehook``. It is no ``async`` function, for which
    nobody would wait. It may ask the source: of a failure that it brings about itself it hears
    nothing. A thread that it starts is not it, so wait there before you ask.

    A fifth of the lifetime is left when a token is given last, and must outlast the view: let
    ``expires_in`` be five times the view (``"3h45m"`` for 45 minutes), a day at most. With
    ``reuse_window`` all of ``expires_in`` but a minute is left.

    Raises ``InputError`` and ``SigningKeyError`` for options that will never do, and ``APIError``
    for a ``Client`` that can ask nobody.
    """

    def __init__(
        self,
        signer_or_client: "Signer | Client",
        identifier: str,
        *,
        on_error: "_OnError" = None,
        **options: "Unpack[SourceOptions]",
    ) -> None:
        self._plan = _native._Freshness(signer_or_client, identifier, on_error, **options)
        self._here = _Here()

    def token(self) -> "Token":
        """The token of the moment.

        While it lives this returns at once. Without one it waits for the renewal, and all who
        wait get the same ``Token``, or each the exception that it failed with. Where the API said
        ``retry-after`` the same exception comes until then, for 300 s at most.
        """
        while True:
            token, ticket, refusal = self._plan.ask(*_clock())
            if refusal is not None:
                raise copy.copy(refusal)
            if ticket is None:
                if token is not None:
                    return token
                renewal = self._waited_for()
            elif token is None:
                renewal = self._renew(ticket)
            else:
                return self._renew_beside(ticket) or token
            del ticket
            if renewal is not None and renewal.token is not None:
                return renewal.token
            if renewal is not None and renewal.error is not None:
                raise copy.copy(renewal.error)

    def _waited_for(self) -> "_Renewal | None":
        renewal = self._here.renewal
        if renewal is None:
            # It has only just begun, or ended.
            time.sleep(_NAP)
            return None
        if renewal.thread == threading.get_ident():
            self._plan.refuse_itself()
        return renewal if renewal.ended.wait(_PATIENCE) else None

    def _renew_beside(self, ticket: "_Ticket") -> "Token | None":
        """Renew the token while the old one lives; give the new one if it is there at once."""
        if not self._plan.is_quick:
            work = threading.Thread(
                target=copy_context().run,
                args=(self._renew, ticket),
                name="streamtoken-source",
                daemon=True,
            )
            try:
                work.start()
            except RuntimeError:
                """The system gives no thread."""
            else:
                return None
        return self._renew(ticket).token

    def _renew(self, ticket: "_Ticket") -> _Renewal:
        here = self._here
        renewal = here.renewal = _Renewal()
        try:
            token = self._plan.call().run()
            ticket.renewed(token, *_clock())
            renewal.token = token
        except Exception as error:
            renewal.error = _failed(ticket, error)
        finally:
            # One that was interrupted is for others to make: they look again.
            ticket.abandon()
            if here.renewal is renewal:
                here.renewal = None
            renewal.ended.set()
        if renewal.error is not None:
            _tell(self, renewal.error)
        return renewal

    def __repr__(self) -> str:
        return "TokenSource(…)"

    def __copy__(self) -> "TokenSource":
        return self

    def __deepcopy__(self, _memo: object) -> "TokenSource":
        return self

    def __reduce_ex__(self, _protocol: object) -> "str":
        raise _not_pickled()


@final
class AsyncTokenSource:
    """Keeps a fresh token for one video, as ``TokenSource`` does, and is awaited.

    Takes a ``Signer`` or an ``AsyncClient``. A renewal is a task of its own: to cancel one who
    waits for it cancels neither the renewal nor the others. Works in one event loop after the
    other, and after a fork. ``on_error`` is called, not awaited: it may begin a task, and hears
    of no failure that this task brings about.
    """

    def __init__(
        self,
        signer_or_client: "Signer | AsyncClient",
        identifier: str,
        *,
        on_error: "_OnError" = None,
        **options: "Unpack[SourceOptions]",
    ) -> None:
        if isinstance(signer_or_client, AsyncClient):
            way: Signer | Client = signer_or_client._client
            self._workers = signer_or_client._workers
        else:
            way = signer_or_client
            self._workers = _Workers(_native._worker_limit(None))
        self._plan = _native._Freshness(way, identifier, on_error, **options)
        self._under_way: _UnderWay | None = None

    async def token(self) -> "Token":
        """The token of the moment, as ``TokenSource.token`` gives it."""
        import asyncio  # noqa: PLC0415 - it takes longer to import than all the rest

        loop = asyncio.get_running_loop()
        while True:
            token, ticket, refusal = self._plan.ask(*_clock())
            if refusal is not None:
                raise copy.copy(refusal)
            if ticket is not None:
                if self._plan.is_quick:
                    outcome = self._renew_here(ticket)
                    if token is not None and isinstance(outcome, Exception):
                        return token
                    return _given(outcome)
                self._under_way = _UnderWay(loop, ticket, loop.create_task(self._renew(ticket)))
                del ticket
            if token is not None:
                return token
            under_way = self._under_way
            if under_way is None or under_way.loop is not loop:
                self._forget_closed(under_way)
                await asyncio.sleep(_NAP)
                continue
            # Unlike awaiting it, this leaves the task alone when whoever waits is cancelled.
            await asyncio.wait({under_way.task})
            if not under_way.task.cancelled():
                return _given(under_way.task.result())

    def _forget_closed(self, under_way: "_UnderWay | None") -> None:
        """Give up a renewal whose event loop goes on no more."""
        if under_way is not None and under_way.loop.is_closed():
            under_way.ticket.abandon()
            self._under_way = None

    def _renew_here(self, ticket: "_Ticket") -> "_Outcome":
        try:
            token = self._plan.call().run()
            ticket.renewed(token, *_clock())
        except Exception as error:
            return self._failed(ticket, error)
        return token

    async def _renew(self, ticket: "_Ticket") -> "_Outcome":
        try:
            token = await self._workers.answer(self._plan.call())
            ticket.renewed(token, *_clock())
        except Exception as error:
            return self._failed(ticket, error)
        else:
            return token
        finally:
            # One that was cancelled is for others to make: they look again.
            ticket.abandon()

    def _failed(self, ticket: "_Ticket", error: Exception) -> "_Outcome":
        _tell(self, _failed(ticket, error))
        return error

    def __repr__(self) -> str:
        return "AsyncTokenSource(…)"

    def __copy__(self) -> "AsyncTokenSource":
        return self

    def __deepcopy__(self, _memo: object) -> "AsyncTokenSource":
        return self

    def __reduce_ex__(self, _protocol: object) -> "str":
        raise _not_pickled()


_Outcome = Union["Token", Exception]


class _UnderWay:
    """A renewal that a task makes."""

    def __init__(
        self, loop: "AbstractEventLoop", ticket: "_Ticket", task: "Task[_Outcome]"
    ) -> None:
        self.loop = loop
        self.ticket = ticket
        self.task = task


def _given(outcome: "_Outcome") -> "Token":
    if isinstance(outcome, Exception):
        raise copy.copy(outcome)
    return outcome


def _not_pickled() -> TypeError:
    return TypeError(
        "a source is not pickled, since a pickle would carry the key or the credential; "
        "make one where it is needed"
    )
