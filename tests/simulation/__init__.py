"""A recording house in virtual time: real recorder, committer, recovery, expiry, catalogue and ledger on fake media.

One seed is one run and the same run each time: a seeded scheduler decides who acts next, a disk with a durable and a
pending layer decides what a power cut leaves, and the same seed decides every fault. Fragments, not frames, are the
events. What happened is judged by `history`, which knows nothing of the product.

    python -m simulation --seeds 10000     (in `tests/`) run so many seeds on all cores
    python -m simulation --seed 4711       run one again and print its trace
"""
