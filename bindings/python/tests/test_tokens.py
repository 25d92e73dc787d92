"""Tokens, batches, prepared tokens, claims, URLs: what Python adds to the core's behaviour."""

import base64
import copy
import json
import pickle
from typing import Any

import pytest

from streamtoken import (
    AccessRules,
    CustomerCode,
    InputError,
    KeySet,
    StreamTokenError,
    Token,
    TokenError,
    inspect,
    playback_urls,
    prepare,
    rewrite,
    verify,
)
from support import CODE, EXAMPLE, NOW, VIDEO, example_key, example_signer

SIGNER = example_signer()
KEYS = KeySet(SIGNER.key)


def test_the_published_token_byte_for_byte() -> None:
    token = SIGNER.sign(EXAMPLE["identifier"], now=NOW, time_format="string")
    assert str(token) == EXAMPLE["token"]


def test_a_token_is_a_value() -> None:
    token, same = SIGNER.sign(VIDEO, now=NOW), SIGNER.sign(VIDEO, now=NOW)
    other = SIGNER.sign("other", now=NOW)
    assert token == same
    assert token != other
    assert token != token.token
    assert {token: 1}[same] == 1
    assert len({token, same, other}) == 2
    assert (token.exp, token.nbf, token.renew_at) == (NOW + 3600, NOW - 3600, NOW + 2880)
    assert (token.identifier, token.key_id) == (VIDEO, EXAMPLE["key_id"])


def test_a_token_does_not_show_itself() -> None:
    token = SIGNER.sign(VIDEO, now=NOW)
    parts = str(token).split(".")
    for shown in (repr(token), repr([token]), repr(inspect(token)), f"{token!r}"):
        assert not any(part in shown for part in parts), shown
    assert f"{token}" == token.token == str(token)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_token_survives_a_pickle(protocol: int) -> None:
    token = SIGNER.sign(VIDEO, now=NOW)
    for again in (pickle.loads(pickle.dumps(token, protocol)), copy.deepcopy(token)):
        assert type(again) is Token
        assert again == token
        assert hash(again) == hash(token)
        assert again.renew_at == token.renew_at


def test_many_at_once_answer_in_order() -> None:
    answers = SIGNER.sign_many(
        [
            {"identifier": "a"},
            ("b", {"expires_in": 60, "now": NOW + 1}),
            ("c", None),
            {"identifier": "d", "exp": NOW},
            {"identifier": ""},
            {},  # type: ignore[list-item]
            7,  # type: ignore[list-item]
            ("x", 7),  # type: ignore[list-item]
            ("x", {"identifier": "y"}),  # type: ignore[list-item]
            ("x",),  # type: ignore[list-item]
            ("z", {"accessRules": [{}] * 200_000}),  # type: ignore[list-item]
            ("last", {"access_rules": []}),
        ],
        now=NOW,
        downloadable=True,
    )
    said = [a.code if isinstance(a, StreamTokenError) else a.identifier for a in answers]
    assert said == [
        "a",
        "b",
        "c",
        "exp_not_after_now",
        "identifier_invalid",
        "identifier_invalid",
        "option_type",
        "option_type",
        "json_duplicate_member",
        "option_type",
        "option_too_large",
        "last",
    ]
    assert answers[0] == SIGNER.sign("a", now=NOW, downloadable=True)
    assert answers[1] == SIGNER.sign("b", now=NOW + 1, expires_in=60, downloadable=True)


@pytest.mark.parametrize("pattern", ["u", "uu", "ut", "tu", "utttuutu", "tuuuttu"])
def test_requests_that_are_not_read_are_answered_in_their_place(pattern: str) -> None:
    cyclic: dict[str, Any] = {}
    cyclic["flags"] = cyclic
    requests: Any = [
        cyclic if kind == "u" else {"identifier": f"v{n}"} for n, kind in enumerate(pattern)
    ]
    answers = SIGNER.sign_many(requests, now=NOW)
    said = [a.code if isinstance(a, StreamTokenError) else a.identifier for a in answers]
    assert said == ["json_too_deep" if kind == "u" else f"v{n}" for n, kind in enumerate(pattern)]


def test_many_is_any_iterable_and_may_be_none() -> None:
    assert SIGNER.sign_many([]) == []
    [one, two] = SIGNER.sign_many(({"identifier": it} for it in ("a", "b")), now=NOW)
    assert isinstance(one, Token)
    assert [str(one), str(two)] == [str(SIGNER.sign(it, now=NOW)) for it in ("a", "b")]
    with pytest.raises(InputError) as caught:
        SIGNER.sign_many([], tll=1)  # type: ignore[call-arg]
    assert caught.value.code == "option_unknown"


@pytest.mark.parametrize("series", [7, None, "ab", b"ab", {"identifier": "a"}, {"a"}, object()])
def test_requests_and_lines_are_a_list(series: Any) -> None:
    with pytest.raises(InputError) as caught:
        SIGNER.sign_many(series)
    assert (caught.value.code, caught.value.field) == ("option_type", "/requests")
    if not isinstance(series, (str, bytes)):
        with pytest.raises(InputError) as caught:
            SIGNER.sign_lines(series)
        assert (caught.value.code, caught.value.field) == ("option_type", "/lines")


LINES = ['{"identifier":"a"}', "", "[]", '{"identifier":"b","accessRules":[]}']


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        tuple(line.encode() + b"\r\n" for line in LINES),
        iter(LINES),
        "\n".join(LINES),
        "\r\n".join(LINES) + "\n",
        bytearray("\n".join(LINES), "utf-8"),
    ],
)
def test_lines_of_json(lines: "list[str]") -> None:
    answers = [json.loads(line) for line in SIGNER.sign_lines(lines, now=NOW)]
    assert [answer["line"] for answer in answers] == [1, 2, 3, 4]
    assert answers[0]["token"] == str(SIGNER.sign("a", now=NOW))
    assert answers[1]["error"]["code"] == "line_blank"
    assert answers[2]["error"]["code"] == "option_type"
    assert answers[3]["token"] == str(SIGNER.sign("b", now=NOW))


def test_lines_of_another_type() -> None:
    assert SIGNER.sign_lines([]) == SIGNER.sign_lines("") == []
    with pytest.raises(InputError) as caught:
        SIGNER.sign_lines(['{"identifier":"a"}', 7])  # type: ignore[list-item]
    assert (caught.value.code, caught.value.field) == ("option_type", "/lines/1")
    [answer] = SIGNER.sign_lines(["\udcff"])
    assert json.loads(answer)["error"]["code"] == "text_not_utf8"


def test_lines_are_counted_across_pieces() -> None:
    answers = SIGNER.sign_lines(["x"] * 1_300)
    assert [json.loads(answer)["line"] for answer in answers] == list(range(1, 1_301))


def test_a_signature_made_elsewhere_completes_a_token() -> None:
    minted = SIGNER.sign(VIDEO, now=NOW, downloadable=True)
    half = prepare(example_key().public_key, VIDEO, now=NOW, downloadable=True)
    assert str(minted).startswith(half.signing_input + ".")
    signature = base64.urlsafe_b64decode(str(minted).split(".")[2] + "==")
    assert half.finish(signature) == minted
    assert half.finish(bytearray(signature)) == minted
    with pytest.raises(StreamTokenError) as caught:
        half.finish(signature[:-1] + b"\0")
    assert caught.value.code == "signature_not_from_key"


def test_what_is_minted_verifies() -> None:
    rules = AccessRules.allow_only([{"country": ["gb", "ie"]}])
    token = SIGNER.sign(VIDEO, access_rules=rules, flags={"original": True}, now=NOW)
    for text in (token, str(token), str(token).encode(), bytearray(str(token), "ascii")):
        claims = verify(text, KEYS, identifier=VIDEO, country="GB", now=NOW)
    assert claims == verify(token, KEYS, country="ie", now=NOW)
    assert (claims.sub, claims.kid, claims.exp, claims.nbf) == (
        VIDEO,
        SIGNER.key.id,
        token.exp,
        token.nbf,
    )
    assert claims.access_rules == rules
    assert claims.flags == {"original": True}
    assert claims.other == {}
    assert claims.downloadable is False
    with pytest.raises(TokenError) as blocked:
        verify(token, KEYS, country="FR", now=NOW)
    assert (blocked.value.code, blocked.value.field) == ("blocked_by_rule", "/accessRules/1")
    with pytest.raises(TokenError) as unknown:
        verify(token, KEYS, now=NOW)
    assert unknown.value.code == "viewer_unknown"


def test_rules_are_a_value() -> None:
    listed = [
        {"type": "ip.geoip.country", "action": "allow", "country": ["GB", "IE"]},
        {"type": "any", "action": "block"},
    ]
    rules = AccessRules.allow_only([{"country": ("GB", "IE")}])
    assert rules.to_list() == list(rules) == listed
    assert rules == AccessRules(listed) == AccessRules.parse(json.dumps(listed))  # type: ignore[arg-type]
    assert rules != AccessRules([])
    assert len(rules) == 2
    assert repr(rules) == f"AccessRules({listed!r})"
    with pytest.raises(TypeError):
        hash(rules)
    rules.to_list().clear()
    assert len(rules) == 2


def test_a_decision_is_true_when_it_allows() -> None:
    rules = AccessRules.block([{"country": ["FR"]}])
    blocked, allowed = rules.evaluate(country="FR"), rules.evaluate(country="GB")
    assert (blocked.action, blocked.rule, blocked.is_allowed, bool(blocked)) == (
        "block",
        0,
        False,
        False,
    )
    assert (allowed.action, allowed.rule, bool(allowed)) == ("allow", None, True)
    assert blocked != allowed
    with pytest.raises(InputError) as caught:
        rules.evaluate(contry="FR")  # type: ignore[call-arg]
    assert caught.value.code == "option_unknown"


def test_urls_are_attributes_and_a_mapping() -> None:
    token = SIGNER.sign(VIDEO, now=NOW)
    urls = playback_urls(token, CODE, iframe={"muted": True})
    assert urls == playback_urls(str(token), CustomerCode.parse(CODE), iframe={"muted": True})
    assert urls.hls == urls["hls"] == urls.get("hls")
    assert urls.hls == f"https://customer-{CODE}.cloudflarestream.com/{token}/manifest/video.m3u8"
    assert urls.download is urls.audio is None
    assert "download" not in urls
    assert 7 not in urls
    assert urls.get("download", "") == ""
    assert list(urls) == urls.keys() == [name for name, _ in urls.items()]
    assert urls.values() == [urls[name] for name in urls]
    assert len(urls) == len(dict(urls)) == 9
    with pytest.raises(KeyError, match="download"):
        urls["download"]
    assert token.token not in repr(urls)
    assert "?muted=true" in urls.embed()
    assert rewrite(f"https://videodelivery.net/{VIDEO}/watch", token).endswith(f"/{token}/watch")


def test_a_customer_code_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    code = CustomerCode.parse(f"https://customer-{CODE.upper()}.cloudflarestream.com/x")
    assert str(code) == CODE
    assert code == CustomerCode.parse(CODE) == CustomerCode.parse(code)
    assert hash(code) == hash(CustomerCode.parse(CODE))
    monkeypatch.setenv("CLOUDFLARE_STREAM_CUSTOMER_CODE", f" {CODE}\n")
    assert CustomerCode.from_env() == code
    monkeypatch.setenv("CLOUDFLARE_STREAM_CUSTOMER_CODE", "")
    assert CustomerCode.from_env() is None
