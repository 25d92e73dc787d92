"""The clients of Cloudflare's API: errors, limits of time, and attempts."""

import copy
import pickle
import socket
import time
from datetime import timedelta
from typing import Any

import pytest

import streamtoken
from client_support import Work, mint, settings
from receiver import HANG, Answer, Receiver
from streamtoken import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    Client,
    InputError,
    RateLimitError,
    verify,
)
from streamtoken.testing import StreamServer
from support import VIDEO

pytestmark = pytest.mark.usefixtures("no_settings")


ERROR_SAMPLE = """
import cloudflare
from cloudflare import Cloudflare

client = Cloudflare()

try:
    client.stream.token.create("ea95132c15732412d22c1476fa83f27a", account_id="account")
except cloudflare.APIConnectionError as e:
    print("The server could not be reached")
    print(e.__cause__)  # an underlying Exception, likely raised within httpx.
except cloudflare.RateLimitError as e:
    print("A 429 status code was received; we should back off a bit.")
except cloudflare.APIStatusError as e:
    print("Another non-200-range status code was received")
    print(e.status_code)
    print(e.response)
"""
"""As the official client's README has it, with our route."""


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (None, ["The server could not be reached", "None"]),
        (429, ["A 429 status code was received; we should back off a bit."]),
        (
            401,
            ["Another non-200-range status code was received", "401", "<Response [401]>"],
        ),
    ],
)
def test_the_clauses_of_the_official_readme_move_over(
    answer: "int | None",
    printed: "list[str]",
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        url = receiver.base_url if answer else refused
        receiver.answers = [Answer(answer or 0, b"", {"retry-after": "100"})]
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "token")
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", url)
        ours = ERROR_SAMPLE.replace("import cloudflare\n", "import streamtoken as cloudflare\n")
        ours = ours.replace(
            "from cloudflare import Cloudflare", "from streamtoken import Client as Cloudflare"
        )
        exec(compile(ours, "sample", "exec"), {})
    assert capsys.readouterr().out.splitlines() == printed


def test_an_answer_of_another_kind_is_refused(ask: Any, receiver: Receiver) -> None:
    receiver.answers = [Answer(body={"success": True, "result": {"token": "no token"}})]
    with pytest.raises(APIResponseValidationError) as caught:
        ask(receiver.options(), mint())
    assert (caught.value.code, caught.value.status_code) == ("api_response_invalid", 200)
    receiver.answers = [Answer(body={"success": False, "errors": [{"code": 7, "message": "no"}]})]
    with pytest.raises(APIStatusError) as refused:
        ask(receiver.options(), mint())
    assert (refused.value.code, refused.value.number) == ("api_unsuccessful", 433)
    assert refused.value.status_code == 200


def test_an_error_says_all_that_came(ask: Any, receiver: Receiver) -> None:
    error = {
        "code": 10005,
        "message": "no such rule",
        "documentation_url": "https://example.com/rules",
        "source": {"pointer": "/accessRules/0"},
        "other": [1],
    }
    body = {"success": False, "errors": [error, "plain"], "messages": [{"message": "hi"}]}
    body["result_info"] = {"page": 1}
    receiver.answers = [Answer(400, body, {"cf-ray": "8f-LHR", "retry-after": "7"})]
    with pytest.raises(streamtoken.BadRequestError) as caught:
        ask(receiver.options(), mint())
    found = caught.value
    assert (found.code, found.number, found.field) == ("api_bad_request", 400, "/accessRules/0")
    assert found.status_code == found.status == 400
    assert "no such rule" in str(found)
    first, second = found.errors
    assert first == error
    assert (first.code, first.message, first.pointer) == (10005, "no such rule", "/accessRules/0")
    assert first.source is not None
    assert first.source.pointer == first.pointer
    assert (second.code, second.message, second.source) == (None, "plain", None)
    assert found.documentation_url == first.documentation_url == "https://example.com/rules"
    assert [message.message for message in found.messages] == ["hi"]
    assert (found.cf_ray, found.retry_after, found.attempts) == ("8f-LHR", 7, 1)
    assert found.response is not None
    assert found.response.status_code == 400
    assert found.response.headers == {"cf-ray": "8f-LHR", "retry-after": "7"}
    assert found.other == {"result_info": {"page": 1}}
    assert found.body == {**found.other, "errors": found.errors, "messages": found.messages}
    for again in (pickle.loads(pickle.dumps(found)), copy.copy(found)):
        assert type(again) is type(found)
        assert vars(again) == vars(found)
        assert again.args == found.args


def test_an_error_without_an_answer_says_so() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        client = Client(base_url=url, api_token="t", account_id="a", max_retries=1)
        with pytest.raises(APIConnectionError) as caught:
            client.stream.token.create(VIDEO)
    error = caught.value
    assert (error.code, error.attempts) == ("api_connection", 2)
    nothing = (error.status_code, error.response, error.body, error.documentation_url)
    assert nothing == (None, None, None, None)
    assert not isinstance(error, APITimeoutError)
    assert pickle.loads(pickle.dumps(error)).attempts == 2


def test_time_limits_are_seconds_or_timedeltas(ask: Any, receiver: Receiver) -> None:
    begin = time.monotonic()
    for limit in (0.1, timedelta(milliseconds=100)):
        receiver.answers = [HANG]
        with pytest.raises(APITimeoutError):
            ask(receiver.options(), mint(timeout=limit))
        receiver.answers = [HANG]
        with pytest.raises(APITimeoutError) as caught:
            ask(receiver.options(max_retries=9, deadline=limit), mint())
        assert caught.value.attempts == 1
    assert time.monotonic() - begin < 50


@pytest.mark.parametrize("name", ["timeout", "connect_timeout", "deadline"])
@pytest.mark.parametrize(
    "limit", [0, -1, 3601, float("nan"), timedelta(0), timedelta(days=1), timedelta(seconds=-1)]
)
def test_time_limits_have_limits(receiver: Receiver, name: str, limit: Any) -> None:
    given: dict[str, Any] = {name: limit}
    client = Client(**receiver.options())
    for refuse in (
        lambda: Client(**receiver.options(**given)),
        lambda: client.with_options(**given),
        lambda: client.stream.token.create(VIDEO, **given),
        lambda: client.stream.keys.list(**given),
    ):
        with pytest.raises(InputError) as caught:
            refuse()
        assert (caught.value.code, caught.value.field) == ("option_value", f"/{name}")
    assert receiver.requests == []


def test_retries_are_those_that_were_asked_for(ask: Any, receiver: Receiver) -> None:
    def attempts(count: int, work: Work, **options: Any) -> None:
        receiver.requests.clear()
        receiver.answers = [Answer(503, b"", {"retry-after": "0"})] * 20
        with pytest.raises(streamtoken.InternalServerError) as caught:
            ask(receiver.options(**options), work)
        assert caught.value.attempts == count == len(receiver.requests)

    attempts(3, mint(), max_retries=None)
    attempts(1, mint())
    attempts(6, mint(), max_retries=5)
    attempts(2, mint(max_retries=1), max_retries=5)
    attempts(2, lambda c: c.with_options(max_retries=1).stream.token.create(VIDEO))
    attempts(1, lambda c: c.with_options(max_retries=1).stream.token.create(VIDEO, max_retries=0))
    attempts(
        2, lambda c: c.with_options(max_retries=1).stream.token.create(VIDEO, max_retries=None)
    )
    attempts(
        3, lambda c: c.with_options(max_retries=1).with_options(max_retries=2).stream.keys.list()
    )
    attempts(1, lambda c: c.stream.keys.create(), max_retries=5)


def test_a_rate_limit_is_waited_for(ask: Any, stream_server: StreamServer) -> None:
    stream_server.faults({"status": 429, "retry_after": 1, "times": 1})
    begin = time.monotonic()
    token = ask(settings(stream_server, max_retries=2), mint())
    assert time.monotonic() - begin >= 1
    verify(token, stream_server.keys, identifier=VIDEO)


def test_a_long_wait_is_an_error_to_catch(ask: Any, receiver: Receiver) -> None:
    receiver.answers = [Answer(429, b"", {"retry-after": "61"})]
    with pytest.raises(RateLimitError) as caught:
        ask(receiver.options(max_retries=5), mint())
    assert (caught.value.retry_after, caught.value.attempts) == (61, 1)
