"""Names, options and codes are those of the core, no more and no fewer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import streamtoken
from streamtoken import KeySet, SigningKey, StreamTokenError, _native, errors, types
from streamtoken._native import surface
from support import BINDING, CODE, NOW, ROOT, VIDEO, example_signer

SURFACE = surface()


def snake(wire: str) -> str:
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), wire)


def members(options: Any) -> "set[str]":
    """The names of a TypedDict, of whichever class they come."""
    return set(get_type_hints(options, vars(types) | vars(streamtoken)))


def test_the_version_is_the_workspaces() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    assert f'version = "{streamtoken.__version__}"' in manifest
    assert SURFACE["version"] == streamtoken.__version__


def test_options_are_the_cores() -> None:
    assert members(types.SignOptions) == {snake(name) for name in SURFACE["sign_options"]}
    assert members(types.VerifyOptions) == {snake(name) for name in SURFACE["verify_options"]}
    assert members(types.ExplainOptions) == {snake(name) for name in SURFACE["explain_options"]}
    assert members(types.SignRequest) == {"identifier", *members(types.SignOptions)}
    assert members(types.ClientOptions) == {snake(name) for name in SURFACE["client_options"]}
    assert members(types.CallOptions) == {snake(name) for name in SURFACE["call_options"]}
    assert members(types.TokenOptions) == {snake(name) for name in SURFACE["token_params"]}


def test_url_options_are_the_cores() -> None:
    rows = get_type_hints(types.UrlOptions, vars(types) | vars(streamtoken))
    assert set(rows) == set(SURFACE["url_options"])
    for row, names in SURFACE["url_options"].items():
        assert get_origin(rows[row]) is Union
        [shape] = [one for one in get_args(rows[row]) if one is not type(None)]
        if names:
            assert members(shape) == set(names), row
        else:
            assert get_origin(shape) is not None, row


def samples(hint: Any) -> "Iterator[Any]":
    """Give values of every type that an annotation allows."""
    if get_origin(hint) is Union:
        for one in get_args(hint):
            yield from samples(one)
    elif get_origin(hint) is Literal:
        yield from get_args(hint)
    elif is_typeddict(hint) or get_origin(hint) is Mapping:
        yield {}
    else:
        yield SAMPLES[get_origin(hint) or hint]


def is_typeddict(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "__total__")


TOKEN = example_signer().sign(VIDEO, now=NOW, downloadable=True)

SAMPLES = {
    bool: True,
    int: 2,
    float: 2.0,
    str: "2s",
    datetime: datetime.fromtimestamp(NOW, timezone.utc),
    timedelta: timedelta(seconds=2),
    type(None): None,
    streamtoken.AccessRules: streamtoken.AccessRules([]),
    streamtoken.Token: TOKEN,
    Sequence: [],
}


def refused_type(call: "Callable[..., Any]", options: "dict[str, Any]") -> bool:
    """Whether a value is refused for its type, or for being None."""
    try:
        call(**options)
    except streamtoken.StreamTokenError as error:
        return error.code in ("option_type", "option_null", "time_type")
    return False


def checked(hints: "dict[str, Any]", call: "Callable[..., Any]") -> int:
    """Try every type of every option, and None where the annotation does not have it."""
    tried = 0
    for name, hint in hints.items():
        values = list(samples(hint))
        for value in values:
            assert not refused_type(call, {name: value}), (name, value)
        if None not in values:
            assert refused_type(call, {name: None}), name
        tried += len(values)
    return tried


def test_the_types_of_options_are_taken() -> None:
    names = vars(types) | vars(streamtoken)
    sign, keys = example_signer().sign, streamtoken.KeySet(example_signer().key)
    hints = get_type_hints(types.SignOptions, names)
    assert checked(hints, lambda **options: sign(VIDEO, **options)) > len(hints)
    hints = get_type_hints(types.VerifyOptions, names)
    assert checked(hints, lambda **options: streamtoken.verify(TOKEN, keys, **options)) > len(hints)
    hints = get_type_hints(types.ExplainOptions, names)
    assert checked(hints, lambda **options: streamtoken.explain(TOKEN, **options)) > len(hints)
    hints = get_type_hints(types.ViewerFacts, names)
    assert checked(hints, streamtoken.AccessRules([]).evaluate) > len(hints)
    hints = get_type_hints(types.ClientOptions, names)
    assert checked(hints, streamtoken.Client) > len(hints)
    create = streamtoken.Client.local(example_signer()).stream.token.create
    hints = get_type_hints(types.TokenOptions, names)
    assert checked(hints, lambda **options: create(VIDEO, **options)) > len(hints)
    for row, hint in get_type_hints(types.UrlOptions, names).items():
        [shape] = [one for one in get_args(hint) if one is not type(None)]
        if is_typeddict(shape):
            hints = get_type_hints(shape, names)

            def urls(row: str = row, **options: Any) -> Any:
                rows: Any = {row: options}
                return streamtoken.playback_urls(TOKEN, CODE, **rows)

            assert checked(hints, urls) > len(hints), row


def attributes(thing: type) -> "set[str]":
    return {name for name in dir(thing) if not name.startswith("_")}


def test_what_comes_back_has_the_cores_names() -> None:
    assert attributes(streamtoken.Token) == {"warnings", *SURFACE["token"]}
    assert attributes(streamtoken.Claims) == {snake(name) for name in SURFACE["claims"]}
    urls = attributes(streamtoken.PlaybackUrls)
    assert urls - {"embed", "get", "items", "keys", "values"} == set(SURFACE["playback_urls"])


def test_docstrings_name_every_option() -> None:
    for function, names in (
        (streamtoken.Signer.sign, "sign_options"),
        (streamtoken.verify, "verify_options"),
        (streamtoken.explain, "explain_options"),
    ):
        named = set(re.findall(r"`([a-z_]+)`", function.__doc__ or ""))
        assert {snake(name) for name in SURFACE[names]} <= named


def test_ids_and_levels_are_the_cores() -> None:
    assert list(get_args(types.CheckId)) == SURFACE["checks"]
    assert list(get_args(types.LintLevel)) == SURFACE["lint_levels"]
    report = streamtoken.explain("")
    assert [check.id for check in report.checks] == SURFACE["checks"]
    for level in get_args(types.LintLevel):
        assert streamtoken.Signer(example_signer().key, lint=level).lint == level


def test_error_codes_are_the_cores() -> None:
    assert streamtoken.error_codes() == SURFACE["errors"]
    assert set(types.ErrorCode.__annotations__) == set(SURFACE["errors"][0])


def test_the_package_exports_all_of_the_module() -> None:
    module = {name for name in dir(_native) if not name.startswith("_")}
    module -= {"surface", "Keys", "Stream", "Tokens"}
    module |= {"AsyncClient", "AsyncTokenSource", "TokenSource", "__version__"}
    assert set(streamtoken.__all__) == module | set(errors.__all__)
    assert all(hasattr(streamtoken, name) for name in streamtoken.__all__)
    assert streamtoken.__all__ == sorted(streamtoken.__all__)


def code_of(work: "Callable[..., object]", *given: Any, **options: Any) -> "str | None":
    """The code with which `work` refuses; None where it does not."""
    try:
        work(*given, **options)
    except StreamTokenError as error:
        return error.code
    return None


SIGNER = example_signer()
KEYS = KeySet(SIGNER.key)


def sign(**options: Any) -> "str | None":
    return code_of(SIGNER.sign, VIDEO, now=NOW, **options)


def verify(token: str, **options: Any) -> "str | None":
    return code_of(streamtoken.verify, token, KEYS, now=NOW, **options)


def line(length: int) -> "str | None":
    [answer] = SIGNER.sign_lines([" " * length])
    code: str = json.loads(answer)["error"]["code"]
    return code


COMPACT = str(SIGNER.sign(VIDEO, now=NOW))
JWKS = KEYS.to_jwks()
RULE = {"type": "any", "action": "allow"}

LIMITS: "dict[str, tuple[Callable[[int], str | None], str | None, str]]" = {
    "lifetime": (lambda most: sign(expires_in=most), None, "exp_too_far"),
    "leeway": (lambda most: verify(COMPACT, leeway=most), None, "leeway_too_large"),
    "rules": (lambda most: sign(access_rules=[RULE] * most), None, "rules_too_many"),
    "token": (lambda most: verify("x" * most), "token_shape", "token_too_large"),
    "key": (lambda most: code_of(SigningKey.load, "x" * most), "key_unrecognized", "key_too_large"),
    "key_set": (lambda most: code_of(KeySet.from_jwks, JWKS.ljust(most)), None, "key_too_large"),
    "line": (line, "line_blank", "line_too_long"),
    # The options, `now` and `exp` are three values themselves.
    "values": (lambda most: sign(exp=[0] * (most - 3)), "time_type", "option_too_large"),
}
"""For each limit what comes up against it, and the codes at the limit and above it."""


@pytest.mark.parametrize("name", SURFACE["limits"])
def test_limits_are_kept(name: str) -> None:
    most = SURFACE["limits"][name]
    attempt, at_the_limit, above = LIMITS[name]
    assert attempt(most) == at_the_limit
    assert attempt(most + 1) == above


def test_512_characters_of_text_are_a_value() -> None:
    """Beside the options, `exp`, `now` and two items."""
    characters = 512 * (SURFACE["limits"]["values"] - 5)
    assert sign(exp=[0, "x" * (characters + 511)]) == "time_type"
    assert sign(exp=[0, "x" * (characters + 512)]) == "option_too_large"


def test_defaults_are_the_cores() -> None:
    token = SIGNER.sign(VIDEO, now=NOW)
    assert token.exp - NOW == SURFACE["defaults"]["expires_in"]
    assert NOW - token.nbf == SURFACE["defaults"]["head_start"]


def test_stubs_say_nothing_of_what_is_to_come() -> None:
    stubs = (BINDING / "python/streamtoken/_native.pyi").read_text(encoding="utf-8")
    assert set(re.findall(r"^class (\w+)", stubs, re.MULTILINE)) == {
        name for name in dir(_native) if isinstance(getattr(_native, name), type)
    }
