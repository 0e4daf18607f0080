"""The pages of the documentation that are made from the code, for ``docs/hooks.py`` and the tests."""
