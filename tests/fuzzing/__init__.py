"""Fuzzing: mutated inputs of every kind, run through the command line and held against what must always hold.

``PYTHONPATH=tests python -m fuzzing --help`` from the top of the repository is for long runs; ``tests/test_fuzzing.py``
is a short one.
"""
