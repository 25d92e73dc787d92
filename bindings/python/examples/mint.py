"""Mint a token for two hours that only viewers in Great Britain and Ireland may use.

``python mint.py IDENTIFIER``, with the key in ``CLOUDFLARE_STREAM_KEY`` or
``CLOUDFLARE_STREAM_KEY_FILE``, and its id in ``CLOUDFLARE_STREAM_KEY_ID``.
"""

import sys
from datetime import timedelta

from streamtoken import AccessRules, Signer, SigningKey, StreamTokenError, Token


def mint(identifier: str) -> Token:
    """Mint the token."""
    return Signer(SigningKey.from_env()).sign(
        identifier,
        expires_in=timedelta(hours=2),
        access_rules=AccessRules.allow_only([{"country": ["GB", "IE"]}]),
    )


def main(arguments: "list[str]") -> int:
    """Print the token, or why there is none."""
    if len(arguments) != 1:
        print("usage: mint.py IDENTIFIER", file=sys.stderr)
        return 2
    try:
        print(mint(*arguments))
    except StreamTokenError as error:
        print(f"error[{error.code}]: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
