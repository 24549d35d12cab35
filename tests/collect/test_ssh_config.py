from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.collect.home import Home
from whotop.collect.route import Route, route_to
from whotop.collect.ssh_config import SshConfig, matches
from whotop.errors import ConfigError, UnreachableError
from whotop.model import Target


def route(home: Home, target: Target | str = "db-02", *, policy: str = "strict") -> Route:
    target = Target(name=target, host_key_policy=policy) if isinstance(target, str) else target
    return route_to(target, SshConfig([home.ssh / "config"]))


def test_without_a_word_in_ssh_config_ssh_defaults_hold(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    found = route(home)
    assert (found.host, found.port, found.user) == ("db-02", 22, "ada")
    assert found.known_hosts_files[0] == str(home.ssh / "known_hosts")
    assert "/etc/ssh/ssh_known_hosts" in found.known_hosts_files


def test_what_it_says_about_a_machine_is_taken(home: Home) -> None:
    home.config(
        """
        Host db-*
            HostName %h.example.org
            User ops
            Port=2222
            IdentityFile ~/.ssh/db key
            IdentityFile "~/.ssh/db key"
            IdentitiesOnly yes
            IdentityAgent /run/agent.%u
            CertificateFile ~/.ssh/cert-%n.pub
            UserKnownHostsFile ~/.ssh/known_%k /other
            GlobalKnownHostsFile none
            HostKeyAlias the-db
        """.replace("IdentityFile ~/.ssh/db key\n", "\n")
    )
    found = route(home)
    assert (found.name, found.host, found.port, found.user) == ("db-02", "db-02.example.org", 2222, "ops")
    assert found.identity_files == (str(home.ssh / "db key"),)
    assert found.identities_only
    assert found.agent_path.startswith("/run/agent.")
    assert found.certificate_files == (str(home.ssh / "cert-db-02.pub"),)
    assert found.known_hosts_files == (str(home.ssh / "known_the-db"), "/other")
    assert found.host_key_alias == "the-db"


def test_what_the_target_says_goes_before_it(home: Home) -> None:
    home.config("Host db-02\n User ops\n Port 2222\n IdentityFile /b\n ProxyJump other\n")
    target = Target(name="db-02", user="root", port=22, identity_files=("/a",), jump="bastion")
    found = route(home, target)
    assert (found.user, found.port, found.identity_files) == ("root", 22, ("/a", "/b"))
    assert [hop.host for hop in found.jumps] == ["bastion"]


def test_nothing_that_breaks_or_weakens_the_link_is_taken(home: Home) -> None:
    home.config(
        "RequestTTY force\nRemoteCommand rm -rf /\nForwardAgent yes\nSendEnv *\nSetEnv A=b\n"
        "StrictHostKeyChecking no\nUserKnownHostsFile none\nGlobalKnownHostsFile none\n"
    )
    found = route(home)
    assert found.host_key_policy == "strict"
    assert found.known_hosts_files == ()
    assert not {"tty", "command", "forward"} & set(Route.__struct_fields__)


def test_the_first_value_counts(home: Home) -> None:
    home.config("Host db-02\n Port 1\nHost *\n Port 2\n User late\n")
    assert (route(home).port, route(home).user) == (1, "late")
    assert route(home, "other").port == 2


def test_a_pattern_with_an_exclamation_mark_excludes() -> None:
    assert matches("db-02", ["db-*", "!db-01"])
    assert not matches("db-01", ["db-*", "!db-01"])
    assert not matches("db-03", ["!db-01"])


def test_included_files_are_read_where_they_are_named(home: Home) -> None:
    folder = home.ssh / "config.d"
    folder.mkdir()
    (folder / "10").write_text("Host db-02\n Port 10\n")
    (folder / "20").write_text("Host db-02\n Port 20\n User included\n")
    home.config("Include config.d/*\nHost db-02\n User main\n")
    assert (route(home).port, route(home).user) == (10, "included")


def test_an_include_under_a_host_counts_for_that_host_alone(home: Home) -> None:
    (home.ssh / "more").write_text("Port 7\n")
    home.config("Host db-02\n Include more\nHost *\n Port 9\n")
    assert (route(home).port, route(home, "web-01").port) == (7, 9)


def test_files_that_include_each_other_come_to_an_end(home: Home) -> None:
    (home.ssh / "other").write_text("Include config\n")
    home.config("Include other\n")
    assert route(home).port == 22


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ("all", True),
        ("host db-02.example.org", True),
        ("host db-02", False),
        ("originalhost db-*,!db-03", True),
        ("user ops", True),
        ("!user ops", False),
        ("user ops originalhost web", False),
        ("canonical", False),
        ("exec true", True),
        ('exec "test %n = db-02 -a %h = db-02.example.org -a %r = ops"', True),
        ("exec false", False),
        ("localuser nobody-at-all", False),
    ],
)
def test_match_conditions(home: Home, condition: str, applies: bool) -> None:
    home.config(f"Host *\n HostName %h.example.org\n User ops\nMatch {condition}\n Port 7\n")
    assert route(home).port == (7 if applies else 22)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Port\n", "line 1: port has no value"),
        ("\nMatch weather rain\n Port 1\n", "line 2: Match weather is not known"),
        ("Match host\n", "line 1: Match host has no value"),
        ('User "open\n', "line 1: a quote is not closed"),
    ],
)
def test_a_mistake_names_its_file_and_line(home: Home, text: str, complaint: str) -> None:
    home.config(text)
    with pytest.raises(ConfigError) as caught:
        route(home)
    assert str(caught.value) == f"{home.ssh / 'config'}: {complaint}"


def test_a_file_that_may_not_be_looked_for_is_named_with_the_mend(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(ConfigError, match="cannot be looked for: Permission denied"):
        SshConfig([home.ssh / "config"])


NO_HOSTS = ["-oProxyCommand=x", "a;b", "a b", "a\x1bb", "$(id)", "a`b`", " ", "a'b", 'a"b', "a\nb"]


@pytest.mark.parametrize("name", NO_HOSTS)
def test_a_name_that_a_shell_would_read_is_no_host_name(home: Home, name: str) -> None:
    with pytest.raises(UnreachableError, match="is no host name"):
        route(home, Target(name="x", host=name))


@pytest.mark.parametrize("user", ["-l", "a;b", "a\x07", "$(id)", "a`b`", "a\nb", "a|b", "a'b"])
def test_a_user_that_a_shell_would_read_is_no_user_name(home: Home, user: str) -> None:
    with pytest.raises(UnreachableError, match="is no user name"):
        route(home, Target(name="x", user=user))


def test_a_user_of_a_windows_domain_is_one_but_not_in_a_proxy_command(home: Home) -> None:
    target = Target(name="x", user="CORP\\ada")
    assert route(home, target).user == "CORP\\ada"
    home.config("ProxyCommand nc %h %p\n")
    with pytest.raises(UnreachableError, match="cannot be passed to a ProxyCommand"):
        route(home, target)


def test_a_proxy_command_keeps_its_quotes_and_gets_its_tokens(home: Home) -> None:
    home.config("""Host db-02\n ProxyCommand sh -c 'exec nc "$0" %p' %h # %% %r\n User ops\n""")
    assert route(home).proxy_command == """exec sh -c 'exec nc "$0" 22' db-02 # % ops"""


def test_a_proxy_command_of_none_is_none(home: Home) -> None:
    home.config("Host db-02\n ProxyCommand none\nHost *\n ProxyCommand nc %h %p\n")
    assert route(home).proxy_command == ""


def test_jump_hosts_are_resolved_by_ssh_config_and_come_in_order(home: Home) -> None:
    home.config("Host inner\n ProxyJump ops@outer:2022,middle\nHost middle\n HostName 10.0.0.2\n User mid\n")
    hops = route(home, "inner").jumps
    assert [hop.address.partition("@")[2] for hop in hops] == ["outer:2022", "10.0.0.2:22"]
    assert [hop.user for hop in hops] == ["ops", "mid"]


def test_a_jump_host_may_have_a_jump_host(home: Home) -> None:
    home.config("Host inner\n ProxyJump middle\nHost middle\n ProxyJump outer\n")
    assert [hop.host for hop in route(home, "inner").jumps] == ["outer", "middle"]


def test_jump_hosts_in_a_circle_are_refused(home: Home) -> None:
    home.config("Host a\n ProxyJump b\nHost b\n ProxyJump a\n")
    with pytest.raises(UnreachableError, match="in a circle"):
        route(home, "a")


def test_jump_hosts_are_under_the_policy_of_the_machine(home: Home) -> None:
    home.config("Host outer\n ProxyJump none\nHost *\n ProxyJump outer\n")
    (hop,) = route(home, "inner", policy="accept-new").jumps
    assert hop.host_key_policy == "accept-new"


COMPARED = """
Host plain
    Port 2201
Host a*  !ab
    HostName %h.internal
    User star
    IdentityFile ~/.ssh/star_%r_%n
Match host *.internal user star
    Port 2202
Host "quoted" other
    User 'some one'
    Port = 2203
Match originalhost ab,plain
    User matched
    HostKeyAlias alias-%n
Match exec "test %n = other"
    HostName ran.example.org
Include extra.conf
Host *
    User fallback
    UserKnownHostsFile /keys/a /keys/b
"""
EXTRA = """
Port 2299
Host plain
    HostName from-include
"""


@pytest.mark.parametrize("name", ["plain", "abc", "ab", "quoted", "other", "nowhere"])
def test_it_is_read_as_openssh_reads_it(home: Home, name: str) -> None:
    home.config(COMPARED)
    (home.ssh / "extra.conf").write_text(EXTRA)
    told = openssh_tells(home.ssh / "config", name)
    found = route(home, name)
    assert (found.host, str(found.port), found.user) == (told["hostname"], told["port"], told["user"])
    assert " ".join(found.known_hosts_files[:2]) == told["userknownhostsfile"]


def openssh_tells(config: Path, name: str) -> dict[str, str]:
    # OpenSSH reads an Include relative to the passwd entry's home, which cannot be moved.
    config.write_text(config.read_text().replace("Include ", f"Include {config.parent}/"))
    command = ["ssh", "-G", "-F", str(config), name]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split(" ", 1) for line in output.splitlines() if " " in line)


def test_the_address_for_people_leaves_out_the_usual_port(home: Home) -> None:
    home.config("Host db-02\n  HostName 10.0.0.2\n  User ops\nHost odd\n  HostName 10.0.0.3\n  User ops\n  Port 2222\n")
    assert route(home).short_address == "ops@10.0.0.2"
    assert route(home, "odd").short_address == "ops@10.0.0.3:2222"


def test_a_line_of_many_words_is_split_up_to_its_comment(home: Home) -> None:
    home.config("Host x\n  SendEnv " + '"a"' * 30_000 + " # and " * 10_000 + "\n")
    assert SshConfig([home.ssh / "config"]).options("x")["sendenv"] == ["a"] * 30_000
