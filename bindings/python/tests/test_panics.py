"""A panic inside is an `InternalError`, and the process lives on.

In a build with the feature `provoke-panic`, whose folder `STREAMTOKEN_PANIC_BUILD` names: the
identifier or text of that name panics there. `cargo xtask test` makes it.
"""

import os
import subprocess
import sys

SCRIPT = """
from support import NOW, VIDEO, example_signer
from streamtoken import InternalError, Token, explain

signer = example_signer()
for call in (
    lambda: signer.sign("provoke-panic"),
    lambda: signer.sign_many([(VIDEO, None), ("provoke-panic", None)]),
    lambda: explain("provoke-panic"),
):
    try:
        call()
    except Exception as error:
        assert type(error) is InternalError, error
        assert (error.code, error.number, error.field) == ("internal", 900, None)
        assert error.message == "a fault inside streamtoken; please report it"
    else:
        raise AssertionError("no panic")
    assert isinstance(signer.sign(VIDEO, now=NOW), Token)
    assert len(signer.sign_many([(VIDEO, None)] * 9)) == 9
print("lives on")
"""


def test_a_panic_is_an_internal_error() -> None:
    build = os.environ["STREAMTOKEN_PANIC_BUILD"]
    path = os.pathsep.join([build, *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert (done.stdout, done.returncode) == ("lives on\n", 0), done.stderr
    assert "provoked by a test" in done.stderr
