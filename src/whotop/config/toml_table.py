"""A text in TOML as a table, in bounded time and memory."""

from __future__ import annotations

import re
import tomllib

KEY_PARTS_MAX = 64
_PART = r"""(?:[\w\-]++|"[^"\n]{0,99}+"|'[^'\n]{0,99}+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w\-])(?:{_PART}\.[ \t]*+){{{KEY_PARTS_MAX}}}")


class TooMuchError(ValueError):
    """The text holds more than any configuration needs; what, is its only argument."""


def toml_table(text: str) -> dict[str, object]:
    """The table that ``text`` is. Raises tomllib.TOMLDecodeError and TooMuchError, both ValueErrors.

    tomllib keeps every beginning of a dotted key: one key of 60 KB took 14 s and 3.4 GB.
    """
    if _LONG_KEY.search(text):
        raise TooMuchError("is nested too deep")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TooMuchError("is nested too deep") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise TooMuchError("holds a number of thousands of digits") from None
