"""What several tests need."""

import faulthandler
import json
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streamtoken import InputError, Signer, SigningKey

ROOT = Path(__file__).resolve().parents[3]
BINDING = ROOT / "bindings" / "python"
VECTORS = ROOT / "crates" / "streamtoken" / "vectors"

EXAMPLE: "dict[str, Any]" = json.loads((VECTORS / "example-key.json").read_text(encoding="utf-8"))
"""The key and the token that Cloudflare's documentation publishes."""

VIDEO = "ea95132c15732412d22c1476fa83f27a"
NOW = 1_537_456_765
CODE = "f33zs165nr7gyfy4"


def example_key() -> SigningKey:
    return SigningKey.load(EXAMPLE["pem_base64"], EXAMPLE["key_id"])


def example_signer() -> Signer:
    return Signer(example_key())


def refused(**options: Any) -> "tuple[str, str | None]":
    """Give the code and the field with which `sign` refuses the options."""
    with pytest.raises(InputError) as caught:
        example_signer().sign(VIDEO, **{"now": NOW, **options})
    return caught.value.code, caught.value.field


def in_a_child(work: "Callable[[], object]") -> bool:
    """Do `work` in a child of this process; tell whether it came to its end.

    What kept it from that is on standard error, which pytest shows of a test that fails.
    """
    child = os.fork()
    if child == 0:
        # A child that hangs outside of Python never runs the handler that pytest-timeout has set.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        # A child of a child has it already, but with the handler that was just replaced.
        faulthandler.unregister(signal.SIGALRM)
        faulthandler.register(signal.SIGALRM, file=2, chain=True)
        signal.alarm(30)
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0
