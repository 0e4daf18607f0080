"""What a person reads with ``--help`` above and below the options; no line is longer than 80 characters."""

from __future__ import annotations

SUMMARIES = {
    "check": ("[check] [PATH ...]", "judge all code below the paths (default: .)"),
    "paths": ("paths [PATH ...]", "show how each subnet reaches AWS services"),
    "policy": ("policy FILE", "judge one endpoint policy, with proof"),
    "rules": ("rules", "list the rules"),
    "explain": ("explain RULE", "what a rule asks, why, and how to fix it"),
    "new-rule": ("new-rule CATEGORY/NAME", "begin a rule of your own, with fixtures"),
    "test-rules": ("test-rules DIR", "try a folder of rules on its fixtures"),
    "checkov-path": ("checkov-path", "print the folder of the plugin for checkov"),
    "checkov-selftest": ("checkov-selftest", "say whether that plugin works here"),
    "completion": ("completion SHELL", "print the completion for bash, zsh or fish"),
}
"""Each command: what is written behind ``vpce-lint``, and what it does in a few words."""

OVERVIEW = """\
Reads Terraform code, Terraform plans and CloudFormation templates, builds the
AWS network that they describe, and decides whether it keeps its traffic to AWS
services private. Nothing is run, and nothing is sent anywhere.

commands:
{}

vpce-lint COMMAND --help says more about each. What follows is about check.
""".format("\n".join(f"  vpce-lint {words:23} {summary}" for words, summary in SUMMARIES.values()))

CHECK = """\
Each rule gives one of four answers about a resource: violated, undetermined
(something that decides is missing: the answer says what, and where),
satisfied, or not-applicable. It never guesses. An answer is certain where the
code says so, and likely where it rests on something usual, such as a
variable's default in a module.

exit codes:
  0  nothing violated at or above the thresholds
  1  something violated (with --strict: or undetermined)
  2  the tool could not do its work: a path that doesn't exist, a mistake on
     the command line or in the configuration
  130, 143  the run was interrupted, or terminated: there is no report

examples:
  vpce-lint
      all code below the current folder
  vpce-lint infra --show undetermined
      what could not be decided in infra, and why
  vpce-lint --root envs/prod --var-file prod.tfvars
      one root module, with its variables
  vpce-lint plan.json --source envs/prod
      a plan, as terraform show -json prints it, and the code it was made from
  vpce-lint stacks --parameters prod.json
      CloudFormation templates, with values for their parameters
  vpce-lint --select VPCE001,VPCE003 --min-severity high
      two rules, of which only grave violations fail
  vpce-lint --output sarif=vpce-lint.sarif --output junit=vpce-lint.xml
      two reports for other programs besides what is printed
  vpce-lint --diff origin/main
      only what a branch brings
  vpce-lint --write-baseline known.json
      take today's answers as known; from then on, use --baseline known.json
"""

PURPOSES = {
    "paths": """\
Shows for each subnet how it reaches the AWS services that its workloads need:
through which endpoint, through NAT, or not at all. Where no workload is
visible, S3 and DynamoDB are shown.
""",
    "policy": """\
Judges one endpoint policy by what it lets through, and shows a request that
proves it. The levels, from bad to good:

  OPEN         everyone may use resources of anyone
  BROAD        everyone may use resources of anyone, with listed actions only
  RESTRICTIVE  no untrusted caller reaches an untrusted resource
  UNKNOWN      the document doesn't say: between which levels, and why

What may be asked besides broad and restrictive is full: restrictive, with
callers and resources both bounded for every request.
""",
    "rules": """\
Lists the rules: id, name, severity, and what each finds.
""",
    "explain": """\
Prints the page of a rule: what it asks, why, how to fix what it finds, and its
settings.
""",
    "new-rule": """\
Writes a rule of your own and three fixtures for it: code that fails, code that
passes, and code that leaves the answer open. It works as it is, to be changed.
""",
    "test-rules": """\
Tries the rules of a folder on the code in its folder "fixtures", where
"# expect: ID" marks the lines that a rule must find, and "# expect: ID?" those
that it must leave undetermined. Rules in Python are run.
""",
    "checkov-path": """\
Prints the folder of the plugin for checkov.
""",
    "checkov-selftest": """\
Runs the checkov that is installed beside this tool, with the plugin, on code
that breaks rules, and says whether checkov finds that.
""",
    "completion": """\
Prints a script that completes commands, options, rules and other words in your
shell. It knows the built-in rules. Print it again after an upgrade.
""",
}

NOTES = {
    "paths": """\
exit codes:
  0  everything was read
  1  something could not be read
  2  the tool could not do its work

examples:
  vpce-lint paths infra
      a table of the subnets of infra
  vpce-lint paths --root envs/prod --format json
      one root module, for programs
""",
    "policy": """\
exit codes:
  0  the policy is certainly as restrictive as asked
  1  it is not, or that can't be known
  2  the tool could not do its work

examples:
  vpce-lint policy policy.json --service s3
      what the policy of an endpoint for S3 lets through
  vpce-lint policy - --service sqs --trusted-orgs o-a1b2c3d4e5
      read from standard input; the callers of one organization are trusted
  vpce-lint policy policy.json --min-level full --format json
      as much as can be asked; printed for programs
""",
    "rules": """\
examples:
  vpce-lint rules
      the built-in rules
  vpce-lint rules --rules policies
      and those in the folder policies
""",
    "explain": """\
examples:
  vpce-lint explain VPCE003
      a rule by its id
  vpce-lint explain interface-endpoint-in-one-zone
      the same one by its name
""",
    "new-rule": """\
examples:
  vpce-lint new-rule endpoints/private-dns-off --into policies
      writes policies/endpoints/private_dns_off.py and its fixtures
  vpce-lint test-rules policies
      tries them
""",
    "test-rules": """\
exit codes:
  0  every rule answered as its fixtures expect
  1  one did not, or there are none
  2  the tool could not do its work

examples:
  vpce-lint test-rules policies
      the rules in the folder policies
""",
    "checkov-path": """\
examples:
  vpce-lint checkov-path
      for checkov -d . --external-checks-dir "$(vpce-lint checkov-path)"
""",
    "checkov-selftest": """\
exit codes:
  0  the plugin works
  1  it does not
  2  there is no checkov

examples:
  vpce-lint checkov-selftest
      after an upgrade of either
""",
    "completion": """\
to install it for yourself:
  bash  vpce-lint completion bash \\
          >~/.local/share/bash-completion/completions/vpce-lint
        or, without the package bash-completion, in ~/.bashrc:
        eval "$(vpce-lint completion bash)"
  zsh   vpce-lint completion zsh >~/.zfunc/_vpce-lint
        and in ~/.zshrc, before compinit: fpath+=~/.zfunc
  fish  vpce-lint completion fish >~/.config/fish/completions/vpce-lint.fish

examples:
  vpce-lint completion bash
      the script for bash
""",
}
