"""The clients of Cloudflare's API: what is refused before anything is sent."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from client_support import mint
from receiver import Receiver
from streamtoken import (
    APIError,
    AsyncClient,
    Client,
    InputError,
    SigningKeyError,
    StreamTokenError,
    types,
)
from support import EXAMPLE, NOW, VIDEO

pytestmark = pytest.mark.usefixtures("no_settings")

ANY_RULE = {"type": "any", "action": "allow"}


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
        ({"access_rules": [ANY_RULE] * 9}, "rules_too_many", "/accessRules"),
        ({"access_rules": None}, "option_null", "/accessRules"),
        ({"downloadable": "yes"}, "option_type", "/downloadable"),
        ({"id": "0" * 32}, "key_not_given", "/pem"),
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
    ask: Any, receiver: Receiver, options: "dict[str, Any]", code: str, field: str
) -> None:
    with pytest.raises(StreamTokenError) as caught:
        ask(receiver.options(), mint(now=NOW, **options))
    assert (caught.value.code, caught.value.field) == (code, field)
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
