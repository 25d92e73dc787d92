"""Signed URL tokens for Cloudflare Stream: mint, verify, explain, and playback URLs.

    from streamtoken import Signer, SigningKey

    token = Signer(SigningKey.from_env()).sign("ea95132c15732412d22c1476fa83f27a", expires_in="2h")

A token takes the place of the video UID in the path of a playback URL. It is minted here, with your
signing key; nothing is sent anywhere. ``Client`` and ``AsyncClient`` ask Cloudflare's API for one
instead, with the same options. Failures are exceptions of ``streamtoken.errors``.
"""

from ._native import (
    AccessRules,
    Check,
    Claims,
    Client,
    CreatedKey,
    CustomerCode,
    Decision,
    Finding,
    KeyInfo,
    KeySet,
    ListedKey,
    PlaybackUrls,
    Prepared,
    PublicKey,
    Report,
    Signer,
    SigningKey,
    Simulated,
    Token,
    Unverified,
    __version__,
    describe_key,
    error_codes,
    explain,
    inspect,
    lint,
    playback_urls,
    prepare,
    rewrite,
    simulate,
    verify,
)
from .errors import (
    APIConnectionError,
    APIError,
    ApiError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    CloudflareError,
    ConflictError,
    InputError,
    InternalError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    SigningKeyError,
    StreamTokenError,
    TokenError,
    UnprocessableEntityError,
)

# What `typing.TYPE_CHECKING` is, without the import: it takes as long as all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async import AsyncClient
    from ._source import AsyncTokenSource, TokenSource
else:

    def __getattr__(name):  # noqa: ANN001, ANN202 - a type checker sees the import above
        if name == "AsyncClient":
            from ._async import AsyncClient  # noqa: PLC0415 - few programs want it

            return AsyncClient
        if name in ("AsyncTokenSource", "TokenSource"):
            from . import _source  # noqa: PLC0415 - as few

            return getattr(_source, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AccessRules",
    "ApiError",
    "AsyncClient",
    "AsyncTokenSource",
    "AuthenticationError",
    "BadRequestError",
    "Check",
    "Claims",
    "Client",
    "CloudflareError",
    "ConflictError",
    "CreatedKey",
    "CustomerCode",
    "Decision",
    "Finding",
    "InputError",
    "InternalError",
    "InternalServerError",
    "KeyInfo",
    "KeySet",
    "ListedKey",
    "NotFoundError",
    "PermissionDeniedError",
    "PlaybackUrls",
    "Prepared",
    "PublicKey",
    "RateLimitError",
    "Report",
    "ServiceError",
    "Signer",
    "SigningKey",
    "SigningKeyError",
    "Simulated",
    "StreamTokenError",
    "Token",
    "TokenError",
    "TokenSource",
    "UnprocessableEntityError",
    "Unverified",
    "__version__",
    "describe_key",
    "error_codes",
    "explain",
    "inspect",
    "lint",
    "playback_urls",
    "prepare",
    "rewrite",
    "simulate",
    "verify",
]
