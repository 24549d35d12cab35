from __future__ import annotations

from tests.core.rules.judged import Judged
from whotop.core.rules.account_tables import DeniedTable
from whotop.core.rules.table import Scope


def judged(**fields: object) -> Judged:
    return Judged(denied=DeniedTable(on=True, **fields))  # type: ignore[arg-type]


def test_without_lists_everybody_may_log_in_from_everywhere() -> None:
    assert not judged().login(0, "alice", "203.0.113.9")


def test_a_login_from_a_denied_network() -> None:
    book = judged(denied_networks=("203.0.113.0/24", "2001:db8::/32"))
    (alert,) = book.login(0, "alice", "203.0.113.9")
    assert alert.text == "alice logged in from 203.0.113.9: that network is denied"
    assert (alert.rule, alert.subject) == ("denied", "alice from 203.0.113.9")
    assert book.login(1, "alice", "2001:db8::7")
    assert not book.login(2, "alice", "203.0.114.9")


def test_a_login_from_outside_the_allowed_networks() -> None:
    book = judged(allowed_networks=("10.0.0.0/8",))
    (alert,) = book.login(0, "alice", "192.168.0.7")
    assert alert.text.endswith(": that network is not allowed")
    assert not book.login(1, "alice", "10.2.3.4")
    assert not book.login(2, "alice", "")
    assert not book.login(3, "alice", ":0")


def test_a_user_who_is_denied_and_one_who_is_not_allowed() -> None:
    (alert,) = judged(denied_users=("temp-*",)).login(0, "temp-07")
    assert alert.text == "temp-07 logged in from 10.0.0.7: that user is denied"
    book = judged(allowed_users=("alice", "bob"))
    assert not book.login(0, "alice")
    (alert,) = book.login(0, "mallory", "")
    assert alert.text == "mallory logged in from the console: that user is not allowed"


def test_some_machines_alone() -> None:
    vault = Scope(machines=("vault-*",), changes={"allowed_users": ("alice",)})
    book = judged(scopes=(vault,))
    assert not book.login(0, "bob", machine="web-01")
    assert not book.login(0, "alice", machine="vault-01")
    assert book.login(0, "bob", machine="vault-01")
