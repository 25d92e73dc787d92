"""The clients of Cloudflare's API: what is logged, and what never is."""

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from client_support import mint
from receiver import Answer, Receiver
from streamtoken import AsyncClient, Client, StreamTokenError
from support import EXAMPLE, VIDEO, example_key

pytestmark = pytest.mark.usefixtures("no_settings")


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
