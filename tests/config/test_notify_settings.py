from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.lines import with_line
from whotop.config.load import load_settings
from whotop.config.notify_settings import USUAL_PORTS
from whotop.errors import ConfigError

SMTP = '[notify.smtp]\nhost = "mail.example.org"\nsender = "whotop@example.org"\n'


def complaint(folder: Path, text: str) -> str:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    return str(with_line(caught.value)).removeprefix(f"{file}: ")


def test_a_whole_table_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = '[notify]\nremind = "4h"\ndigest_within = "2m"\n' + SMTP.replace("whotop@", "alerts@")
    text += '[[notify.mail]]\nto = "ops@example.org"\nlevel = "high"\nmachines = ["@web", "db-*"]\n'
    file.write_text(text, "utf-8")
    notify = load_settings(file).notify
    assert (notify.remind_seconds, notify.digest_within_seconds) == (14_400, 120)
    assert notify.smtp.from_address == "alerts@example.org"
    assert notify.mail[0].to == ("ops@example.org",)


def test_without_a_table_nobody_is_told() -> None:
    notify = load_settings(None).notify
    assert (notify.mail, notify.chat) == ((), ())


def test_mail_is_encrypted_unless_it_is_said_otherwise() -> None:
    smtp = load_settings(None).notify.smtp
    assert (smtp.security, USUAL_PORTS[smtp.security]) == ("starttls", 587)


def test_the_certificates_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(SMTP + 'ca_file = "own-ca.pem"\n', "utf-8")
    assert load_settings(file).notify.smtp.ca_file == str(tmp_path / "own-ca.pem")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SMTP + '[[notify.mail]]\nto = ["ops@example.org", "x@example.org\\nBcc: y@example.org"]\n',
            "line 5, notify.mail[0].to[1]: 'x@example.org\\nBcc: y@example.org' has a line break: "
            "a mail address is one line",
        ),
        (
            SMTP.replace("whotop@example.org", "whotop"),
            'line 3, notify.smtp.sender: "whotop" is no mail address: it is written "name@domain"',
        ),
        (
            '[[notify.mail]]\nto = "ops@example.org"\n',
            "line 1, notify.mail[0]: there is no mail server (name it in [notify.smtp])",
        ),
        ('[notify.smtp]\nport = 25\n', 'line 1, notify.smtp: "host" is missing'),
        (
            '[notify.smtp]\nhost = "mail.example.org"\n',
            'line 1, notify.smtp: "sender" is missing (the address that mail comes from)',
        ),
        (
            '[notify.smtp]\nhost = "mail.example.org"\nuser = "lane"\npassword_environment = "X"\n',
            'line 1, notify.smtp: "sender" is missing (the address that mail comes from)',
        ),
        (
            '[notify.smtp]\nhost = "smtp://mail.example.org"\nsender = "whotop@example.org"\n',
            "line 2, notify.smtp.host: 'smtp://mail.example.org' is no host (its name alone)",
        ),
        (
            SMTP + 'user = "lane"\n',
            "line 1, notify.smtp: user and password belong together "
            "(user with password_environment, _command or _keyring)",
        ),
        (
            SMTP + 'user = "lane"\npassword_environment = "X"\nsecurity = "none"\n',
            "line 6, notify.smtp.security: the password would travel readable "
            '(security = "starttls" or "tls")',
        ),
        (SMTP + 'password = "sesame"\n', "line 4, notify.smtp.password: secrets are never read from this file "
            "(use password_environment, password_command or password_keyring)"),
        (
            '[[notify.chat]]\nname = "pager"\n',
            "line 1, notify.chat[0]: where is its URL? (one of url, url_environment, url_command and url_keyring)",
        ),
        (
            '[[notify.chat]]\nname = "a"\nurl = "json://h"\n[[notify.chat]]\nname = "a"\nurl = "json://h"\n',
            'line 5, notify.chat[1].name: two chats are called "a"',
        ),
        (
            SMTP + '[[notify.mail]]\nto = "ops@example.org"\nlevel = "hihg"\n',
            'line 6, notify.mail[0].level: "hihg" is not possible (did you mean "high"? one of info, warn, high)',
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text) == said


def test_a_chat_without_its_package_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whotop.config.notify_settings.find_spec", lambda _name: None)
    text = '[[notify.chat]]\nname = "pager"\nurl = "ntfy://topic"\n'
    assert complaint(tmp_path, text) == (
        "line 1, notify.chat[0]: the package apprise is not installed (pip install 'whotop[chat]')"
    )
