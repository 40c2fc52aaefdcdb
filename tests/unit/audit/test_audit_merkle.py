"""The tree agrees with the published RFC 6962 vectors, and every proof proves one thing only."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.audit import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
# Published with the Certificate Transparency reference implementation.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(count: int) -> merkle.Tree:
    return merkle.Tree(merkle.leaf_hash(b"entry %d" % number) for number in range(count))


def test_roots_are_the_published_ones() -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    assert [merkle.root(hashes[: n + 1]).hex() for n in range(8)] == ROOTS
    whole = merkle.Tree(hashes)
    assert [whole.root(n + 1).hex() for n in range(8)] == ROOTS
    assert merkle.root([]) == hashlib.sha256(b"").digest() == merkle.Tree().root()


def test_every_inclusion_proof_below_forty_verifies_and_only_where_it_belongs() -> None:
    whole = tree(40)
    for size in range(1, 40):
        root = whole.root(size)
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, whole.node)
            leaf = whole.node(0, index)
            assert merkle.verify_inclusion(leaf, index, size, proof, root)
            assert not merkle.verify_inclusion(leaf, index, size, proof, whole.root(size + 1))
            assert not merkle.verify_inclusion(whole.node(0, (index + 1) % 40), index, size, proof, root)
            assert not merkle.verify_inclusion(leaf, index, size, [*proof, root], root)
            if proof:
                assert not merkle.verify_inclusion(leaf, index, size, proof[:-1], root)
                assert not merkle.verify_inclusion(leaf, (index + 1) % size, size, proof, root)


def test_every_consistency_proof_below_forty_verifies_and_only_where_it_belongs() -> None:
    whole = tree(40)
    for size in range(1, 40):
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, size, whole.node)
            old_root, root = whole.root(old), whole.root(size)
            assert merkle.verify_consistency(old, size, old_root, root, proof)
            assert not merkle.verify_consistency(old, size, b"x" * 32, root, proof)
            assert not merkle.verify_consistency(old, size, old_root, root, [*proof, root])
            if proof:
                assert not merkle.verify_consistency(old, size, old_root, whole.root(size + 1), proof)
                assert not merkle.verify_consistency(old, size, old_root, root, proof[:-1])
                assert not merkle.verify_consistency(old - 1, size, whole.root(old - 1), root, proof)


def test_nonsense_is_refused() -> None:
    whole = tree(5)
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(5, 5, whole.node)
    with pytest.raises(ValueError, match="no prefix"):
        merkle.consistency_proof(6, 5, whole.node)
    with pytest.raises(ValueError, match="complete subtrees"):
        merkle.Frontier(3, [b"x" * 32])
    assert not merkle.verify_inclusion(whole.node(0, 0), -1, 5, [], whole.root())
    assert not merkle.verify_consistency(6, 5, whole.root(), whole.root(), [])


@given(size=st.integers(1, 700), data=st.data())
@settings(max_examples=60, deadline=None)
def test_larger_trees_keep_the_promises(size: int, data: st.DataObject) -> None:
    whole = tree(size)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    assert merkle.verify_inclusion(
        whole.node(0, index), index, size, merkle.inclusion_proof(index, size, whole.node), whole.root()
    )
    proof = merkle.consistency_proof(old, size, whole.node)
    assert merkle.verify_consistency(old, size, whole.root(old), whole.root(), proof)
    frontier = merkle.Frontier.read(old, whole.node)
    assert frontier.root() == whole.root(old)
    for position in range(old, size):
        frontier.append(whole.node(0, position))
    assert frontier.root() == whole.root()
