"""The exceptions of this package, one class for each group of codes.

Each carries the stable ``code`` of the refusal, which never changes its meaning. Compare codes,
never texts: texts may improve between releases.
"""

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "ApiError",
    "AuthenticationError",
    "BadRequestError",
    "CloudflareError",
    "ConflictError",
    "InputError",
    "InternalError",
    "InternalServerError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServiceError",
    "SigningKeyError",
    "StreamTokenError",
    "TokenError",
    "UnprocessableEntityError",
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


CloudflareError = StreamTokenError
"""``StreamTokenError``, as the base class is called in Cloudflare's own client."""


class InputError(StreamTokenError, ValueError):
    """What the caller said is refused: codes 100 to 199."""


class SigningKeyError(StreamTokenError):
    """A key, or the lack of one, is refused: codes 200 to 299."""


class TokenError(StreamTokenError):
    """A token is refused: codes 300 to 399."""


class ErrorData(dict[str, object]):
    """An error or a message of the API: all that came, with the usual members as attributes."""

    @property
    def code(self) -> "int | None":
        """The API's own number for it, 1000 or more."""
        code = self.get("code")
        return code if isinstance(code, int) else None

    @property
    def message(self) -> "str | None":
        """The sentence for people."""
        return _text(self.get("message"))

    @property
    def documentation_url(self) -> "str | None":
        """A page about it."""
        return _text(self.get("documentation_url"))

    @property
    def source(self) -> "ErrorData | None":
        """What it is about, with a ``pointer``."""
        source = self.get("source")
        return ErrorData(source) if isinstance(source, dict) else None

    @property
    def pointer(self) -> "str | None":
        """JSON pointer to the member of the body that is refused."""
        source = self.source
        return source.pointer if source is not None else _text(self.get("pointer"))


class Response:
    """What is known of an answer that is an error."""

    status_code: int
    """The HTTP status."""
    headers: "dict[str, str]"
    """Those of ``cf-ray`` and ``retry-after`` that came, by names in lower case."""

    def __init__(self, status_code: int, headers: "dict[str, str]") -> None:
        self.status_code = status_code
        self.headers = headers

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"


class APIError(StreamTokenError):
    """Cloudflare's API, or the network before it, refuses: codes 400 to 499.

    The classes below are named as those of Cloudflare's own client, and derive from each other as
    they do there.
    """

    status_code: "int | None"
    """The HTTP status; None where no answer came."""
    errors: "list[ErrorData]"
    """The errors in the answer."""
    messages: "list[ErrorData]"
    """The messages in the answer."""
    other: "dict[str, object]"
    """What else stands in the answer's envelope: the members that are not known here."""
    cf_ray: "str | None"
    """The header ``cf-ray``: what Cloudflare's support asks for."""
    retry_after: "int | None"
    """How many seconds to wait before the next attempt, as the answer says."""
    attempts: int
    """How many requests were made: 1 and the retries; 0 where none was."""

    def __init__(
        self,
        message: str,
        code: str,
        number: int,
        field: "str | None" = None,
        api: "dict[str, object] | None" = None,
    ) -> None:
        super().__init__(message, code, number, field)
        self.args = (message, code, number, field, api)
        facts = api or {}
        status, attempts, wait = (
            facts.get("status"),
            facts.get("attempts"),
            facts.get("retry_after"),
        )
        self.status_code = status if isinstance(status, int) else None
        self.errors = _notices(facts.get("errors"))
        self.messages = _notices(facts.get("messages"))
        other = facts.get("other")
        self.other = dict(other) if isinstance(other, dict) else {}
        self.cf_ray = _text(facts.get("cf_ray"))
        self.retry_after = wait if isinstance(wait, int) else None
        self.attempts = attempts if isinstance(attempts, int) else 0

    @property
    def status(self) -> "int | None":
        """``status_code``, by the name that other surfaces have for it."""
        return self.status_code

    @property
    def documentation_url(self) -> "str | None":
        """A page about the first error."""
        return self.errors[0].documentation_url if self.errors else None

    @property
    def body(self) -> "dict[str, object] | None":
        """The answer's ``errors``, ``messages`` and ``other``; None where no answer came."""
        if self.status_code is None:
            return None
        return {**self.other, "errors": self.errors, "messages": self.messages}

    @property
    def response(self) -> "Response | None":
        """The answer's status and headers; None where no answer came."""
        if self.status_code is None:
            return None
        wait = None if self.retry_after is None else str(self.retry_after)
        headers = {"cf-ray": self.cf_ray, "retry-after": wait}
        known = {name: value for name, value in headers.items() if value is not None}
        return Response(self.status_code, known)


ApiError = APIError
"""``APIError``, in the spelling of the other groups."""


class APIResponseValidationError(APIError):
    """The API's answer is not what was asked for: no token, no JSON, or too large."""


class APIStatusError(APIError):
    """The API answers that it is no success."""

    status_code: int


class APIConnectionError(APIError):
    """The API cannot be reached, or not in a way that can be trusted."""


class APITimeoutError(APIConnectionError):
    """The API did not answer in time."""


class BadRequestError(APIStatusError):
    """The API refuses the request: status 400."""


class AuthenticationError(APIStatusError):
    """The API does not accept the credential: status 401."""


class PermissionDeniedError(APIStatusError):
    """The credential may not do this: status 403."""


class NotFoundError(APIStatusError):
    """The API has no such account, video or key: status 404."""


class ConflictError(APIStatusError):
    """The request is in conflict with another one: status 409."""


class UnprocessableEntityError(APIStatusError):
    """The API cannot process the request: status 422."""


class RateLimitError(APIStatusError):
    """There were too many requests: status 429."""


class InternalServerError(APIStatusError):
    """The API is at fault: status 500 and above."""


class ServiceError(StreamTokenError):
    """A token service refuses: codes 500 to 599."""


class InternalError(StreamTokenError):
    """A fault inside streamtoken: codes 900 to 999. Please report it."""


def _text(value: object) -> "str | None":
    return value if isinstance(value, str) else None


def _notices(values: object) -> "list[ErrorData]":
    items = values if isinstance(values, list) else []
    return [ErrorData(item if isinstance(item, dict) else {"message": item}) for item in items]
