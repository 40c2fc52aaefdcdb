"""Mingjian (明鉴): video of public places, recorded provably, under its regulation."""
