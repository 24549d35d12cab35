"""What the tables of the configuration have in common."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65_535)]
Line = Annotated[str, Meta(min_length=1, max_length=4_096)]
KeyringPlace = Annotated[str, Meta(pattern=r"^[^/]+/.+$")]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What every table of the file is."""
