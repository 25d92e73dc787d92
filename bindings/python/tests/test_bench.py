"""The benchmark runs; what it measures is `cargo xtask bench`'s business."""

import json
import subprocess
import sys

from support import BINDING

BENCH = [sys.executable, str(BINDING / "benches" / "bench.py")]


def test_a_quick_run_measures_everything() -> None:
    done = subprocess.run([*BENCH, "--quick"], check=True, capture_output=True, text=True)
    results = json.loads(done.stdout)
    for what in ("sign", "verify"):
        assert set(results[what]["microseconds"]) == {"streamtoken", "PyJWT", "joserfc"}
        assert results[what]["ratio_to_ours"]["streamtoken"] == 1
    assert set(results["batch_per_second"]) == {"sign_many", "sign"}
    assert set(results["import_milliseconds"]) == {
        "streamtoken",
        "jwt",
        "joserfc.jwt",
        "cloudflare",
    }
    assert results["installed"]["streamtoken"]["bytes"] > 1_000_000


def test_blocks_on_demand() -> None:
    asked = [
        {"what": "sign", "library": "streamtoken", "n": 2},
        {"what": "verify", "library": "PyJWT", "n": 2},
    ]
    done = subprocess.run(
        [*BENCH, "--serve"],
        check=True,
        capture_output=True,
        text=True,
        input="".join(json.dumps(block) + "\n" for block in asked),
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 2
    assert all(answer["nanoseconds"] > 1_000 for answer in answers)
