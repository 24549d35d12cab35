from __future__ import annotations

import pytest

from whotop.core.rules.login_tables import FailedTable
from whotop.core.rules.machine_tables import CpuTable
from whotop.core.rules.scoped import Scoped
from whotop.core.rules.table import Scope

TAGS = {"web-01": ("prod",)}


def test_without_scopes_the_table_holds_everywhere() -> None:
    table = CpuTable()
    assert Scoped(table, TAGS).at("web-01") is table


@pytest.mark.parametrize(
    ("machines", "machine", "fits"),
    [
        (("web-01",), "web-01", True),
        (("web-*",), "web-77", True),
        (("db-*", "web-*"), "web-77", True),
        (("@prod",), "web-01", True),
        (("@prod",), "web-02", False),
        (("WEB-*",), "web-01", False),
        (("web-01",), "", False),
    ],
)
def test_a_scope_names_machines_by_name_glob_or_tag(machines: tuple[str, ...], machine: str, fits: bool) -> None:
    scoped = Scoped(CpuTable(scopes=(Scope(machines=machines, changes={"percent": 50.0}),)), TAGS)
    assert scoped.at(machine).percent == (50.0 if fits else 90.0)


@pytest.mark.parametrize(
    ("user", "source", "fits"),
    [
        ("probe", "10.0.9.3", True),
        ("probe-2", "10.0.9.3", True),
        ("probe", "::ffff:10.0.9.3", True),
        ("CORP\\Probe", "10.0.9.3", True),
        ("root", "10.0.9.3", False),
        ("probe", "10.0.8.3", False),
        ("probe", "", False),
    ],
)
def test_all_that_a_scope_names_must_fit(user: str, source: str, fits: bool) -> None:
    scope = Scope(users=("probe*",), sources=("10.0.9.0/24", "ci.example.com"), changes={"on": False})
    scoped = Scoped(FailedTable(scopes=(scope,)), TAGS)
    assert scoped.at("web-01", user, source).on is not fits


def test_the_last_scope_that_fits_wins_field_by_field() -> None:
    scopes = (
        Scope(machines=("web-*",), changes={"percent": 50.0, "for_seconds": 0.0}),
        Scope(machines=("web-01",), changes={"percent": 60.0}),
    )
    scoped = Scoped(CpuTable(scopes=scopes), TAGS)
    assert (scoped.at("web-01").percent, scoped.at("web-01").for_seconds) == (60.0, 0.0)
    assert scoped.at("web-02").percent == 50.0
    assert scoped.at("web-02") is scoped.at("web-03")


def test_a_machine_may_get_another_tag() -> None:
    tags: dict[str, tuple[str, ...]] = {}
    scoped = Scoped(CpuTable(scopes=(Scope(machines=("@batch",), changes={"on": False}),)), tags)
    assert scoped.at("build-1").on
    tags["build-1"] = ("batch",)
    scoped.forget("build-1")
    assert not scoped.at("build-1").on
