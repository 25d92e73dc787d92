"""The clients of Cloudflare's API: every option and route."""

import asyncio
import copy
import pickle
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import streamtoken
from client_support import RULES, Work, mint, settings
from receiver import HANG, Answer, Receiver
from streamtoken import (
    APIError,
    AsyncClient,
    AuthenticationError,
    Client,
    CreatedKey,
    KeySet,
    ListedKey,
    NotFoundError,
    SigningKey,
    StreamTokenError,
    Token,
    _native,
    verify,
)
from streamtoken.testing import StreamServer
from support import EXAMPLE, NOW, VIDEO, example_key, example_signer

pytestmark = pytest.mark.usefixtures("no_settings")


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


def test_the_token_is_the_one_that_we_mint(ask: Any, stream_server: StreamServer) -> None:
    stream_server.set_clock(NOW)
    ours = streamtoken.Signer(stream_server.signing_key).sign(
        VIDEO, now=NOW, time_format="string", expires_in="90m"
    )
    token = ask(settings(stream_server), mint(now=NOW, expires_in="90m"))
    assert type(token) is Token
    assert token == ours
    assert token.renew_at == NOW + 4320


def test_the_token_comes_with_the_warnings_of_what_was_sent(ask: Any, receiver: Receiver) -> None:
    template = [{"type": "ip.geoip.country", "action": "allow", "country": ["GB"]}]
    # The API honours the flag; of a token that is signed here there is a warning of it.
    asked: dict[str, Any] = {"access_rules": template, "flags": {"original": True}}
    token = ask(receiver.options(), mint(**asked))
    ours = example_signer().sign(VIDEO, **asked)
    assert [finding.id for finding in token.warnings] == ["allow_without_block"]
    assert token.warnings == ours.warnings[:1]
    assert pickle.loads(pickle.dumps(token)).warnings == token.warnings
    assert ask(receiver.options(), mint()).warnings == ()


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


def test_what_is_not_known_of_a_key_is_kept(ask: Any, receiver: Receiver) -> None:
    other = {"site": ["a", None, 1.5], "pkcs8": "c2VjcmV0"}
    receiver.answers = [
        Answer(body={"success": True, "result": {"id": "k", "pem": "p", "jwk": "j", **other}}),
        Answer(body={"success": True, "result": [{"id": "k", "site": 1}]}),
    ]
    made = ask(receiver.options(), lambda client: client.stream.keys.create())
    assert made.other == other
    assert "c2VjcmV0" not in repr(made)
    listed = ask(receiver.options(), lambda client: client.stream.keys.list())
    assert [key.other for key in listed] == [{"site": 1}]


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


def test_connections_are_kept(receiver: Receiver) -> None:
    with Client(**receiver.options()) as client:
        for _ in range(20):
            client.stream.token.create(VIDEO)
    assert receiver.connections == 1
