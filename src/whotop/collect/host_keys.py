"""Host keys: which of them are trusted, decided by our own look-up.

The rules are OpenSSH's, without its question:

- a key that is recorded for the name is trusted, a revoked one never;
- a name with other keys on record has *changed* and is refused under every policy, also when the
  keys on record are of another algorithm;
- a name without any is *unknown*: refused under ``strict``, recorded under ``accept-new``;
- a certificate is trusted if an authority that known_hosts names for the machine has signed it.

asyncssh asks ``validate_host_public_key`` for unknown and for changed keys alike, and knows only
the algorithms on record, so that a changed one could end as "no common algorithm". Here the
recorded ones come first, and all the others are offered behind them.
"""

from __future__ import annotations

import base64
import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

from whotop.collect.known_hosts import AUTHORITY, REVOKED, KnownHosts, KnownKey, name_of
from whotop.collect.route import ACCEPT_NEW, GLOBAL_KNOWN_HOSTS, Route
from whotop.errors import HostKeyError

_PLAIN_ALGORITHMS = tuple(name.decode() for name in get_default_public_key_algs())
_CERTIFICATE_ALGORITHMS = tuple(name.decode() for name in get_default_certificate_algs())
_RSA_ALGORITHMS = ("rsa-sha2-256", "rsa-sha2-512")
_TRUST = '--accept-new, or host_keys = "accept-new"'


class HostKeys:
    """All known_hosts files that are in use, each read once and again when it has changed."""

    def __init__(self, own_file: Path) -> None:
        self._own_file = own_file
        self._files: dict[Path, tuple[tuple[int, int], KnownHosts]] = {}

    def expected(self, route: Route) -> ExpectedKeys:
        """What is on record for the machine that ``route`` leads to."""
        paths = dict.fromkeys((*map(Path, route.known_hosts_files), self._own_file))
        files = tuple(self._file(path) for path in paths)
        return ExpectedKeys(route, files, self)

    def record(self, name: str, key: asyncssh.SSHKey) -> None:
        """Write an accepted key into whotop's own file, readable by its owner alone.

        One append of one line: two whotops that record at once lose nothing of each other.
        Raises OSError when it cannot be written.
        """
        algorithm, data = key.export_public_key().decode().split()[:2]
        known = self._file(self._own_file)
        self._own_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._own_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, f"{name} {algorithm} {data}\n".encode())
        finally:
            os.close(descriptor)
        known.remember(name, KnownKey("", algorithm, data, str(self._own_file)))
        self._files[self._own_file] = (_version(self._own_file), known)

    def _file(self, path: Path) -> KnownHosts:
        version = _version(path)
        kept = self._files.get(path)
        if kept is None or kept[0] != version:
            kept = self._files[path] = (version, KnownHosts.read(path))
        return kept[1]


def _version(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


@dataclass(frozen=True, slots=True)
class ExpectedKeys:
    """What is on record for one machine, and the judgement on what it presents."""

    route: Route
    files: tuple[KnownHosts, ...]
    host_keys: HostKeys

    @property
    def name(self) -> str:
        """The name under which the machine's key is recorded."""
        if self.route.host_key_alias:
            return self.route.host_key_alias.lower()
        return name_of(self.route.host, self.route.port)

    def algorithms(self) -> list[str]:
        """Host key algorithms to offer, those on record first."""
        found = self._keys(self.name) or self._keys(self._portless_name)
        recorded: list[str] = []
        for key in found:
            recorded += _RSA_ALGORITHMS if key.algorithm == "ssh-rsa" else (key.algorithm,)
        offered = [name for name in recorded if name in _PLAIN_ALGORITHMS]
        has_authority = any(key.marker == AUTHORITY for key in found)
        return list(dict.fromkeys([*(_CERTIFICATE_ALGORITHMS if has_authority else ()), *offered, *_PLAIN_ALGORITHMS]))

    def trust(self) -> tuple[list[asyncssh.SSHKey], list[asyncssh.SSHKey], list[asyncssh.SSHKey]]:
        """For asyncssh: no plain key (``check`` judges those), the authorities, the revoked keys."""
        found = self._marked()
        return [], _imported(found, AUTHORITY), _imported(found, REVOKED)

    def check(self, key: asyncssh.SSHKey, address: str) -> None:
        """Accept the plain key that the machine presented, or raise HostKeyError."""
        data = base64.b64encode(key.public_data).decode()
        if any(one.marker == REVOKED and one.data == data for one in self._marked()):
            raise HostKeyError(f"its host key is revoked ({_fingerprint(key)})", changed=True)
        if _holds(self._keys(self.name), data):
            return
        known = self._all_keys(self.name)
        if _holds(known, data) or _holds(self._all_keys(self._portless_name), data):
            return
        plain = [recorded for recorded in known if not recorded.marker]
        if plain:
            raise HostKeyError(
                f"HOST KEY CHANGED: it presents {_fingerprint(key)}, not the key of {plain[0].place}", changed=True
            )
        self._check_unknown(key, data, address, has_authority=any(one.marker == AUTHORITY for one in known))

    def _check_unknown(self, key: asyncssh.SSHKey, data: str, address: str, *, has_authority: bool) -> None:
        if self.route.host_key_policy != ACCEPT_NEW or has_authority:
            raise HostKeyError(f"its host key is unknown ({_fingerprint(key)}); {self._mend(has_authority)}")
        at_address = self._all_keys(name_of(address, self.route.port)) if address else []
        if at_address and not any(recorded.data == data for recorded in at_address):
            raise HostKeyError(
                f"HOST KEY CHANGED: its address {address} has another key in {at_address[0].place}", changed=True
            )
        try:
            self.host_keys.record(self.name, key)
        except OSError as error:
            raise HostKeyError(f"its new host key cannot be recorded: {error.strerror}: {error.filename}") from None

    def _mend(self, has_authority: bool) -> str:
        route = self.route
        if has_authority:
            return "known_hosts asks for a certificate, which it did not present"
        own_files = [path for path in route.known_hosts_files if path not in GLOBAL_KNOWN_HOSTS]
        if not own_files:  # UserKnownHostsFile none: no program but whotop would record it
            return f"to trust it: {_TRUST}"
        if route.host_key_alias or route.jumps or route.proxy_command:
            return f"to trust it: ssh {route.name} true, or {_TRUST}"
        port = "" if route.port == 22 else f"-p {route.port} "
        return f"to trust it: ssh-keyscan {port}{route.host} >> {_as_typed(own_files[0])}, or {_TRUST}"

    @property
    def _portless_name(self) -> str:
        """OpenSSH also takes a key recorded without a port, but a different one there means nothing."""
        if self.route.host_key_alias or self.route.port == 22:
            return ""
        return self.route.host.lower()

    def _marked(self) -> list[KnownKey]:
        names = filter(None, (self.name, self._portless_name))
        return [key for name in names for file in self.files for key in file.marked(name)]

    def _keys(self, name: str) -> list[KnownKey]:
        return [key for file in self.files for key in file.keys(name)] if name else []

    def _all_keys(self, name: str) -> list[KnownKey]:
        return [key for file in self.files for key in file.all_keys(name)] if name else []


def _holds(keys: Sequence[KnownKey], data: str) -> bool:
    return any(not key.marker and key.data == data for key in keys)


def _imported(keys: Sequence[KnownKey], marker: str) -> list[asyncssh.SSHKey]:
    imported = []
    for key in keys:
        if key.marker == marker:
            try:
                imported.append(asyncssh.import_public_key(f"{key.algorithm} {key.data}"))
            except asyncssh.KeyImportError:
                continue
    return imported


def _as_typed(path: str) -> str:
    """A path as one writes it in a shell."""
    with suppress(ValueError):
        return f"~/{shlex.quote(str(Path(path).relative_to(Path.home())))}"
    return shlex.quote(path)


def _fingerprint(key: asyncssh.SSHKey) -> str:
    return f"{key.algorithm.decode()} {key.get_fingerprint()}"
