"""Strings in other encodings (the "Encoding Functions" pages of Terraform's documentation)."""

from __future__ import annotations

import binascii
import codecs
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.functions.function import STRING, Call, InvalidError, OpenError, exact, symbolic

if TYPE_CHECKING:
    from vpce_lint.value import Value

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

_REFUSED = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "utf-8-sig"})
"""Codecs of Python that Terraform refuses, since they are no encodings of IANA's or not in Go's ``ianaindex``."""


@exact(STRING, returns=STRING)
def base64encode(string: str) -> str:
    """The string's UTF-8 bytes in Base64."""
    return b64encode(string.encode()).decode("ascii")


@exact(STRING, returns=STRING)
def base64decode(string: str) -> str:
    """The string whose UTF-8 bytes stand in Base64."""
    try:
        return decode_base64(string).decode("utf-8")
    except UnicodeDecodeError:
        msg = "the bytes are not UTF-8"
        raise InvalidError(msg) from None


def decode_base64(string: str) -> bytes:
    """Bytes in standard Base64, of which line ends are no part."""
    try:
        return b64decode(string.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        msg = f'"{string[:40]}" is not Base64'
        raise InvalidError(msg) from None


@symbolic(STRING, returns=STRING)
def base64gzip(call: Call, _string: Value) -> Value | None:
    """A compressed string, whose bytes depend on the compressor."""
    return call.unknown_because("base64gzip() depends on Terraform's compressor", STRING)


@exact(STRING, STRING, returns=STRING)
def textencodebase64(string: str, encoding: str) -> str:
    """The string's bytes in an encoding by its IANA name, in Base64."""
    try:
        return b64encode(string.encode(_codec(encoding))).decode("ascii")
    except UnicodeError:
        msg = f"the string has characters that {encoding} lacks"
        raise InvalidError(msg) from None


@exact(STRING, STRING, returns=STRING)
def textdecodebase64(string: str, encoding: str) -> str:
    """The string whose bytes in an encoding stand in Base64."""
    try:
        return decode_base64(string).decode(_codec(encoding))
    except UnicodeError:
        msg = f"the bytes are not {encoding}"
        raise InvalidError(msg) from None


def _codec(name: str) -> str:
    """Python's codec for an IANA name; without a byte order mark, UTF-16 is big endian in Go's ``ianaindex``."""
    try:
        codec = codecs.lookup(name)
    except LookupError:
        codec = None
    except ValueError:  # the name holds a NUL
        msg = "the encoding is none"
        raise InvalidError(msg) from None
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        msg = f'knows no encoding "{name}" here'
        raise OpenError(msg)
    if codec.name in _REFUSED:
        msg = f'"{name}" is no encoding'
        raise InvalidError(msg)
    return codec.name


@exact(STRING, returns=STRING)
def urlencode(string: str) -> str:
    """The string as part of a URL's query: spaces are plus signs."""
    return "".join(
        chr(byte) if byte in _UNRESERVED else "+" if byte == 32 else f"%{byte:02X}" for byte in string.encode()
    )


@exact(STRING)
def csvdecode(string: str) -> list[dict[str, str]]:
    """The rows of a CSV text (RFC 4180) as objects whose attributes the first row names."""
    from vpce_lint.readers.terraform.functions.csv_text import rows  # noqa: PLC0415 (rare)

    return rows(string)
