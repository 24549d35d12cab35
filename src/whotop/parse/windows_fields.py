"""The names of an event's values by their place, for exports that give them without names.

``Get-WinEvent | ConvertTo-Json`` lists values only. The orders are those of the manifest of
Microsoft-Windows-Security-Auditing; later versions of an event append to earlier ones, except that
version 3 of 4624 (Windows 11) puts RemoteCredentialGuard between two of version 2.
"""

from __future__ import annotations

from collections.abc import Sequence

_SUBJECT = ("SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId")
_TARGET = ("TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId")
_LOGON_METHOD = ("LogonProcessName", "AuthenticationPackageName", "WorkstationName")
_PEER = ("ProcessId", "ProcessName", "IpAddress", "IpPort")
_LOGON = (
    *_SUBJECT,
    *_TARGET,
    "LogonType",
    *_LOGON_METHOD,
    "LogonGuid",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    *_PEER,
    "ImpersonationLevel",
    "RestrictedAdminMode",
)
_LOGON_2 = (
    "TargetOutboundUserName",
    "TargetOutboundDomainName",
    "VirtualAccount",
    "TargetLinkedLogonId",
    "ElevatedToken",
)
_LOGON_3_COUNT = 28
_TERMINAL = ("AccountName", "AccountDomain", "LogonID", "SessionName", "ClientName", "ClientAddress")
_SCREEN = (*_TARGET, "SessionId")

_NAMES: dict[int, tuple[str, ...]] = {
    4616: (*_SUBJECT, "PreviousTime", "NewTime", "ProcessId", "ProcessName"),
    4624: (*_LOGON, *_LOGON_2),
    4625: (
        *_SUBJECT,
        *_TARGET[:3],
        "Status",
        "FailureReason",
        "SubStatus",
        "LogonType",
        *_LOGON_METHOD,
        "TransmittedServices",
        "LmPackageName",
        "KeyLength",
        *_PEER,
    ),
    4634: (*_TARGET, "LogonType"),
    4647: _TARGET,
    4778: _TERMINAL,
    4779: _TERMINAL,
    4800: _SCREEN,
    4801: _SCREEN,
    1102: _SUBJECT,
    104: ("SubjectUserName", "SubjectDomainName", "Channel", "BackupPath"),
    1074: tuple(f"param{place}" for place in range(1, 8)),
}


def named(event_id: int, values: Sequence[str]) -> dict[str, str]:
    """Give values their names; those without one are called by their place, from 1."""
    names = _NAMES.get(event_id, ())
    if event_id == 4624 and len(values) >= _LOGON_3_COUNT:
        names = (*_LOGON, "RemoteCredentialGuard", *_LOGON_2)
    return {names[place] if place < len(names) else str(place + 1): value for place, value in enumerate(values[:64])}
