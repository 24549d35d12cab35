"""Why a Windows logon failed, in words.

NTSTATUS codes of events 4625 ([MS-ERREF] 2.3.1); Kerberos' of 4768 and 4771 (RFC 4120 7.5.9).
"""

from __future__ import annotations

_WORDS = {
    0xC000005E: "no logon server",
    0xC0000064: "no such user",
    0xC000006A: "wrong password",
    0xC000006D: "wrong user or password",
    0xC000006E: "account restriction",
    0xC000006F: "outside logon hours",
    0xC0000070: "not from this workstation",
    0xC0000071: "password expired",
    0xC0000072: "account disabled",
    0xC00000DC: "server in the wrong state",
    0xC0000133: "clocks too far apart",
    0xC000015B: "logon type not granted",
    0xC000018C: "trust broken",
    0xC0000192: "netlogon not started",
    0xC0000193: "account expired",
    0xC0000224: "password must change",
    0xC0000225: "Windows error",
    0xC0000234: "account locked",
    0xC00002EE: "Windows error",
    0xC0000413: "authentication firewall",
}


def failure_words(status: int, sub_status: int) -> str:
    """Say why; the sub status is the closer one where it says anything. Either may be signed."""
    for code in (sub_status, status):
        code &= 0xFFFFFFFF
        if code in _WORDS:
            return _WORDS[code]
    code = (sub_status if sub_status > 0 else status) & 0xFFFFFFFF
    return f"status 0x{code:08x}" if 0 < code < 0xFFFFFFFF else ""


KERBEROS_GUESSES = {0x6: "no such user", 0x12: "account disabled", 0x18: "wrong password"}
"""What somebody is told who guesses; of the other codes each is a matter between programs."""
