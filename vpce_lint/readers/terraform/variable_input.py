"""Values given to a root module's variables from outside (documentation page "Input Variables")."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vpce_lint.readers.request import RequestError
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.declarations import Fault
from vpce_lint.readers.terraform.detached import Alone, Detached
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.source import Source
from vpce_lint.value import Known, Value

if TYPE_CHECKING:
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.boundary import Boundary


def found_files(folder: str, boundary: Boundary) -> list[str]:
    """The variable files that Terraform reads by itself, in rising precedence."""
    try:
        names = set(boundary.names(folder))
    except OSError:
        return []
    plain = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    automatic = sorted(name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [os.path.join(folder, name) for name in (*plain, *automatic)]  # noqa: PTH118


def automatic_values(folder: str, boundary: Boundary) -> tuple[dict[str, Value], list[str], list[Fault]]:
    """The values of the variable files beside a root module, the files read, and what was wrong with them."""
    values: dict[str, Value] = {}
    files: list[str] = []
    faults: list[Fault] = []
    for path in found_files(folder, boundary):
        source = boundary.read(path)
        if isinstance(source, Unreadable):
            faults.append(Fault(source.words, boundary.shown(path), whole=True, limit=source.limit, data=source.data))
            continue
        files.append(path)
        file = _parse(source)
        if file.problems:
            problem = file.problems[0]
            faults.append(Fault(problem.message, source.path, problem.span, whole=True, data=source.data))
        else:
            values.update(_values(file))
    return values, files, faults


def named_values(request: Request) -> dict[str, Value]:
    """The values of ``--var-file`` and ``--var`` arguments; files count from the working directory.

    Raises ``RequestError`` where a file can't be read or parsed.
    """
    values: dict[str, Value] = {}
    for path in request.variable_files:
        try:
            data = request.disk.data(str(path))
            data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            words = error.strerror if isinstance(error, OSError) else "it is not valid UTF-8"
            msg = f"variable file {path}: {words}"
            raise RequestError(msg) from error
        file = _parse(Source(str(path), data))
        if file.problems:
            msg = f"variable file {path}:{file.problems[0].span.line}: {file.problems[0].message}"
            raise RequestError(msg)
        values.update(_values(file))
    for name, written in request.variables:
        values[name] = _argument(name, written)
    return values


def _argument(name: str, written: str) -> Value:
    """A ``--var`` value: a string, or an expression where it begins like a collection.

    Terraform decides by the variable's type; a string converts to number or bool where that is asked for.
    """
    if written.lstrip()[:1] in {"[", "{"}:
        source = Source(f"--var {name}", f"{name} = {written}\n".encode())
        file = _parse(source)
        if file.problems:
            msg = f"--var {name}: {file.problems[0].message}"
            raise RequestError(msg)
        return _values(file)[name]
    return Known(None if written == "null" else written)


def _parse(source: Source) -> ast.File:
    if source.path.endswith(".json"):
        from vpce_lint.readers.terraform.json_syntax import parse_json  # noqa: PLC0415 (JSON syntax is rare)

        return parse_json(source)
    from vpce_lint.readers.terraform.syntax import parse  # noqa: PLC0415 (as above)

    return parse(source)


def _values(file: ast.File) -> dict[str, Value]:
    frame = Frame(Detached("a variable file", Alone))
    return {name: evaluate(attribute.expression, frame) for name, attribute in file.body.attributes.items()}
