"""The Merkle tree of the ledger: RFC 6962 §2.1 hashing, RFC 9162 §2.1.3 and §2.1.4 proof verification.

A *node* `(level, index)` is the root of the complete subtree over leaves `[index << level, (index + 1) << level)`.
Everything larger is composed of such nodes, so a proof needs only a way to read nodes: from memory, or from tiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 §2.1)."""

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of node `(level, index)`; only asked for complete subtrees inside the tree."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All nodes of a tree in memory; about 64 bytes a leaf. For batches, tests and whole-ledger audits."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for item in leaf_hashes:
            self.append(item)

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, hashed_leaf: bytes) -> None:
        """Add one leaf, given by its hash."""
        current = hashed_leaf
        for nodes in self._levels:
            nodes.append(current)
            if len(nodes) % 2:
                return
            current = node_hash(nodes[-2], current)
        self._levels.append([current])

    def node(self, level: int, index: int) -> bytes:
        """The `NodeReader` of this tree."""
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """Root over the first `size` leaves; over all by default."""
        return root_of(self.size if size is None else size, self.node)


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, in O(log n) memory."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Resume at `size` with the roots of its complete subtrees, largest first."""
        if len(edge) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} complete subtrees, got {len(edge)}")
        self.size = size
        self._edge = list(edge)

    @classmethod
    def read(cls, size: int, node: NodeReader) -> Frontier:
        """The frontier of a stored tree."""
        return cls(size, [node(level, index) for level, index in _complete(0, size)])

    def append(self, hashed_leaf: bytes) -> None:
        """Add one leaf, given by its hash."""
        current, position = hashed_leaf, self.size
        while position & 1:
            current = node_hash(self._edge.pop(), current)
            position >>= 1
        self._edge.append(current)
        self.size += 1

    def root(self) -> bytes:
        """Root over all leaves appended so far."""
        if not self._edge:
            return EMPTY_ROOT
        current = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            current = node_hash(left, current)
        return current


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root over leaves given by their hashes."""
    frontier = Frontier()
    for item in leaf_hashes:
        frontier.append(item)
    return frontier.root()


def root_of(size: int, node: NodeReader) -> bytes:
    """Root of the first `size` leaves of a stored tree."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1), from the leaf upward."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return [_range_hash(low, high, node) for low, high in reversed(path)]


def consistency_proof(old: int, size: int, node: NodeReader) -> list[bytes]:
    """Proof that the tree of `old` leaves is a prefix of the tree of `size` (RFC 6962 §2.1.2); empty where trivial."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} has no prefix of {old}")
    if old in (0, size):
        return []
    path: list[tuple[int, int]] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return [_range_hash(low, high, node) for low, high in reversed(path)]


def verify_inclusion(hashed_leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` shows the leaf at `index` under root `expected` of `size` leaves (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, hashed_leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            current = node_hash(current, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and current == expected


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree under `new_root` extends the one under `old_root` (RFC 9162 §2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    position, last = old - 1, size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _complete(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees, as nodes, that make up `[start, end)` of a tree, left to right."""
    nodes: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _range_hash(start: int, end: int, node: NodeReader) -> bytes:
    """Hash of the subtree over `[start, end)` as RFC 6962 splits it."""
    hashes = [node(level, index) for level, index in _complete(start, end)]
    current = hashes[-1]
    for left in reversed(hashes[:-1]):
        current = node_hash(left, current)
    return current
