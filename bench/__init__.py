"""Benches: what Mingjian costs, beside what others cost. `make bench` runs all, `python -m bench NAME` one.

Each section is a module that `bench.registry` names; see `bench.section` for what it offers.
"""
