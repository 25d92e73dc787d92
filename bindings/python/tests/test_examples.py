"""The example programs, which take the same arguments in every language."""

import os
import subprocess
import sys

from support import BINDING, CODE, EXAMPLE, VIDEO

ENVIRONMENT = {
    **os.environ,
    "CLOUDFLARE_STREAM_KEY": EXAMPLE["pem_base64"],
    "CLOUDFLARE_STREAM_KEY_ID": EXAMPLE["key_id"],
}


def run(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(BINDING / "examples" / f"{name}.py"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )


def test_mint_verify_urls() -> None:
    token = run("mint", VIDEO).stdout.strip()
    said = run("verify", token, VIDEO, "GB")
    assert (said.stdout.split()[0], said.returncode) == (VIDEO, 0)
    refused = run("verify", token, VIDEO, "FR")
    assert refused.stderr.startswith("error[blocked_by_rule]: access rule 2 of 2")
    assert (refused.stdout, refused.returncode) == ("", 1)
    urls = dict(line.split(" ") for line in run("urls", token, CODE).stdout.splitlines())
    assert urls["hls"].endswith(f"{token}/manifest/video.m3u8")
    assert "download" not in urls


def test_reuse() -> None:
    tokens = [run("reuse", VIDEO, "600", str(now)).stdout for now in (1200, 1799, 1800)]
    assert tokens[0].startswith("eyJ")
    assert tokens[0] == tokens[1] != tokens[2]
    assert run("reuse", VIDEO, "0", "1200").stderr.startswith("error[option_value]: ")


def test_mistakes() -> None:
    assert run("mint", "").stderr.startswith("error[identifier_invalid]: ")
    assert run("urls", "x", CODE).stderr.startswith("error[token_shape]: ")
    for name in ("mint", "verify", "urls", "reuse"):
        said = run(name)
        assert said.stderr.startswith("usage: ")
        assert said.returncode == 2
