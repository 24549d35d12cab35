from __future__ import annotations

import pytest

from whotop.config.select import select_machines
from whotop.config.settings import Defaults, Settings
from whotop.errors import UsageError
from whotop.model import Target

MACHINES = {
    "web-01": Target(name="web-01", host="10.0.0.1", port=2200, user="ops", tags=("web",)),
    "web-02": Target(name="web-02", user="ops", tags=("web", "edge")),
    "db-02": Target(name="db-02", tags=("edge",)),
}
SETTINGS = Settings(defaults=Defaults(user="ops", tags=("prod",)))


def named(*words: str) -> list[str]:
    return [target.name for target in select_machines(words, MACHINES, SETTINGS)]


def test_no_words_mean_all_that_are_configured() -> None:
    assert named() == ["web-01", "web-02", "db-02"]


def test_no_words_and_no_configuration_mean_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "mine")
    assert select_machines((), {}, Settings()) == (Target(name="mine", local=True),)


def test_a_name_is_the_configured_machine() -> None:
    assert select_machines(["web-01"], MACHINES, SETTINGS) == (MACHINES["web-01"],)


def test_user_and_port_of_the_command_line_win() -> None:
    (target,) = select_machines(["root@web-01:22"], MACHINES, SETTINGS)
    assert (target.name, target.host, target.user, target.port) == ("web-01", "10.0.0.1", "root", 22)


def test_an_unknown_name_is_an_address_with_the_defaults() -> None:
    assert select_machines(["10.0.0.9:2222"], MACHINES, SETTINGS) == (
        Target(name="10.0.0.9:2222", host="10.0.0.9", port=2222, user="ops", tags=("prod",)),
    )


def test_a_tag_a_glob_and_a_range_choose_each_machine_once() -> None:
    assert named("@edge") == ["web-02", "db-02"]
    assert named("web-*", "@edge") == ["web-01", "web-02", "db-02"]
    assert named("web-0?", "[vw]eb-02") == ["web-01", "web-02"]
    assert named("web-[01-03]") == ["web-01", "web-02", "web-03"]


def test_a_user_goes_for_all_that_a_glob_matches() -> None:
    assert {target.user for target in select_machines(["root@web-*"], MACHINES, SETTINGS)} == {"root"}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("@nope", "no machine is tagged nope; tags are edge, web"),
        ("x-*", r'no configured machine matches "x-\*"; they are web-01, web-02, db-02'),
        ("n[1-30000]", "at most 20000 are possible"),
        ("web-01:99999", "is no port"),
        ("-oProxyCommand=x", "cannot be a host"),
    ],
)
def test_a_word_that_means_nothing_says_why(word: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        named(word)


def test_one_machine_as_two_users_is_refused() -> None:
    with pytest.raises(UsageError, match='"h" is named twice, as a@h and as b@h'):
        named("a@h", "b@h")


def test_a_word_longer_than_any_machine_is_refused() -> None:
    with pytest.raises(UsageError, match="too long"):
        select_machines(["[" * 60_000], {}, Settings())
