"""Sources of fresh tokens: what is kept and renewed, failures, and what is refused."""

import asyncio
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, get_type_hints

import pytest

import streamtoken
from client_support import settings
from receiver import Receiver
from source_support import BROKEN, Hand, Source, minted, settle, wait_with
from streamtoken import (
    APIConnectionError,
    AsyncClient,
    AsyncTokenSource,
    Client,
    InputError,
    InternalServerError,
    StreamTokenError,
    Token,
    TokenError,
    TokenSource,
    types,
    verify,
)
from streamtoken.testing import StreamServer
from support import VIDEO, example_signer


@pytest.fixture(params=["threads", "asyncio"])
def get(request: pytest.FixtureRequest) -> "Iterator[Callable[[Source], Token]]":
    """Get the token of either source."""
    if request.param == "threads":
        yield lambda source: source.token()  # type: ignore[misc,return-value]
        return
    loop = asyncio.new_event_loop()
    yield lambda source: loop.run_until_complete(source.token())  # type: ignore[arg-type]
    loop.close()


@pytest.fixture
def make(get: Any, request: pytest.FixtureRequest) -> "Callable[..., Source]":
    """Make a source of the kind that `get` asks; of a signer, or of what a client is told."""
    is_async = "asyncio" in request.node.callspec.id

    def made(options: "dict[str, Any] | None" = None, **more: Any) -> Source:
        kind: Any = AsyncTokenSource if is_async else TokenSource
        if options is None:
            return kind(example_signer(), VIDEO, **more)  # type: ignore[no-any-return]
        client = AsyncClient(**options) if is_async else Client(**options)
        return kind(client, VIDEO, **more)  # type: ignore[no-any-return]

    return made


def test_the_token_is_kept_and_renewed_in_time(hand: Hand, get: Any, make: Any) -> None:
    source = make(expires_in=timedelta(hours=1), downloadable=True)
    first = get(source)
    assert first.identifier == VIDEO
    assert first.exp - int(time.time()) in (3599, 3600)
    hand.ahead = 2500
    assert get(source) is first
    hand.ahead = 2900
    second = get(source)
    assert second is not first, "a signature takes no time"


def test_tokens_of_a_client_are_renewed_beside(
    hand: Hand, receiver: Receiver, get: Any, make: Any
) -> None:
    receiver.answers = [minted()]
    source = make(receiver.options())
    first = get(source)
    settle(receiver)
    hand.ahead = 2900
    receiver.answers = [minted(7200)]
    assert get(source) is first
    wait_with(get, source, lambda: get(source) is not first)
    assert get(source).exp > first.exp
    assert len(receiver.requests) == 2


def test_after_a_failure_the_old_token_is_given_while_it_lives(
    hand: Hand, receiver: Receiver, get: Any, make: Any
) -> None:
    receiver.answers = [minted()]
    heard: list[Exception] = []
    source = make(receiver.options(), on_error=heard.append)
    first = get(source)
    receiver.answers = [BROKEN]
    hand.ahead = 2900
    assert get(source) is first
    wait_with(get, source, lambda: bool(heard))
    assert [type(error) for error in heard] == [InternalServerError]
    # A pause: no request, though the next would be answered.
    receiver.answers = [minted(7200)]
    assert get(source) is first
    assert len(receiver.requests) == 2
    # It is dead, and nobody answers.
    receiver.answers = [BROKEN, BROKEN]
    hand.ahead = 3601
    for count in (2, 3):
        with pytest.raises(InternalServerError) as caught:
            get(source)
        assert caught.value.status_code == 503
        assert len(heard) == count
    receiver.answers = [minted(7200)]
    assert get(source).exp > first.exp
    assert len(heard) == 3


def test_a_token_that_is_dead_by_this_clock_is_refused(
    hand: Hand, receiver: Receiver, get: Any, make: Any
) -> None:
    receiver.answers = [minted(), minted(7200)]
    source = make(receiver.options())
    hand.ahead = 3700
    with pytest.raises(TokenError) as caught:
        get(source)
    assert caught.value.code == "token_expired"
    assert get(source).exp > time.time() + 3700


def test_what_the_callback_raises_does_no_harm(
    receiver: Receiver, get: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: unraisable.append(told.exc_type))

    def told(_: Exception) -> None:
        raise LookupError

    receiver.answers = [BROKEN, minted()]
    source = make(receiver.options(), on_error=told)
    with pytest.raises(InternalServerError):
        get(source)
    assert unraisable == [LookupError]
    assert get(source).identifier == VIDEO


def test_the_callback_may_ask_the_source(receiver: Receiver) -> None:
    receiver.answers = [BROKEN] * 4
    heard: list[Exception] = []

    def told(error: Exception) -> None:
        heard.append(error)
        with pytest.raises(InternalServerError):
            source.token()

    source = TokenSource(Client(**receiver.options()), VIDEO, on_error=told)
    for count in (1, 2):
        with pytest.raises(InternalServerError):
            source.token()
        assert (len(heard), len(receiver.requests)) == (count, 2 * count)


def test_what_will_never_do_is_told_at_once(get: Any, make: Any, receiver: Receiver) -> None:
    for options, code, field in [
        ({"exp": 1}, "option_value", "/exp"),
        ({"now": 1}, "option_value", "/now"),
        ({"expires_in": 90_000}, "exp_too_far", "/expires_in"),
        ({"flavour": 1}, "option_unknown", "/flavour"),
        ({"on_error": 7}, "option_type", "/on_error"),
    ]:
        for client in (None, receiver.options()):
            with pytest.raises(InputError) as caught:
                make(client, **options)
            assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(InputError) as caught:
        make(receiver.options(), reuse_window=60)
    assert caught.value.code == "option_not_remote"
    assert get(make(reuse_window=60)).identifier == VIDEO
    kind = type(make())
    for way, identifier, field in [
        (example_signer(), "", "/identifier"),
        (example_signer(), None, "/identifier"),
        ("a signer", VIDEO, "/signer_or_client"),
    ]:
        with pytest.raises(InputError) as caught:
            kind(way, identifier)
        assert caught.value.field == field
    assert not receiver.requests


def test_options_are_read_once(get: Any, make: Any, hand: Hand) -> None:
    rules = [{"type": "any", "action": "block"}]
    source = make(access_rules=rules)
    rules.clear()
    get(source)
    hand.ahead = 2900
    assert streamtoken.inspect(get(source)).payload["accessRules"]


def test_the_options_are_those_of_tokens_but_for_fixed_times() -> None:
    def members(of: Any) -> "set[str]":
        return set(get_type_hints(of, vars(types) | vars(streamtoken)))

    assert members(types.SourceOptions) == members(types.TokenOptions) - {"exp", "now"}


def test_a_source_shows_and_gives_away_nothing(make: Any, get: Any) -> None:
    source = make()
    token = get(source)
    assert str(token) not in repr(source)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(source)


def test_against_the_service_with_its_clock_and_faults(
    stream_server: StreamServer, get: Any, make: Any, hand: Hand
) -> None:
    stream_server.reset()
    heard: list[StreamTokenError] = []
    source = make(settings(stream_server), on_error=heard.append)
    stream_server.faults({"status": 500, "times": 1})
    with pytest.raises(InternalServerError):
        get(source)
    assert [error.code for error in heard] == ["api_server_error"]
    first = get(source)
    verify(first, stream_server.keys, identifier=VIDEO)
    # Both clocks go on, and the service has a bad moment.
    stream_server.set_clock(offset=3000)
    hand.ahead = 3000
    stream_server.faults({"close": True, "times": 1})
    assert get(source) is first
    wait_with(get, source, lambda: len(heard) == 2)
    assert isinstance(heard[1], APIConnectionError)
    assert get(source) is first
    hand.ahead = 3010
    wait_with(get, source, lambda: get(source) is not first)
    assert get(source).exp > first.exp + 2900
    stream_server.reset()


def test_importing_the_package_does_not_import_the_sources() -> None:
    script = "import streamtoken, sys; print('streamtoken._source' in sys.modules)"
    import subprocess  # noqa: PLC0415

    told = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert told.stdout == "False\n"
