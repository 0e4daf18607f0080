"""What running the containers of a task definition takes: image layers, logs, secrets.

Sources: Amazon ECS and Amazon ECR guides, "interface VPC endpoints": Fargate tasks of platform version 1.4.0 and
later pull images, fetch secrets and send logs through the task's own network interface.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.demand.alternatives import alternatives
from vpce_lint.demand.directory import Directory, members_of
from vpce_lint.demand.need import Need, needs
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Known, Mapping, Reference, Text, Unknown, Value
from vpce_lint.workload import ImageRepository, Parameter, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.model import Network

_REGISTRY = regex(r"\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws|on\.aws)")
"""The host of a private ECR registry."""

LAYERS = "ecr.api ecr.dkr s3"
"""What an image of a private ECR repository is pulled from; S3 has its layers."""


class Containers:
    """The containers of a network's task definitions, held against its repositories, secrets and parameters."""

    def __init__(self, network: Network) -> None:
        self._repositories = Directory(network.of(ImageRepository))
        self._secrets = Directory(network.of(Secret))
        self._parameters = Directory(network.of(Parameter))

    def needs(self, containers: Value, runs: Truth, facts: Facts, unread: dict[Reason, None]) -> Iterator[Need]:
        """The needs of starting the containers; ``runs`` says whether that is done from the task's subnets."""
        if runs.is_ruled_out:
            return
        for container, there in members_of(containers, facts):
            for case, chosen in alternatives(container, facts):
                if isinstance(case, Mapping):
                    yield from self._of_container(case, runs & there & chosen, facts, unread)
                else:
                    unread.update(dict.fromkeys(case.reasons or (Reason("a container isn't an object", case.span),)))

    def _of_container(
        self, container: Mapping, truth: Truth, facts: Facts, unread: dict[Reason, None]
    ) -> Iterator[Need]:
        unread.update(dict.fromkeys(reason for run in container.runs for reason in run.reasons))
        for image, chosen in _entries(container, "image", facts):
            yield from needs(LAYERS, f"the image {image}", image.span, truth & chosen & self._is_private(image))
        for logging, chosen in _entries(container, "logConfiguration", facts):
            if not isinstance(logging, Mapping):
                unread.update(dict.fromkeys(logging.reasons))
                continue
            for driver, is_it in _entries(logging, "logDriver", facts):
                awslogs = truth & chosen & is_it & driver.is_("awslogs")
                yield from needs("logs", "the log driver awslogs", driver.span or logging.span, awslogs)
            yield from self._secrets_of(logging, "secretOptions", truth & chosen, facts)
        yield from self._secrets_of(container, "secrets", truth, facts)
        for credentials, chosen in _entries(container, "repositoryCredentials", facts):
            yield from needs("secretsmanager", "credentials of the image's registry", credentials.span, truth & chosen)
        for file, there in _list(container, "environmentFiles", facts):
            yield from needs("s3", "an environment file", file.span, truth & there)

    def _secrets_of(self, holder: Mapping, key: str, truth: Truth, facts: Facts) -> Iterator[Need]:
        for secret, there in _list(holder, key, facts):
            if not isinstance(secret, Mapping):
                continue
            for source, chosen in _entries(secret, "valueFrom", facts):
                of_manager = self._is_secret(source)
                label, span = f"a secret from {source}", source.span or secret.span
                yield from needs("secretsmanager", label, span, truth & there & chosen & of_manager)
                yield from needs("ssm", label, span, truth & there & chosen & ~of_manager)

    def _is_private(self, image: Value) -> Truth:
        """Whether an image lies in a private ECR repository."""
        if isinstance(image, Known):
            return TRUE if _REGISTRY.match(str(image)) else FALSE
        first = image.parts[0] if isinstance(image, Text) else image
        if isinstance(first, Value) and self._is_of(first, self._repositories):
            return TRUE
        if isinstance(image, Text):
            written = "".join(part if isinstance(part, str) else "\0" for part in image.parts)
            if re.search(r"\.dkr[.-]ecr(-fips)?\.", written.partition("/")[0]):
                return TRUE
            known = written.partition("\0")[0]
            if "/" in known or ":" in known:
                return TRUE if _REGISTRY.match(known) else FALSE
        return unknown(*image.reasons)

    def _is_secret(self, source: Value) -> Truth:
        """Whether a secret comes from Secrets Manager, and not from Systems Manager."""
        first = source.parts[0] if isinstance(source, Text) else source
        if isinstance(first, Value) and self._is_of(first, self._secrets):
            return TRUE
        if isinstance(first, Value) and self._is_of(first, self._parameters):
            return FALSE
        written = str(source) if isinstance(source, Known) else ""
        if isinstance(source, Text):
            written = "".join(part if isinstance(part, str) else "\0" for part in source.parts)
        if re.match(r"arn:[^:]*:secretsmanager:", written):
            return TRUE
        if re.match(r"arn:[^:]*:ssm:", written) or isinstance(source, Known) or written.startswith("/"):
            return FALSE
        return unknown(*source.reasons)

    @staticmethod
    def _is_of(value: Value, directory: Directory[ImageRepository] | Directory[Secret] | Directory[Parameter]) -> bool:
        if not isinstance(value, Reference | Unknown):
            return False
        return any(match.resource is not None for match in directory.find(value, {}))


def _entries(mapping: Mapping, key: str, facts: Facts) -> Iterable[tuple[Value, Truth]]:
    """What stands under a key, case by case; nothing where that is ``null``."""
    given = mapping.entries.get(key)
    if given is None:
        return
    for case, truth in alternatives(given, facts):
        if not case.is_null.is_true:
            yield case, truth


def _list(mapping: Mapping, key: str, facts: Facts) -> Iterator[tuple[Value, Truth]]:
    for given, chosen in _entries(mapping, key, facts):
        for member, there in members_of(given, facts):
            yield member, chosen & there
