"""The clients of the older collector's XML configuration, as they are written there.

    <clients>
      <client ip="10.0.0.1" port="22" username="ops" password="…" mail="ops@example.org">
        <alert type="memory" limit="50%"/>
        <alert type="cpu" limit="20%"/>
      </client>
    </clients>

Any number of clients and alerts; a bare ``<client>`` will do. Source: the README and ``config.xml`` of
machine_statistics_collection_system. Document types are taken, entities are not: one of ten lines can grow
to gigabytes (defusedxml). Errors name file and line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax import ContentHandler, SAXParseException
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException, EntitiesForbidden
from defusedxml.sax import parseString

from whotop.config.address import checked_host, checked_port, checked_user
from whotop.config.mail_address import checked_mail_address
from whotop.errors import ConfigError

SIZE_MAX_BYTES = 16 << 20
CHILDREN = {"": ("clients", "client"), "clients": ("client",), "client": ("alert",), "alert": ()}
"""Which elements stand in which."""
FIELDS = {"clients": (), "client": ("ip", "port", "username", "password", "mail"), "alert": ("type", "limit")}
TYPES = ("memory", "cpu")
SSH_PORT = 22
_PERCENT = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%?\s*")
_CURLY_QUOTES = (*(quote.encode() for quote in "“”„‟‘’‚‛″′"), b"\x93", b"\x94", b"\x91", b"\x92")
"""Those of UTF-8, and those of Windows' code pages."""


@dataclass(slots=True)
class Client:
    """One ``<client>``; what is not written is empty."""

    line: int
    """Where it begins in the file."""
    ip: str
    port: int = 0
    username: str = ""
    password: str = field(default="", repr=False)
    mail: str = ""
    limits: dict[str, float] = field(default_factory=dict)
    """Percent by type, ``memory`` and ``cpu``."""


def read_clients(file: Path) -> list[Client]:
    """Every client of ``file``. Raises ConfigError for the first thing that is wrong."""
    return clients_in(_read(file), file)


def clients_in(data: bytes, file: Path) -> list[Client]:
    """Every client in ``data``, which stands in ``file``. Raises ConfigError."""
    handler = _Clients()
    try:
        parseString(data, handler, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise _refused(_forbidden(error), file, handler.line) from None
    except SAXParseException as error:
        raise _unreadable(error, data, file) from None
    except (ValueError, LookupError) as error:
        raise _refused(str(error), file, handler.line) from None
    if not handler.clients:
        raise ConfigError("there is no <client> in it", file=str(file))
    return handler.clients


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(SIZE_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None
    if len(data) > SIZE_MAX_BYTES:
        raise ConfigError(f"is larger than {SIZE_MAX_BYTES >> 20} MiB", file=str(file))
    return data


class _Clients(ContentHandler):
    """Gathers clients; raises ValueError for what cannot be meant."""

    def __init__(self) -> None:
        super().__init__()
        self.clients: list[Client] = []
        self._inside = [""]
        self._place: Locator | None = None
        self._ways: dict[tuple[str, int], int] = {}

    @property
    def line(self) -> int:
        """Where the parser is."""
        return 0 if self._place is None else self._place.getLineNumber() or 0

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - called so by xml.sax
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - called so by xml.sax
        possible = CHILDREN[self._inside[-1]]
        if name not in possible:
            inside = f" in <{self._inside[-1]}>" if self._inside[-1] else ""
            raise ValueError(f"<{name}> cannot stand here{inside}{_nearest(name, possible)}")
        self._inside.append(name)
        written = {each: attrs.getValue(each) for each in attrs.getNames()}
        for each in written:
            if each not in FIELDS[name]:
                raise ValueError(f'<{name}> has no "{each}"{_nearest(each, FIELDS[name])}')
        if name == "client":
            self._client(written)
        elif name == "alert":
            self._alert(written)

    def endElement(self, name: str) -> None:  # noqa: N802 - called so by xml.sax
        self._inside.pop()

    def characters(self, content: str) -> None:
        if content.strip():
            raise ValueError(f'there is text between the elements: "{content.strip()[:40]}"')

    def _client(self, written: dict[str, str]) -> None:
        plain = {field: value.strip() for field, value in written.items() if field != "password"}
        if not plain.get("ip"):
            raise ValueError('<client> has no "ip"')
        client = Client(self.line, checked_host(plain["ip"]), password=written.get("password", ""))
        if plain.get("port"):
            client.port = checked_port(plain["port"])
        if plain.get("username"):
            client.username = checked_user(plain["username"])
        if plain.get("mail"):
            client.mail = checked_mail_address(plain["mail"])
        way = (client.ip, client.port or SSH_PORT)
        if way in self._ways:
            raise ValueError(f"{client.ip} is there already, in line {self._ways[way]}")
        self._ways[way] = client.line
        self.clients.append(client)

    def _alert(self, written: dict[str, str]) -> None:
        kind, limits = written.get("type", "").strip(), self.clients[-1].limits
        if kind not in TYPES:
            raise ValueError(f'"{kind}" is no type of alert: {" or ".join(TYPES)}')
        if kind in limits:
            raise ValueError(f"{self.clients[-1].ip} has two limits for {kind}")
        limits[kind] = _percent(written.get("limit", ""))


def _percent(limit: str) -> float:
    """A limit such as ``50%`` as a number: the older program compared texts, so that 9.5 was over 25%."""
    match = _PERCENT.fullmatch(limit)
    if match is None or float(match[1]) > 100:
        raise ValueError(f'"{limit}" is no limit: a share from 0% to 100%')
    return float(match[1])


def _nearest(word: str, possible: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(word, possible, n=1)
    if nearest:
        return f': did you mean "{nearest[0]}"?'
    return f": known are {', '.join(possible)}" if possible else ""


def _forbidden(error: DefusedXmlException) -> str:
    if isinstance(error, EntitiesForbidden):
        return f'it declares the entity "{error.name}", and entities are not taken: write its text instead'
    return "it refers to another file, and such are not read"


def _unreadable(error: SAXParseException, data: bytes, file: Path) -> ConfigError:
    number = error.getLineNumber() or 1
    lines = data.splitlines()
    line = lines[number - 1] if number <= len(lines) else b""
    if any(quote in line for quote in _CURLY_QUOTES):
        return _refused("there are curly quotes", file, number, 'write straight ones: "')
    return _refused(f"is no XML: {error.getMessage()}", file, number)


def _refused(what: str, file: Path, line: int, mend: str = "") -> ConfigError:
    return ConfigError(what, file=str(file), place=f"line {line}" if line else "", mend=mend)
