"""The exceptions: one class a group, the code on each, the same after a pickle."""

import copy
import pickle

import pytest

from streamtoken import (
    ApiError,
    InputError,
    InternalError,
    ServiceError,
    SigningKeyError,
    StreamTokenError,
    TokenError,
    _native,
    error_codes,
    errors,
)
from support import example_signer

CLASSES = {
    "input": InputError,
    "key": SigningKeyError,
    "token": TokenError,
    "api": ApiError,
    "service": ServiceError,
    "internal": InternalError,
}


def classes_of_answers() -> "set[type[ApiError]]":
    found = {errors.APIError}
    while True:
        below = {kind for above in found for kind in above.__subclasses__()}
        if below <= found:
            return found
        found |= below


def test_every_code_has_a_class_of_its_group() -> None:
    groups = {row["group"] for row in error_codes()}
    assert {"input", "key", "token", "internal"} <= groups <= set(CLASSES)
    for row in error_codes():
        error = _native._refusal(row["code"], "a sentence", "/exp")
        assert isinstance(error, CLASSES[row["group"]]), row
        assert (error.code, error.number, error.field) == (row["code"], row["number"], "/exp")
        assert error.message == "a sentence"


def test_the_classes_are_all_there_are() -> None:
    exported = {getattr(errors, name) for name in errors.__all__}
    assert exported == {StreamTokenError, *CLASSES.values(), *classes_of_answers()}
    assert issubclass(InputError, ValueError)
    assert not issubclass(TokenError, ValueError)


def refusal() -> InputError:
    with pytest.raises(InputError) as caught:
        example_signer().sign("v", exp=-1)
    return caught.value


def test_an_error_says_what_is_wrong() -> None:
    error = refusal()
    assert (error.code, error.number, error.field) == ("time_negative", 123, "/exp")
    assert str(error) == error.message == "a time must not be negative"
    with pytest.raises(ValueError, match="negative"):
        raise error


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_survives_a_pickle(protocol: int) -> None:
    error = refusal()
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
        assert type(again) is InputError
        assert vars(again) == vars(error)
        assert again.args == error.args


def test_the_table_of_codes_is_data() -> None:
    codes = error_codes()
    assert codes[0]["number"] == 100
    assert codes[-1]["code"] == "internal"
    assert [row["number"] for row in codes] == sorted({row["number"] for row in codes})
    codes.clear()
    assert error_codes(), "each call gives a list of its own"
