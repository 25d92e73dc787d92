"""Threads, forks, signals: the package in the life of a process."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streamtoken import KeySet, Report, SigningKey, Token, explain, verify
from support import EXAMPLE, NOW, ROOT, VIDEO, example_signer, in_a_child

SIGNER = example_signer()


def test_threads_share_keys_and_get_the_same_bytes() -> None:
    expected = [SIGNER.sign(f"v{n}", now=NOW) for n in range(50)]
    keys = KeySet(SIGNER.key)

    def work(_: int) -> "list[Token]":
        tokens = [SIGNER.sign(f"v{n}", now=NOW) for n in range(50)]
        for token in tokens:
            verify(token, keys, identifier=token.identifier, now=NOW)
        assert SIGNER.sign_many([(f"v{n}", None) for n in range(50)], now=NOW) == tokens
        return tokens

    with ThreadPoolExecutor(8) as pool:
        assert all(tokens == expected for tokens in pool.map(work, range(16)))


def other_threads_run_during(work: "threading.Thread") -> int:
    """Count how often this thread gets its turn while `work` runs."""
    turns = 0
    work.start()
    while work.is_alive():
        turns += 1
        time.sleep(0.001)
    work.join()
    return turns


def test_the_interpreter_is_free_while_a_key_is_made() -> None:
    # Switching between threads is no help here: only code that lets go of the interpreter does.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1_000)
    try:
        made: list[SigningKey] = []
        turns = other_threads_run_during(
            threading.Thread(target=lambda: made.extend(SigningKey.generate() for _ in range(5)))
        )
    finally:
        sys.setswitchinterval(interval)
    assert len(made) == 5
    assert turns > 5


def test_the_interpreter_is_free_during_a_batch() -> None:
    answers: list[object] = []
    requests = [(f"v{n}", None) for n in range(1_000)]
    turns = other_threads_run_during(
        threading.Thread(target=lambda: answers.extend(SIGNER.sign_many(requests, now=NOW)))
    )
    assert len(answers) == 1_000
    assert turns > 5


def test_the_interpreter_is_free_while_tokens_are_explained() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1_000)
    token = SIGNER.sign(VIDEO, now=NOW)
    reports: list[Report] = []
    try:
        turns = other_threads_run_during(
            threading.Thread(
                target=lambda: reports.extend(explain(token, SIGNER.key) for _ in range(500))
            )
        )
    finally:
        sys.setswitchinterval(interval)
    assert len(reports) == 500
    assert turns > 5


FROM_A_PIPE = """
import os
import sys
import threading
from streamtoken import SigningKey
from support import EXAMPLE
pipe = sys.argv[1]
os.environ["CLOUDFLARE_STREAM_KEY_FILE"] = pipe
os.environ["CLOUDFLARE_STREAM_KEY_ID"] = EXAMPLE["key_id"]
os.environ.pop("CLOUDFLARE_STREAM_KEY", None)

def write():
    with open(pipe, "w") as end:
        end.write(EXAMPLE["pem_base64"])

threading.Timer(0.5, write).start()
print(SigningKey.from_env().id)
"""


def test_the_interpreter_is_free_while_the_key_file_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = subprocess.run(
        [sys.executable, "-c", FROM_A_PIPE, str(pipe)],
        check=True,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == EXAMPLE["key_id"] + "\n"


OTHER_INTERPRETERS = """
import sys
import streamtoken
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    made = [interpreters.create(kind) for kind in ("legacy", "isolated")]
else:
    import _xxsubinterpreters as interpreters
    made = [interpreters.create(isolated=isolated) for isolated in (False, True)]
for one in made:
    interpreters.run_string(one, {script!r})
"""

IMPORT = """
try:
    import streamtoken
except ImportError:
    print("refused", flush=True)
"""


def test_other_interpreters_of_the_process_refuse_the_import() -> None:
    # They would get exceptions of the first one's classes.
    done = subprocess.run(
        [sys.executable, "-c", OTHER_INTERPRETERS.format(script=IMPORT)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "refused\n" * 2


AT_THE_END = """
import os
import sys
from streamtoken import CustomerCode, InputError

class Last:
    def __del__(self, parse=CustomerCode.parse, refusal=InputError, write=os.write):
        try:
            parse("!")
        except refusal as error:
            write(1, error.code.encode())

sys.last = Last()
"""


def test_a_refusal_at_the_end_of_the_interpreter_is_an_exception() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "customer_code_invalid"


def in_a_fork() -> str:
    """Sign, mint a batch and make a key in a child of this process; give the id of the key."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        status = 1
        try:
            assert SIGNER.sign(VIDEO, now=NOW) == SIGNER.sign(VIDEO, now=NOW)
            assert len(SIGNER.sign_many([(VIDEO, None)] * 20, now=NOW)) == 20
            os.write(writer, SigningKey.generate().id.encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        id = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return id


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_signs_and_makes_keys_of_its_own() -> None:
    SIGNER.sign_many([(VIDEO, None)] * 20)
    ids = {SigningKey.generate().id, in_a_fork(), in_a_fork()}
    assert all(len(id) == 32 for id in ids)
    assert len(ids) == 3


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_beside_a_thread_that_signs() -> None:
    SIGNER.sign(VIDEO)

    def sign() -> None:
        SIGNER.sign(VIDEO)

    def fork_beside(thread: threading.Thread, delay: float) -> None:
        thread.start()
        time.sleep(delay)
        assert in_a_child(sign)
        thread.join()

    # The first signature of a child gathers new randomness, for milliseconds and under a lock of
    # AWS-LC's: without our handlers, nearly every one of these forks hangs.
    for step in range(20):
        assert in_a_child(lambda: fork_beside(threading.Thread(target=sign), step * 0.0005))  # noqa: B023


ENDING = """
import threading
import time
from support import VIDEO, example_signer, in_a_child

def sign(signed=None):
    # A key that was never used: later signatures need no random numbers for a while.
    example_signer().sign(VIDEO)
    if signed:
        signed.set()

def sign_on_a_thread():
    thread = threading.Thread(target=sign)
    thread.start()
    thread.join()

for step in range(40):
    signed = threading.Event()
    thread = threading.Thread(target=sign, args=[signed])
    thread.start()
    signed.wait()
    # What is left of the thread needs the interpreter once, then not any more.
    time.sleep(step * 0.00005)
    assert in_a_child(sign_on_a_thread)
    thread.join()
"""


NAMES = """
import ctypes
import threading
import time
from streamtoken import APIConnectionError, APITimeoutError, Client
from support import VIDEO, in_a_child

def look_up():
    options = {"api_token": "t", "account_id": "a", "max_retries": 0}
    try:
        Client(base_url="http://localhost:1", **options).stream.token.create(VIDEO)
    except APITimeoutError:
        raise
    except APIConnectionError:
        # Found, and nobody listens there.
        return
    raise AssertionError("somebody listens there")

lookups_begun = ctypes.c_int.in_dll(ctypes.CDLL(None), "lookups_begun")
# The first one takes long.
look_up()
for step in range(20):
    before = lookups_begun.value
    thread = threading.Thread(target=look_up)
    thread.start()
    while lookups_begun.value == before:
        time.sleep(0.00005)
    time.sleep(step * 0.0002)
    assert in_a_child(look_up)
    thread.join()
"""


@pytest.mark.parametrize("script", [ENDING, NAMES], ids=["ends", "looks_up_a_name"])
def test_a_fork_beside_a_thread_with_a_lock(script: str, tmp_path: Path) -> None:
    """AWS-LC's at the thread's end; the C library's while it looks up a name.

    Without the core's part in it some of these forks hang, where the lock is held for long.
    """
    slow = tmp_path / "slow_locks.so"
    source = ROOT / "bindings" / "c" / "tests" / "slow_locks.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-DRWLOCKS_ALONE", source, "-o", slow], check=True)
    run_apart(script, LD_PRELOAD=str(slow))


def run_apart(script: str, **environment: str) -> None:
    """Run it in another process, whose handlers of forks are its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=90)


FORKING = """
import os
import threading
import time

lock = threading.Lock()
# Handlers that were registered first are called last before a fork.
os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
import logging
from support import VIDEO, example_signer, in_a_child

signer = example_signer()
# Forks take their time, so that others come meanwhile.
ballast = bytearray(100 << 20)
end = time.monotonic() + 3

def sign():
    while time.monotonic() < end:
        with lock:
            signer.sign(VIDEO)

def fork():
    while time.monotonic() < end:
        assert in_a_child(lambda: None)

threads = [threading.Thread(target=work) for work in [fork, fork, sign]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_that_fork_and_handlers_of_forks_do_not_wait_for_each_other() -> None:
    """Beside a lock of the program's own, and a second thread that forks."""
    run_apart(FORKING)


INTERRUPTED = """
import itertools
import resource
import signal
import sys
from support import example_signer
# Tests in the background have the signal ignored, and nobody has memory for an endless list.
signal.signal(signal.SIGINT, signal.default_int_handler)
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
signer = example_signer()
print("ready", flush=True)
try:
    signer.{method}({items})
except KeyboardInterrupt:
    # The signer works on.
    print(len(str(signer.sign("v", now=1))), flush=True)
    sys.exit(3)
"""


@pytest.mark.parametrize(
    ("method", "items"),
    [
        ("sign_many", '[("v", None)] * 1_000_000'),
        ("sign_lines", '[\'{"identifier":"v"}\'] * 1_000_000'),
        ("sign_many", 'itertools.repeat(("v", None))'),
        ("sign_lines", 'itertools.repeat("{}")'),
    ],
)
def test_ctrl_c_ends_a_long_batch(method: str, items: str) -> None:
    script = INTERRUPTED.format(method=method, items=items)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        assert int(process.stdout.readline()) > 500
        assert process.wait() == 3
        assert time.monotonic() - sent < 10


def test_an_import_is_light() -> None:
    script = (
        "import sys; before = set(sys.modules); import streamtoken; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    ours = {"streamtoken", "streamtoken._native", "streamtoken.errors"}
    assert set(done.stdout.split()) == ours
