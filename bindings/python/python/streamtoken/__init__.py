"""Signed URL tokens for Cloudflare Stream: mint, verify, inspect, and playback URLs.

    from streamtoken import Signer, SigningKey

    token = Signer(SigningKey.from_env()).sign("ea95132c15732412d22c1476fa83f27a", expires_in="2h")

A token takes the place of the video UID in the path of a playback URL. It is minted here, with your
signing key; nothing is sent anywhere. Failures are exceptions of ``streamtoken.errors``.
"""

from ._native import (
    AccessRules,
    Claims,
    CustomerCode,
    Decision,
    KeyInfo,
    KeySet,
    PlaybackUrls,
    Prepared,
    PublicKey,
    Signer,
    SigningKey,
    Token,
    Unverified,
    __version__,
    describe_key,
    error_codes,
    inspect,
    playback_urls,
    prepare,
    rewrite,
    verify,
)
from .errors import (
    ApiError,
    InputError,
    InternalError,
    ServiceError,
    SigningKeyError,
    StreamTokenError,
    TokenError,
)

__all__ = [
    "AccessRules",
    "ApiError",
    "Claims",
    "CustomerCode",
    "Decision",
    "InputError",
    "InternalError",
    "KeyInfo",
    "KeySet",
    "PlaybackUrls",
    "Prepared",
    "PublicKey",
    "ServiceError",
    "Signer",
    "SigningKey",
    "SigningKeyError",
    "StreamTokenError",
    "Token",
    "TokenError",
    "Unverified",
    "__version__",
    "describe_key",
    "error_codes",
    "inspect",
    "playback_urls",
    "prepare",
    "rewrite",
    "verify",
]
