"""Why a token is refused: what Python adds to the core's report."""

import json
import pickle
import threading
from datetime import timedelta
from typing import Any

import pytest

from streamtoken import (
    InputError,
    KeySet,
    PublicKey,
    Report,
    SigningKey,
    TokenError,
    explain,
    verify,
)
from support import CODE, EXAMPLE, NOW, VIDEO, example_key, example_signer, in_a_child
from test_keys import FORMS, secrets

SIGNER = example_signer()
LONG = 64 << 20
TOKEN = SIGNER.sign(VIDEO, now=NOW)
KEYS = KeySet(SIGNER.key)


def test_a_good_token_is_accepted_by_both() -> None:
    report = explain(TOKEN, KEYS, identifier=VIDEO, now=NOW)
    assert (report.verify, report.platform, report.error) == ("accepts", "accepts", None)
    assert (report.kind, report.findings) == ("token", ())
    assert report.bytes == report.read == len(str(TOKEN))
    assert repr(report) == 'Report(kind="token", verify="accepts", platform="accepts")'
    assert str(report) == "verify: accepts; platform: accepts"


def test_a_refusal_is_given_and_not_raised() -> None:
    report = explain(TOKEN, KEYS, now=NOW + 5000)
    with pytest.raises(TokenError) as caught:
        verify(TOKEN, KEYS, now=NOW + 5000)
    assert type(report.error) is TokenError
    assert report.error.args == caught.value.args
    [check] = report.findings
    assert check == report.check("expired") == report.checks[report.checks.index(check)]
    assert (check.id, check.status, check.code) == ("expired", "fail", "token_expired")
    assert (check.verify, check.platform) == ("refuses", "refuses")
    assert check.values
    assert check.remedy
    assert repr(check) == 'Check(id="expired", status="fail")'
    assert str(report).splitlines()[1] == f"fail  expired: {check.cause}; {check.remedy}"


def test_a_report_is_a_value() -> None:
    report, same = explain(TOKEN, KEYS, now=NOW), explain(TOKEN, KEYS, now=NOW)
    assert report == same
    assert report.checks == same.checks
    assert report != explain(TOKEN, now=NOW)
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
    report.to_dict().clear()
    assert report.to_dict() == same.to_dict()
    for thing in (report, report.checks[0]):
        with pytest.raises(TypeError):
            hash(thing)
        with pytest.raises(AttributeError):
            thing.verify = "accepts"  # type: ignore[misc]


def test_keys_in_the_forms_that_are_at_hand() -> None:
    key = SIGNER.key
    for keys in (KEYS, key, key.public_key, KeySet(SigningKey.generate(), key)):
        assert explain(TOKEN, keys, now=NOW).verify == "accepts"
    assert explain(TOKEN, now=NOW) == explain(TOKEN, None, now=NOW)
    assert explain(TOKEN, now=NOW).verify == "unknown"
    unknown = explain(TOKEN, SigningKey.generate(), now=NOW)
    assert unknown.error
    assert unknown.error.code == "key_unknown"


@pytest.mark.parametrize("keys", [7, "text", [KEYS], {"kid": KEYS}, object(), PublicKey, False])
def test_keys_of_another_type(keys: Any) -> None:
    with pytest.raises(InputError, match="a KeySet, SigningKey or PublicKey is wanted") as caught:
        explain(TOKEN, keys)
    assert (caught.value.code, caught.value.field) == ("option_type", "/keys")


def test_texts_in_the_forms_that_are_at_hand() -> None:
    text = str(TOKEN)
    report = explain(TOKEN, KEYS, now=NOW)
    for same in (text, text.encode(), bytearray(text, "ascii")):
        assert explain(same, KEYS, now=NOW) == report
    url = f"https://customer-{CODE}.cloudflarestream.com/{text}/manifest/video.m3u8"
    found = explain(url, KEYS, now=NOW)
    assert (found.kind, found.verify, found.platform) == ("url", "accepts", "accepts")
    for other in (7, None, [text], memoryview(text.encode()), object()):
        with pytest.raises(InputError) as caught:
            explain(other)  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.field) == ("option_type", "/text")


def test_checks_are_found_by_their_ids() -> None:
    report = explain(TOKEN, now=NOW)
    for check in report.checks:
        assert report.check(check.id) == check
    assert report.check("no such") is None  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        report.check(7)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == ("option_type", "/id")


def test_the_facts_of_the_viewer_and_the_video_count() -> None:
    rules = [{"type": "ip.geoip.country", "action": "block", "country": ["FR"]}]
    token = SIGNER.sign(VIDEO, now=NOW, access_rules=rules)  # type: ignore[arg-type]
    blocked = explain(token, KEYS, now=NOW, country="FR", identifier="another", download=True)
    assert [check.id for check in blocked.findings if check.status == "fail"] == [
        "sub_matches",
        "viewer",
        "downloadable",
    ]
    early = explain(TOKEN, KEYS, now=NOW - 3700)
    assert early.error
    assert early.error.code == "token_not_yet_valid"
    assert explain(TOKEN, KEYS, now=NOW - 3700, leeway=timedelta(seconds=100)).error is None


@pytest.mark.parametrize(
    ("duration", "same"),
    [
        (timedelta(hours=2), 7200),
        (timedelta(seconds=3600), 3600),
        (timedelta(seconds=3600, microseconds=1), 3601),
        (3600.25, 3601),
        (3600.0, 3600),
    ],
)
def test_the_duration_is_rounded_up(duration: "float | timedelta", same: int) -> None:
    report = explain(TOKEN, KEYS, now=NOW, duration=duration)
    assert report == explain(TOKEN, KEYS, now=NOW, duration=same)
    warned = [check.id for check in report.findings] == ["outlasts_video"]
    assert warned == (same > 3600)


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"identifier": None}, "option_null", "/identifier"),
        ({"identifier": 7}, "option_type", "/identifier"),
        ({"now": "soon"}, "time_type", "/now"),
        ({"now": timedelta(1)}, "time_type", "/now"),
        ({"ip": "192.0.2.1:80"}, "viewer_ip_invalid", "/ip"),
        ({"country": "France"}, "viewer_country_invalid", "/country"),
        ({"leeway": 301}, "leeway_too_large", "/leeway"),
        ({"download": 1}, "option_type", "/download"),
        ({"duration": "90m"}, "time_type", "/duration"),
        ({"duration": timedelta(seconds=-1)}, "time_negative", "/duration"),
        ({"duration": float("nan")}, "time_not_finite", "/duration"),
        ({"duration": 10**400}, "time_in_milliseconds", "/duration"),
        ({"durration": 1}, "option_unknown", "/durration"),
        ({"key": KEYS}, "option_unknown", "/key"),
    ],
)
def test_options_that_make_no_sense(options: Any, code: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        explain(TOKEN, KEYS, **options)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_hostile_texts_get_a_report_after_bounded_work() -> None:
    header = str(TOKEN).split(".", maxsplit=1)[0]
    rules = '{"accessRules":[' + ",".join(['{"type":"any","action":"allow"}'] * 1_000_000) + "]}"
    texts: list[Any] = [
        "",
        "\0",
        "a\0b",
        "\ud800",
        "\udcff" * 1000,
        "x" * (1 << 20),
        "." * (1 << 20),
        "[" * (1 << 20),
        "https://" * (1 << 17),
        "é" * (1 << 20),
        bytes(range(256)) * 4096,
        b"\xff" * (64 << 20),
        f"{TOKEN}\0{TOKEN}",
        rules,
        f"{header}.{rules.encode().hex()}.AAAA",
    ]
    for text in texts:
        report = explain(text, KEYS, now=NOW)
        assert report.verify != "accepts"
        assert report.read <= 65_536
        assert report.bytes == len(
            text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        )
        assert len(report.checks) == len(explain(TOKEN).checks)
        assert len(str(report)) + len(repr(report)) + len(json.dumps(report.to_dict())) < 65_536


def test_a_long_text_is_not_copied() -> None:
    """The peak of a process says it, and that of a fresh one alone."""
    resource = pytest.importorskip("resource")

    def peak() -> int:
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    def work() -> None:
        texts: list[str | bytes | bytearray]
        texts = ["x" * LONG, b"x" * LONG, bytearray(LONG), "é" * (LONG // 2)]
        for text in texts:
            before = peak()
            assert explain(text).bytes == LONG
            assert peak() - before < 16 << 10, type(text)

    assert in_a_child(work)


def test_a_secret_that_was_pasted_is_named_and_never_shown() -> None:
    key, hidden = example_key(), secrets()
    texts = [getattr(key, f"to_{form}")() for form in FORMS]
    response = json.dumps({"result": {"id": key.id, "pem": texts[3], "jwk": texts[4]}})
    texts += [response, EXAMPLE["pem_base64"], f"see: {texts[0]}"]
    texts += [text.replace("\n", "\\n") for text in texts[:2]]
    for text in [*texts, f"https://x/{texts[4]}/watch", f"{TOKEN}.{texts[4]}"]:
        report = explain(text, KEYS, now=NOW)
        shown = [str(report), repr(report), json.dumps(report.to_dict())]
        shown += [repr(report.checks), repr(report.error), repr(vars(report.error))]
        shown += [repr((check.cause, check.remedy, check.values)) for check in report.checks]
        for piece in hidden:
            assert not any(piece in one for one in shown), shown
        secret = report.check("secret")
        assert secret
        assert secret.status == "warn" or text not in texts, secret


def test_a_secret_in_another_place_is_not_shown() -> None:
    pem, hidden = example_key().to_pkcs1_pem(), secrets()
    for options in ({"identifier": pem}, {"now": pem}, {"ip": pem}, {pem: 1}, {"keys": pem}):
        with pytest.raises(InputError) as caught:
            explain(TOKEN, **options)
        shown = repr(caught.value) + repr(vars(caught.value))
        assert not any(piece in shown for piece in hidden)


def test_reports_are_not_pickled() -> None:
    report = explain(TOKEN, now=NOW)
    for thing in (report, report.checks[0]):
        with pytest.raises(TypeError, match="cannot pickle"):
            pickle.dumps(thing)


def test_threads_get_the_same_report() -> None:
    reports: list[Report] = []

    def work() -> None:
        reports.extend(explain(TOKEN, KEYS, now=NOW) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert reports == [explain(TOKEN, KEYS, now=NOW)] * 80
