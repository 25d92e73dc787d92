"""Sources of fresh tokens: one renewal for many, the old token while it lives, failures, forks."""

import asyncio
import gc
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Union, get_type_hints

import pytest

import streamtoken
from receiver import HANG, Answer, Receiver
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
    _source,
    types,
    verify,
)
from streamtoken.testing import StreamServer
from support import VIDEO, example_signer, in_a_child

Source = Union[TokenSource, AsyncTokenSource]
PATIENCE = 60
BROKEN = Answer(503, b"")


class Hand:
    """A clock that runs ahead of the machine's by so many seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> "tuple[int, float]":
        return int(time.time() + self.ahead), time.monotonic() + self.ahead


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(_source, "_clock", hand.now)
    return hand


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
    deadline = time.monotonic() + PATIENCE
    while get(source) is first and time.monotonic() < deadline:
        if isinstance(source, TokenSource):
            time.sleep(0.01)
        else:
            get(Napping())
    assert get(source).exp > first.exp
    assert len(receiver.requests) == 2


class Napping:
    """Lets an event loop go on for a while."""

    async def token(self) -> None:
        await asyncio.sleep(0.01)


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
    deadline = time.monotonic() + PATIENCE
    while not heard and time.monotonic() < deadline:
        if isinstance(source, TokenSource):
            time.sleep(0.01)
        else:
            get(Napping())
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


def test_a_thousand_threads_get_one_token(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    source = TokenSource(Client(**receiver.options(max_retries=1)), VIDEO)
    found: list[Token] = []
    threads = [threading.Thread(target=lambda: found.append(source.token())) for _ in range(1000)]
    for thread in threads:
        thread.start()
    settle(receiver)
    receiver.answers = [minted()]
    # The connection ends, and the second attempt of the same renewal is answered.
    receiver.ended.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == 1000
    assert len({id(token) for token in found}) == 1
    assert len(receiver.requests) == 2


def test_a_thousand_threads_each_get_the_error(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    heard: list[Exception] = []
    source = TokenSource(Client(**receiver.options()), VIDEO, on_error=heard.append)
    found: list[Exception] = []

    def ask() -> None:
        try:
            source.token()
        except APIConnectionError as error:
            found.append(error)

    first = threading.Thread(target=ask)
    first.start()
    settle(receiver)
    others = [threading.Thread(target=ask) for _ in range(300)]
    waiting = source._here.renewal
    assert waiting is not None
    for thread in others:
        thread.start()
    poll(lambda: len(waiting.ended._cond._waiters) == 300)  # type: ignore[attr-defined]
    receiver.ended.set()
    for thread in [first, *others]:
        thread.join(PATIENCE)
    assert len(found) == 301
    assert len({id(error) for error in found}) == 301, "each has its own"
    assert len(heard) == len(receiver.requests) == 1


def test_a_thousand_tasks_get_one_token(receiver: Receiver) -> None:
    async def ask() -> None:
        receiver.answers = [HANG]
        async with AsyncClient(**receiver.options(max_retries=1)) as client:
            source = AsyncTokenSource(client, VIDEO)
            tasks = [asyncio.create_task(source.token()) for _ in range(1000)]
            await arrived(receiver)
            receiver.answers = [minted()]
            # One who waits goes; also the one who began.
            for task in (tasks[0], tasks[500]):
                task.cancel()
            await asyncio.wait({tasks[0], tasks[500]})
            assert tasks[0].cancelled()
            receiver.ended.set()
            tokens = await asyncio.gather(*tasks[1:500], *tasks[501:])
            assert len({id(token) for token in tokens}) == 1
        assert len(receiver.requests) == 2

    asyncio.run(ask())


def test_a_thousand_tasks_each_get_the_error(receiver: Receiver) -> None:
    async def ask() -> None:
        receiver.answers = [HANG]
        heard: list[Exception] = []
        async with AsyncClient(**receiver.options()) as client:
            source = AsyncTokenSource(client, VIDEO, on_error=heard.append)
            tasks = [asyncio.create_task(source.token()) for _ in range(1000)]
            await arrived(receiver)
            receiver.ended.set()
            errors = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(error) for error in errors} == {APIConnectionError}
        assert len({id(error) for error in errors}) == 1000
        assert len(heard) == len(receiver.requests) == 1

    asyncio.run(ask())


def test_a_renewal_that_was_cancelled_is_made_by_another(receiver: Receiver) -> None:
    async def ask() -> None:
        receiver.answers = [HANG]
        async with AsyncClient(**receiver.options()) as client:
            source = AsyncTokenSource(client, VIDEO)
            waiting = asyncio.create_task(source.token())
            await arrived(receiver)
            receiver.answers = [minted()]
            assert source._under_way is not None
            source._under_way.task.cancel()
            assert (await asyncio.wait_for(waiting, PATIENCE)).identifier == VIDEO
            receiver.ended.set()

    asyncio.run(ask())


def test_an_event_loop_that_ended_in_the_midst_of_a_renewal_is_forgotten(
    receiver: Receiver,
) -> None:
    receiver.answers = [HANG]
    source = AsyncTokenSource(AsyncClient(**receiver.options()), VIDEO)

    async def begin() -> None:
        asyncio.get_running_loop().create_task(source.token())
        await arrived(receiver)

    asyncio.run(begin())
    receiver.answers = [minted()]
    assert asyncio.run(asyncio.wait_for(source.token(), PATIENCE)).identifier == VIDEO
    # A loop that is closed without a word leaves a task behind that is never done.
    receiver.answers = [HANG]
    other = AsyncTokenSource(AsyncClient(**receiver.options()), VIDEO)
    loop = asyncio.new_event_loop()
    task = loop.create_task(other.token())
    loop.run_until_complete(arrived(receiver))
    loop.run_until_complete(arrived(receiver))
    loop.close()
    receiver.answers = [minted()]
    assert asyncio.run(asyncio.wait_for(other.token(), PATIENCE)).identifier == VIDEO
    receiver.ended.set()
    # What asyncio says of such a task is what this test is about.
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    under_way = [each for each in gc.get_objects() if isinstance(each, asyncio.Task)]
    for each in under_way:
        each._log_destroy_pending = False  # type: ignore[attr-defined]


def test_a_renewal_that_was_interrupted_is_made_by_another(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = TokenSource(Client(**receiver.options()), VIDEO)
    plan = source._plan
    begun, go = threading.Event(), threading.Event()

    class Interrupted:
        def run(self) -> Token:
            begun.set()
            go.wait(PATIENCE)
            raise KeyboardInterrupt

    class Plan:
        ask, tell, is_quick = plan.ask, plan.tell, plan.is_quick

        def call(self) -> Any:
            return Interrupted() if not begun.is_set() else plan.call()

    monkeypatch.setattr(source, "_plan", Plan())
    ended: list[object] = []

    def ask() -> None:
        try:
            ended.append(source.token())
        except KeyboardInterrupt as error:
            ended.append(error)

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert begun.wait(PATIENCE)
    receiver.answers = [minted()]
    second.start()
    go.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert {type(each) for each in ended} == {KeyboardInterrupt, Token}


def test_a_renewal_that_wants_the_token_is_refused(receiver: Receiver) -> None:
    source = TokenSource(Client(**receiver.options()), VIDEO)
    source._here.renewal = _source._Renewal()
    ticket = source._plan.ask(*_source._clock())[1]
    with pytest.raises(streamtoken.InternalError):
        source.token()
    del ticket
    assert receiver.requests == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_renews_by_itself(receiver: Receiver, hand: Hand) -> None:
    receiver.answers = [minted()]
    source = TokenSource(Client(**receiver.options()), VIDEO)
    first = source.token()
    settle(receiver)
    hand.ahead = 2900
    receiver.answers = [HANG]
    assert source.token() is first
    settle(receiver)

    def renew() -> None:
        # The thread that renews is the parent's; a new one begins here.
        receiver.answers = [minted(7200)]
        end = time.monotonic() + PATIENCE
        assert source.token() == first
        while source.token() == first:
            assert time.monotonic() < end
            time.sleep(0.01)

    receiver.answers = [minted(7200)]
    assert in_a_child(renew)
    assert source.token() is first
    receiver.ended.set()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_of_a_local_source_mints_too(hand: Hand) -> None:
    source, waiting = (
        TokenSource(example_signer(), VIDEO),
        AsyncTokenSource(example_signer(), VIDEO),
    )
    source.token()
    hand.ahead = 2900

    def renew() -> None:
        assert source.token().identifier == VIDEO
        assert asyncio.run(waiting.token()).identifier == VIDEO

    assert in_a_child(renew)
    assert source.token().exp > time.time()


def test_against_the_service_with_its_clock_and_faults(
    stream_server: StreamServer, get: Any, make: Any, hand: Hand
) -> None:
    stream_server.reset()
    heard: list[StreamTokenError] = []
    options = {
        "base_url": stream_server.base_url,
        "account_id": stream_server.account_id,
        "api_token": stream_server.api_token,
        "max_retries": 0,
    }
    source = make(options, on_error=heard.append)
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
    end = time.monotonic() + PATIENCE
    while len(heard) < 2 and time.monotonic() < end:
        time.sleep(0.01) if isinstance(source, TokenSource) else get(Napping())
    assert isinstance(heard[1], APIConnectionError)
    assert get(source) is first
    hand.ahead = 3010
    while get(source) is first and time.monotonic() < end:
        time.sleep(0.01) if isinstance(source, TokenSource) else get(Napping())
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
