"""Sources that many ask at once: one renewal for all, also if cancelled, interrupted or forked."""

import asyncio
import gc
import threading
import time
from typing import Any

import pytest

import streamtoken
from receiver import HANG, Receiver
from source_support import PATIENCE, Hand, arrived, minted, poll, settle
from streamtoken import (
    APIConnectionError,
    AsyncClient,
    AsyncTokenSource,
    Client,
    Token,
    TokenSource,
    _source,
)
from support import VIDEO, example_signer, in_a_child


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
