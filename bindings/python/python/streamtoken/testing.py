"""A token service for tests: ``streamtoken serve --dev``, started and ended by a test run.

Under pytest there is nothing to import: the fixture ``stream_server`` is this class, started once a
session. Elsewhere a ``with`` statement does it::

    from streamtoken.testing import StreamServer

    with StreamServer.start() as server:
        print(server.base_url, server.account_id, server.api_token)
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, TypedDict, Union

from . import KeySet, SigningKey, _native

__all__ = ["Fault", "StreamServer"]


class Fault(TypedDict, total=False):
    """What the service does instead of answering as it should; see ``StreamServer.faults``."""

    status: int
    """Answer with this status: 400 to 599."""
    retry_after: int
    """Seconds, for the header ``retry-after`` of that answer."""
    latency_ms: int
    """Answer this much later."""
    body: Literal["empty", "truncated", "not_json", "success_false_200", "messages_null"]
    """Answer with a body that is broken in this way."""
    close: bool
    """Close the connection without an answer."""
    times: int
    """How many requests it is for. Until faults are set again, when left out."""
    path: Literal["token", "keys"]
    """Which requests it is for. All, when left out."""


class StreamServer:
    """A running emulator of Cloudflare Stream's token endpoint and key routes.

    It is a process of its own on a free port of 127.0.0.1, keeps everything in memory, and ends
    with the process that started it, however that ends.
    """

    base_url: str
    """What the official clients take as base URL."""
    account_id: str
    """The account that is there from the start."""
    api_token: str
    """A bearer token that may do everything."""
    api_email: str
    """The e-mail address of the previous scheme, which goes with ``api_key``."""
    api_key: str
    """The key of the previous scheme."""
    signing_key: SigningKey
    """A signing key of the account, private half included."""
    jwks_url: str
    """Where the public halves of the account's keys are, without a credential."""
    dev_url: str
    """The routes that steer the emulator."""

    def __init__(self, process: "subprocess.Popen[str]", ready: "dict[str, Any]") -> None:
        self._process = process
        self.base_url = ready["base_url"]
        self.account_id = ready["account_id"]
        self.api_token = ready["api_token"]
        self.api_email = ready["api_email"]
        self.api_key = ready["api_key"]
        self.jwks_url = ready["jwks_url"]
        self.dev_url = ready["dev_url"]
        self.signing_key = SigningKey.load(json.dumps(ready["signing_key"]))

    @classmethod
    def start(cls, *, time_format: "Literal['string', 'number']" = "string") -> "StreamServer":
        """Start the emulator and wait until it listens.

        It writes times as strings, as Cloudflare's endpoint does. Most JWT libraries want the
        format ``number``.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = _spawn(log, time_format)
            # A hang becomes the end of its output.
            guard = threading.Timer(_SECONDS_TO_START, process.kill)
            guard.start()
            try:
                line = process.stdout.readline() if process.stdout else ""
            finally:
                guard.cancel()
            if not line:
                _end(process)
                log.seek(0)
                raise RuntimeError(f"the emulator did not start: {log.read(4096).strip()}")
        ready = json.loads(line)
        if "error" in ready:
            _end(process)
            raise _refusal(**ready["error"])
        return cls(process, ready)

    @property
    def keys(self) -> KeySet:
        """The public halves of the account's keys, for ``verify``; asked for each time."""
        return KeySet.from_jwks(_request("GET", self.jwks_url))

    @property
    def environment(self) -> "dict[str, str]":
        """The variables by which the official clients, this package and wrangler find the service.

        Unset ``CLOUDFLARE_EMAIL`` and ``CLOUDFLARE_API_KEY`` beside these: Cloudflare's client for
        Python drops the token when it finds an address.
        """
        return {
            "CLOUDFLARE_ACCOUNT_ID": self.account_id,
            "CLOUDFLARE_API_TOKEN": self.api_token,
            "CLOUDFLARE_BASE_URL": self.base_url,
            "CLOUDFLARE_STREAM_KEY": self.signing_key.to_pem_base64(),
            "CLOUDFLARE_STREAM_KEY_ID": self.signing_key.id,
        }

    def set_clock(
        self, now: "Union[int, datetime, None]" = None, *, offset: "int | None" = None
    ) -> None:
        """Stop the service's clock at ``now``, or let it run ``offset`` seconds ahead.

        Without either it shows the machine's time again.
        """
        wanted: dict[str, int] = {}
        if now is not None:
            wanted["now"] = _epoch_seconds(now) if isinstance(now, datetime) else now
        if offset is not None:
            wanted["offset"] = offset
        self._steer("PUT", "clock", wanted)

    def faults(self, *faults: Fault) -> None:
        """Let the next answers fail in these ways, in this order; without any, all is well again.

        ``server.faults({"status": 429, "retry_after": 1, "times": 2})`` refuses two requests.
        """
        self._steer("PUT", "faults", faults)

    def reset(self) -> None:
        """Bring clock, faults and everything that is stored back to the start."""
        self._steer("POST", "reset")

    def close(self) -> None:
        """End the emulator. To end it twice is fine."""
        _end(self._process)

    def __enter__(self) -> "StreamServer":
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"StreamServer(base_url={self.base_url!r}, account_id={self.account_id!r})"

    def _steer(self, method: str, route: str, body: "Any" = None) -> None:
        _request(method, f"{self.dev_url}/{route}", body)


def _spawn(log: "IO[str]", time_format: str) -> "subprocess.Popen[str]":
    # This very package, whatever the working folder holds.
    package = Path(__file__).resolve().parents[1]
    options = ["--listen", "127.0.0.1:0", "--json", "--exit-on-stdin-close"]
    options += ["--time-format", time_format, "--log-level", "off"]
    return subprocess.Popen(  # noqa: S603 - this package's own command line
        [sys.executable, "-m", "streamtoken", "serve", "--dev", *options],
        cwd=package,
        env=_clean(os.environ.items()),
        # Held open and never written to: it closes when this process ends, even by a kill.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
        # Ctrl-C is for the tests, which may still need the service while they end.
        start_new_session=True,
    )


def _clean(environment: "Iterable[tuple[str, str]]") -> "dict[str, str]":
    # Settings of somebody's own service are not for this one.
    return {name: value for name, value in environment if not name.startswith("STREAMTOKEN_")}


def _end(process: "subprocess.Popen[str]") -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _epoch_seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("now: a datetime needs a time zone")
    return math.floor(moment.timestamp())


def _request(method: str, url: str, body: "Any" = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)  # noqa: S310 - the service's own URL
    request.add_header("content-type", "application/json")
    # Without the machine's proxies: it is this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS_TO_START) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        with refused:
            error = json.loads(refused.read())["errors"][0]
        field = error.get("source", {}).get("pointer")
        raise _refusal(code=error["reason"], message=error["message"], field=field) from None


def _refusal(*, code: str, message: str, field: "str | None" = None, **_: Any) -> Exception:
    refusal = _native._refusal(code, message, field)
    # What answers is not the emulator of this package.
    return refusal or RuntimeError(f"the emulator refuses with the unknown code {code}: {message}")


_SECONDS_TO_START = 30
_SECONDS_TO_END = 5
