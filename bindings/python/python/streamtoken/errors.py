"""The exceptions of this package, one class for each group of codes.

Each carries the stable ``code`` of the refusal, which never changes its meaning. Compare codes,
never texts: texts may improve between releases.
"""

__all__ = [
    "ApiError",
    "InputError",
    "InternalError",
    "ServiceError",
    "SigningKeyError",
    "StreamTokenError",
    "TokenError",
]


class StreamTokenError(Exception):
    """A refusal: a stable code, the member it is about, and a sentence for people."""

    code: str
    """The stable code, such as ``token_expired``."""
    number: int
    """The number of the code, such as 340."""
    field: "str | None"
    """JSON pointer to the member that is refused, in wire names; None when there is none."""
    message: str
    """The sentence for people."""

    def __init__(self, message: str, code: str, number: int, field: "str | None" = None) -> None:
        super().__init__(message, code, number, field)
        self.message = message
        self.code = code
        self.number = number
        self.field = field

    def __str__(self) -> str:
        return self.message


class InputError(StreamTokenError, ValueError):
    """What the caller said is refused: codes 100 to 199."""


class SigningKeyError(StreamTokenError):
    """A key, or the lack of one, is refused: codes 200 to 299."""


class TokenError(StreamTokenError):
    """A token is refused: codes 300 to 399."""


class ApiError(StreamTokenError):
    """Cloudflare's API, or the network before it, refuses: codes 400 to 499."""


class ServiceError(StreamTokenError):
    """A token service refuses: codes 500 to 599."""


class InternalError(StreamTokenError):
    """A fault inside streamtoken: codes 900 to 999. Please report it."""
