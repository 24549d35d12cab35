"""The tables of fields in docs/configuration.md, made from the structs and the texts under their fields."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import msgspec

from whotop.config.durations import format_duration
from whotop.config.notify_settings import ChatTable, MailTable, NotifyTable, SmtpTable
from whotop.config.settings import AlertsTable, Defaults, KeepTable, MachineTable, ReportTable, Settings, StoreTable
from whotop.config.usage_settings import UsageTable
from whotop.config.web_settings import WebTable

TABLES: dict[str, type[msgspec.Struct]] = {
    struct.__name__: struct
    for struct in (
        *(Settings, MachineTable, Defaults, StoreTable, KeepTable, ReportTable, AlertsTable),
        *(NotifyTable, SmtpTable, MailTable, ChatTable),
        *(WebTable, UsageTable),
    )
}

_MARKED = re.compile(r"(<!-- fields of (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def with_current_tables(page: str) -> str:
    """``page`` with what stands between ``<!-- fields of X -->`` and ``<!-- end -->`` made anew."""
    return _MARKED.sub(lambda match: match[1] + field_table(TABLES[match[2]]) + match[3], page)


def field_table(struct: type[msgspec.Struct]) -> str:
    """The fields of ``struct`` as a Markdown table: name as written, default, meaning."""
    texts = _texts(struct)
    rows = [f"| `{_written(field)}` | {_default(field)} | {texts.get(field.name, '')} |" for field in _fields(struct)]
    return "\n".join(["| field | default | |", "|---|---|---|", *rows])


def _fields(struct: type[msgspec.Struct]) -> Iterator[msgspec.structs.FieldInfo]:
    """Those that the struct adds come first, then what it inherits."""
    own = struct.__annotations__
    fields = msgspec.structs.fields(struct)
    yield from (field for field in fields if field.name in own)
    yield from (field for field in fields if field.name not in own)


def _written(field: msgspec.structs.FieldInfo) -> str:
    return field.name.removesuffix("_seconds")


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "needed"
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if default is None or isinstance(default, msgspec.Struct) or default in ("", (), {}):
        return ""
    if field.name.endswith("start_seconds"):
        return "1970-01-01T00:00:00Z"
    if field.name.endswith("_seconds"):
        return f'`"{format_duration(default)}"`'
    return f"`{msgspec.json.encode(default).decode()}`"


def _texts(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The string under each field, which Python itself does not keep."""
    texts: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        if not issubclass(each, msgspec.Struct) or each is msgspec.Struct:
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        assert isinstance(definition, ast.ClassDef)
        for field, text in zip(definition.body, definition.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                assert isinstance(field.target, ast.Name)
                texts[field.target.id] = " ".join(str(text.value.value).split())
    return texts
