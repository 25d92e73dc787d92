"""What is written runs, and says what the core says."""

import inspect
import os
import re
import textwrap
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import streamtoken
from streamtoken import _native, errors
from support import BINDING, EXAMPLE, ROOT, VECTORS

CORE = ROOT / "crates" / "streamtoken" / "src"

FILES = {
    "AccessRules": "rules.rs",
    "AccessRules.lint": "lint.rs",
    "Check": "explain/report.rs",
    "Claims": "verify/claims.rs",
    "Client": "client/blocking.rs",
    "CreatedKey": "api/key.rs",
    "CustomerCode": "urls/customer_code.rs",
    "Decision": "rules/evaluate.rs",
    "Finding": "lint/finding.rs",
    "KeyInfo": "key/info.rs",
    "KeySet": "key/set.rs",
    "Keys": "client/blocking.rs",
    "ListedKey": "api/key.rs",
    "PlaybackUrls": "urls.rs",
    "Prepared": "sign/prepared.rs",
    "PublicKey": "key/public.rs",
    "Report": "explain/report.rs",
    "Signer": "sign.rs",
    "Signer.sign_lines": "sign/batch.rs",
    "Signer.sign_many": "sign/batch.rs",
    "SigningKey": "key.rs",
    "Simulated": "simulate.rs",
    "Stream": "client/blocking.rs",
    "StreamTokenError": "error.rs",
    "Token": "token.rs",
    "TokenSource": "source/shared.rs",
    "Tokens": "client/blocking.rs",
    "Unverified": "inspect.rs",
    "describe_key": "key/info.rs",
    "error_codes": "error/code.rs",
    "explain": "explain.rs",
    "inspect": "inspect.rs",
    "lint": "lint.rs",
    "playback_urls": "urls.rs",
    "prepare": "sign/prepared.rs",
    "rewrite": "urls/rewrite.rs",
    "simulate": "simulate.rs",
    "verify": "verify.rs",
}
"""Where the core says what a name is: those of a member where they are not its owner's."""

OTHER_NAMES = {
    "AccessRules.to_list": "rules",
    "Report.read": "bytes_read",
    "Signer.sign_lines": "sign_lines",
    "Signer.sign_many": "sign_values",
    "StreamTokenError": "Error",
    "Token.token": "as_str",
    "error_codes": "ErrorCode",
}
"""What is called otherwise there."""

PYTHONS_OWN = {
    "AsyncClient",
    "AsyncClient.aclose",
    "AsyncClient.close",
    "AsyncClient.local",
    "AsyncClient.stream",
    "AsyncClient.with_options",
    "AsyncTokenSource",
    "AsyncTokenSource.token",
    "Client.with_options",
    "Keys",
    "Keys.get",
    "PlaybackUrls.get",
    "PlaybackUrls.items",
    "PlaybackUrls.keys",
    "PlaybackUrls.values",
    "Report.to_dict",
    "Simulated.to_dict",
    "Stream",
    "Tokens",
}
"""What the core has no word for: a mapping's methods, what is awaited, the official names."""


def public_names() -> "dict[str, Any]":
    names: dict[str, Any] = {}
    for name in [*streamtoken.__all__, "Keys", "Stream", "Tokens"]:
        # Those that a client leads to are not for making, so the package has no name for them.
        thing = getattr(streamtoken if hasattr(streamtoken, name) else _native, name)
        if name == "__version__":
            continue
        if name in errors.__all__ and name != "StreamTokenError":
            continue
        names[name] = thing
        if isinstance(thing, type) and not issubclass(thing, Exception):
            for member in vars(thing):
                if not member.startswith("_"):
                    names[f"{name}.{member}"] = getattr(thing, member)
    return names


def core_sentence(name: str) -> str:
    """Find the first sentence of the core's documentation of `name`."""
    owner = name.split(".", maxsplit=1)[0]
    item = OTHER_NAMES.get(name, name.rsplit(".", maxsplit=1)[-1])
    source = (CORE / FILES.get(name, FILES[owner])).read_text(encoding="utf-8")
    if "." in name:
        # A member stands in the braces of its owner's struct or implementation.
        begin = re.search(rf"^(impl|pub struct)(<.*>)? {owner}\b", source, re.MULTILINE)
        assert begin, name
        source = source[begin.start() :]
    docs, attributes = r"((?: *///[^\n]*\n)+)", r"(?: *#[^\n]*\n)*"
    pattern = rf"{docs}{attributes} *pub (?:(?:const )?fn|struct|enum|) ?{item}\b"
    found = re.search(pattern, source)
    assert found, name
    return first_sentence(re.sub(r"^ */// ?", "", found[1], flags=re.MULTILINE))


def first_sentence(text: str) -> str:
    paragraph = " ".join(inspect.cleandoc(text).split("\n\n", maxsplit=1)[0].split())
    unlinked = re.sub(r"\]\(([^()]|\(\))*\)", "]", paragraph)
    plain = re.sub(r"[`\[\]*]", "", unlinked).replace("::", ".")
    return re.split(r"(?<=\.) (?=[A-Z])", plain)[0]


@pytest.mark.parametrize("name", sorted(set(public_names()) - PYTHONS_OWN))
def test_docstrings_begin_with_the_cores_sentence(name: str) -> None:
    doc = public_names()[name].__doc__
    assert doc, f"{name} has no docstring"
    assert first_sentence(doc) == core_sentence(name)


def test_what_python_adds_is_documented_too() -> None:
    names = public_names()
    assert set(names) >= PYTHONS_OWN
    assert all(names[name].__doc__ for name in PYTHONS_OWN)
    assert all(getattr(errors, name).__doc__ for name in errors.__all__)


def test_signatures_can_be_read() -> None:
    for name, expected in {
        "Signer.sign": "(self, /, identifier, **options)",
        "SigningKey.load": "(text, id=None)",
        "verify": "(token, keys, **options)",
        "explain": "(text, keys=None, **options)",
        "lint": "(value, *, now=None)",
        "simulate": "(rules, viewers)",
        "playback_urls": "(token, customer_code, **options)",
        "AccessRules.evaluate": "(self, /, **viewer)",
    }.items():
        thing = streamtoken
        for part in name.split("."):
            thing = getattr(thing, part)
        assert str(inspect.signature(thing)) == expected, name  # type: ignore[arg-type]


def readme() -> str:
    return (BINDING / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def example_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The published key in the environment, and a folder to work in."""
    for name in [name for name in os.environ if name.startswith("CLOUDFLARE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDFLARE_STREAM_KEY_FILE", str(VECTORS / "example-key.pem.base64"))
    monkeypatch.setenv("CLOUDFLARE_STREAM_KEY_ID", EXAMPLE["key_id"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("example_environment")
def test_the_readme_runs_and_ends_with_the_published_token(
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", readme(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    names: dict[str, Any] = {}
    for block in blocks:
        capsys.readouterr()
        exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert printed == EXAMPLE["token"] + "\n"
    shown = re.findall(r"^```text\n(.*?)^```", readme(), re.MULTILINE | re.DOTALL)
    assert shown == [printed]
    assert readme().rstrip().endswith("```")


def test_the_readme_has_its_four_sections() -> None:
    sections = re.findall(r"^## (.*)$", readme(), re.MULTILINE)
    wanted = ["Installation", "Usage", "Development", "Testing"]
    assert [section for section in sections if section in wanted] == wanted


@pytest.mark.usefixtures("example_environment")
def test_the_packages_own_example_runs() -> None:
    doc = inspect.getdoc(streamtoken) or ""
    block = "\n".join(line for line in doc.splitlines() if line.startswith("    "))
    names: dict[str, Any] = {}
    exec(compile(textwrap.dedent(block), "streamtoken", "exec"), names)
    assert names["token"].identifier == EXAMPLE["identifier"]
    assert not isinstance(names["token"], FunctionType)
