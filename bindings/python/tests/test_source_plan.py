"""What sources make of the core's plan: pauses that the API asks for, chance, callbacks."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from receiver import Answer, Receiver
from source_support import BROKEN, Hand, Source, minted, poll
from streamtoken import (
    AsyncClient,
    AsyncTokenSource,
    Client,
    InputError,
    InternalServerError,
    RateLimitError,
    Token,
    TokenSource,
    _source,
)
from support import VIDEO, example_signer, in_a_child

BUSY = Answer(429, b"", {"retry-after": "30"})


@pytest.fixture(params=[TokenSource, AsyncTokenSource])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def get(kind: Any) -> "Iterator[Callable[[Source], Token]]":
    """Get the token of either source."""
    if kind is TokenSource:
        yield lambda source: source.token()  # type: ignore[misc,return-value]
        return
    loop = asyncio.new_event_loop()
    yield lambda source: loop.run_until_complete(source.token())  # type: ignore[arg-type]
    loop.close()


def remote(kind: Any, receiver: Receiver, **more: Any) -> Source:
    client = Client if kind is TokenSource else AsyncClient
    return kind(client(**receiver.options()), VIDEO, **more)  # type: ignore[no-any-return]


def test_without_a_living_token_the_api_is_left_alone_as_long_as_it_says(
    kind: Any, get: Any, receiver: Receiver, hand: Hand
) -> None:
    receiver.answers = [BUSY, minted()]
    heard: list[Exception] = []
    source = remote(kind, receiver, on_error=heard.append)
    errors = []
    for seconds in (0, 0, 25):
        hand.ahead = seconds
        with pytest.raises(RateLimitError) as caught:
            get(source)
        errors.append(caught.value)
    assert len({id(error) for error in errors}) == 3, "each has its own"
    assert {(str(error), error.retry_after) for error in errors} == {(str(errors[0]), 30)}
    assert len(receiver.requests) == len(heard) == 1
    hand.ahead = 31
    assert get(source).identifier == VIDEO
    assert len(receiver.requests) == 2


def test_what_is_raised_again_holds_no_frames(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Exception] = []

    def told(error: Exception) -> None:
        heard.append(error)
        raise error

    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    receiver.answers = [BUSY]
    source = TokenSource(Client(**receiver.options()), VIDEO, on_error=told)
    with pytest.raises(RateLimitError):
        source.token()
    assert heard[0].__traceback__ is not None
    refusal = source._plan.ask(*_source._clock())[2]
    assert isinstance(refusal, RateLimitError)
    assert refusal.__traceback__ is None


def test_chance_spreads_the_renewals_of_many_sources(kind: Any, get: Any, hand: Hand) -> None:
    sources = [kind(example_signer(), VIDEO, expires_in="1h") for _ in range(64)]
    tokens = [get(source) for source in sources]
    # In the middle of the time over which renewals are spread.
    hand.ahead = 2736
    renewed = [get(source) is not token for source, token in zip(sources, tokens)]
    # By chance all would do the same once in 2^63 times.
    assert 0 < sum(renewed) < 64


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_chance_spreads_the_renewals_of_forked_processes(hand: Hand) -> None:
    source = TokenSource(example_signer(), VIDEO, expires_in="1h")
    token = source.token()
    hand.ahead = 2736

    def renew() -> None:
        assert source.token() is not token

    assert 0 < sum(in_a_child(renew) for _ in range(32)) < 32


def test_a_task_of_the_callback_is_not_told_of(receiver: Receiver) -> None:
    async def ask() -> None:
        receiver.answers = [BROKEN] * 12
        heard: list[Exception] = []
        tasks: list[asyncio.Task[Token]] = []

        def told(error: Exception) -> None:
            heard.append(error)
            tasks.append(asyncio.get_running_loop().create_task(source.token()))

        async with AsyncClient(**receiver.options()) as client:
            source = AsyncTokenSource(client, VIDEO, on_error=told)
            for count in (1, 2):
                with pytest.raises(InternalServerError):
                    await source.token()
                assert len(heard) == len(tasks) == count
                with pytest.raises(InternalServerError):
                    await tasks[-1]
                assert len(heard) == len(tasks) == count, "it hears nothing of its own"
                assert len(receiver.requests) == 2 * count

    asyncio.run(ask())


def test_a_renewal_beside_the_callback_is_not_told_of(receiver: Receiver, hand: Hand) -> None:
    receiver.answers = [minted(), *[BROKEN] * 12]
    heard: list[Exception] = []

    def told(error: Exception) -> None:
        heard.append(error)
        # The pause is over.
        hand.ahead += 61
        assert source.token() == first

    source = TokenSource(Client(**receiver.options()), VIDEO, on_error=told)
    first = source.token()
    hand.ahead = 2900
    assert source.token() is first
    poll(lambda: len(receiver.requests) == 3 and source._here.renewal is None)
    assert [type(error) for error in heard] == [InternalServerError]


def test_a_function_that_nobody_would_await_is_refused(kind: Any) -> None:
    async def told(_: Exception) -> None: ...

    class Told:
        async def method(self, _: Exception) -> None: ...

        async def __call__(self, _: Exception) -> None: ...

    for on_error in (told, Told().method, Told(), partial(told), partial(partial(Told()))):
        with pytest.raises(InputError, match="not async") as caught:
            kind(example_signer(), VIDEO, on_error=on_error)
        assert (caught.value.code, caught.value.field) == ("option_type", "/on_error")
    assert kind(example_signer(), VIDEO, on_error=lambda _: told)
