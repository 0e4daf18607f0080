"""What is secret is in no report: declared to be sensitive, or of the shape of a key."""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path
from time import perf_counter

import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_hostile_output import planted, said

from vpce_lint.location import LONGEST_EXCERPT, locate
from vpce_lint.readers.concealment import concealed
from vpce_lint.reporters import format_names
from vpce_lint.secret import masked
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Reference, Sequence, Unknown

WORD = "swordfish"
"""Has no shape: that it is secret, only a declaration says."""
RANDOM = random.Random(7)  # noqa: S311 (nothing is kept secret with it)
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow"
    + base64.b64encode(RANDOM.randbytes(36)).decode()
    + "\n-----END RSA PRIVATE KEY-----"
)
SHAPED = {
    "access key id": ("AKIA" + "Q7Z2" * 4, "Q7Z2Q7Z2"),
    "temporary key id": ("ASIA" + "Q7Z2" * 4, "Q7Z2Q7Z2"),
    "secret access key": ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "K7MDENG"),
    "random": (base64.b64encode(RANDOM.randbytes(48)).decode(), None),
    "private key": (PEM, "MIIEow"),
    "token of GitHub": ("ghp_" + "a1B2" * 9, "a1B2a1B2"),
    "token of GitLab": ("glpat-" + "a1B2" * 5, "a1B2a1B2"),
    "token of Slack": ("xoxb-" + "1234-" * 4, "1234-1234"),
    "web token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh", "eyJzdWIi"),
    "connection": ("postgres://admin:swordfish@db.internal:5432/x", WORD),
    "connection string": ("Server=db;User Id=admin;Password=swordfish;", WORD),
    "token in a source": ("git::https://oauth2:swordfish@example.com/x.git", WORD),
    "token as a user": ("https://swordfishswordfishswordfish@example.com/x", WORD),
}
"""Each with the piece of it that must not be seen; all of it, where there is none."""


@pytest.mark.parametrize("name", SHAPED)
def test_shape_of_a_secret_is_masked(name: str) -> None:
    """Keys, tokens and passwords become asterisks, as many as there were characters; what is around them stays."""
    secret, piece = SHAPED[name]
    shown = masked(f"before {secret} behind")
    assert (piece or secret) not in shown
    assert (shown[:7], shown[-7:], len(shown)) == ("before ", " behind", len(secret) + 14)
    assert [at for at, each in enumerate(shown) if each == "\n"] == [
        at + 7 for at, each in enumerate(secret) if each == "\n"
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('password = "swordfish"', 'password = "*********"'),
        ('  DB_PASSWORD     = "sword\\"fish" # x', '  DB_PASSWORD     = "***********" # x'),
        ('"MasterUserPassword": "swordfish",', '"MasterUserPassword": "*********",'),
        ('{\\"apiKey\\": \\"swordfish\\"}', '{\\"apiKey\\": \\"************'),
        ("MasterUserPassword: swordfish", "MasterUserPassword: *********"),
        ("  - Token: 'swordfish'", "  - Token: '*********'"),
        ("secret_string = 'swordfish'", "secret_string = '*********'"),
        ("auth_token=swordfish&x=1", "auth_token=*********&x=1"),
        ('client_secret="swordfish"', 'client_secret="*********"'),
        ('access_key = "swordfish"', 'access_key = "*********"'),
    ],
)
def test_what_is_named_as_a_secret_is_masked(line: str, shown: str) -> None:
    """A literal behind a name that ends in password, secret, token or key is masked, in every syntax that we read."""
    assert masked(line) == shown


@pytest.mark.parametrize(
    "text",
    [
        "password = var.password",
        "Password: !Ref Password",
        'Password: "{{resolve:secretsmanager:db:SecretString:password}}"',
        'secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf"',
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
        "everyone may call secretsmanager:GetSecretValue on * through aws_vpc_endpoint.secretsmanager",
        '"aws:TokenIssueTime": "2020-01-01T00:00:00Z"',
        "var.token has no default (variables.tf:3)",
        "MyStackVpcPrivateSubnet1DefaultRouteAssociationE13BEDF2",
        "modules/Networking/Production/EuWest1/Endpoints/Interface2/main.tf",
        "Infrastructure/Production/EuWest1/Networking/Endpoints",
        "git::ssh://git@github.com/org/repo.git?ref=0123456789abcdef0123456789abcdef01234567",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "AROAEXAMPLEIDOFROLE12:*",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
        "http://example.com:8080/a@b",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """References, ARNs, actions, addresses, paths, digests and ids of principals are what reports are about."""
    assert masked(text) == text


@given(
    st.lists(
        st.sampled_from([*(secret for secret, _ in SHAPED.values()), "password=", '"', "'", "\\", "\n", "é", ": "])
    )
)
def test_masking_moves_nothing(parts: list[str]) -> None:
    """Whatever the text, it keeps its length and its lines, and only asterisks are new."""
    text = "".join(parts)
    shown = masked(text)
    assert len(shown) == len(text)
    assert all(new in {old, "*"} for old, new in zip(text, shown, strict=True))
    assert shown.count("\n") == text.count("\n")


NAMES = [
    *("password", "Passwd", "passphrase", "db_pwd", "client-secret", "authToken", "apiKey", "API_KEY", "access-key"),
    *("SECRETKEY", "secret_access_key", "private_key", "credentials", "Credential", "secret_string", "token-value"),
    *("password_wo", "secretPlaintext", "secretsmanager", "tokenizer"),
]


@given(
    st.lists(st.sampled_from([*NAMES, "=", ":", ": ", " = ", '"', "'", '\\"', "\n", ",", "{", "swordfish", "-", "x"]))
)
def test_a_first_look_overlooks_nothing(parts: list[str]) -> None:
    """Whether a text is looked at closely is decided by a few words in it; the same is masked where that is sure."""
    sure = "akia\n"
    text = "".join(parts)
    assert masked(sure + text) == sure + masked(text)


@pytest.mark.parametrize(
    "piece",
    ["x", "-----BEGIN ", "password=", 'password "', "://a:", "secret-", "secret  ", "eyJaaaaaaaa.", "a/", "[A: "],
)
def test_masking_takes_time_in_proportion(piece: str) -> None:
    """No text is expensive: four times as much takes at most about four times as long."""

    def seconds(count: int) -> float:
        text = piece * count
        best = float("inf")
        for _ in range(3):
            start = perf_counter()
            masked.__wrapped__(text)
            best = min(best, perf_counter() - start)
        return best

    assert seconds(40_000) < 10 * seconds(10_000) + 0.01


def test_secret_that_reaches_into_a_long_line() -> None:
    """Where a line is cut within a secret, the part that is shown is masked, too."""
    secret = base64.b64encode(RANDOM.randbytes(900)).decode()
    data = f'x = "{secret}" + MARK'.encode()
    start = data.index(b"MARK")
    place = locate(Span(Source("main.tf", data), start, start + 4))
    assert place.excerpt is not None
    assert len(place.excerpt.text) > LONGEST_EXCERPT
    assert place.excerpt.text[place.excerpt.start : place.excerpt.end] == "MARK"
    assert not set(place.excerpt.text) & set("0123456789")


@pytest.mark.parametrize("name", SHAPED)
@pytest.mark.parametrize("make", [hostile.terraform, hostile.plan, hostile.template])
def test_shaped_secrets_anywhere_in_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object, name: str
) -> None:
    """A key in a name, a value, a policy, a comment or a reason is in no format, no baseline and no table of paths."""
    secret, piece = SHAPED[name]
    in_paths = re.escape(secret.replace("/", "_")[:40])
    files = make(lambda _: secret)  # type: ignore[operator]
    files = {re.sub(in_paths, "f", path): re.sub(r"\./" + in_paths, "./f", text) for path, text in files.items()}
    monkeypatch.chdir(planted(tmp_path, files))
    for text in _everything():
        assert (piece or secret) not in text


def _everything(*arguments: str) -> list[str]:
    """All that is printed or written about the working directory, in every format."""
    formats = [f"--output={name}=../{name}.out" for name in format_names()]
    shown = ["--show", "all", "--show-suppressed", *arguments]
    found = [*said([*shown, "--write-baseline", "../known.json", *formats])[1:]]
    found += [Path(f"../{name}.out").read_text("utf-8") for name in format_names()]
    found.append(Path("../known.json").read_text("utf-8"))
    for format_ in ("text", "json"):
        found += said(["paths", "--format", format_, *arguments])[1:]
    return found


POLICY = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": WORD, "Sid": WORD}}
USES = """\
resource "aws_vpc" "main" {
  cidr_block = FROM
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = FROM
}
resource "aws_vpc_endpoint" "service" {
  vpc_id            = FROM
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.${FROM}"
  subnet_ids        = [FROM, aws_subnet.a.id]
  policy            = upper(FROM)
}
resource "aws_vpc_endpoint" "policy" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = jsonencode({ Statement = { Effect = "Allow", Principal = "*", Action = FROM, Resource = "*" } })
}
resource "aws_vpc_endpoint_service" "principals" {
  allowed_principals = [FROM, "*"]
}
resource "aws_route" "r" {
  destination_cidr_block = FROM
  route_table_id         = FROM
  nat_gateway_id         = FROM
}
"""
DECLARED = 'variable "v" {\n  sensitive = true\n  nullable = false\n'
SENSITIVE = {
    "default": {"main.tf": f'{DECLARED}  default = "{WORD}"\n}}\n' + USES.replace("FROM", "var.v")},
    "default in JSON": {
        "main.tf": USES.replace("FROM", "var.v"),
        "v.tf.json": json.dumps(
            {
                "variable": {"v": {"default": WORD, "sensitive": True}},
                "resource": {"aws_vpc_endpoint": {"j": {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_id": "vpc-1"}}},
            }
        ),
    },
    "tfvars": {"main.tf": DECLARED + "}\n" + USES.replace("FROM", "var.v"), "terraform.tfvars": f'v = "{WORD}"\n'},
    "tfvars in JSON": {
        "main.tf": DECLARED + '}\nvariable "w" {}\n' + USES.replace("FROM", "var.v").replace("aws_vpc.main.id", "var.w"),
        "x.auto.tfvars.json": json.dumps({"w": "vpc-1", "v": WORD}),
    },
    "local": {
        "main.tf": f'{DECLARED}  default = "{WORD}"\n}}\nlocals {{\n  l = "x-${{lower(var.v)}}"\n}}\n' + USES.replace("FROM", "local.l")
    },
    "function": {"main.tf": USES.replace("FROM", f'sensitive("{WORD}")')},
    "object": {
        "main.tf": f'{DECLARED}  default = {{ "{WORD}" = ["{WORD}"] }}\n}}\n' + USES.replace("FROM", 'var.v["{WORD}"][0]'.replace("{WORD}", "k"))
    },
    "output": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n' + USES.replace("FROM", "module.m.o"),
        "m/main.tf": f'output "o" {{\n  value     = "{WORD}"\n  sensitive = true\n}}\n',
    },
    "argument of a module": {
        "main.tf": f'module "m" {{\n  source = "./m"\n  v = var.v\n}}\n{DECLARED}  default = "{WORD}"\n}}\n',
        "m/main.tf": 'variable "v" {}\n' + USES.replace("FROM", "var.v"),
    },
    "variable of a module": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": f'{DECLARED}  default = "{WORD}"\n}}\n' + USES.replace("FROM", "var.v"),
    },
    "text for true": {"main.tf": DECLARED.replace("= true", '= "true"') + f'  default = "{WORD}"\n}}\n' + USES.replace("FROM", "var.v")},
    "template": {
        "t.json": json.dumps(
            {
                "Parameters": {"P": {"Type": "String", "NoEcho": True, "Default": WORD}, "L": {"Type": "CommaDelimitedList", "NoEcho": "true", "Default": WORD}},
                "Resources": {
                    "E": {
                        "Type": "AWS::EC2::VPCEndpoint",
                        "Properties": {
                            "VpcId": {"Ref": "P"},
                            "VpcEndpointType": "Interface",
                            "ServiceName": {"Fn::Sub": "com.amazonaws.eu-west-1.${P}"},
                            "SubnetIds": {"Ref": "L"},
                            "PolicyDocument": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": {"Ref": "P"}, "Resource": "*"}},
                        },
                    }
                },
            }
        )
    },
    "plan": {
        "plan.json": json.dumps(
            {
                "format_version": "1.2",
                "terraform_version": "1.9.0",
                "variables": {"v": {"value": WORD}},
                "planned_values": {
                    "root_module": {
                        "resources": [
                            {
                                "address": "aws_vpc_endpoint.a",
                                "mode": "managed",
                                "type": "aws_vpc_endpoint",
                                "name": "a",
                                "provider_name": "registry.terraform.io/hashicorp/aws",
                                "schema_version": 0,
                                "values": {"service_name": WORD, "vpc_id": WORD, "policy": json.dumps(POLICY), "subnet_ids": [WORD]},
                                "sensitive_values": {"service_name": True, "vpc_id": True, "policy": True, "subnet_ids": [True]},
                            }
                        ]
                    }
                },
                "configuration": {
                    "root_module": {
                        "variables": {"v": {"sensitive": True}},
                        "resources": [{"address": "aws_vpc_endpoint.a", "mode": "managed", "type": "aws_vpc_endpoint", "name": "a", "expressions": {}}],
                    }
                },
            }
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("way", SENSITIVE)
def test_declared_secrets_are_in_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A sensitive variable, output, parameter or value, however it comes to its value, is printed nowhere."""
    monkeypatch.chdir(planted(tmp_path, SENSITIVE[way]))
    found = _everything()
    assert any("aws_vpc_endpoint" in text or "AWS::" in text or "VPCE005" in text for text in found)
    for text in found:
        assert WORD not in text.lower()


@pytest.mark.parametrize(
    "given_by", [["--var", f"v={WORD}"], ["--var", f'v=["{WORD}"]'], ["--var-file", "../more.tfvars"]]
)
def test_secrets_from_the_command_line_are_in_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_by: list[str]
) -> None:
    """What the command line gives to a sensitive variable is printed as little."""
    (tmp_path / "more.tfvars").write_text(f'v = "{WORD}"\n', "utf-8")
    monkeypatch.chdir(planted(tmp_path, {"main.tf": DECLARED + "}\n" + USES.replace("FROM", "var.v")}))
    for text in _everything(*given_by):
        assert WORD not in text.lower()


def test_parameters_with_no_echo_are_in_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a parameter with NoEcho that a file gives."""
    (tmp_path / "p.json").write_text(json.dumps({"P": WORD, "L": WORD}), "utf-8")
    monkeypatch.chdir(planted(tmp_path, SENSITIVE["template"]))
    for text in _everything("--parameters", "../p.json"):
        assert WORD not in text.lower()


def test_who_needs_a_secret_value_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is undetermined, for the reason that nobody looks at the value, with the place of its declaration."""
    monkeypatch.chdir(planted(tmp_path, SENSITIVE["default"]))
    _, printed, _ = said(["--format", "json"])
    answers = {each["address"]: each for each in json.loads(printed)["answers"]}
    open_ = answers["aws_vpc_endpoint.service"]
    assert open_["verdict"] == "undetermined"
    assert "var.v is sensitive, so it isn't looked at (main.tf:1)" in open_["why"]


def test_concealing_keeps_what_is_no_secret() -> None:
    """References stay, and so do null and what isn't known anyway; two sensitive texts may or may not be equal."""
    vpc = Reference(name="aws_vpc.main.id", why=(Reason("applied later"),), address="aws_vpc.main", attribute="id")
    for value in (vpc, Known(None), Unknown("var.x", (Reason("open"),)), Sequence((vpc,))):
        assert concealed(value, "var.v", "it is sensitive", None) == value
    one, other = (concealed(Known(WORD), name, "it is sensitive", None) for name in ("var.a", "var.b"))
    assert one.equals(other).is_unknown
    assert one.equals(one).is_true
    assert one.is_null.is_false
    sides = concealed(Choice(condition=vpc, then=Known(WORD), otherwise=Known("x")), "var.v", "it is sensitive", None)
    assert WORD not in sides.symbol


def test_place_in_a_file_with_hidden_ranges() -> None:
    """What is hidden shows as asterisks on its lines, with characters, not bytes, counted; lines and ends stay."""
    source = Source("main.tf", 'é = "swordfish"\nb = "sword\nfish" # é\n'.encode())
    start = source.data.index(b"sword")
    source.hide(start, start + 9)
    again = source.data.index(b"sword", start + 9)
    source.hide(again, again + 10)
    assert [source.line(number) for number in (1, 2, 3)] == ['é = "*********"', 'b = "*****', '****" # é']
