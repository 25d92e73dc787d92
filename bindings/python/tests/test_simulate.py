"""What rules do to viewers: `simulate`."""

from typing import Any

import pytest

from streamtoken import AccessRules, InputError, KeySet, simulate, verify
from support import NOW, VIDEO, example_key, example_signer
from test_keys import secrets

CLOSED: Any = [
    {"type": "ip.geoip.country", "action": "allow", "country": ["GB"]},
    {"type": "any", "action": "block"},
]

SIGNER = example_signer()


def test_simulate_tells_what_happens_to_each_viewer() -> None:
    blocked, allowed, unknown = simulate(
        CLOSED, [{"country": "FR"}, {"country": "gb", "ip": "::ffff:192.0.2.7"}, {}]
    )
    assert (blocked.action, blocked.rule, blocked.needs) == ("block", 1, None)
    assert blocked.matches == (False, True)
    assert allowed.viewer == {"ip": "192.0.2.7", "country": "GB"}
    assert (allowed.action, allowed.rule, allowed.matches) == ("allow", 0, (True, True))
    assert (unknown.action, unknown.rule, unknown.needs) == (None, None, "country")
    assert unknown.matches == (None, True)
    assert unknown.to_dict()["action"] == "unknown"
    assert repr(allowed) == (
        "Simulated(viewer={'ip': '192.0.2.7', 'country': 'GB'}, action=\"allow\", rule=0)"
    )
    assert (
        repr(unknown) == "Simulated(viewer={'ip': None, 'country': None}, action=None, rule=None)"
    )
    assert blocked == simulate(AccessRules(CLOSED), ({"country": "FR"},))[0] != allowed
    with pytest.raises(TypeError):
        hash(blocked)


def test_simulate_takes_the_rules_of_a_token() -> None:
    token = SIGNER.sign(VIDEO, now=NOW, access_rules=CLOSED)
    claims = verify(token, KeySet(SIGNER.key), identifier=VIDEO, now=NOW, country="GB")
    [result] = simulate(claims.access_rules, [{"country": "FR"}])
    assert result.action == "block"
    assert claims.access_rules.lint() == []


@pytest.mark.parametrize(
    ("rules", "viewers", "code", "field"),
    [
        (7, [], "option_type", "/accessRules"),
        ([{}], [], "rule_type_unknown", "/accessRules/0/type"),
        (iter(CLOSED), [], "option_type", "/accessRules"),
        (CLOSED, 7, "option_type", "/viewers"),
        (CLOSED, None, "option_type", "/viewers"),
        (CLOSED, {"ip": "192.0.2.7"}, "option_type", "/viewers"),
        (CLOSED, iter([{}]), "option_type", "/viewers"),
        (CLOSED, [{}, 7], "option_type", "/viewers/1"),
        (CLOSED, [{"contry": "GB"}], "option_unknown", "/viewers/0/contry"),
        (CLOSED, [{}, {"ip": "192.0.2.0/24"}], "viewer_ip_invalid", "/viewers/1/ip"),
        (CLOSED, [{"country": "\ud800"}], "viewer_country_invalid", "/viewers/0/country"),
    ],
)
def test_simulate_refuses_what_is_no_rule_and_no_viewer(
    rules: Any, viewers: Any, code: str, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        simulate(rules, viewers)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_viewers_without_end_are_refused() -> None:
    cyclic: Any = []
    cyclic.append(cyclic)
    million: Any = [{}] * 1_000_000
    for viewers, code in ((million, "option_too_large"), (cyclic, "json_too_deep")):
        with pytest.raises(InputError) as caught:
            simulate(CLOSED, viewers)
        assert caught.value.code == code
    assert len(simulate(CLOSED, [{"country": "GB"}] * 30_000)) == 30_000


def test_what_the_callers_code_raises_is_passed_on() -> None:
    class Exploding(list[Any]):
        def __iter__(self) -> Any:
            raise ZeroDivisionError("from the caller")

    exploding: Any = Exploding()
    for rules, viewers in ((exploding, []), (CLOSED, exploding), (CLOSED, [exploding])):
        with pytest.raises(ZeroDivisionError):
            simulate(rules, viewers)


def test_a_secret_is_not_shown_by_a_refusal() -> None:
    pem, hidden = example_key().to_pkcs1_pem(), secrets()
    viewers: list[Any] = [{"ip": pem}, {"country": pem}, {pem: pem}, pem]
    for viewer in viewers:
        with pytest.raises(InputError) as caught:
            simulate(CLOSED, [viewer])
        assert not any(piece in repr(vars(caught.value)) for piece in hidden)
