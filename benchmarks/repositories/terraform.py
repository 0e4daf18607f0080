"""Terraform of a generated repository: what is in ``terraform/``, with names filled in.

The files there are Terraform as it stands, formatted, with ``__word__`` where something is filled in. Two of
three networks call the modules that all share, the third writes everything itself. Applications have up to
twenty-four components, so that roots have the sizes that real ones have (the quartiles of 431 roots of public
repositories are 4, 7 and 14 kB, in 4, 6 and 8 files).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.repositories.choice import number, pick
from benchmarks.repositories.network import ENVIRONMENTS, REGIONS, ZONES, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from benchmarks.repositories.network import Network

CODE = Path(__file__).parent / "terraform"

COMPONENT_COUNTS = (0, 1, 1, 1, 2, 2, 3, 3, 4, 6, 8, 11, 16, 24)
"""How many components applications have; each of these as often as the next."""

COMPONENT_NAMES = (
    "billing",
    "catalogue",
    "exports",
    "gateway",
    "images",
    "ledger",
    "notify",
    "orders",
    "reports",
    "users",
)


@cache
def code(path: str) -> str:
    """A file of ``terraform/``."""
    return (CODE / path).read_text("utf-8")


@cache
def names_in(folder: str) -> tuple[str, ...]:
    """The files of a folder of ``terraform/``."""
    return tuple(sorted(path.name for path in (CODE / folder).iterdir()))


def filled(text: str, words: Mapping[str, object]) -> str:
    """A text with every ``__word__`` replaced."""
    for word, value in words.items():
        text = text.replace(f"__{word}__", str(value))
    return text


def modules() -> dict[str, str]:
    """The modules that roots share, by path below ``modules``."""
    return {
        f"{module}/{name}": code(f"modules/{module}/{name}")
        for module in names_in("modules")
        for name in names_in(f"modules/{module}")
    }


def network_root(network: Network, path: str) -> dict[str, str]:
    """The files of a network's root module; ``path`` is where in the repository."""
    words = _words(network, path)
    files = {name: code(f"root/{name}") for name in names_in("root")}
    files |= {f"{name}.tf": code(f"network/{name}.tf") for name in ("policy", "tasks", "service")}
    if Fault.UNKNOWN_SUBNETS in network.faults:
        files["management.tf"] = code("network/management.tf")
    if calls_modules(network):
        words |= {"vpc_id": "module.network.vpc_id", "private_subnets": "module.network.private_subnet_ids"}
        files |= {name: code(f"calling/{name}") for name in names_in("calling")}
    else:
        words |= {"vpc_id": "aws_vpc.main.id", "private_subnets": "values(aws_subnet.private)[*].id"}
        files |= {f"{name}.tf": code(f"flat/{name}.tf") for name in ("network", "functions", "outputs")}
        files["endpoints.tf"] = "\n".join(_endpoints(network))
    return {name: filled(text, words) for name, text in files.items()}


def calls_modules(network: Network) -> bool:
    """Whether it calls the shared modules."""
    return network.number % 3 != 2


def application_root(name: str, team: str, path: str) -> dict[str, str]:
    """The files of the root module of an application, which has no network."""
    words: dict[str, object] = {
        "name": name,
        "team": team,
        "path": path,
        "number": number(name) % 9000 + 1000,
        "region": pick(REGIONS, name, "region"),
        "environment": pick(ENVIRONMENTS, name, "environment"),
    }
    files = {each: code(f"root/{each}") for each in names_in("root")}
    files |= {"data.tf": code("application/data.tf"), "README.md": code("application/README.md")}
    for index in range(pick(COMPONENT_COUNTS, name, "components")):
        kind = pick(names_in("components"), name, index, "kind")
        component = {
            "component": pick(COMPONENT_NAMES, name, index) + f"_{index}",
            "minutes": 5 + number(name, index) % 55,
        }
        files[kind] = (files[kind] + "\n" if kind in files else "") + filled(code(f"components/{kind}"), component)
    if "cluster.tf" in files:
        files["templates/values.yaml.tftpl"] = code("application/values.yaml.tftpl")
    return {each: filled(text, words) for each, text in files.items()}


def addresses(network: Network) -> dict[str, str]:
    """The address of each named part of a network in its root."""
    apart = calls_modules(network)
    inside = "module.network." if apart else ""
    found = {
        "endpoint service": "aws_vpc_endpoint_service.orders",
        "management endpoint": "aws_vpc_endpoint.management",
        "vpc": f"{inside}aws_vpc.{'this' if apart else 'main'}",
        "public table": f"{inside}aws_route_table.public",
        "isolated table": f"{inside}aws_route_table.isolated",
    }
    for zone, name in zip(ZONES, network.zones, strict=True):
        found[f"private table {zone}"] = f'{inside}aws_route_table.private["{name}"]'
    gateways = set(network.gateways)
    for service in (*gateways, *(each.service for each in network.interfaces)):
        kind = "gateway" if service in gateways else "interface"
        flat = f"aws_vpc_endpoint.{_label(service)}"
        found[f"endpoint {service}"] = f'module.endpoints.aws_vpc_endpoint.{kind}["{service}"]' if apart else flat
    return found


def _words(network: Network, path: str) -> dict[str, object]:
    return {
        "name": network.name,
        "team": network.team,
        "path": path,
        "number": network.number,
        "region": network.region,
        "environment": network.environment,
        "octet": network.octet,
        "zones": _listed(network.zones),
        "gateways": _listed(network.gateways),
        "interfaces": _interfaces(network),
        "principal": network.principal,
        "worker_actions": _listed(network.worker_actions),
        "migration_actions": _listed(network.migration_actions),
    }


def _listed(texts: Iterable[str]) -> str:
    return "[{}]".format(", ".join(f'"{text}"' for text in texts))


def _interfaces(network: Network) -> str:
    """What the module is told of the interface endpoints, aligned as ``terraform fmt`` aligns it."""
    keys = [f'"{each.service}"' if "." in each.service else each.service for each in network.interfaces]
    width = max(map(len, keys))
    lines = ["{"]
    for key, each in zip(keys, network.interfaces, strict=True):
        said = [
            *(["single_zone = true"] if each.single_zone else []),
            *([] if each.restrict else ["restrict = false"]),
            *([] if each.private_dns else ["private_dns = false"]),
        ]
        lines.append(f"    {key:{width}} = {{ {', '.join(said)} }}" if said else f"    {key:{width}} = {{}}")
    return "\n".join([*lines, "  }"])


def _endpoints(network: Network) -> Iterator[str]:
    """The endpoints of a network that writes them itself, each in full."""
    for service in network.gateways:
        yield filled(code("flat/gateway_endpoint.tf"), {"label": _label(service), "service": service})
    for each in network.interfaces:
        subnets = f'[aws_subnet.private["{network.zones[0]}"].id]' if each.single_zone else "__private_subnets__"
        text = code("flat/interface_endpoint.tf")
        if not each.restrict:
            text = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("policy "))
        words = {"label": _label(each.service), "service": each.service, "subnets": subnets}
        yield filled(text, words | {"private_dns": str(each.private_dns).lower()})
    yield code("flat/security_group.tf")


def _label(service: str) -> str:
    return service.replace(".", "_")
