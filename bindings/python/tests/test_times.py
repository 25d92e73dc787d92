"""Times from Python: numbers, texts, `datetime`, `timedelta`, and what only looks like one."""

import enum
import math
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from streamtoken import InputError
from support import NOW, VIDEO, example_signer, refused

SIGNER = example_signer()


class IntLike:
    def __index__(self) -> int:
        return NOW + 60

    __int__ = __index__

    def __float__(self) -> float:
        return float(NOW + 60)


class Lying(int):
    """An int whose every method lies or explodes."""

    def __index__(self) -> int:
        raise AssertionError("asked")

    __int__ = __trunc__ = __neg__ = __abs__ = __index__
    __rshift__ = __lshift__ = __and__ = __index__  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        raise AssertionError("asked")

    __gt__ = __le__ = __ge__ = __eq__ = __lt__
    __hash__ = None  # type: ignore[assignment]


class Moment(enum.IntEnum):
    SOON = NOW + 60


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "time_type"),
        ("60", "time_type"),
        ([], "time_type"),
        ({}, "time_type"),
        (b"60", "time_type"),
        (Decimal(NOW + 60), "time_type"),
        (Fraction(NOW + 60), "time_type"),
        (1 + 0j, "time_type"),
        (IntLike(), "time_type"),
        (object(), "time_type"),
        (object, "time_type"),
        (len, "time_type"),
        (timedelta(hours=1), "time_type"),
        (datetime.fromtimestamp(NOW + 60), "time_type"),
        (datetime.fromtimestamp(NOW + 60).date(), "time_type"),
        (math.nan, "time_not_finite"),
        (math.inf, "time_not_finite"),
        (-math.inf, "time_not_finite"),
        (1.5, "time_fractional"),
        (-1, "time_negative"),
        (-1.0, "time_negative"),
        (-(2**63) - 1, "time_negative"),
        (-(10**400), "time_negative"),
        (Lying(-(10**400)), "time_negative"),
        (NOW * 1000, "time_in_milliseconds"),
        (2**63, "time_in_milliseconds"),
        (2**64, "time_in_milliseconds"),
        (2**127, "time_in_milliseconds"),
        (10**400, "time_in_milliseconds"),
        (Lying(10**400), "time_in_milliseconds"),
        (1e300, "time_in_milliseconds"),
    ],
)
@pytest.mark.parametrize("name", ["exp", "nbf", "now"])
def test_times_that_are_none(name: str, value: Any, code: str) -> None:
    assert refused(**{name: value}) == (code, f"/{name}")


def test_a_naive_datetime_is_told_what_to_do() -> None:
    with pytest.raises(InputError, match="datetime without a time zone; give one like") as caught:
        SIGNER.sign(VIDEO, exp=datetime(2018, 9, 20, 16, 0))
    assert caught.value.code == "time_type"


class Zone(tzinfo):
    def utcoffset(self, _: "datetime | None") -> "timedelta | None":
        """Know no offset: what carries this is as naive as without it."""
        return None

    def dst(self, _: "datetime | None") -> None:
        return None

    def tzname(self, _: "datetime | None") -> str:
        return "nowhere"


def test_a_time_zone_without_an_offset_is_none() -> None:
    assert refused(exp=datetime(2018, 9, 20, tzinfo=Zone())) == ("time_type", "/exp")


@pytest.mark.parametrize(
    "exp",
    [
        NOW + 60,
        NOW + 60.0,
        Lying(NOW + 60),
        Moment.SOON,
        datetime.fromtimestamp(NOW + 60, timezone.utc),
        datetime.fromtimestamp(NOW + 60, timezone(timedelta(hours=-11, minutes=-30))),
        datetime.fromtimestamp(NOW + 60, timezone.utc) + timedelta(microseconds=999_999),
    ],
)
def test_times_are_whole_seconds(exp: Any) -> None:
    assert SIGNER.sign(VIDEO, exp=exp, now=NOW).exp == NOW + 60


@pytest.mark.parametrize(
    "lifetime", [60, 60.0, "60s", "1m", timedelta(minutes=1), timedelta(seconds=60.9)]
)
def test_lifetimes_are_seconds_texts_or_timedeltas(lifetime: Any) -> None:
    assert SIGNER.sign(VIDEO, expires_in=lifetime, now=NOW).exp == NOW + 60


@pytest.mark.parametrize(
    ("lifetime", "code"),
    [
        (timedelta(0), "exp_not_after_now"),
        (timedelta(milliseconds=999), "exp_not_after_now"),
        (timedelta(microseconds=-1), "time_negative"),
        (timedelta.min, "time_negative"),
        (timedelta.max, "time_in_milliseconds"),
        (timedelta(days=999_999), "exp_too_far"),
        (timedelta(days=1, seconds=1), "exp_too_far"),
        (datetime.fromtimestamp(60, timezone.utc), "time_type"),
        ("", "duration_invalid"),
        ("90", "duration_invalid"),
        ("9" * 400 + "d", "time_in_milliseconds"),
    ],
)
def test_lifetimes_that_are_none(lifetime: Any, code: str) -> None:
    assert refused(expires_in=lifetime) == (code, "/expires_in")


def test_far_datetimes() -> None:
    first = datetime.min.replace(tzinfo=timezone.utc)
    last = datetime.max.replace(tzinfo=timezone.utc)
    assert refused(exp=first) == ("time_negative", "/exp")
    assert refused(exp=last) == ("time_in_milliseconds", "/exp")


class Raising(Zone):
    def utcoffset(self, _: "datetime | None") -> timedelta:
        raise ZeroDivisionError("from the caller")


def test_what_the_callers_time_zone_raises_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError):
        SIGNER.sign(VIDEO, exp=datetime(2018, 9, 20, tzinfo=Raising()))
