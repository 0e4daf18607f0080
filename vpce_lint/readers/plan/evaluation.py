"""What the code says about values that a plan leaves open, evaluated with the plan's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.module import ModuleInstance

if TYPE_CHECKING:
    from vpce_lint.readers.plan.plan import Module, PlannedResource
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.root import Root
    from vpce_lint.value import Value


class Evaluation:
    """A root module with values for its variables; only what is asked for is evaluated."""

    def __init__(self, root: Root, folder: Folder) -> None:
        self._modules: dict[str, ModuleInstance] = {"": ModuleInstance(root, folder)}
        self._opened: set[str] = set()
        self._instances: dict[tuple[str, str, str], dict[str, Instance]] = {}

    def argument(self, resource: PlannedResource, name: str) -> Value | None:
        """An argument of a planned resource as its code gives it; ``None`` where the code has no such instance."""
        instance = self.instance(resource)
        value = instance.written(name) if instance else None
        return None if value is None or getattr(value, "invalid", False) else value

    def instance(self, resource: PlannedResource) -> Instance | None:
        """The instance of the code that a planned resource comes from."""
        module = self._module(resource.module)
        if module is None or resource.mode != "managed":
            return None
        key = (resource.module.address, resource.type, resource.name)
        if key not in self._instances:
            blocks = module.folder.declared.resources.get(key[1:], [])
            found = (instance for block in blocks[:1] for instance in module.instances("managed", block))
            self._instances[key] = {instance.address: instance for instance in found if not instance.family}
        return self._instances[key].get(resource.address)

    def _module(self, module: Module) -> ModuleInstance | None:
        parent = module.parent
        if parent is not None and module.address not in self._modules and parent.address not in self._opened:
            self._opened.add(parent.address)
            caller = self._module(parent)
            for child in caller.modules() if caller else ():
                if isinstance(child, ModuleInstance) and not child.family:
                    self._modules[child.prefix.removesuffix(".")] = child
        return self._modules.get(module.address)
