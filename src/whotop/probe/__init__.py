"""What runs on a machine, as text: whotop sends it there, and never runs it itself.

The Linux probe is written in small files that import each other, so that the checks see a package;
``source`` joins them into the one text that the machine's Python executes. Nothing is written to
its disk (docs/protocol.md, "Starting").
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources

NO_PYTHON_STATUS = 127
"""The loader's exit status on a machine without Python 3."""
OLD_PYTHON_STATUS = 126
"""That of the probe under a Python older than 3.6."""
NO_SUDO_STATUS = 125
"""That of ``through_sudo`` on a machine without sudo."""
UPLOADED_NAME, MARKER_NAME, FOLDER_PREFIX = "probe", "marker", "whotop."
"""Of an uploaded source, of what says whose its folder is, and of the folder."""
NO_UPLOAD_STATUS = 124
"""That of an uploaded probe that could not be put, or was not found, in a private folder."""

LOADER = (
    "exec sh -c '"
    "for p in python3 /usr/libexec/platform-python; do "
    "command -v $p >/dev/null 2>&1 && exec $p -I -S -B -c "
    '"import io,sys,zlib;b=io.BufferedReader(io.FileIO(0,closefd=False),1);n=int(b.readline());'
    's=zlib.decompress(b.read(n));list(map(exec,s.split(bytes([12]))))"; '
    "done; "
    "echo no Python 3.6 or later >&2; exit 127'"
)
"""The one command that whotop runs on a machine, from whatever login shell its user has.

It reads a decimal length and a newline, then that many bytes, its source compressed, and becomes
it: no shell remains. It reads not one byte further, because the ``start`` frame comes right behind.
The source's files are compiled one after the other: all at once take 3 MB more, which Python never
gives back. The source finds itself under the name ``s``: its digest goes into the keys that seal
its frames.
"""

_AS_A_SHELL = "exec sh -c "
_BY_SUDO = (
    'command -v sudo >/dev/null 2>&1 || { echo sudo: command not found >&2; exit 125; }; exec sudo -n /bin/sh -c "$0"'
)


def through_sudo(loader: str) -> str:
    """The same loader, run by root; never with a password, because ``sudo -n`` asks for none.

    What sudo runs is ``/bin/sh``, for the rule of sudoers that allows it to name.
    """
    return f"{_AS_A_SHELL}'{_BY_SUDO}' {loader.removeprefix(_AS_A_SHELL)}"


PARTS = (
    "requirement",
    "files",
    "limits",
    "digest",
    "x25519",
    "chacha20",
    "poly1305",
    "chacha20_poly1305",
    "hmac_sha256",
    "hpke",
    "sealing",
    "frames",
    "process_table",
    "terminals",
    "logind",
    "login_process",
    "proc_sessions",
    "sessions",
    "source",
    "framing",
    "record_file",
    "compressed",
    "rotation",
    "records",
    "marked_source",
    "journalctl",
    "journal",
    "database",
    "varlink",
    "wtmpdb_tables",
    "wtmpdb",
    "lastlog",
    "disks",
    "figures",
    "origins",
    "sources",
    "hello",
    "loop",
)
"""The probe's files in the order in which they are joined."""

_BETWEEN_FILES = "\f"
_OWN_IMPORT = re.compile(r"^from whotop\.probe\.linux\.\w+ import (\([^)]*\)|.*)\n", re.MULTILINE)


@cache
def source() -> bytes:
    """Join the Linux probe into one text; executing it runs the probe on file descriptors 0 and 1."""
    folder = resources.files("whotop.probe") / "linux"
    parts = [_OWN_IMPORT.sub("", (folder / f"{part}.py").read_text("utf-8")) for part in PARTS]
    return _BETWEEN_FILES.join([*parts, "s = sha256(s).digest()\nsys.exit(run_probe(0, 1, s))\n"]).encode()


@cache
def source_digest() -> bytes:
    """SHA-256 of ``source()``."""
    return sha256(source()).digest()


@cache
def opening() -> bytes:
    """What the loader is sent: the source, compressed to less than a third, behind its length."""
    return _packed(source())


def _packed(text: bytes) -> bytes:
    packed = zlib.compress(text, 9)
    return b"%d\n" % len(packed) + packed


def upload_opening(folder: str = "") -> bytes:
    """What the loader is sent where the source is to lie in a file, for a moment, before it is run.

    In ``folder`` it lies already, under the name ``UPLOADED_NAME``; if that is empty it follows
    here and the machine makes a folder for it.
    """
    running = f"s = receive(b)\nlist(map(exec, s.split({_BETWEEN_FILES.encode()!r})))\n"
    receiver = (resources.files("whotop.probe") / "uploaded.py").read_text("utf-8") + running
    told = f"{folder or '-'} {source_digest().hex()} {len(source())}\n"
    return _packed(receiver.encode()) + told.encode("ascii") + (b"" if folder else source())


POSIX_LOADER = (
    _AS_A_SHELL + "'LC_ALL=C; export LC_ALL; s=sh; "
    "echo | (read -r -t 1 x) 2>/dev/null || s=$(command -v bash || echo sh); "
    'exec $s -c "read -r n && eval \\"\\$(dd bs=1 count=\\$n 2>/dev/null)\\""\''
)
"""The one command where there is no Python: reads a decimal length and a newline, then that many
bytes of source, and runs them in the same shell. Lines follow (``wire.lines``), not frames.

A dash cannot wait for a line and for a moment at once; where there is a bash as well, it costs less.
"""

POSIX_PARTS = (
    "clock",
    "base64",
    "frames",
    "digest",
    "terminals",
    "processes",
    "sessions",
    "records",
    "disks",
    "figures",
    "hello",
    "loop",
)
"""The shell probe's files in the order in which they are joined."""

_SHELL_COMMENT = re.compile(r"^ *#.*\n|^ +|^\n", re.MULTILINE)


@cache
def posix_source() -> bytes:
    """Join the shell's probe into one text, without comments and indentation: the loader reads it byte by byte."""
    folder = resources.files("whotop.probe") / "posix"
    parts = [(folder / f"{part}.sh").read_text("utf-8") for part in POSIX_PARTS]
    return _SHELL_COMMENT.sub("", "".join(parts)).encode("ascii")


_WINDOWS_BOOTSTRAP = (
    "$ProgressPreference='SilentlyContinue';$s=[Console]::OpenStandardInput();$n='';"
    "while(($b=$s.ReadByte()) -gt 10){$n+=[char]$b};$t=New-Object byte[] ([int]$n);$i=0;"
    "while($i -lt $t.Length){$r=$s.Read($t,$i,$t.Length-$i);if($r -le 0){exit 1};$i+=$r};"
    "iex ([Text.Encoding]::UTF8.GetString($t))"
)

WINDOWS_LOADER = (
    "powershell.exe -NoLogo -NoProfile -NonInteractive -InputFormat None -OutputFormat Text -ExecutionPolicy Bypass "
    "-EncodedCommand " + b64encode(_WINDOWS_BOOTSTRAP.encode("utf-16-le")).decode("ascii")
)
"""The one command on Windows, the same for cmd.exe and PowerShell as login shell; the source follows as for ``LOADER``.

PowerShell itself reads standard input for a script that uses ``$input`` (this one does not), unless ``-InputFormat
None`` forbids it; without ``-OutputFormat Text`` it would write errors as XML.
"""

WINDOWS_PARTS = (
    "json",
    "clock",
    "zlib",
    "frames",
    "terminal_sessions",
    "process_tokens",
    "logon_sessions",
    "figures",
    "event_log_api",
    "event_line",
    "event_log",
    "hello",
    "probe",
)
"""The files of the Windows probe in the order in which they are joined."""

_WINDOWS_NAMESPACES = (
    "System",
    "System.Collections.Generic",
    "System.ComponentModel",
    "System.Diagnostics",
    "System.Globalization",
    "System.IO",
    "System.IO.Compression",
    "System.Runtime.InteropServices",
    "System.Runtime.Serialization.Json",
    "System.Security.Principal",
    "System.Text",
    "System.Text.RegularExpressions",
    "System.Threading",
    "System.Xml",
    "Microsoft.Win32",
)
_CSHARP_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


def windows_code() -> str:
    """Join the C# of the Windows probe into one text, without its comments."""
    folder = resources.files("whotop.probe") / "windows"
    parts = [(folder / f"{part}.cs").read_text("utf-8") for part in WINDOWS_PARTS]
    usings = "".join(f"using {name};\n" for name in _WINDOWS_NAMESPACES)
    return f"{usings}namespace Whotop {{\n{_CSHARP_COMMENT.sub('', ''.join(parts))}}}"


@cache
def windows_source() -> bytes:
    """Put the C# into the script that compiles it."""
    script = (resources.files("whotop.probe") / "windows.ps1").read_text("utf-8")
    return script.replace("#code#", windows_code()).encode()
