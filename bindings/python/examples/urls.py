"""Print every playback URL of a token, one ``name url`` a line.

``python urls.py TOKEN CUSTOMER_CODE``
"""

import sys

from streamtoken import StreamTokenError, playback_urls


def main(arguments: "list[str]") -> int:
    """Print the URLs, or why there are none."""
    try:
        token, customer_code = arguments
    except ValueError:
        print("usage: urls.py TOKEN CUSTOMER_CODE", file=sys.stderr)
        return 2
    try:
        urls = playback_urls(token, customer_code)
    except StreamTokenError as error:
        print(f"error[{error.code}]: {error}", file=sys.stderr)
        return 1
    for name, url in urls.items():
        print(name, url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
