"""Hostile inputs, one for each way to keep a scan from ending, in the order of docs/security.md.

An ordeal is a function without parameters that gives files by name; its docstring is its row in the table there.
``python tests/ordeals`` measures them, each in a process of its own.
"""
