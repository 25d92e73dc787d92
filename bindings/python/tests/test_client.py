"""The clients of Cloudflare's API: every option and route, what is refused, what is shown."""

import asyncio
import copy
import logging
import os
import pickle
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import streamtoken
from receiver import HANG, Answer, Receiver
from streamtoken import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    AuthenticationError,
    Client,
    CreatedKey,
    InputError,
    KeySet,
    ListedKey,
    NotFoundError,
    RateLimitError,
    SigningKey,
    SigningKeyError,
    StreamTokenError,
    Token,
    _native,
    types,
    verify,
)
from streamtoken.testing import StreamServer
from support import EXAMPLE, NOW, VIDEO, example_key, example_signer

Work = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine says to clients is not for these tests."""
    for name in [name for name in os.environ if name.startswith("CLOUDFLARE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def receiver() -> "Iterator[Receiver]":
    with Receiver() as receiver:
        yield receiver


def ask_sync(options: "dict[str, Any]", work: Work) -> Any:
    with Client(**options) as client:
        return work(client)


def ask_async(options: "dict[str, Any]", work: Work) -> Any:
    async def asked() -> Any:
        async with AsyncClient(**options) as client:
            return await work(client)

    return asyncio.run(asked())


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> "Callable[..., Any]":
    """Call a client, in both of its forms."""
    return request.param  # type: ignore[no-any-return]


def settings(server: StreamServer, **more: Any) -> "dict[str, Any]":
    return {
        "base_url": server.base_url,
        "account_id": server.account_id,
        "api_token": server.api_token,
        "max_retries": 0,
        **more,
    }


def mint(**options: Any) -> Work:
    return lambda client: client.stream.token.create(VIDEO, **options)


SAMPLE = """
import os
from cloudflare import Cloudflare

client = Cloudflare(
    api_token=os.environ.get("CLOUDFLARE_API_TOKEN"),  # This is the default and can be omitted
)
token = client.stream.token.create(
    identifier="ea95132c15732412d22c1476fa83f27a",
    account_id="023e105f4ecef8ad9ca31a8372d0c353",
)
print(token.token)
"""
"""As the platform's documentation has it."""

ASYNC_SAMPLE = """
import os
import asyncio
from cloudflare import AsyncCloudflare

client = AsyncCloudflare(
    api_token=os.environ.get("CLOUDFLARE_API_TOKEN"),  # This is the default and can be omitted
)


async def main() -> None:
    token = await client.stream.token.create(
        identifier="ea95132c15732412d22c1476fa83f27a",
        account_id="023e105f4ecef8ad9ca31a8372d0c353",
    )
    print(token.token)


asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("sample", "line", "ours"),
    [
        (
            SAMPLE,
            "from cloudflare import Cloudflare\n",
            "from streamtoken import Client as Cloudflare\n",
        ),
        (
            ASYNC_SAMPLE,
            "from cloudflare import AsyncCloudflare\n",
            "from streamtoken import AsyncClient as AsyncCloudflare\n",
        ),
    ],
    ids=["sync", "async"],
)
def test_the_documented_sample_runs_with_another_import(  # noqa: PLR0913, PLR0917
    sample: str,
    line: str,
    ours: str,
    stream_server: StreamServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    assert stream_server.account_id in sample
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", stream_server.api_token)
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", stream_server.base_url)
    assert sample.count(line) == 1
    exec(compile(sample.replace(line, ours), "sample", "exec"), {})
    claims = verify(capsys.readouterr().out.strip(), stream_server.keys, identifier=VIDEO)
    assert claims.kid == stream_server.signing_key.id


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


def test_the_token_is_the_one_that_we_mint(ask: Any, stream_server: StreamServer) -> None:
    stream_server.set_clock(NOW)
    ours = streamtoken.Signer(stream_server.signing_key).sign(
        VIDEO, now=NOW, time_format="string", expires_in="90m"
    )
    token = ask(settings(stream_server), mint(now=NOW, expires_in="90m"))
    assert type(token) is Token
    assert token == ours
    assert token.renew_at == NOW + 4320


RULES = [
    {"type": "ip.src", "action": "allow", "ip": ["203.0.113.0/24", "2001:db8::/32"]},
    {"type": "ip.geoip.country", "action": "block", "country": ["US"]},
    {"type": "any", "action": "allow"},
]

AS_SENT: "list[tuple[dict[str, Any], dict[str, Any]]]" = [
    ({}, {}),
    (dict.fromkeys(["exp", "expires_in", "nbf", "downloadable", "flags", "id", "pem"]), {}),
    ({"exp": NOW + 60}, {"exp": NOW + 60}),
    ({"exp": datetime.fromtimestamp(NOW + 60, timezone.utc)}, {"exp": NOW + 60}),
    ({"expires_in": "90m"}, {"exp": NOW + 5400}),
    ({"expires_in": timedelta(minutes=90)}, {"exp": NOW + 5400}),
    ({"nbf": NOW - 5}, {"nbf": NOW - 5}),
    ({"downloadable": True}, {"downloadable": True}),
    ({"downloadable": False}, {}),
    ({"access_rules": RULES}, {"accessRules": RULES}),
    ({"access_rules": []}, {}),
    ({"access_rules": streamtoken.AccessRules(RULES)}, {"accessRules": RULES}),  # type: ignore[arg-type]
    ({"flags": {"original": True}}, {"flags": {"original": True}}),
    (
        {"id": EXAMPLE["key_id"], "pem": EXAMPLE["pem_base64"]},
        {"id": EXAMPLE["key_id"], "pem": EXAMPLE["pem_base64"]},
    ),
    (
        {"id": EXAMPLE["key_id"], "pem": example_key().to_pkcs8_pem()},
        {"id": EXAMPLE["key_id"], "pem": example_key().to_pem_base64()},
    ),
]


@pytest.mark.parametrize(("options", "body"), AS_SENT)
def test_every_option_arrives(
    ask: Any, receiver: Receiver, options: "dict[str, Any]", body: "dict[str, Any]"
) -> None:
    token = ask(receiver.options(), mint(now=NOW, **options))
    assert str(token) == EXAMPLE["token"]
    [request] = receiver.requests
    assert (request.method, request.path) == (
        "POST",
        f"/client/v4/accounts/account/stream/{VIDEO}/token",
    )
    # They follow from `now`, which is given.
    assert request.json == {"exp": NOW + 3600, "nbf": NOW - 3600, **body}
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == f"streamtoken/{streamtoken.__version__}"


def test_the_previous_scheme_and_the_account_of_one_call(ask: Any, receiver: Receiver) -> None:
    options = receiver.options(api_token=None, api_email="a@b.example", api_key="0123456789")
    ask(options, mint(account_id="another"))
    [request] = receiver.requests
    assert request.path == f"/client/v4/accounts/another/stream/{VIDEO}/token"
    assert request.headers["x-auth-email"] == "a@b.example"
    assert request.headers["x-auth-key"] == "0123456789"
    assert "authorization" not in request.headers


def test_keys_are_made_listed_and_deleted(ask: Any, stream_server: StreamServer) -> None:
    options = settings(stream_server)
    made = ask(options, lambda client: client.stream.keys.create())
    assert type(made) is CreatedKey
    assert made.created is not None
    assert made.created.tzinfo is not None
    assert abs((datetime.now(timezone.utc) - made.created).total_seconds()) < 600
    assert made.signing_key().id == made.id
    for form in (made.pem, made.jwk):
        assert SigningKey.load(form, made.id).id == made.id
        assert form not in repr(made)
    with pytest.raises(TypeError, match="private key"):
        pickle.dumps(made)

    listed = ask(options, lambda client: client.stream.keys.list())
    assert listed == ask(options, lambda client: client.stream.keys.get())
    assert all(type(key) is ListedKey and key.key_id == key.id for key in listed)
    assert {key.id: key.created for key in listed}[made.id] == made.created

    local = streamtoken.Signer(made.signing_key()).sign(VIDEO)
    assert verify(local, stream_server.keys, identifier=VIDEO).kid == made.id
    account = stream_server.account_id
    delete: Work = lambda client: client.stream.keys.delete(made.id, account_id=account)  # noqa: E731
    assert ask(options, delete) == "Revoked"
    assert stream_server.keys.get(made.id) is None
    with pytest.raises(NotFoundError) as caught:
        ask(options, delete)
    assert [error.code for error in caught.value.errors] == [10003]


def test_a_key_that_comes_along_signs(ask: Any, stream_server: StreamServer) -> None:
    key = SigningKey.generate()
    token = ask(settings(stream_server), mint(id=key.id, pem=key.to_pem_base64()))
    assert verify(token, KeySet(key), identifier=VIDEO).kid == key.id


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, 0, timezone.utc)),
        ("2026-01-02T03:04:05.5z", datetime(2026, 1, 2, 3, 4, 5, 500_000, timezone.utc)),
        (
            "2026-01-02T03:04:05.123456789+01:00",
            datetime(2026, 1, 2, 3, 4, 5, 123_456, timezone(timedelta(hours=1))),
        ),
        ("2026-01-02T03:04:05", None),
        ("yesterday-evening", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_times_of_keys_are_datetimes(
    receiver: Receiver, created: object, expected: "datetime | None"
) -> None:
    result = [{"id": "k", "created": created}]
    receiver.answers = [Answer(body={"success": True, "result": result})]
    [key] = Client(**receiver.options()).stream.keys.list()
    assert key.created == expected


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
    assert found.body == {"errors": found.errors, "messages": found.messages}
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


def test_the_environment_counts_where_no_option_does(
    stream_server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in stream_server.environment.items():
        monkeypatch.setenv(name, f"{value}\n")
    monkeypatch.setenv("CLOUDFLARE_EMAIL", " \n")
    verify(Client().stream.token.create(VIDEO), stream_server.keys, identifier=VIDEO)
    with pytest.raises(AuthenticationError):
        Client(api_token="another").stream.token.create(VIDEO)
    with pytest.raises(NotFoundError):
        Client(account_id="0" * 32).stream.token.create(VIDEO)
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN")
    monkeypatch.setenv("CLOUDFLARE_EMAIL", stream_server.api_email)
    monkeypatch.setenv("CLOUDFLARE_API_KEY", stream_server.api_key)
    verify(Client().stream.token.create(VIDEO), stream_server.keys, identifier=VIDEO)


@pytest.mark.parametrize("value", [None, "", " ", "\n"])
def test_what_is_missing_is_named(value: "str | None", monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_TOKEN", "API_KEY", "EMAIL", "ACCOUNT_ID", "BASE_URL"):
        if value is not None:
            monkeypatch.setenv(f"CLOUDFLARE_{name}", value)
    for kind in (Client, AsyncClient):
        with pytest.raises(APIError) as caught:
            kind()
        assert (caught.value.code, caught.value.field) == ("api_credential_missing", "/api_token")
        assert "api_token" in str(caught.value)
        assert "CLOUDFLARE_API_TOKEN" in str(caught.value)
        assert caught.value.attempts == 0
    with pytest.raises(APIError) as caught:
        Client(api_token="t").stream.token.create(VIDEO)
    assert (caught.value.code, caught.value.field) == ("api_account_missing", "/account_id")
    assert "CLOUDFLARE_ACCOUNT_ID" in str(caught.value)


BREAKS = ["x\r\nx-injected: 1", "x\nx", "x\rx", "x\x00", "x\x7f", "x\u2028y", "\ud800", "é"]


@pytest.mark.parametrize("text", BREAKS)
def test_nothing_is_injected_through_any_option(receiver: Receiver, text: str) -> None:
    good = receiver.options()
    scheme = {"api_token": None, "api_key": "k", "api_email": "e"}
    for options in (
        {"api_token": text},
        {**scheme, "api_key": text},
        {**scheme, "api_email": text},
        {"base_url": f"{receiver.base_url}/{text}"},
        {"base_url": f"http://127.0.0.1{text}/client/v4"},
        {"account_id": text},
    ):
        with pytest.raises((APIError, InputError)):
            Client(**{**good, **options}).stream.token.create(VIDEO)
    client = Client(**good)
    for refuse in (
        lambda: client.stream.token.create(text),
        lambda: client.stream.token.create(VIDEO, account_id=text),
        lambda: client.stream.token.create(VIDEO, id=text, pem=EXAMPLE["pem_base64"]),
        lambda: client.stream.token.create(VIDEO, id=EXAMPLE["key_id"], pem=text),
        lambda: client.stream.token.create(VIDEO, access_rules=[{"type": text, "action": text}]),  # type: ignore[typeddict-item]
        lambda: client.stream.token.create(VIDEO, **{text: 1}),  # type: ignore[arg-type]
        lambda: client.stream.keys.delete(text),
        lambda: client.stream.keys.list(account_id=text),
        client.with_options(account_id=text).stream.keys.create,
    ):
        with pytest.raises((InputError, SigningKeyError)):
            refuse()
    assert receiver.requests == []


@pytest.mark.parametrize(
    "text", ["", "a/b", "..", ".", "a b", "%2e%2e", "a?b", "a#b", "x" * 33, "\u00fc", "a%00"]
)
def test_ids_are_checked_before_anything_is_sent(ask: Any, receiver: Receiver, text: str) -> None:
    for work, code in (
        (lambda c: c.stream.token.create(text), "identifier_invalid"),
        (lambda c: c.stream.token.create(VIDEO, account_id=text), "account_id_invalid"),
        (lambda c: c.stream.keys.create(account_id=text), "account_id_invalid"),
        (lambda c: c.stream.keys.delete(text + "/" + text), "key_id_invalid"),
    ):
        with pytest.raises(StreamTokenError) as caught:
            ask(receiver.options(), work)
        assert caught.value.code == code
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://api.example.com/client/v4?x=1", "base_url_invalid"),
        ("https://api.example.com/client/v4#x", "base_url_invalid"),
        ("https://user@api.example.com/client/v4", "base_url_invalid"),
        ("https://user:pass@api.example.com/", "base_url_invalid"),
        ("ftp://api.example.com/", "base_url_invalid"),
        ("api.example.com", "base_url_invalid"),
        ("http://api.example.com/client/v4", "base_url_insecure"),
        ("http://127.0.0.1.example.com/", "base_url_insecure"),
    ],
)
def test_base_urls_are_checked(url: str, code: str) -> None:
    with pytest.raises(APIError) as caught:
        Client(base_url=url, api_token="t")
    assert (caught.value.code, caught.value.field) == (code, "/base_url")
    if code == "base_url_insecure":
        Client(base_url=url, api_token="t", allow_http=True).close()


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"exp": NOW * 1000}, "time_in_milliseconds", "/exp"),
        ({"exp": NOW + 86_401}, "exp_too_far", "/exp"),
        ({"access_rules": [{"type": "any", "action": "allow"}] * 9}, None, "/accessRules"),
        ({"access_rules": None}, "option_null", "/accessRules"),
        ({"downloadable": "yes"}, "option_type", "/downloadable"),
        ({"id": "0" * 32}, None, "/pem"),
        ({"time_format": "string"}, "option_not_remote", "/time_format"),
        ({"reuse_window": 60}, "option_not_remote", "/reuse_window"),
        ({"timeout": "10"}, "option_type", "/timeout"),
        ({"timeout": datetime.now(timezone.utc)}, "option_type", "/timeout"),
        ({"max_retries": 11}, "option_value", "/max_retries"),
        ({"max_retries": -1}, "option_value", "/max_retries"),
        ({"max_retries": True}, "option_type", "/max_retries"),
        ({"extra_headers": {}}, "option_unknown", "/extra_headers"),
        ({"api_token": "t"}, "option_unknown", "/api_token"),
    ],
)
def test_options_are_checked_as_for_signing(
    ask: Any, receiver: Receiver, options: "dict[str, Any]", code: "str | None", field: str
) -> None:
    with pytest.raises(StreamTokenError) as caught:
        ask(receiver.options(), mint(now=NOW, **options))
    assert code is None or caught.value.code == code
    assert caught.value.field == field
    assert receiver.requests == []


def test_options_of_clients_are_checked(receiver: Receiver) -> None:
    for options, code in (
        ({"api_tokn": "t"}, "option_unknown"),
        ({"api_token": b"t"}, "option_type"),
        ({"base_url": 7}, "option_type"),
        ({"allow_http": "yes"}, "option_type"),
    ):
        for kind in (Client, AsyncClient):
            with pytest.raises(InputError) as caught:
                kind(**{**receiver.options(), **options})
            assert caught.value.code == code
    with pytest.raises(InputError) as caught:
        Client(**receiver.options()).with_options(api_token="t")  # type: ignore[call-arg]
    assert caught.value.code == "option_unknown"
    for client in (Client, AsyncClient):
        with pytest.raises(InputError) as caught:
            client.local("signer")  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.field) == ("option_type", "/signer")
        with pytest.raises(TypeError):
            client("a-token")  # type: ignore[call-arg, arg-type]


def test_options_are_typed_as_they_are_read(receiver: Receiver) -> None:
    client = Client(**receiver.options())
    known: list[tuple[Any, Callable[[dict[str, Any]], Any]]] = [
        (types.ClientOptions, lambda given: Client(**given)),
        (types.CallOptions, lambda given: client.with_options(**given)),
        (types.TokenOptions, lambda given: client.stream.token.create(VIDEO, **given)),
    ]
    for shape, take in known:
        assert len(shape.__annotations__) >= 5
        for name in shape.__annotations__:
            with pytest.raises(StreamTokenError) as caught:
                take({name: object()})
            assert caught.value.code != "option_unknown", name
            assert caught.value.field in (f"/{name}", "/accessRules"), name


def test_local_clients_mint_what_signers_do() -> None:
    signer = example_signer()
    options: dict[str, Any] = {"now": NOW, "downloadable": True, "access_rules": RULES}
    expected = signer.sign(VIDEO, **options)
    client = Client.local(signer)
    with_limits = client.stream.token.create(
        VIDEO, **options, account_id="a", timeout=1, max_retries=1
    )
    assert with_limits == expected
    assert client.with_options(timeout=2).stream.token.create(VIDEO, **options) == expected
    anchored = client.stream.token.create(VIDEO, now=NOW, time_format="string")
    assert str(anchored) == EXAMPLE["token"]

    async def asked() -> None:
        async with AsyncClient.local(signer, max_workers=1) as local:
            assert await local.stream.token.create(VIDEO, **options) == expected
            assert await local.with_options(timeout=2).stream.token.create(VIDEO, **options)
            with pytest.raises(APIError) as caught:
                await local.stream.keys.list()
            assert caught.value.code == "client_is_local"

    asyncio.run(asked())
    for refuse in (
        client.stream.keys.create,
        client.stream.keys.list,
        lambda: client.stream.keys.delete("k"),
    ):
        with pytest.raises(APIError) as caught:
            refuse()
        assert caught.value.code == "client_is_local"
    client.close()
    with pytest.raises(APIError) as caught:
        client.stream.token.create(VIDEO)
    assert caught.value.code == "client_closed"


def test_a_closed_client_makes_no_calls(receiver: Receiver) -> None:
    with Client(**receiver.options()) as client:
        client.stream.token.create(VIDEO)
        copy_of_it = client.with_options(timeout=5)
    client.close()
    for closed in (client, copy_of_it):
        with pytest.raises(APIError) as caught:
            closed.stream.token.create(VIDEO)
        assert (caught.value.code, caught.value.number) == ("client_closed", 457)
    assert len(receiver.requests) == 1


def test_closing_ends_calls_that_hang(receiver: Receiver) -> None:
    receiver.answers = [HANG, Answer(503, b"", {"retry-after": "50"})]
    client = Client(**receiver.options(max_retries=1))
    failed: list[str] = []

    def call() -> None:
        try:
            client.stream.token.create(VIDEO)
        except StreamTokenError as error:
            failed.append(error.code)

    calls = [threading.Thread(target=call) for _ in range(2)]
    for thread in calls:
        thread.start()
    for _ in calls:
        assert receiver.arrived.acquire(timeout=30)
    client.close()
    for thread in calls:
        thread.join(30)
        assert not thread.is_alive()
    assert failed == ["client_closed"] * 2


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> "Iterator[Lines]":
    """What the client logs."""
    handler, logger = Lines(), logging.getLogger("streamtoken")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_each_attempt_is_a_line_of_the_log(ask: Any, receiver: Receiver, lines: Lines) -> None:
    receiver.answers = [Answer(503, b"", {"retry-after": "0"})]
    ask(receiver.options(max_retries=2), mint())
    path = f"/client/v4/accounts/account/stream/{VIDEO}/token"
    assert lines.lines == [
        f"POST {path} attempt 1: 503: api_server_error, again in 0.00 s",
        f"POST {path} attempt 2: 200",
    ]
    assert {(record.name, record.levelname) for record in lines.records} == {
        ("streamtoken.client", "DEBUG")
    }


def test_nothing_is_logged_when_nobody_wants_it(ask: Any, receiver: Receiver, lines: Lines) -> None:
    logging.getLogger("streamtoken").setLevel(logging.INFO)
    ask(receiver.options(), mint())
    assert lines.lines == []


def test_a_handler_that_raises_does_no_harm(
    ask: Any, receiver: Receiver, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda raised: seen.append(str(raised.exc_value)))

    def refuse(_: logging.LogRecord) -> bool:
        raise RuntimeError("a filter of the caller's")

    lines.addFilter(refuse)
    receiver.answers = [Answer(503, b"", {"retry-after": "0"})]
    assert str(ask(receiver.options(max_retries=1), mint())) == EXAMPLE["token"]
    assert seen == ["a filter of the caller's"] * 2


def test_a_handler_may_make_calls_of_its_own(ask: Any, receiver: Receiver, lines: Lines) -> None:
    class Asking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "alert" not in record.getMessage():
                Client(**receiver.options()).stream.token.create("alert")

    asking = Asking()
    logging.getLogger("streamtoken.client").addHandler(asking)
    try:
        receiver.answers = [Answer(503, b"", {"retry-after": "0"})]
        ask(receiver.options(max_retries=1), mint())
    finally:
        logging.getLogger("streamtoken.client").removeHandler(asking)
    assert len(receiver.requests) == len(lines.lines) == 4


def test_secrets_are_shown_nowhere(ask: Any, receiver: Receiver, lines: Lines) -> None:
    key = example_key()
    token, email_key = "secret" + "-token", "secret" + "-key-0123456789"
    parts = [key.to_pem_base64(), key.to_jwk_base64(), EXAMPLE["token"]]
    secrets = [token, email_key, *parts, EXAMPLE["token"].split(".")[2]]
    shown: list[str] = []

    def show(work: Callable[[], Any]) -> None:
        try:
            shown.append(repr(work()))
        except StreamTokenError as error:
            shown.extend([repr(error), str(vars(error)), traceback.format_exc()])

    made = {"id": key.id, "pem": key.to_pem_base64(), "jwk": key.to_jwk_base64()}
    previous = {"api_token": None, "api_email": "e@x", "api_key": email_key}
    along = {"id": key.id, "pem": key.to_pem_base64()}

    def show_all(options: "dict[str, Any]", own: str) -> None:
        echo = {
            "success": False,
            "errors": [{"code": 1, "message": " ".join([own, *parts]), own: own, parts[0]: 1}],
            "messages": [own, *parts],
        }
        headers = {"cf-ray": own, "retry-after": "100"}
        for client in (Client(**options), AsyncClient(**options)):
            shown.extend([repr(client), repr(client.stream.token), str(client.stream.keys)])
        for status in (200, 400, 503):
            receiver.answers = [Answer(status, echo, headers)] * 2
            show(lambda: ask(options, mint(**along)))
            show(lambda: ask(options, lambda c: c.stream.keys.list()))
        receiver.answers = [Answer(body={"success": True, "result": made})]
        show(lambda: ask(options, lambda c: c.stream.keys.create()))
        show(lambda: ask(options, mint()))

    def show_refused(**options: Any) -> None:
        show(lambda: Client(**receiver.options(**options)))

    show_all(receiver.options(), token)
    show_all(receiver.options(**previous), email_key)
    for option in ("api_token", "api_key", "api_email", "account_id", "base_url", "allow_http"):
        for wrong in (key.to_pkcs8_pem(), {"a": key.to_pem_base64()}):
            show_refused(**{option: wrong})
    assert len(shown) > 60
    assert len(lines.lines) == 16
    everything = "\n".join([*shown, *lines.lines])
    secrets.append(key.to_pkcs8_pem().splitlines()[3])
    assert [secret for secret in secrets if secret in everything] == []


def test_clients_are_not_pickled_and_a_copy_is_the_client(receiver: Receiver) -> None:
    clients: list[Any] = [Client(**receiver.options()), AsyncClient(**receiver.options())]
    for client in clients:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="credential"):
                pickle.dumps(client, protocol)
        assert copy.copy(client) is copy.deepcopy(client) is client
        for part in (client.stream, client.stream.token, client.stream.keys):
            with pytest.raises(TypeError):
                pickle.dumps(part)
    for kind in (_native.Stream, _native.Tokens, _native.Keys, _native._Call):
        with pytest.raises(TypeError):
            kind()


def test_connections_are_kept(stream_server: StreamServer) -> None:
    with Client(**settings(stream_server)) as client:
        client.stream.token.create(VIDEO)
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            client.stream.token.create(VIDEO)
        assert len(os.listdir("/proc/self/fd")) == before
