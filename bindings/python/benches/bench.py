"""Measure streamtoken beside PyJWT and joserfc, in this process, and print JSON.

Blocks of each contender alternate; a ratio is the median over the rounds, so that what else the
machine does hits all alike. ``--quick`` measures for a moment, to see that this works.

``--serve`` lets another program alternate its own blocks with ours: it answers each line like
``{"what": "sign", "library": "streamtoken", "n": 25}`` with ``{"nanoseconds": …}`` for all n.
"""

import importlib.metadata
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import RSAKey

from streamtoken import KeySet, Signer, SigningKey, verify

VIDEO = "ea95132c15732412d22c1476fa83f27a"
OURS = "streamtoken"


def contenders() -> "tuple[dict[str, Callable[[], Any]], dict[str, Callable[[], Any]]]":
    """Give what signs and what verifies, each with a key that was parsed before."""
    key = SigningKey.generate()
    signer, keys = Signer(key), KeySet(key)
    token = str(signer.sign(VIDEO, expires_in=86_400))
    pyjwt = jwt.PyJWK.from_json(key.to_jwk()).key
    pyjwt_public = pyjwt.public_key()
    joserfc = RSAKey.import_key(json.loads(key.to_jwk()))
    header = {"alg": "RS256", "kid": key.id}

    def claims() -> "dict[str, Any]":
        now = int(time.time())
        return {"sub": VIDEO, "kid": key.id, "exp": now + 3600, "nbf": now - 3600}

    registry = joserfc_jwt.JWTClaimsRegistry(exp={"essential": True})

    def joserfc_verify() -> None:
        registry.validate(joserfc_jwt.decode(token, joserfc, algorithms=["RS256"]).claims)

    sign: dict[str, Callable[[], Any]] = {
        OURS: lambda: signer.sign(VIDEO),
        "PyJWT": lambda: jwt.encode(claims(), pyjwt, "RS256", headers={"kid": key.id}),
        "joserfc": lambda: joserfc_jwt.encode(header, claims(), joserfc, algorithms=["RS256"]),
    }
    check: dict[str, Callable[[], Any]] = {
        OURS: lambda: verify(token, keys, identifier=VIDEO),
        "PyJWT": lambda: jwt.decode(token, pyjwt_public, algorithms=["RS256"]),
        "joserfc": joserfc_verify,
    }
    return sign, check


def block(work: Callable[[], Any], times: int) -> float:
    """Give the microseconds that one call takes."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times * 1e6


def measure(works: "dict[str, Callable[[], Any]]", rounds: int, times: int) -> "dict[str, Any]":
    """Alternate blocks of all contenders; times in µs and ratios to ours, as medians."""
    for work in works.values():
        block(work, times)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds):
        names = list(works)
        # Each contender comes first as often as any other.
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            taken[name].append(block(works[name], times))
    ratios = {
        name: statistics.median(theirs / ours for theirs, ours in zip(blocks, taken[OURS]))
        for name, blocks in taken.items()
    }
    medians = {name: statistics.median(blocks) for name, blocks in taken.items()}
    return {"microseconds": rounded(medians), "ratio_to_ours": rounded(ratios)}


def measure_batch(rounds: int, size: int) -> "dict[str, float]":
    """Give the tokens a second of one call for many, and of many calls on one thread."""
    signer = Signer(SigningKey.generate())
    requests = [(VIDEO, None)] * size
    many = [block(lambda: signer.sign_many(requests), 1) / size for _ in range(rounds)]
    single = [block(lambda: signer.sign(VIDEO), size) for _ in range(rounds)]
    rates = {"sign_many": 1e6 / statistics.median(many), "sign": 1e6 / statistics.median(single)}
    return rounded(rates)


def import_milliseconds(rounds: int) -> "dict[str, float]":
    """Give what an import adds to the start of an interpreter, the fastest of all rounds."""
    statements = [f"import {name}" for name in ("streamtoken", "jwt", "joserfc.jwt", "cloudflare")]
    fastest = dict.fromkeys(["pass", *statements], 1e9)
    for _ in range(rounds):
        for statement in fastest:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603
            fastest[statement] = min(fastest[statement], time.perf_counter() - start)
    empty = fastest.pop("pass")
    return rounded({name.split()[1]: (took - empty) * 1e3 for name, took in fastest.items()})


def installed(package: str) -> "dict[str, int]":
    """Give the bytes of a package as it is imported here, without what it depends on."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    files = [file for file in Path(spec.origin).parent.rglob("*") if file.is_file()]
    files = [file for file in files if "__pycache__" not in file.parts]
    return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}


def rounded(numbers: "dict[str, float]") -> "dict[str, float]":
    """Keep three decimals: more is noise."""
    return {name: round(number, 3) for name, number in numbers.items()}


def serve() -> None:
    """Run the blocks that standard input asks for."""
    sign, check = contenders()
    works = {"sign": sign, "verify": check}
    for line in sys.stdin:
        asked = json.loads(line)
        work, times = works[asked["what"]][asked["library"]], asked["n"]
        print(json.dumps({"nanoseconds": round(block(work, times) * times * 1e3)}), flush=True)


def main(arguments: "list[str]") -> None:
    """Measure everything and print it as one line of JSON."""
    if "--serve" in arguments:
        serve()
        return
    rounds, times = (3, 2) if "--quick" in arguments else (60, 25)
    sign, check = contenders()
    results = {
        "python": sys.version.split()[0],
        "versions": {name: importlib.metadata.version(name) for name in ("PyJWT", "joserfc")},
        "sign": measure(sign, rounds, times),
        "verify": measure(check, rounds, times * 4),
        "batch_per_second": measure_batch(max(rounds // 10, 2), times * 16),
        "import_milliseconds": import_milliseconds(max(rounds // 3, 2)),
        "installed": {name: installed(name) for name in ("streamtoken", "cloudflare")},
    }
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1:])
