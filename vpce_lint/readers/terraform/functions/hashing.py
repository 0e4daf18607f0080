"""Hashes of strings and files, and what is made of them (Terraform's "Hash and Crypto Functions" pages)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.functions.function import (
    NUMBER,
    STRING,
    Call,
    InvalidError,
    exact,
    string_of,
    symbolic,
)
from vpce_lint.value import Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    Digest = Callable[[bytes], bytes]

_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _of_string(digest: Digest, write: Callable[[bytes], str]) -> Callable[[str], str]:
    return lambda string: write(digest(string.encode("utf-8", "surrogatepass")))


def _of_file(digest: Digest, write: Callable[[bytes], str]) -> Callable[[Call, Value], Value | None]:
    def apply(call: Call, path: Value) -> Value | None:
        known = string_of(path)
        if known is None:
            return None
        data = call.context.read(known)
        return data if isinstance(data, Unknown) else Known(write(digest(data)), span=call.context.span)

    return apply


md5 = exact(STRING, returns=STRING)(_of_string(_md5, bytes.hex))
sha1 = exact(STRING, returns=STRING)(_of_string(_sha1, bytes.hex))
sha256 = exact(STRING, returns=STRING)(_of_string(_sha256, bytes.hex))
sha512 = exact(STRING, returns=STRING)(_of_string(_sha512, bytes.hex))
base64sha256 = exact(STRING, returns=STRING)(_of_string(_sha256, _base64))
base64sha512 = exact(STRING, returns=STRING)(_of_string(_sha512, _base64))

filemd5 = symbolic(STRING, returns=STRING)(_of_file(_md5, bytes.hex))
filesha1 = symbolic(STRING, returns=STRING)(_of_file(_sha1, bytes.hex))
filesha256 = symbolic(STRING, returns=STRING)(_of_file(_sha256, bytes.hex))
filesha512 = symbolic(STRING, returns=STRING)(_of_file(_sha512, bytes.hex))
filebase64sha256 = symbolic(STRING, returns=STRING)(_of_file(_sha256, _base64))
filebase64sha512 = symbolic(STRING, returns=STRING)(_of_file(_sha512, _base64))


@exact(STRING, STRING, returns=STRING)
def uuidv5(namespace: str, name: str) -> str:
    """The UUID of a name in a namespace."""
    from uuid import UUID, uuid5  # noqa: PLC0415 (rare)

    try:
        space = UUID(_NAMESPACES.get(namespace, namespace))
    except ValueError:
        msg = f'"{namespace}" is neither a UUID nor one of {", ".join(_NAMESPACES)}'
        raise InvalidError(msg) from None
    return str(uuid5(space, name))


@symbolic(STRING, variadic=NUMBER, returns=STRING)
def bcrypt(call: Call, _string: Value, *_cost: Value) -> Value | None:
    """A salted hash, which differs from run to run."""
    return call.unknown_because("bcrypt() gives another result each time", STRING)


@symbolic(STRING, STRING, returns=STRING)
def rsadecrypt(call: Call, *_arguments: Value) -> Value | None:
    """A decrypted text, which isn't worked out."""
    return call.unknown_because("rsadecrypt() is not worked out", STRING)


@symbolic(returns=STRING)
def uuid(call: Call) -> Value | None:
    """A UUID, which differs from run to run."""
    return call.unknown_because("uuid() gives another result each time", STRING)
