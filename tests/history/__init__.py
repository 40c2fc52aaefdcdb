"""The history checker: what must hold of a store and a ledger, judged by somebody who does not know the program.

A run writes down every client's call and every acknowledgement (`acts.History`). Afterwards `judge.judge` computes the
product's invariants from that history and from the bytes of the volumes, the ledger's files and the catalogue alone. It
parses chain lines, fragments and tiles by itself, with nothing but the standard library and nothing of the product, so
that an error of the product's own readers cannot hide an error of its writers. A unit test holds it to that.

    python -m history --volume DIRECTORY... [--ledger DIRECTORY] [--catalogue FILE] [--history FILE] [--unsettled]

(in `tests/`) judges what lies on a disk: one line a finding, exit 1 when there is one.
"""
