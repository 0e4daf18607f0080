"""Type constraints of input variables and parameters, in Terraform's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from vpce_lint.value import Value

Kind = Literal["any", "string", "number", "bool", "list", "set", "map", "tuple", "object"]


class Attribute(Struct, frozen=True):
    """One attribute of an object type; ``default`` is the second argument of ``optional()``."""

    type: Type
    optional: bool = False
    default: Value | None = None


class Type(Struct, frozen=True):
    """A type constraint; ``element`` belongs to list, set and map, the rest to object and tuple."""

    kind: Kind
    element: Type | None = None
    attributes: tuple[tuple[str, Attribute], ...] = ()
    items: tuple[Type, ...] = ()

    @property
    def is_collection(self) -> bool:
        """Whether values of the type have members."""
        return self.kind in {"list", "set", "map", "tuple", "object"}

    def attribute(self, name: str) -> Attribute | None:
        """The declaration of an object's attribute, where there is one."""
        return next((attribute for key, attribute in self.attributes if key == name), None)


ANY = Type("any")
STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")
