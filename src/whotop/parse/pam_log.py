"""What PAM modules write about logins: pam_unix and those that write as it does (pam_sss, pam_winbind…).

The forms are those of Linux-PAM, modules/pam_unix (support.c, pam_unix_sess.c).
"""

from __future__ import annotations

import re
from functools import lru_cache

from whotop.parse.login_sign import CLOSED, OPENED, PAM_FAILURE, SUMMED, Sign, source_of

LOGIN_SERVICES = re.compile(
    rb"sshd|login|remote|rlogin|rsh|telnet|dropbear|cockpit|xrdp(?:-sesman)?|greetd|kscreenlocker-login|"
    rb"(?:gdm3?|lightdm|sddm|kdm|kde|xdm|lxdm|wdm|slim|ly|lemurs|plasmalogin)"
    rb"(?:-(?:password|autologin|fingerprint|smartcard|pin|np))?"
)
"""PAM services by which a person enters a machine. Not among them: su, sudo and cron, which are used by
who is there already, greeters, screen lockers, mail and file servers."""

_HEAD = re.compile(rb"pam_(\w{1,32})\(([^():\s]{1,64}):(\w{1,32})\): +")
_FILE_SERVICES = re.compile(rb"(?:vs|pro|pure-|wu-|lukem)?ftpd?")
"""Those that hand out a machine's files to whoever knows a password of its users: what fails there is guessing."""

_OPENED = re.compile(
    rb"session opened for user (.*?)(?:\(uid=\d+\))? by(?: \S*?)?\(uid=\d+\)$|session opened for user (\S+)$", re.DOTALL
)
_CLOSED = re.compile(rb"session closed for user (.*)$", re.DOTALL)
_MORE = re.compile(
    rb"(\d{1,3}) more authentication failures?; *logname=\S* uid=\d* euid=\d* tty=\S* ruser=.*? rhost=(\S*)"
    rb"(?: +user=(.*))?$",
    re.DOTALL,
)
_FAILURE = re.compile(
    rb"authentication failure; *logname=(?:\S*) uid=\d* euid=\d* tty=(\S*) ruser=(.*?) rhost=(\S*)(?: +user=(.*))?$",
    re.DOTALL,
)


@lru_cache(maxsize=1024)
def sign(message: bytes) -> Sign | None:
    """Read one message. The service is with it: whether that makes a login is another question.

    Only the name that a session begins with was checked; the name of a failure stands last in its
    line, behind the address, because whoever fails chooses it. ``detail`` is the module. The same
    messages come again and again: remembered, one costs a tenth.
    """
    head = _HEAD.match(message)
    if head is None:
        return None
    module, service, what = head.groups()
    text = message[head.end() :].rstrip().removesuffix(b" [preauth]").rstrip()
    if what == b"session":
        return _session(service, text)
    if what != b"auth":
        return None
    return _failure(module, service, text) or more(text)


def more(text: bytes) -> Sign | None:
    """Read what pam_unix says at the end: how many failures there were behind the first."""
    found = _MORE.match(text)
    if found is None:
        return None
    return Sign(SUMMED, found[3] or b"", source_of(found[2]), detail=b"password", count=int(found[1]))


@lru_cache(maxsize=256)
def is_login(service: bytes) -> bool:
    """Whether a service is one by which people log in."""
    return LOGIN_SERVICES.fullmatch(service) is not None


def _session(service: bytes, text: bytes) -> Sign | None:
    found = _OPENED.match(text)
    if found is not None:
        return Sign(OPENED, found[1] or found[2] or b"", service=service)
    found = _CLOSED.match(text)
    return None if found is None else Sign(CLOSED, found[1], service=service)


def _failure(module: bytes, service: bytes, text: bytes) -> Sign | None:
    found = _FAILURE.match(text)
    if found is None or not (is_login(service) or _FILE_SERVICES.fullmatch(service)):
        return None
    tty, remote_user, host, user = found.groups()
    is_remote = tty == b"ssh" or bool(host)
    return Sign(
        PAM_FAILURE,
        user if user is not None else remote_user,
        source_of(host),
        tty=b"" if is_remote else tty.removeprefix(b"/dev/"),
        service=service,
        detail=module,
    )
