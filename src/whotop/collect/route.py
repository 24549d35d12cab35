"""A route: all that is needed to reach one machine, from its target and what ssh_config adds.

Of ssh_config only what tells *where* and *as whom* is taken: HostName, User, Port, IdentityFile,
CertificateFile, IdentityAgent, IdentitiesOnly, ProxyJump, ProxyCommand, UserKnownHostsFile,
GlobalKnownHostsFile and HostKeyAlias. Nothing that would break the link (RequestTTY, RemoteCommand)
or weaken it (ForwardAgent, SendEnv, StrictHostKeyChecking, a known-hosts file of ``none``) is.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from pathlib import Path

import msgspec

from whotop.collect.own_user import own_user, user_to_log_in_as
from whotop.collect.ssh_config import Options, SshConfig
from whotop.config.places import at_home
from whotop.errors import UnreachableError
from whotop.model import Target
from whotop.text import safe

ACCEPT_NEW = "accept-new"
DEFAULT_PORT = 22
JUMPS_IN_A_ROW = 8

USER_KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
GLOBAL_KNOWN_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")

# What a shell, or ssh's own command line, would take for more than a name (CVE-2023-51385,
# CVE-2025-61984). Names never reach a shell unless a ProxyCommand or Match exec asks for them.
_HOST = re.compile(r"(?!-)[\w.:%-]+")
_USER = re.compile(r"(?!-)[\w.@+=\\ -]*[\w.@+=$-]")
_PLAIN_USER = re.compile(r"(?!-)[\w.@+-]+")
_HOP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?:\[(?P<bracketed>[^]]+)\]|(?P<host>[^:]+))(?::(?P<port>\d+))?/?")
_TOKEN = re.compile(r"%(.)|\$\{(\w+)\}")


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach one machine, or one jump host."""

    name: str
    """As the user calls it."""
    host: str
    port: int
    user: str
    identity_files: tuple[str, ...] = ()
    """Named ones, in order; empty: the usual ones of ~/.ssh."""
    certificate_files: tuple[str, ...] = ()
    agent_path: str = ""
    """Socket of the agent; empty: none."""
    identities_only: bool = False
    jumps: tuple[Route, ...] = ()
    """Jump hosts, the first is reached first."""
    proxy_command: str = ""
    """A shell command that carries the connection, ready to run."""
    known_hosts_files: tuple[str, ...] = ()
    host_key_alias: str = ""
    host_key_policy: str = "strict"

    @property
    def address(self) -> str:
        """``user@host:port``."""
        return f"{self.user}@{self.host}:{self.port}"

    @property
    def short_address(self) -> str:
        """The same without the port where it is the usual one."""
        return f"{self.user}@{self.host}" if self.port == DEFAULT_PORT else self.address


def route_to(target: Target, config: SshConfig) -> Route:
    """Resolve a target.

    Raises UnreachableError for a name that no machine can have, ConfigError for ssh_config's own
    mistakes. May run ``Match exec`` commands: call it outside an event loop.
    """
    return _Resolver(config, target.host_key_policy).route(target, 0)


class _Resolver:
    def __init__(self, config: SshConfig, policy: str) -> None:
        self._config, self._policy = config, policy

    def route(self, target: Target, depth: int, *, is_behind: bool = False) -> Route:
        """Resolve a target; ``is_behind`` another jump host, its own jumps are not asked for."""
        alias = target.host or target.name
        _check(alias, target.user)
        options = self._config.options(alias, target.user)
        tokens = _tokens(alias, target, options)
        host, user, port = tokens["h"], tokens["r"], int(tokens["p"])
        _check(host, user)
        jumps = () if is_behind else self._jumps(target, options, depth)
        return Route(
            name=target.name,
            host=host,
            port=port,
            user=user,
            identity_files=tuple(
                _expand(path, tokens) for path in (*target.identity_files, *_list(options, "identityfile"))
            ),
            certificate_files=tuple(_expand(path, tokens) for path in _list(options, "certificatefile")),
            agent_path=_agent(options, tokens),
            identities_only=_first(options, "identitiesonly").lower() in {"yes", "true"},
            jumps=jumps,
            proxy_command="" if jumps or is_behind or target.jump else _proxy(options, tokens),
            known_hosts_files=tuple(_known_hosts(options, tokens)),
            host_key_alias=_first(options, "hostkeyalias"),
            host_key_policy=self._policy,
        )

    def _jumps(self, target: Target, options: Options, depth: int) -> tuple[Route, ...]:
        text = target.jump or _first(options, "proxyjump")
        if not text or text.lower() == "none":
            return ()
        if depth >= JUMPS_IN_A_ROW:
            raise UnreachableError("its jump hosts lead in a circle")
        routes: list[Route] = []
        for number, hop in enumerate(text.split(",")):
            route = self.route(_hop(hop.strip(), target.identity_files), depth + 1, is_behind=number > 0)
            routes += (*route.jumps, msgspec.structs.replace(route, jumps=()))
        return tuple(routes)


def _hop(text: str, identity_files: tuple[str, ...]) -> Target:
    """A jump host as a target; keys that were named for the machine are good for its jump hosts too."""
    parts = _HOP.fullmatch(text)
    if parts is None:
        raise UnreachableError(f"{safe(text, 60)} is no jump host: write [user@]host[:port]")
    host = parts["bracketed"] or parts["host"]
    return Target(name=host, user=parts["user"] or "", port=int(parts["port"] or 0), identity_files=identity_files)


def _check(host: str, user: str) -> None:
    if not _HOST.fullmatch(host):
        raise UnreachableError(f"{safe(host, 60)!r} is no host name")
    if user and not _USER.fullmatch(user):
        raise UnreachableError(f"{safe(user, 60)!r} is no user name")


def _tokens(alias: str, target: Target, options: Options) -> dict[str, str]:
    """ssh_config(5), TOKENS."""
    user = target.user or _first(options, "user") or user_to_log_in_as()
    port = str(target.port or _port(options))
    host = _first(options, "hostname").replace("%%", "\0").replace("%h", alias).replace("\0", "%") or alias
    local = socket.gethostname()
    return {
        "%": "%",
        "C": hashlib.sha1("".join((local, host, port, user, "")).encode(), usedforsecurity=False).hexdigest(),
        "d": str(Path.home()),
        "h": host,
        "i": str(os.getuid()),
        "j": _first(options, "proxyjump"),
        "k": _first(options, "hostkeyalias") or alias,
        "L": local.partition(".")[0],
        "l": local,
        "n": alias,
        "p": port,
        "r": user,
        "u": own_user(),
    }


def _port(options: Options) -> int:
    text = _first(options, "port") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise UnreachableError(f"ssh_config gives it the port {safe(text, 20)}")
    return int(text)


def _first(options: Options, keyword: str) -> str:
    return options.get(keyword, [""])[0]


def _list(options: Options, keyword: str) -> list[str]:
    return [value for value in options.get(keyword, ()) if value.lower() != "none"]


def _expand(text: str, tokens: dict[str, str]) -> str:
    text = _TOKEN.sub(lambda found: tokens.get(found[1], found[0]) if found[1] else os.environ.get(found[2], ""), text)
    return str(at_home(text))


def _agent(options: Options, tokens: dict[str, str]) -> str:
    wanted = _first(options, "identityagent") or "SSH_AUTH_SOCK"
    if wanted.lower() == "none":
        return ""
    if wanted == "SSH_AUTH_SOCK":
        return os.environ.get("SSH_AUTH_SOCK", "")
    if wanted.startswith("$") and not wanted.startswith("${"):
        return os.environ.get(wanted[1:], "")
    return _expand(wanted, tokens)


def _known_hosts(options: Options, tokens: dict[str, str]) -> list[str]:
    """``none`` and files that are missing hold no keys; they never switch the check off."""
    files = options.get("userknownhostsfile", [*USER_KNOWN_HOSTS])
    files = files + options.get("globalknownhostsfile", [*GLOBAL_KNOWN_HOSTS])
    return [_expand(file, tokens) for file in files if file.lower() != "none"]


def _proxy(options: Options, tokens: dict[str, str]) -> str:
    command = _first(options, "proxycommand")
    if not command or command.lower() == "none":
        return ""
    if not _PLAIN_USER.fullmatch(tokens["r"]):
        raise UnreachableError(f"{safe(tokens['r'], 60)!r} cannot be passed to a ProxyCommand")
    return "exec " + _TOKEN.sub(lambda found: tokens.get(found[1], found[0]) if found[1] else found[0], command)
