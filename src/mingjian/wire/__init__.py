"""Bytes to events and back, per protocol: pure, bounded, no I/O."""
