"""`python -m streamtoken` is the command line."""

import os
import signal
import subprocess
import sys

import pytest

import streamtoken
from support import EXAMPLE, NOW

COMMAND = [sys.executable, "-m", "streamtoken"]
ENVIRONMENT = {
    **os.environ,
    "CLOUDFLARE_STREAM_KEY": EXAMPLE["pem_base64"],
    "CLOUDFLARE_STREAM_KEY_ID": EXAMPLE["key_id"],
}


def run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        capture_output=True,
        text=True,
        input=stdin,
        env=ENVIRONMENT,
    )


def test_it_mints_the_published_token() -> None:
    done = run("sign", EXAMPLE["identifier"], f"--now={NOW}", "--time-format", "string")
    assert (done.stdout, done.stderr, done.returncode) == (EXAMPLE["token"] + "\n", "", 0)


def test_it_passes_the_exit_status_on() -> None:
    assert run("--version").stdout == f"streamtoken {streamtoken.__version__}\n"
    refused = run("sign", "")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error[identifier_invalid]: ")
    token = EXAMPLE["token"]
    assert run("verify", token, "--now", "1").returncode == 1


def test_it_calls_itself_what_was_typed() -> None:
    assert "Usage: python -m streamtoken" in run("--help").stdout


def test_it_reads_standard_input() -> None:
    done = run("sign", "--batch", "--quiet", f"--now={NOW}", stdin='{"identifier":"v"}\n')
    assert done.stdout.startswith('{"line":1,"token":"')


def test_ctrl_c_ends_it_as_it_ends_any_command() -> None:
    with subprocess.Popen(
        [*COMMAND, "sign", "--batch", "--quiet"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"identifier":"v"}\n' * 2_000)
        process.stdin.flush()
        assert process.stdout.readline().startswith(b'{"line":1,')
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_service_in_order(end: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--dev", "--listen", "127.0.0.1:0", "--json"],
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"base_url":')
        process.send_signal(end)
        assert process.wait(30) == 0
