"""Ledger, proofs and chain as pure values; and the stand-alone verifier, which trusts nothing of them."""
