"""The message that Windows shows to people, read back into the values that it was made of.

Exports for people have nothing else: the event viewer's CSV, ``wevtutil /f:text``, Splunk's. It is read
where it is English: its labels stand in sections, and the same label means something else in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_LABEL = re.compile(r"([ \t]*)([A-Z][A-Za-z ]{1,40}):(.*)", re.ASCII)
_ACCOUNT = {
    "Security ID": "TargetUserSid",
    "Account Name": "TargetUserName",
    "Account Domain": "TargetDomainName",
    "Logon ID": "TargetLogonId",
    "Linked Logon ID": "TargetLinkedLogonId",
}
_TERMINAL = {
    "Account Name": "AccountName",
    "Account Domain": "AccountDomain",
    "Logon ID": "LogonID",
    "Session Name": "SessionName",
    "Client Name": "ClientName",
    "Client Address": "ClientAddress",
}
_ANYWHERE = {
    "Logon Type": "LogonType",
    "Status": "Status",
    "Sub Status": "SubStatus",
    "Workstation Name": "WorkstationName",
    "Source Network Address": "IpAddress",
    "Source Port": "IpPort",
    "Logon Process": "LogonProcessName",
    "Process Name": "ProcessName",
    "Caller Process Name": "ProcessName",
    "Session ID": "SessionId",
}
_TARGET_SECTIONS = frozenset({"New Logon", "Account For Which Logon Failed"})
_OF_THE_SUBJECT: Mapping[int, Mapping[str, str]] = {
    **dict.fromkeys((4634, 4647, 4800, 4801), _ACCOUNT),
    **dict.fromkeys((4778, 4779), _TERMINAL),
}
"""Events that are about whom others call the subject."""


def message_data(event_id: int, message: str) -> dict[str, str]:
    """The values that a message tells, by the names that they have in the event itself."""
    about = _OF_THE_SUBJECT.get(event_id)
    data: dict[str, str] = {}
    for section, label, value in _labelled(message):
        name = about.get(label) if about is not None else None
        if name is None and section in _TARGET_SECTIONS:
            name = _ACCOUNT.get(label)
        name = name or _ANYWHERE.get(label)
        if name is not None:
            data.setdefault(name, value)
    return data


def _labelled(message: str) -> Iterator[tuple[str, str, str]]:
    """Section, label and value of each line that has them; a label alone at the margin begins a section."""
    section = ""
    for line in message.splitlines():
        found = _LABEL.fullmatch(line)
        if found is None:
            continue
        indent, label, value = found[1], found[2], found[3].strip()
        if not indent and not value:
            section = label
        else:
            yield section, label, value
