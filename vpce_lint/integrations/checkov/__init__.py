"""The folder for ``checkov --external-checks-dir``: checkov runs every Python file in it, and reads every YAML and JSON file as a check.

Nothing but the plugin belongs here; what it does lies beside this folder.
"""
