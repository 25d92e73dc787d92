"""The shapes of options and rules, for annotations. Importing the package does not import them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union

if TYPE_CHECKING:
    from . import AccessRules, Token

__all__ = [
    "AccessRule",
    "CallOptions",
    "CheckId",
    "CheckStatus",
    "ClientOptions",
    "Condition",
    "DownloadOptions",
    "ErrorCode",
    "ExplainOptions",
    "Flags",
    "LintLevel",
    "PlayerOptions",
    "Rules",
    "SignOptions",
    "SignRequest",
    "SourceOptions",
    "StillOptions",
    "TokenOptions",
    "UrlOptions",
    "Verdict",
    "VerifyOptions",
    "ViewerFacts",
]

Moment = Union[int, float, datetime]
"""Epoch seconds, whole; or a ``datetime`` with a time zone, floored to the second."""

Seconds = Union[int, float, timedelta]
"""Seconds, whole; or a ``timedelta``, floored to the second."""


class _Rule(TypedDict):
    type: Literal["any", "ip.src", "ip.geoip.country"]
    action: Literal["allow", "block"]


class AccessRule(_Rule, total=False):
    """One access rule, as a token carries it."""

    ip: Sequence[str]
    country: Sequence[str]


class Condition(TypedDict, total=False):
    """Whom a rule is about: one of these members."""

    ip: Sequence[str]
    country: Sequence[str]
    any: Literal[True]


class Flags(TypedDict, total=False):
    """The flags of Cloudflare's API."""

    original: bool


Rules = Union["AccessRules", Sequence[AccessRule]]
"""The rules of a token: ``AccessRules``, or a list of at most 5 dicts."""


class SignOptions(TypedDict, total=False):
    """The options of ``Signer.sign`` and ``prepare``."""

    exp: Union[Moment, None]
    expires_in: Union[Seconds, str, None]
    nbf: Union[Moment, None]
    now: Union[Moment, None]
    downloadable: Union[bool, None]
    access_rules: Rules
    flags: Union[Flags, None]
    time_format: Union[Literal["number", "string"], None]
    reuse_window: Union[Seconds, None]


LintLevel = Literal["off", "warn", "deny"]
"""What a ``Signer`` does with warnings: no search, into the token, or no token."""


class SignRequest(SignOptions):
    """One request of ``Signer.sign_many``."""

    identifier: str


Limit = Union[int, float, timedelta]
"""Seconds, which may have a fraction; or a ``timedelta``."""


class CallOptions(TypedDict, total=False):
    """The options of every call of a ``Client``."""

    account_id: Union[str, None]
    timeout: Union[Limit, None]
    connect_timeout: Union[Limit, None]
    max_retries: Union[int, None]
    deadline: Union[Limit, None]


class ClientOptions(CallOptions, total=False):
    """The options of ``Client`` and ``AsyncClient``."""

    api_token: Union[str, None]
    api_key: Union[str, None]
    api_email: Union[str, None]
    base_url: Union[str, None]
    allow_http: Union[bool, None]


class TokenOptions(SignOptions, CallOptions, total=False):
    """The options of ``Client.stream.token.create``."""

    id: Union[str, None]
    pem: Union[str, None]


class SourceOptions(CallOptions, total=False):
    """The options of ``TokenSource`` and ``AsyncTokenSource``: all but the times that are fixed.

    ``expires_in`` is five times the longest view: a fifth of it is left when a token is given last.
    """

    expires_in: Union[Seconds, str, None]
    nbf: Union[Moment, None]
    downloadable: Union[bool, None]
    access_rules: Rules
    flags: Union[Flags, None]
    time_format: Union[Literal["number", "string"], None]
    reuse_window: Union[Seconds, None]
    id: Union[str, None]
    pem: Union[str, None]


class ViewerFacts(TypedDict, total=False):
    """What is known of a viewer: the options of ``AccessRules.evaluate``."""

    ip: Union[str, None]
    country: Union[str, None]


class VerifyOptions(ViewerFacts, total=False):
    """The options of ``verify``."""

    identifier: str
    now: Union[Moment, None]
    leeway: Union[Seconds, None]
    download: Union[bool, None]


class ExplainOptions(VerifyOptions, total=False):
    """The options of ``explain``."""

    duration: Union[Limit, None]


CheckStatus = Literal["pass", "fail", "warn", "unknown"]
"""How a ``Check`` ended."""

Verdict = Literal["accepts", "refuses", "unknown"]
"""What somebody makes of a token."""

CheckId = Literal[
    "pasted",
    "secret",
    "scheme",
    "host",
    "token_place",
    "path",
    "poster",
    "size",
    "url_size",
    "shape",
    "padding",
    "alphabet",
    "header_json",
    "payload_json",
    "alg",
    "typ",
    "crit",
    "kid",
    "kid_agrees",
    "key_known",
    "signature",
    "claims",
    "sub",
    "sub_matches",
    "exp",
    "nbf",
    "time_form",
    "time_order",
    "expired",
    "not_yet_valid",
    "lifetime",
    "clock_skew",
    "outlasts_video",
    "rules",
    "rule_count",
    "viewer",
    "rules_sense",
    "downloadable",
    "webrtc",
    "live",
]
"""The ids of the checks of a ``Report``, in its order. They never change their meaning."""

Time = Union[int, float, str]
"""Whole seconds, or a text like ``1m30s``."""

Bandwidth = Union[int, float]
"""Megabits per second."""


class HlsOptions(TypedDict, total=False):
    """Query options of the HLS manifest."""

    clientBandwidthHint: Union[Bandwidth, None]
    protocol: Union[Literal["llhls"], None]
    duration: Union[Time, None]


class DashOptions(TypedDict, total=False):
    """Query options of the DASH manifest."""

    clientBandwidthHint: Union[Bandwidth, None]


class StillOptions(TypedDict, total=False):
    """Query options of the still."""

    time: Union[Time, None]
    height: Union[int, None]
    width: Union[int, None]
    fit: Union[Literal["crop", "clip", "scale", "fill"], None]


class AnimatedOptions(StillOptions, total=False):
    """Query options of the animated GIF."""

    duration: Union[Time, None]
    fps: Union[int, None]


# `ad-url` is no Python name.
PlayerOptions = TypedDict(
    "PlayerOptions",
    {
        "autoplay": Union[bool, None],
        "controls": Union[bool, None],
        "defaultTextTrack": Union[str, None],
        "letterboxColor": Union[str, None],
        "loop": Union[bool, None],
        "muted": Union[bool, None],
        "preload": Union[Literal["none", "metadata", "auto"], None],
        "poster": Union[Literal[True], str, StillOptions, None],
        "primaryColor": Union[str, None],
        "src": Union[str, "Token", None],
        "startTime": Union[Time, None],
        "ad-url": Union[str, None],
    },
    total=False,
)


class DownloadOptions(TypedDict, total=False):
    """Query options of the downloads."""

    filename: Union[str, None]


class ClipManifestOptions(TypedDict, total=False):
    """Query options of the HLS manifest of an instant clip."""

    time: Union[Time, None]
    duration: Union[Time, None]


class ClipOptions(ClipManifestOptions, total=False):
    """Query options of the MP4 of an instant clip."""

    filename: Union[str, None]


class UrlOptions(TypedDict, total=False):
    """The options of ``playback_urls``, by row."""

    hls: Union[HlsOptions, None]
    dash: Union[DashOptions, None]
    iframe: Union[PlayerOptions, None]
    watch: Union[Mapping[str, Any], None]
    thumbnail: Union[StillOptions, None]
    animated_thumbnail: Union[AnimatedOptions, None]
    download: Union[DownloadOptions, None]
    audio: Union[DownloadOptions, None]
    clip_hls: Union[ClipManifestOptions, None]
    clip: Union[ClipOptions, None]
    webrtc: Union[Mapping[str, Any], None]


class ErrorCode(TypedDict):
    """One row of ``error_codes()``."""

    number: int
    code: str
    text: str
    group: str
    http_status: int
    exit_code: int
    retryable: bool
