"""Cloudflare's own client, unchanged but for its base URL, against our service."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import cloudflare
import jwt
import pytest
from cloudflare import AsyncCloudflare, Cloudflare

import streamtoken
from streamtoken import KeySet, Signer, SigningKey, errors, inspect, verify
from streamtoken.testing import Fault, StreamServer
from support import BINDING, NOW, VIDEO

Work = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine says to Cloudflare's client is not for these tests."""
    for name in [name for name in os.environ if name.startswith("CLOUDFLARE_")]:
        monkeypatch.delenv(name)


def ask_sync(server: StreamServer, work: Work, **options: Any) -> Any:
    with Cloudflare(**settings(server, options)) as client:
        return work(client)


def ask_async(server: StreamServer, work: Work, **options: Any) -> Any:
    async def asked() -> Any:
        async with AsyncCloudflare(**settings(server, options)) as client:
            return await work(client)

    return asyncio.run(asked())


def settings(server: StreamServer, options: "dict[str, Any]") -> "dict[str, Any]":
    scheme = {} if "api_key" in options else {"api_token": server.api_token}
    return {"base_url": server.base_url, "max_retries": 0, **scheme, **options}


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> "Callable[..., Any]":
    """Call Cloudflare's client, in both of its forms."""
    return request.param  # type: ignore[no-any-return]


def mint(server: StreamServer, **options: Any) -> Work:
    account = {"account_id": server.account_id, **options}
    return lambda client: client.stream.token.create(VIDEO, **account)


def test_the_token_is_the_one_that_we_mint(ask: Any, stream_server: StreamServer) -> None:
    stream_server.set_clock(NOW)
    ours = Signer(stream_server.signing_key).sign(VIDEO, now=NOW, time_format="string")
    assert ask(stream_server, mint(stream_server)).token == str(ours)
    claims = verify(str(ours), stream_server.keys, identifier=VIDEO, now=NOW)
    assert (claims.exp, claims.nbf) == (NOW + 3600, NOW - 3600)


def test_every_option_is_in_the_token(ask: Any, stream_server: StreamServer) -> None:
    stream_server.set_clock(NOW)
    rules = [
        {"type": "ip.src", "action": "allow", "ip": ["203.0.113.0/24", "2001:db8::/32"]},
        {"type": "ip.geoip.country", "action": "block", "country": ["US"]},
        {"type": "any", "action": "allow"},
    ]
    options = {"exp": NOW + 600, "nbf": NOW - 60, "downloadable": True}
    work = mint(stream_server, access_rules=rules, flags={"original": True}, **options)
    token = ask(stream_server, work).token
    payload = inspect(token).payload
    assert payload == {
        "sub": VIDEO,
        "kid": stream_server.signing_key.id,
        "exp": str(NOW + 600),
        "nbf": str(NOW - 60),
        "downloadable": True,
        "accessRules": rules,
        "flags": {"original": True},
    }
    verify(token, stream_server.keys, now=NOW, identifier=VIDEO, ip="203.0.113.7", download=True)


def test_a_key_that_comes_along_signs(ask: Any, stream_server: StreamServer) -> None:
    key = SigningKey.generate()
    work = mint(stream_server, id=key.id, pem=key.to_pem_base64())
    token = ask(stream_server, work).token
    assert verify(token, KeySet(key), identifier=VIDEO).kid == key.id


def test_keys_are_made_listed_and_deleted(ask: Any, stream_server: StreamServer) -> None:
    account = {"account_id": stream_server.account_id}
    made = ask(stream_server, lambda client: client.stream.keys.create(**account))
    assert isinstance(made.created, datetime)
    assert made.created.tzinfo is not None
    for form in (made.pem, made.jwk):
        assert SigningKey.load(form, made.id).id == made.id

    def listed() -> "dict[str, datetime]":
        page = ask(stream_server, lambda client: client.stream.keys.get(**account))
        assert all(key.key_id == key.id for key in page.result)
        return {key.id: key.created for key in page.result}

    assert listed()[made.id] == made.created
    token = ask(stream_server, mint(stream_server, id=made.id, pem=made.pem)).token
    assert verify(token, stream_server.keys, identifier=VIDEO).kid == made.id

    delete: Work = lambda client: client.stream.keys.delete(made.id, **account)  # noqa: E731
    assert ask(stream_server, delete) == "Revoked"
    assert made.id not in listed()
    assert stream_server.keys.get(made.id) is None
    with pytest.raises(cloudflare.NotFoundError):
        ask(stream_server, delete)


def test_a_credential_is_verified(ask: Any, stream_server: StreamServer) -> None:
    verified = ask(stream_server, lambda client: client.user.tokens.verify())
    assert verified.status == "active"


def test_the_previous_scheme_works(ask: Any, stream_server: StreamServer) -> None:
    scheme = {"api_email": stream_server.api_email, "api_key": stream_server.api_key}
    token = ask(stream_server, mint(stream_server), **scheme).token
    verify(token, stream_server.keys, identifier=VIDEO)
    with pytest.raises(cloudflare.AuthenticationError):
        ask(stream_server, mint(stream_server), **{**scheme, "api_key": "0" * 37})


def test_the_client_finds_all_in_the_environment(
    stream_server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in stream_server.environment.items():
        monkeypatch.setenv(name, value)
    account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
    token = Cloudflare().stream.token.create(VIDEO, account_id=account)
    assert token is not None
    verify(token.token or "", KeySet(SigningKey.from_env()), identifier=VIDEO)


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"exp": NOW * 1000}, "/exp"),
        ({"exp": NOW + 86_401}, "/exp"),
        ({"access_rules": [{"type": "any", "action": "allow"}] * 9}, "/accessRules"),
        ({"access_rules": [{"type": "any", "action": "deny"}]}, "/accessRules/0/action"),
        (
            {"access_rules": [{"type": "ip.src", "action": "block", "ip": ["x"]}]},
            "/accessRules/0/ip/0",
        ),
        ({"downloadable": "yes"}, "/downloadable"),
        ({"id": "0" * 32}, "/pem"),
    ],
)
def test_what_the_client_lets_pass_is_a_bad_request(
    ask: Any, stream_server: StreamServer, options: "dict[str, Any]", pointer: str
) -> None:
    stream_server.set_clock(NOW)
    with pytest.raises(cloudflare.BadRequestError) as caught:
        ask(stream_server, mint(stream_server, **options))
    [error] = caught.value.errors
    assert error.code == 10005
    assert caught.value.body["errors"][0]["source"]["pointer"] == pointer  # type: ignore[index]


def test_a_wrong_credential_and_a_strange_account_are_refused(
    ask: Any, stream_server: StreamServer
) -> None:
    with pytest.raises(cloudflare.AuthenticationError):
        ask(stream_server, mint(stream_server), api_token="wrong")
    with pytest.raises(cloudflare.NotFoundError):
        ask(stream_server, mint(stream_server, account_id="0" * 32))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, cloudflare.PermissionDeniedError),
        (409, cloudflare.ConflictError),
        (422, cloudflare.UnprocessableEntityError),
        (429, cloudflare.RateLimitError),
        (500, cloudflare.InternalServerError),
        (502, cloudflare.InternalServerError),
        (503, cloudflare.InternalServerError),
    ],
)
def test_each_fault_is_its_exception(
    ask: Any, stream_server: StreamServer, status: int, kind: "type[cloudflare.APIStatusError]"
) -> None:
    stream_server.faults({"status": status, "retry_after": 1, "times": 1})
    with pytest.raises(kind) as caught:
        ask(stream_server, mint(stream_server))
    assert type(caught.value) is kind
    assert caught.value.response.headers["retry-after"] == "1"
    assert ask(stream_server, mint(stream_server)).token


def test_a_closed_connection_and_a_late_answer(ask: Any, stream_server: StreamServer) -> None:
    stream_server.faults({"close": True, "times": 1})
    with pytest.raises(cloudflare.APIConnectionError) as caught:
        ask(stream_server, mint(stream_server))
    assert not isinstance(caught.value, cloudflare.APITimeoutError)
    stream_server.faults({"latency_ms": 10_000, "times": 1})
    with pytest.raises(cloudflare.APITimeoutError):
        ask(stream_server, mint(stream_server), timeout=0.2)


def test_the_client_tries_again(ask: Any, stream_server: StreamServer) -> None:
    stream_server.faults({"status": 429, "retry_after": 1, "times": 1}, {"status": 503, "times": 1})
    token = ask(stream_server, mint(stream_server), max_retries=2).token
    verify(token, stream_server.keys, identifier=VIDEO)


def test_what_the_client_makes_of_broken_answers(ask: Any, stream_server: StreamServer) -> None:
    """It raises whatever comes about, or gives nothing; never a token."""
    broken: list[Fault] = [
        {"body": "success_false_200", "times": 1},
        {"body": "not_json", "times": 1},
        {"body": "empty", "times": 1},
        {"body": "truncated", "times": 1},
    ]
    for fault in broken:
        stream_server.faults(fault)
        try:
            answer = ask(stream_server, mint(stream_server))
        except (cloudflare.CloudflareError, AttributeError, ValueError):
            continue
        assert getattr(answer, "token", None) is None, fault
    stream_server.faults({"body": "messages_null", "times": 1})
    assert ask(stream_server, mint(stream_server)).token


def test_our_exceptions_derive_from_each_other_as_theirs_do() -> None:
    names = {
        name
        for name, kind in vars(cloudflare).items()
        if isinstance(kind, type) and issubclass(kind, cloudflare.APIError)
    }
    assert len(names) == 13
    for name in names:
        ours, theirs = getattr(errors, name), getattr(cloudflare, name)
        line = [kind.__name__ for kind in theirs.__mro__ if kind.__name__ in names]
        assert [kind.__name__ for kind in ours.__mro__ if kind.__name__ in names] == line
        assert issubclass(ours, errors.StreamTokenError)
    # Theirs has a name for what is above; with the import changed it catches all that is ours.
    assert cloudflare.APIError.__bases__ == (cloudflare.CloudflareError,)
    assert errors.APIError.__bases__ == (streamtoken.CloudflareError,)
    with pytest.raises(streamtoken.CloudflareError) as caught:
        streamtoken.Client(api_token="t", base_url="http://192.0.2.1")
    assert type(caught.value) is errors.APIError
    with pytest.raises(streamtoken.CloudflareError):
        streamtoken.KeySet.from_jwks("{")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 418, 422, 429, 500, 503])
def test_a_status_is_the_same_exception_as_theirs(stream_server: StreamServer, status: int) -> None:
    options = {"base_url": stream_server.base_url, "api_token": stream_server.api_token}
    found: list[Any] = []
    for kind in (Cloudflare, streamtoken.Client):
        stream_server.faults({"status": status, "retry_after": 61, "times": 1})
        with kind(**options, max_retries=0) as client:  # type: ignore[arg-type]
            with pytest.raises((cloudflare.APIStatusError, errors.APIStatusError)) as caught:
                mint(stream_server)(client)
            found.append(caught.value)
    theirs, ours = found
    assert type(ours).__name__ == type(theirs).__name__
    assert ours.status_code == theirs.status_code == status
    assert ours.response.headers["retry-after"] == theirs.response.headers["retry-after"]
    said = [(error.code, error.message) for error in theirs.errors]
    assert [(error.code, error.message) for error in ours.errors] == said


def test_the_tests_of_the_readme_run(tmp_path: Path) -> None:
    text = (BINDING / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    [suite] = [block for block in blocks if "stream_server" in block]
    (tmp_path / "test_player.py").write_text(f"from streamtoken import verify\n{suite}")
    options = ["-q", "-p", "streamtoken.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, "test_player.py"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_with_number_times_a_jwt_library_takes_the_token() -> None:
    with StreamServer.start(time_format="number") as server:
        token = ask_sync(server, mint(server)).token
        key = server.signing_key.public_key
        claims = jwt.decode(token, jwt.PyJWK.from_json(key.to_jwk()), algorithms=["RS256"])
        assert claims["sub"] == VIDEO
        assert claims["exp"] > datetime.now(timezone.utc).timestamp()
        assert verify(token, server.keys, identifier=VIDEO).exp == claims["exp"]


@pytest.fixture
def service(tmp_path: Path) -> "Iterator[tuple[str, str]]":
    """Base URL of a service with a store, and a token that mints for one account alone."""
    environment = {
        **os.environ,
        "STREAMTOKEN_STORE": str(tmp_path / "tokens.db"),
        "STREAMTOKEN_MASTER_KEY_FILE": str(tmp_path / "master.key"),
    }
    # The command line in the package keeps its store in memory alone.
    program = os.environ["STREAMTOKEN_TEST_PROGRAM"]

    def admin(*arguments: str) -> str:
        done = subprocess.run(
            [program, "admin", *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    for account in ("mine", "theirs"):
        admin("account", "create", account)
    token = admin("token", "create", "--name", "test", "--account", "mine")
    with subprocess.Popen(
        [program, "serve", "--json", "--listen", "127.0.0.1:0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        listening = json.loads(process.stdout.readline())["listening"]
        yield f"{listening}/client/v4", token
        process.terminate()
        assert process.wait(60) == 0


def test_a_token_reaches_what_it_was_made_for(service: "tuple[str, str]") -> None:
    base_url, token = service
    with Cloudflare(base_url=base_url, api_token=token, max_retries=0) as client:
        minted = client.stream.token.create(VIDEO, account_id="mine")
        assert minted is not None
        assert inspect(minted.token or "").payload["sub"] == VIDEO
        with pytest.raises(cloudflare.PermissionDeniedError, match=r"keys\.create"):
            client.stream.keys.create(account_id="mine")
        with pytest.raises(cloudflare.PermissionDeniedError, match="does not reach this account"):
            client.stream.token.create(VIDEO, account_id="theirs")
