"""What is fuzzed, by name: for each reader, how an input is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from fuzzing import evil, expression, policies, seeds
from fuzzing.case import Case
from fuzzing.mutation import damage, exchange, reshape
from fuzzing.templates import as_yaml, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

IN_HCL = (*evil.WORDS, *evil.HCL, *evil.HCL)
IN_JSON = (
    *tuple(json.dumps(word, ensure_ascii=False) for word in evil.WORDS),
    "1e999",
    "NaN",
    "-",
    "tru",
    "\\",
    '"\\ud800"',
)
IN_YAML = (
    *(word for word in evil.WORDS if len(word) < 5000),
    *("&a", "*a", "<<: *a", "!Ref", "!GetAtt a.b", "!Sub", "!!python/object:os.system", "!!binary x", "!<x>", "---"),
    *("...", "%YAML 9.9", "|", ">-", "? a", "- ", ": ", "{", "[", "#", "2026-01-31", "0o17", "1:30", ".nan", "=", "\t"),
)
IN_TOML = (
    *evil.WORDS,
    "[[a]]",
    "[a.b]",
    "a = 1",
    "2026-02-31",
    "1979-05-27T07:32:00Z",
    "inf",
    '"""',
    "'''",
    "0b2",
    "a.b.c",
)
COMMENTS = (
    "vpce-lint: ignore[VPCE005] x",
    "vpce-lint: ignore[VPCE999] x",
    "vpce-lint: ignore[] x",
    "vpce-lint: ignore[VPCE005",
    "vpce-lint: ignore[VPCE005] until=2026-13-45 x",
    "vpce-lint: ignore[VPCE005] until=9999999999-01-01",
    "vpce-lint:",
    "checkov:skip=VPCE005:x",
    "checkov:skip=VPCE005,CKV_1,,:",
    "vpce_lint ignore all",
)
GENTLY = 0.5
"""The share of damages that leave most inputs valid: what is read to its end is worth more than what is refused."""
WHOLE = ("--format=json",)


def _pick(chance: Random, case: Case, endings: Sequence[str]) -> str:
    """One of the case's files to mutate."""
    fitting = [name for name in case.files if name.endswith(tuple(endings))]
    return chance.choice(fitting or sorted(case.files))


def _damaged(
    chance: Random, given: Sequence[Case], endings: Sequence[str], words: Sequence[str], arguments: tuple[str, ...] = ()
) -> Case:
    """One of the cases with a damaged file."""
    case, other = chance.choice(given), chance.choice(given)
    name = _pick(chance, case, endings)
    theirs = other.files[_pick(chance, other, endings)]
    gently = chance.random() < GENTLY
    data = exchange(chance, case.files[name], theirs) if gently else damage(chance, case.files[name], theirs, words)
    made = case.with_file(name, data)
    if len(made.files) > 1 and chance.random() < 0.03:
        made = made.without_file(chance.choice(sorted(made.files)))
    return Case(made.files, arguments or made.arguments)


def _reshaped(chance: Random, given: Sequence[Case], endings: Sequence[str], *, write: str = "") -> Case:
    """One of the cases with a changed tree; ``write`` is the ending of the file that it is written to."""
    case, other = chance.choice(given), chance.choice(given)
    name = _pick(chance, case, endings)
    tree = read_tree(case.files[name])
    tree = reshape(chance, tree, read_tree(other.files[_pick(chance, other, endings)]))
    rest = case.without_file(name) if write else case
    name = f"{name.partition('.')[0]}{write}" if write else name
    return rest.with_file(name, _written(name, tree))


def _written(name: str, tree: Any) -> bytes:
    if name.endswith((".yaml", ".yml")):
        try:
            return as_yaml(tree)
        except (yaml.YAMLError, UnicodeEncodeError):
            pass  # what YAML can't say is said in JSON, which is YAML
    return json.dumps(tree, indent=1).encode()


def terraform(chance: Random) -> Case:
    """Native syntax: files, modules, values and file templates beside them."""
    case = _damaged(chance, seeds.terraform(), (".tf", ".tofu", ".tpl"), IN_HCL)
    if chance.random() < 0.1:
        return Case({**case.files, "extra.tf": chance.choice(tuple(chance.choice(seeds.terraform()).files.values()))})
    return Case(case.files, ("paths", *WHOLE)) if chance.random() < 0.05 else case


def terraform_json(chance: Random) -> Case:
    """JSON syntax."""
    given = seeds.terraform_json()
    if chance.random() < 0.5:
        return _damaged(chance, given, (".tf.json",), (*IN_JSON, *evil.HCL))
    return _reshaped(chance, given, (".tf.json",))


def variables(chance: Random) -> Case:
    """Files of values in both syntaxes, found and named."""
    files = {"main.tf": seeds.ENDPOINTS + seeds.TYPED, "terraform.tfvars": seeds.VARIABLES}
    document = {
        "subnets": ["a"],
        "region": "eu-west-1",
        "enabled": "true",
        "zones": {"a": {"cidr": "x"}},
        "policy": "{}",
    }
    other = {**files, "terraform.tfvars.json": json.dumps(document).encode()}
    match chance.randrange(4):
        case 0:
            return _damaged(chance, [Case(files), *seeds.fixtures(".tfvars")], (".tfvars",), IN_HCL)
        case 1:
            named = ("--root=.", f"--var=region={chance.choice(evil.WORDS[:40])}", "--var-file=terraform.tfvars")
            return _damaged(
                chance, [Case(files)], (".tfvars",), IN_HCL, tuple(each.replace("\0", "") for each in named)
            )
        case 2:
            return _damaged(chance, [Case(other)], (".tfvars.json",), IN_JSON)
        case _:
            return _reshaped(chance, [Case(other), *seeds.fixtures(".tfvars.json")], (".tfvars.json",))


def expressions(chance: Random) -> Case:
    """Functions, operators and templates, with arguments of all kinds."""
    return expression.configuration(chance)


def modules(chance: Random) -> Case:
    """The index of downloaded modules, and where it leads."""
    manifest = ".terraform/modules/modules.json"
    files = {"main.tf": seeds.CALLER, manifest: seeds.MODULES}
    files |= {".terraform/modules/net/main.tf": seeds.CALLED, ".terraform/modules/net/inner/main.tf": seeds.INNER}
    case = Case(files)
    match chance.randrange(4):
        case 0:
            return _damaged(
                chance, [case], ("main.tf",), (*IN_HCL, '"./net"', '"."', '".."', '"./.terraform/modules/net"')
            )
        case 1:
            return _damaged(chance, [case], ("modules.json",), IN_JSON)
        case _:
            made = _reshaped(chance, [case], ("modules.json",))
            odd = json.dumps(
                chance.choice((".", "..", "/", "", ".terraform/modules/net/inner", "a\0b", "../secret.txt"))
            )
            data = made.files[manifest].replace(b'".terraform/modules/net"', odd.encode(), chance.randrange(2))
            return made.with_file(manifest, data)


def plan(chance: Random) -> Case:
    """What ``terraform show -json`` prints."""
    if chance.random() < 0.3:
        return _damaged(chance, seeds.plans(), ("plan.json",), IN_JSON)
    return _reshaped(chance, seeds.plans(), ("plan.json",))


def cloudformation_yaml(chance: Random) -> Case:
    """Templates in YAML."""
    given = (*seeds.templates(".yaml", ".yml"), Case({"template.yaml": seeds.PARAMETERISED}))
    if chance.random() < 0.6:
        return _damaged(chance, given, (".yaml",), IN_YAML)
    return _reshaped(chance, given, (".yaml",))


def cloudformation_json(chance: Random) -> Case:
    """Templates in JSON."""
    if chance.random() < 0.3:
        return _damaged(chance, seeds.templates(".json", ".template"), (".json", ".template"), IN_JSON)
    given = (*seeds.templates(".yaml", ".json", ".template"), Case({"template.yaml": seeds.PARAMETERISED}))
    return _reshaped(chance, given, (".json", ".yaml", ".template"), write=".json")


def sam(chance: Random) -> Case:
    """Templates of the Serverless Application Model."""
    given = [case for case in seeds.fixtures(".yaml") if any(b"Serverless" in data for data in case.files.values())]
    if chance.random() < 0.5:
        return _damaged(chance, given, (".yaml",), IN_YAML)
    return _reshaped(chance, given, (".yaml",))


def cdk(chance: Random) -> Case:
    """What the Cloud Development Kit writes."""
    given = [
        Case({f"cdk.out/{name.removeprefix('cdk.out/')}": data for name, data in case.files.items()}, ("cdk.out",))
        for case in seeds.fixtures(".json")
        if any("cdk.out" in name for name in case.files)
    ]
    endings = (chance.choice(("manifest.json", ".template.json")),)
    if chance.random() < 0.4:
        return _damaged(chance, given, endings, IN_JSON)
    return _reshaped(chance, given, endings)


def parameters(chance: Random) -> Case:
    """Files that ``--parameters`` names."""
    given = [
        Case({"template.yaml": seeds.PARAMETERISED, "values": data}, ("template.yaml", "--parameters=values"))
        for data in seeds.PARAMETERS
    ]
    if chance.random() < 0.6:
        return _damaged(chance, given, ("values",), (*IN_JSON, *IN_YAML))
    return _reshaped(chance, given, ("values",))


def policy(chance: Random) -> Case:
    """Policy documents, for the command that judges one."""
    case = chance.choice(seeds.policies())
    name = "policy.json"
    tree = policies.document(chance)
    match chance.randrange(4):
        case 0:
            data = damage(chance, json.dumps(tree).encode(), json.dumps(policies.document(chance)).encode(), IN_JSON)
        case 1:
            data = json.dumps(reshape(chance, tree, policies.document(chance))).encode()
        case _:
            data = json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return case.with_file(name, data)


def policy_in_code(chance: Random) -> Case:
    """Policy documents in code: as an object, as text with holes, and as a data source."""
    text = json.dumps(policies.document(chance)).replace("${", "$${").replace("%{", "%%{")
    tokens = text.split('"*"')
    hole = chance.choice(("${var.unset}", "${var.known}", "${aws_vpc.main.id}", "x"))
    text = f'"{hole}"'.join(tokens) if chance.random() < 0.4 else text
    written = chance.choice((f"jsonencode({text})", json.dumps(text).replace("\\\\u", "\\u"), f"<<EOT\n{text}\nEOT"))
    code = f"""variable "unset" {{}}
variable "known" {{
  default = "*"
}}
resource "aws_vpc" "main" {{}}
resource "aws_vpc_endpoint" "e" {{
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.{chance.choice(("s3", "dynamodb", "sqs", "execute-api"))}"
  policy       = {written}
}}
"""
    return Case({"main.tf": code.encode("utf-8", "surrogatepass")})


def configuration(chance: Random) -> Case:
    """The tool's own configuration: beside the code, in ``pyproject.toml``, and named."""
    files = {
        "main.tf": seeds.ENDPOINTS,
        "prod.tfvars": b'subnets = ["subnet-1", "subnet-2"]\n',
        "known.json": seeds.BASELINE,
    }
    data = exchange(chance, seeds.CONFIGURATION, seeds.CONFIGURATION)
    if chance.random() < 1 - GENTLY:
        data = damage(chance, seeds.CONFIGURATION, seeds.CONFIGURATION, IN_TOML)
    if chance.random() < 0.3:  # a few lines only, so that what is left is valid more often
        lines = seeds.CONFIGURATION.split(b"\n\n")
        data = damage(chance, chance.choice(lines), chance.choice(lines), IN_TOML)
    match chance.randrange(3):
        case 0:
            return Case({**files, "own.toml": data}, ("--config=own.toml",))
        case 1:
            return Case(
                {**files, "pyproject.toml": b"[tool.vpce-lint]\n" + data.replace(b"\n[", b"\n[tool.vpce-lint.")}
            )
        case _:
            return Case({**files, ".vpce-lint.toml": data})


def baseline(chance: Random) -> Case:
    """What was known before."""
    case = Case({"main.tf": seeds.ENDPOINTS, "known.json": seeds.BASELINE}, ("--baseline=known.json",))
    if chance.random() < 0.5:
        return _damaged(chance, [case], ("known.json",), IN_JSON)
    return _reshaped(chance, [case], ("known.json",))


def gitignore(chance: Random) -> Case:
    """Patterns of what is left out."""
    words = (*evil.WORDS, "/", "!", "**", "a/**/b", "[a-", "[!a]", "\\", "!!", "/**", "*/", "[[:alpha:]]", " ", "#")
    data = damage(chance, seeds.IGNORED, seeds.IGNORED, words)
    files = {
        ".git/HEAD": b"ref: refs/heads/main\n",
        "envs/a1/main.tf": seeds.ENDPOINTS,
        "keep/x/main.tf": seeds.ENDPOINTS,
    }
    return Case({**files, chance.choice((".gitignore", "envs/.gitignore")): data})


def directives(chance: Random) -> Case:
    """Suppressions in comments and in metadata, right and wrong."""
    kind = chance.randrange(3)
    words = (*COMMENTS, *evil.WORDS)
    if kind == 0:
        case = chance.choice(seeds.terraform())
        name = _pick(chance, case, (".tf",))
        lines = case.files[name].splitlines()
        for _ in range(chance.randrange(1, 6)):
            note = chance.choice(("# ", "// ", "/* ", "#", " * ")) + chance.choice(words) + chance.choice(("", " */"))
            lines.insert(chance.randrange(len(lines) + 1), note.encode("utf-8", "surrogatepass"))
        return case.with_file(name, b"\n".join(lines))
    case = Case({"template.yaml": seeds.PARAMETERISED})
    return _damaged(chance, [case], (".yaml",), words) if kind == 1 else _reshaped(chance, [case], (".yaml",))


def names(chance: Random) -> Case:
    """Names of files and folders that no report may stumble over."""
    case = chance.choice((*seeds.terraform(), *seeds.templates(".yaml", ".json"), *seeds.plans()))
    files = {}
    for name, data in case.files.items():
        parts = name.split("/")
        stem, dot, ending = parts[-1].partition(".")
        word = chance.choice(evil.WORDS).replace("/", "").replace("\0", "")[:60]
        odd = chance.choice((f"{word}{dot}{ending}", f"{stem}{word}{dot}{ending}", f"{stem}\udcff{dot}{ending}"))
        parts[-1] = odd
        folder = chance.choice(("", "", f"{word}x/", "a b/", "\udce9/", "-x/", "cdk.out/", "node_modules/", ".hidden/"))
        files[folder + "/".join(parts)] = data
    return Case(files)


READERS: dict[str, Callable[[Random], Case]] = {
    "terraform": terraform,
    "terraform-json": terraform_json,
    "variables": variables,
    "expressions": expressions,
    "modules": modules,
    "plan": plan,
    "cloudformation-yaml": cloudformation_yaml,
    "cloudformation-json": cloudformation_json,
    "sam": sam,
    "cdk": cdk,
    "parameters": parameters,
    "policy": policy,
    "policy-in-code": policy_in_code,
    "configuration": configuration,
    "baseline": baseline,
    "gitignore": gitignore,
    "directives": directives,
    "names": names,
}
