"""What cfn-lint loads: ``cfn-lint --append-rules vpce_lint.integrations.cfn_lint template.yaml``.

cfn-lint takes every class of this module that is a rule; there is nothing else in it.
"""

from vpce_lint.integrations.cfn_lint_rule import rule_classes

globals().update(rule_classes())
