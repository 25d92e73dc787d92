"""Tokens of windows of reuse, which a signer keeps."""

import threading

import pytest

from streamtoken import KeySet, Signer, SigningKey, TokenError, verify
from support import NOW, VIDEO, example_key, example_signer

WINDOW = 600


def mint(signer: Signer) -> str:
    return str(signer.sign(VIDEO, now=NOW, reuse_window=WINDOW))


def test_signers_with_different_keys_share_nothing() -> None:
    key = example_key()
    other = SigningKey.load(SigningKey.generate().to_pkcs1_pem(), key.id)
    ours, theirs = Signer(key), Signer(other)
    first, second = mint(ours), mint(theirs)
    assert first != second
    assert verify(second, KeySet(other), now=NOW).kid == key.id
    with pytest.raises(TokenError) as caught:
        verify(second, KeySet(key), now=NOW)
    assert caught.value.code == "signature_invalid"
    assert (mint(ours), mint(theirs)) == (first, second)


def test_threads_mint_the_same_bytes_again_and_again() -> None:
    shared = example_signer()
    found: set[str] = set()
    begin = threading.Barrier(8)

    def work() -> None:
        begin.wait()
        own = example_signer()
        found.update(mint(signer) for _ in range(100) for signer in (shared, own))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {mint(example_signer())}
