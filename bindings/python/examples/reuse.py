"""Mint the token of a window of time.

Whoever mints within the same window, on any host and in any language, gets the same bytes.

``python reuse.py IDENTIFIER SECONDS NOW``, with the length of the windows, the time in epoch
seconds, and the key in ``CLOUDFLARE_STREAM_KEY`` or ``CLOUDFLARE_STREAM_KEY_FILE``, its id in
``CLOUDFLARE_STREAM_KEY_ID``.
"""

import sys

from streamtoken import Signer, SigningKey, StreamTokenError, Token


def mint(identifier: str, window: int, now: int) -> Token:
    """Mint the token."""
    return Signer(SigningKey.from_env()).sign(identifier, reuse_window=window, now=now)


def main(arguments: "list[str]") -> int:
    """Print the token, or why there is none."""
    try:
        identifier, window, now = arguments[0], *map(int, arguments[1:])
    except (IndexError, ValueError):
        print("usage: reuse.py IDENTIFIER SECONDS NOW", file=sys.stderr)
        return 2
    try:
        print(mint(identifier, window, now))
    except StreamTokenError as error:
        print(f"error[{error.code}]: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
