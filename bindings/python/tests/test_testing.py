"""The token service for tests, and its fixture for pytest."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

import streamtoken
from receiver import Answer, Receiver
from streamtoken import InputError, KeySet, SigningKey, inspect, testing, verify
from streamtoken.testing import StreamServer
from support import NOW, ROOT, VIDEO

PACKAGE = Path(streamtoken.__file__).parents[1]


def mint(server: StreamServer) -> str:
    """Ask as any HTTP client does."""
    url = f"{server.base_url}/accounts/{server.account_id}/stream/{VIDEO}/token"
    request = Request(url, b"{}", {"content-type": "application/json"})
    request.add_header("authorization", f"Bearer {server.api_token}")
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        return str(json.load(answer)["result"]["token"])


def is_up(base_url: str) -> bool:
    try:
        build_opener(ProxyHandler({})).open(base_url, timeout=30)
    except HTTPError as error:
        with error:
            return True
    except (URLError, ConnectionError):  # The latter from one that ends while it is asked.
        return False
    return True


def wait_until(holds: "Callable[[], bool]") -> None:
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come about in 20 seconds")


def test_it_hands_over_what_a_test_needs(stream_server: StreamServer) -> None:
    token = mint(stream_server)
    claims = verify(token, stream_server.keys, identifier=VIDEO)
    assert claims.kid == stream_server.signing_key.id
    assert verify(token, KeySet(stream_server.signing_key), identifier=VIDEO) == claims
    assert stream_server.environment["CLOUDFLARE_BASE_URL"] == stream_server.base_url


def test_the_environment_holds_the_signing_key(
    stream_server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLOUDFLARE_STREAM_KEY_FILE", raising=False)
    for name, value in stream_server.environment.items():
        monkeypatch.setenv(name, value)
    assert SigningKey.from_env().public_key == stream_server.signing_key.public_key


def test_the_clock_is_set_ahead_and_back(stream_server: StreamServer) -> None:
    def expires() -> int:
        return int(inspect(mint(stream_server)).payload["exp"]) - 3600

    stream_server.set_clock(NOW)
    assert expires() == NOW
    moment = datetime.fromtimestamp(NOW + 0.9, timezone(timedelta(hours=5)))
    stream_server.set_clock(moment)
    assert expires() == NOW
    stream_server.set_clock(offset=-86_400)
    assert abs(expires() + 86_400 - time.time()) < 120
    stream_server.set_clock()
    assert abs(expires() - time.time()) < 120


def test_a_fault_lasts_as_long_as_it_says(stream_server: StreamServer) -> None:
    stream_server.faults({"status": 429, "retry_after": 7, "times": 1})
    with pytest.raises(HTTPError, match="429") as caught:
        mint(stream_server)
    with caught.value as refused:
        assert refused.headers["retry-after"] == "7"
    assert mint(stream_server)
    stream_server.faults({"status": 503})
    for _ in range(3):
        with pytest.raises(HTTPError, match="503") as caught:
            mint(stream_server)
        caught.value.close()
    stream_server.faults()
    assert mint(stream_server)


class TestEachTestFindsTheServiceAsItWasAtItsStart:
    """Each of the two leaves what the other must not find."""

    @pytest.mark.parametrize("run", [1, 2])
    def test_without_what_an_earlier_one_left(self, stream_server: StreamServer, run: int) -> None:
        assert abs(int(inspect(mint(stream_server)).payload["exp"]) - 3600 - time.time()) < 120, run
        stream_server.set_clock(NOW)
        stream_server.faults({"status": 503})


def test_mistakes_are_refused_as_everywhere(stream_server: StreamServer) -> None:
    with pytest.raises(InputError) as caught:
        stream_server.set_clock(-1)
    assert caught.value.field == "/now"
    with pytest.raises(InputError) as caught:
        stream_server.faults({"status": 429}, {"state": 429})  # type: ignore[typeddict-unknown-key]
    assert str(caught.value.field).startswith("/1")
    with pytest.raises(ValueError, match="time zone"):
        stream_server.set_clock(datetime(2026, 1, 1))
    with pytest.raises(InputError) as caught:
        StreamServer.start(time_format="text")  # type: ignore[arg-type]
    assert caught.value.code == "usage_invalid"


def test_a_code_that_is_not_known_is_told(receiver: Receiver) -> None:
    unknown = {"reason": "no_such_code", "message": "a sentence"}
    receiver.answers = [Answer(400, {"errors": [unknown]})]
    with pytest.raises(RuntimeError, match="no_such_code: a sentence"):
        testing._request("POST", receiver.base_url)


def test_it_ends_when_it_is_told_to_and_when_its_block_ends() -> None:
    with StreamServer.start() as server:
        assert is_up(server.base_url)
        assert server.api_token not in repr(server)
        server.close()
        assert not is_up(server.base_url)
    server.close()


def test_settings_of_another_service_and_its_folder_do_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "streamtoken.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STREAMTOKEN_LISTEN", "no address")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with StreamServer.start() as server:
        assert len(server.keys) == 1


SUITE = """
import os
from pathlib import Path

import pytest

@pytest.mark.parametrize("run", range(4))
def test_it(stream_server, run, request):
    assert stream_server.keys.get(stream_server.signing_key.id)
    name = f"{os.getpid()}-{run}"
    Path(request.config.rootpath, "seen", name).write_text(stream_server.base_url)

def test_that_hangs_if_it_is_told_to(stream_server):
    if "HANG" in os.environ:
        print(stream_server.base_url, flush=True)
        import time
        time.sleep(60)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's project, in an environment where this package is installed."""
    manifest = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(
        r"^\[project\.entry-points\.pytest11\]\n(?:#.*\n)*(.*)\n", manifest, re.MULTILINE
    )
    assert found
    installed = tmp_path / "site" / "streamtoken-0.dist-info"
    installed.mkdir(parents=True)
    entry = found[1].replace('"', "")
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: streamtoken\nVersion: 0\n")
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{entry}\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "seen").mkdir()
    return tmp_path


def pytest_in(project: Path, *options: str, **variables: str) -> "subprocess.Popen[str]":
    path = os.pathsep.join([str(project / "site"), str(PACKAGE)])
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=project,
        env={**environment, "PYTHONPATH": path, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def services(project: Path) -> "set[str]":
    return {file.read_text() for file in (project / "seen").iterdir()}


@pytest.mark.parametrize("options", [[], ["-p", "streamtoken.pytest_plugin"]])
def test_pytest_finds_the_fixture_by_itself(project: Path, options: "list[str]") -> None:
    with pytest_in(project, *options) as process:
        output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    assert "5 passed" in output
    [service] = services(project)
    assert not is_up(service)


def test_each_worker_of_xdist_has_its_own(project: Path) -> None:
    with pytest_in(project, "-n", "2") as process:
        output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    assert "5 passed" in output
    workers = {file.name.split("-")[0] for file in (project / "seen").iterdir()}
    assert len(services(project)) == len(workers)
    assert not any(is_up(service) for service in services(project))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_it_does_not_outlive_a_run_that_is_ended(project: Path, end: signal.Signals) -> None:
    with pytest_in(project, "-s", HANG="1") as process:
        assert process.stdout
        lines: Any = iter(process.stdout.readline, "")
        service = next(line for line in lines if "http" in line).lstrip(".").strip()
        assert is_up(service)
        process.send_signal(end)
        process.stdout.read()
    wait_until(lambda: not is_up(service))
