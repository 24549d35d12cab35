from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.mmdb import write_mmdb
from whotop.config import geo
from whotop.config.geo import locate_by
from whotop.core.locate import nowhere
from whotop.core.rules.attack_tables import TravelTable
from whotop.errors import ConfigError

PLACES = {"81.2.69.0/24": (51.5, -0.1), "2001:db8::/32": (52.5, 13.4)}


def test_where_the_rule_is_off_nothing_is_opened() -> None:
    assert locate_by(TravelTable(database="/nowhere"), None) is nowhere


def test_it_tells_where_an_address_is(tmp_path: Path) -> None:
    write_mmdb(tmp_path / "places.mmdb", PLACES)
    locate = locate_by(TravelTable(on=True, database="places.mmdb"), tmp_path / "config.toml")
    assert locate("81.2.69.142") == (51.5, -0.1)
    assert locate("::ffff:81.2.69.142") == (51.5, -0.1)
    assert locate("2001:db8::7") == (52.5, 13.4)
    assert [locate(source) for source in ("10.0.0.7", "web-01", "", ":0", "9.9.9.9")] == [None] * 5


def test_without_a_database_the_rule_says_what_it_needs() -> None:
    with pytest.raises(ConfigError, match="it needs a database of places"):
        locate_by(TravelTable(on=True), None)


def test_a_file_that_is_missing_or_none_of_these_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    with pytest.raises(ConfigError, match=r"places\.mmdb cannot be read: No such file or directory"):
        locate_by(TravelTable(on=True, database="places.mmdb"), config)
    (tmp_path / "places.mmdb").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConfigError, match=r"places\.mmdb is no database in MaxMind's format"):
        locate_by(TravelTable(on=True, database="places.mmdb"), config)


def test_a_database_without_places_is_refused(tmp_path: Path) -> None:
    write_mmdb(tmp_path / "asn.mmdb", {}, kind="GeoLite2-ASN")
    with pytest.raises(ConfigError, match=r"\(GeoLite2-ASN\) tells no places \(take one with cities"):
        locate_by(TravelTable(on=True, database="asn.mmdb"), tmp_path / "config.toml")


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geo, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"the package maxminddb is not installed \(pip install 'whotop\[geo\]'\)"):
        locate_by(TravelTable(on=True, database="places.mmdb"), None)
