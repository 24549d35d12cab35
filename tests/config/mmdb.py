"""Writes small databases of places in MaxMind's format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def write_mmdb(file: Path, places: Mapping[str, tuple[float, float]], kind: str = "GeoLite2-City") -> None:
    """A database in which these networks are at these places."""
    writer = MMDBWriter(ip_version=6, database_type=kind, ipv4_compatible=True, float_type="f64")
    for network, (latitude, longitude) in places.items():
        writer.insert_network(IPSet([network]), {"location": {"latitude": latitude, "longitude": longitude}})
    writer.to_db_file(str(file))
