"""Check that a token lets a viewer from one country play one video.

``python verify.py TOKEN IDENTIFIER COUNTRY``, with the key as for ``mint.py``; its public half is
what is used.
"""

import sys

from streamtoken import Claims, KeySet, SigningKey, StreamTokenError, verify


def check(token: str, identifier: str, country: str) -> Claims:
    """Check the token."""
    keys = KeySet(SigningKey.from_env())
    return verify(token, keys, identifier=identifier, country=country)


def main(arguments: "list[str]") -> int:
    """Print the video and the end of the token, or why it is refused."""
    try:
        token, identifier, country = arguments
    except ValueError:
        print("usage: verify.py TOKEN IDENTIFIER COUNTRY", file=sys.stderr)
        return 2
    try:
        claims = check(token, identifier, country)
    except StreamTokenError as error:
        print(f"error[{error.code}]: {error}", file=sys.stderr)
        return 1
    print(claims.sub, claims.exp)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
