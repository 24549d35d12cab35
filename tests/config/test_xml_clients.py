"""The older collector's XML, as it is written."""

from __future__ import annotations

import contextlib
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.xml_clients import Client, clients_in, read_clients
from whotop.errors import ConfigError

FULL = """<clients>
  <client ip="127.0.0.1" port="22" username="user" password="p&amp;ss &quot;word" mail="asa@asda.com">
    <alert type="memory" limit="50%" />
    <alert type="cpu" limit="20%" />
  </client>
  <client ip="web-01" />
</clients>
"""


def clients(tmp_path: Path, text: str | bytes) -> list[Client]:
    file = tmp_path / "config.xml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_clients(file)


def test_clients_and_their_alerts_are_read(tmp_path: Path) -> None:
    first, second = clients(tmp_path, FULL)
    assert first == Client(2, "127.0.0.1", 22, "user", 'p&ss "word', "asa@asda.com", {"memory": 50.0, "cpu": 20.0})
    assert second == Client(6, "web-01")


def test_a_bare_client_will_do(tmp_path: Path) -> None:
    (client,) = clients(tmp_path, '<?xml version="1.0"?>\n<client ip="::1" port="2222"/>')
    assert (client.ip, client.port, client.limits) == ("::1", 2222, {})


def test_a_limit_is_a_number(tmp_path: Path) -> None:
    (client,) = clients(tmp_path, '<client ip="a"><alert type="cpu" limit=" 9.5 "/></client>')
    assert client.limits == {"cpu": 9.5}


def test_a_password_is_not_shown_with_its_client(tmp_path: Path) -> None:
    assert "word" not in repr(clients(tmp_path, FULL)[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<client\nip=“10.0.0.1”/>", r'line 2: there are curly quotes \(write straight ones: "\)'),
        ('<clients>\n<client ip="a">\n<alert type=”cpu” limit="5%"/>', "line 3: there are curly quotes"),
        (b"<client ip=\x9310.0.0.1\x94/>", "line 1: there are curly quotes"),
        ('<!DOCTYPE c [\n<!ENTITY lol "l">\n<!ENTITY x "&lol;&lol;">]>\n<c/>', 'line 2: it declares the entity "lol"'),
        ('<!DOCTYPE c SYSTEM "http://x/">\n<c/>', "line 1: it refers to another file"),
        ('<!DOCTYPE c [\n<!ENTITY % p SYSTEM "file:///etc/passwd">]><c/>', 'line 2: it declares the entity "p"'),
        ("<clients></clients>", "there is no <client> in it"),
        ("", "line 1: is no XML: no element found"),
        ("<clients>", "line 1: is no XML: no element found"),
        ("<hosts/>", "line 1: <hosts> cannot stand here: known are clients, client"),
        (
            '<clients>\n<cleint ip="a"/></clients>',
            'line 2: <cleint> cannot stand here in <clients>: did you mean "client"',
        ),
        ('<client ip="a"><alert type="cpu" limit="1"><x/></alert></client>', "<x> cannot stand here in <alert>"),
        ('<client ip="a" user="b"/>', 'line 1: <client> has no "user": did you mean "username"?'),
        ("<client/>", '<client> has no "ip"'),
        ('<client ip="-oProxyCommand=x"/>', "cannot be a host"),
        ('<client ip="a" username="-l root"/>', "cannot be a user"),
        ('<client ip="a" port="70000"/>', '"70000" is no port'),
        ('<client ip="a" mail="a@b&#10;Bcc: c@d"/>', "line break"),
        ('<client ip="a"><alert type="disk" limit="5%"/></client>', '"disk" is no type of alert: memory or cpu'),
        ('<client ip="a"><alert type="cpu" limit="101%"/></client>', '"101%" is no limit'),
        ('<client ip="a"><alert type="cpu" limit="-1%"/></client>', '"-1%" is no limit'),
        ('<client ip="a"><alert type="cpu"/></client>', '"" is no limit'),
        (
            '<client ip="a"><alert type="cpu" limit="1"/><alert type="cpu" limit="2"/></client>',
            "a has two limits for cpu",
        ),
        ('<clients><client ip="a"/>\n<client ip="a" port="22"/></clients>', "line 2: a is there already, in line 1"),
        ('<clients><client ip="a"/><client ip="a"/></clients>', "a is there already, in line 1"),
        ("<clients>\nhello</clients>", 'line 1|2: there is text between the elements: "hello"'),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "unknown encoding: nonsense"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        clients(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'config.xml'}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.xml: cannot be read: No such file"):
        read_clients(tmp_path / "none.xml")


@given(password=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30))
def test_any_password_comes_out_as_it_was_written(password: str) -> None:
    (client,) = clients_in(f"<client ip='a' password={quoteattr(password)}/>".encode(), Path("c.xml"))
    assert client.password == password


@given(data=st.binary(max_size=300) | st.text(alphabet='<>clientsarp="/&;% !-[]\n', max_size=120).map(str.encode))
def test_nothing_but_a_configuration_error_comes_of_any_bytes(data: bytes) -> None:
    with contextlib.suppress(ConfigError):
        clients_in(data, Path("c.xml"))
