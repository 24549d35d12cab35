"""What a file of logins is: by its ending, else by how it begins; and whether it is packed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from whotop.analyse.opening import opened

PACKED_ENDINGS = frozenset((".gz", ".bz2", ".xz"))
_LOOKED_AT_BYTES = 65_536
_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"
_OTHERS = (b"BZh", b"\xfd7zX")


class Form(StrEnum):
    """How logins are written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


_BY_ENDING = {
    ".csv": Form.CSV,
    ".jsonl": Form.JSON,
    ".ndjson": Form.JSON,
    ".json": Form.JSON,
    ".parquet": Form.PARQUET,
}


class Packing(StrEnum):
    """How it is packed."""

    NONE = "none"
    GZIP = "gzip"
    """DuckDB unpacks it as well."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is."""

    form: Form
    packing: Packing


def kind_of(path: Path, name: str) -> Kind:
    """Look at a file. Raises InputError, with its ``name``, for one that cannot be read."""
    with path.open("rb") as file:
        magic = file.read(4)
    with opened(str(path), name) as unpacked:
        beginning = unpacked.beginning(_LOOKED_AT_BYTES)
    if magic == _PARQUET:
        return Kind(Form.PARQUET, Packing.NONE)
    packing = Packing.GZIP if magic.startswith(_GZIP) else Packing.OTHER if magic.startswith(_OTHERS) else Packing.NONE
    endings = [ending.lower() for ending in Path(name).suffixes]
    while endings and endings[-1] in PACKED_ENDINGS:
        endings.pop()
    form = _BY_ENDING.get(endings[-1]) if endings else None
    return Kind(form or (Form.JSON if _is_object(beginning) else Form.CSV), packing)


def _is_object(beginning: bytes) -> bool:
    try:
        return isinstance(json.loads(beginning.lstrip().partition(b"\n")[0]), dict)
    except (ValueError, RecursionError):
        return False
