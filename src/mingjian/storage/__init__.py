"""Footage on disk: fragments, containers, chain, recovery, coverage, capacity, expiry, fsck."""
