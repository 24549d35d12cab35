"""Where addresses are, from a database in MaxMind's format (maxmind.github.io/MaxMind-DB, version 2.0).

Of GeoLite2 City and what is built like it only ``location`` is read. Loaded where rule ``travel`` is
on: the package is an extra.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from whotop.config.places import at_home
from whotop.core.locate import Locate, nowhere
from whotop.core.rules.attack_tables import TravelTable
from whotop.errors import ConfigError

if TYPE_CHECKING:
    from maxminddb import Reader

PLACE = "rules.travel.database"
_WITHOUT_PLACES = ("ASN", "Country", "Connection-Type", "Domain", "ISP", "Anonymous")
"""Kinds of MaxMind's databases in which no address has a location."""
ADDRESSES_KEPT = 65_536


def locate_by(table: TravelTable, config_file: Path | None) -> Locate:
    """What tells where a source is; nothing does where rule ``travel`` is off everywhere.

    A relative path is taken from the configuration's folder. Raises ConfigError where the rule is on
    and there is no database that can be read.
    """
    if not table.is_on_somewhere:
        return nowhere
    file = str(config_file or "")
    if not table.database:
        mend = 'write database = "…/GeoLite2-City.mmdb"'
        raise ConfigError("it needs a database of places", file=file, place="rules.travel", mend=mend)
    if find_spec("maxminddb") is None:
        mend = "pip install 'whotop[geo]'"
        raise ConfigError("the package maxminddb is not installed", file=file, place=PLACE, mend=mend)
    folder = config_file.parent if config_file is not None else Path()
    return _locate_in(_opened(folder / at_home(table.database), file))


def _opened(database: Path, file: str) -> Reader:
    import maxminddb

    try:
        reader = maxminddb.open_database(database)
    except OSError as error:
        raise ConfigError(f"{database} cannot be read: {error.strerror or error}", file=file, place=PLACE) from None
    except (maxminddb.InvalidDatabaseError, ValueError):
        raise ConfigError(f"{database} is no database in MaxMind's format", file=file, place=PLACE) from None
    kind = reader.metadata().database_type
    if any(word in kind for word in _WITHOUT_PLACES):
        mend = "take one with cities, such as GeoLite2-City"
        raise ConfigError(f"{database} ({kind}) tells no places", file=file, place=PLACE, mend=mend)
    return reader


def _locate_in(reader: Reader) -> Locate:
    from maxminddb import InvalidDatabaseError

    from whotop.core.networks import address_of  # ipaddress takes 5 ms that most need not pay

    @lru_cache(maxsize=ADDRESSES_KEPT)
    def locate(source: str) -> tuple[float, float] | None:
        address = address_of(source)
        if address is None:
            return None
        try:
            found = reader.get(address)
        except (ValueError, InvalidDatabaseError):
            return None  # an IPv6 address in a database of IPv4, or a place in it that is damaged
        return _place(found)

    return locate


def _place(found: object) -> tuple[float, float] | None:
    location = found.get("location") if isinstance(found, dict) else None
    if not isinstance(location, dict):
        return None
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return float(latitude), float(longitude)
