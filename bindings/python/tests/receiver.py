"""An HTTP server on this machine that notes what arrives and answers as it is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple

from support import EXAMPLE

TOKEN_ANSWER: "dict[str, Any]" = {
    "success": True,
    "errors": [],
    "messages": [],
    "result": {"token": EXAMPLE["token"]},
}


class Request(NamedTuple):
    method: str
    path: str
    headers: "dict[str, str]"
    body: bytes

    @property
    def json(self) -> "Any":
        return json.loads(self.body)


class Answer(NamedTuple):
    status: int = 200
    body: "Any" = TOKEN_ANSWER
    headers: "dict[str, str]" = {}  # noqa: RUF012


class Receiver:
    """Answers the next requests with `answers`, then with a token; on `HANG`, when it ends."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.arrived = threading.Semaphore(0)
        self.connections = 0
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/client/v4"

    def options(self, **more: Any) -> "dict[str, Any]":
        """Options of a client that asks here."""
        own = {"base_url": self.base_url, "api_token": "secret-token", "account_id": "account"}
        return {**own, "max_retries": 0, **more}

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


HANG = Answer(status=0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024
    receiver: Receiver

    def handle_error(self, *_: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.receiver.connections += 1

    def answer(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.requests.append(Request(self.command, self.path, headers, body))
        answer = receiver.answers.pop(0) if receiver.answers else Answer()
        receiver.arrived.release()
        if answer is HANG:
            receiver.ended.wait(60)
            self.close_connection = True
            return
        text = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing is written beside the tests."""
