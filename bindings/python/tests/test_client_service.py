"""The clients against `streamtoken serve` over TLS: every route and option, on both sides."""

import hashlib
import json
import os
import ssl
import time
import urllib.request
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from client_support import RULES, Work, mint
from streamtoken import (
    APIConnectionError,
    AuthenticationError,
    KeySet,
    NotFoundError,
    Signer,
    SigningKey,
    verify,
)
from support import EXAMPLE, VIDEO

pytestmark = pytest.mark.usefixtures("no_settings")
ROUTE = "/client/v4/accounts/{account_id}/stream/"


class Service:
    """The service that `cargo xtask test` has started, and what it logs from now on."""

    def __init__(self) -> None:
        line = os.environ.get("STREAMTOKEN_SERVICE_TLS")
        assert line, "STREAMTOKEN_SERVICE_TLS is not set: run this through `cargo xtask test`"
        told: dict[str, str] = json.loads(line)
        self.base_url = told["base_url"]
        self.account_id = told["account_id"]
        self.token = {"api_token": told["api_token"]}
        self.previous = {"api_email": told["api_email"], "api_key": told["api_key"]}
        self.authority = os.environ["SSL_CERT_FILE"]
        self._log = Path(told["log"])
        self._read = self._log.stat().st_size

    def logged(self) -> "dict[str, Any]":
        """Give the next request; a minute is for ever."""
        for _ in range(6000):
            line, end, _rest = self._log.read_bytes()[self._read :].partition(b"\n")
            if not end:
                time.sleep(0.01)
                continue
            self._read += len(line) + 1
            logged = json.loads(line)
            if logged["message"] == "request":
                logged["route"] = f"{logged['method']} {logged['route'][len(ROUTE) :]}"
                return logged  # type: ignore[no-any-return]
        pytest.fail("the service logs no request")

    def options(self, **more: Any) -> "dict[str, Any]":
        own = {"base_url": self.base_url, "account_id": self.account_id, **self.token}
        return {**own, "max_retries": 0, **more}

    def keys(self) -> KeySet:
        """Give the public keys, as the service shows them to everybody."""
        url = f"{self.base_url}/accounts/{self.account_id}/stream/jwks.json"
        trusted = ssl.create_default_context(cafile=self.authority)
        with urllib.request.urlopen(url, timeout=60, context=trusted) as answer:
            keys = KeySet.from_jwks(answer.read().decode())
        assert self.logged()["route"] == "GET jwks.json"
        return keys


@pytest.fixture
def service() -> Service:
    return Service()


NOW = int(time.time())
LATER = NOW + 1800
FLAGS = {"original": True}
ALL = {"downloadable": True, "accessRules": RULES, "flags": FLAGS}


@pytest.mark.parametrize(
    ("options", "signed"),
    [
        ({}, {}),
        ({"exp": LATER}, {"exp": str(LATER)}),
        ({"exp": datetime.fromtimestamp(LATER, timezone.utc)}, {"exp": str(LATER)}),
        ({"now": LATER, "expires_in": "1m"}, {"exp": str(LATER + 60)}),
        ({"now": LATER, "expires_in": timedelta(minutes=1)}, {"exp": str(LATER + 60)}),
        ({"nbf": NOW - 5}, {"nbf": str(NOW - 5)}),
        ({"downloadable": True}, {"downloadable": True}),
        ({"access_rules": RULES}, {"accessRules": RULES}),
        ({"flags": FLAGS}, {"flags": FLAGS}),
        (
            {"id": EXAMPLE["key_id"], "pem": EXAMPLE["pem_base64"]},
            {"kid": EXAMPLE["key_id"]},
        ),
        (
            {
                "exp": LATER,
                "nbf": NOW - 5,
                "downloadable": True,
                "access_rules": RULES,
                "flags": FLAGS,
                "timeout": 50,
                "connect_timeout": 5.5,
                "max_retries": 1,
                "deadline": timedelta(seconds=100),
            },
            {"exp": str(LATER), "nbf": str(NOW - 5), **ALL},
        ),
    ],
)
def test_every_option_is_signed_by_the_service(
    ask: Any, service: Service, options: "dict[str, Any]", signed: "dict[str, Any]"
) -> None:
    token = ask(service.options(), mint(**options))
    logged = service.logged()
    assert (logged["route"], logged["status"]) == ("POST {identifier}/token", 200)
    assert (logged["account"], logged["identifier"]) == (service.account_id, VIDEO)
    assert logged["token"] == hashlib.sha256(str(token).encode()).hexdigest()[:12]
    part = str(token).split(".")[1]
    payload = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    # The service writes times as texts, which no client of ours asked it to.
    assert isinstance(payload.pop("exp"), str)
    assert isinstance(payload.pop("nbf"), str)
    assert payload.pop("sub") == VIDEO
    assert signed.get("kid", payload["kid"]) == payload.pop("kid") == token.key_id
    times = {name: str(getattr(token, name)) for name in ("exp", "nbf")}
    expected = {name: value for name, value in signed.items() if name != "kid"}
    assert {**times, **payload} == {**times, **expected}
    if "kid" not in signed:
        facts = {"ip": "203.0.113.7", "country": "GB"}
        assert verify(token, service.keys(), identifier=VIDEO, **facts).kid == token.key_id  # type: ignore[arg-type]


def test_keys_are_the_services_until_they_are_deleted(ask: Any, service: Service) -> None:
    def asked(route: str, work: Work) -> Any:
        answer = ask(service.options(), work)
        logged = service.logged()
        assert (logged["route"], logged["status"]) == (route, 200)
        return answer

    made = asked("POST keys", lambda client: client.stream.keys.create())
    local = Signer(made.signing_key()).sign(VIDEO)
    assert verify(local, service.keys(), identifier=VIDEO).kid == made.id
    for form in (made.pem, made.jwk):
        assert SigningKey.load(form, made.id).id == made.id
    listed = asked("GET keys", lambda client: client.stream.keys.list())
    assert {key.id: key.created for key in listed}[made.id] == made.created
    assert asked("GET keys", lambda client: client.stream.keys.get()) == listed
    delete: Work = lambda client: client.stream.keys.delete(made.id)  # noqa: E731
    assert asked("DELETE keys/{id}", delete) == "Revoked"
    assert service.keys().get(made.id) is None
    with pytest.raises(NotFoundError):
        ask(service.options(), delete)
    assert service.logged()["status"] == 404


def test_credentials_and_accounts_reach_the_service(ask: Any, service: Service) -> None:
    ask(service.options(), mint())
    by_token = service.logged()["credential"]
    ask({**service.options(api_token=None), **service.previous}, mint())
    logged = service.logged()
    assert logged["status"] == 200
    assert logged["credential"] != by_token
    with pytest.raises(NotFoundError):
        ask(service.options(), mint(account_id="another"))
    logged = service.logged()
    assert (logged["account"], logged["code"]) == ("another", "account_unknown")
    with pytest.raises(NotFoundError):
        ask(service.options(account_id="third"), lambda client: client.stream.keys.list())
    assert service.logged()["account"] == "third"
    with pytest.raises(AuthenticationError):
        ask(service.options(api_token="nobody"), mint())
    logged = service.logged()
    assert (logged["status"], logged["code"]) == (401, "credential_invalid")


def test_nothing_is_asked_of_whom_no_authority_vouches_for(
    ask: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**more: Any) -> None:
        with pytest.raises(APIConnectionError) as caught:
            ask(service.options(max_retries=2, **more), mint())
        assert (caught.value.code, caught.value.attempts) == ("api_tls", 1)

    refused(base_url=service.base_url.replace("localhost", "127.0.0.1"))
    with monkeypatch.context() as patch:
        patch.delenv("SSL_CERT_FILE")
        refused()
    # The first request that it saw is this one.
    ask(service.options(), lambda client: client.stream.keys.list())
    assert service.logged()["route"] == "GET keys"
