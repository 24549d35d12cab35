"""Which keys need a passphrase: asked before the screen starts, once per key.

asyncssh is not imported here (160 ms): the command line asks this before the first paint, mostly to
hear that there is nothing to ask.
"""

from __future__ import annotations

import base64
import socket
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from whotop.collect.route import Route, route_to
from whotop.collect.ssh_config import SshConfig
from whotop.errors import MachineError
from whotop.model import Target

DEFAULT_KEYS = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
AGENT_SECONDS = 2.0
AGENT_ANSWER_BYTES = 262_144

_OPENSSH_MAGIC = b"openssh-key-v1\0"
_LIST_IDENTITIES = struct.pack(">IB", 1, 11)
_IDENTITIES_ANSWER = 12


def usual_keys() -> list[Path]:
    """The keys that are tried where none is named."""
    return [Path(name).expanduser() for name in DEFAULT_KEYS]


def keys_needing_passphrase(
    targets: Iterable[Target],
    ssh_config_files: Sequence[Path] = (Path("~/.ssh/config"), Path("/etc/ssh/ssh_config")),
) -> list[Path]:
    """The encrypted key files of these machines and their jump hosts that no agent holds.

    Usual keys that nobody named are asked for only where there is nothing else to log in with.
    Raises ConfigError when ssh_config is wrong.
    """
    config = SshConfig([path.expanduser() for path in ssh_config_files])
    needed: dict[Path, None] = {}
    agents: dict[str, set[bytes]] = {}
    for target in targets:
        if target.local:
            continue
        try:
            route = route_to(target, config)
        except MachineError:
            continue  # shown on the machine's row
        for one in (*route.jumps, route):
            if one.agent_path not in agents:
                agents[one.agent_path] = agent_keys(one.agent_path)
            has_password = one is route and target.has_password
            for path in _needed(one, agents[one.agent_path], has_other_means=has_password):
                needed[path] = None
    return list(needed)


def _needed(route: Route, held: set[bytes], *, has_other_means: bool) -> list[Path]:
    paths = [Path(path) for path in route.identity_files]
    if not paths:
        paths = [path for path in usual_keys() if path.is_file()]
        if held or has_other_means or any(not _is_encrypted_file(path) for path in paths):
            return []
    return [path for path in paths if _is_encrypted_file(path) and _public_data(path) not in held]


def _is_encrypted_file(path: Path) -> bool:
    try:
        return is_encrypted(path.read_bytes())
    except OSError:
        return False


def is_encrypted(data: bytes) -> bool:
    """Whether a private key file is (PROTOCOL.key of OpenSSH; PEM and PKCS#8 say so in words)."""
    if b"BEGIN OPENSSH PRIVATE KEY" not in data:
        return b"ENCRYPTED" in data
    body = b"".join(line for line in data.splitlines() if not line.startswith(b"-----"))
    try:
        opened = base64.b64decode(body)
    except ValueError:
        return False
    cipher_at = len(_OPENSSH_MAGIC) + 4
    return opened.startswith(_OPENSSH_MAGIC) and not opened[cipher_at:].startswith(b"none")


def _public_data(path: Path) -> bytes:
    try:
        return base64.b64decode(Path(f"{path}.pub").read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return b"?"


def agent_keys(agent_path: str) -> set[bytes]:
    """The public keys that an agent holds (draft-miller-ssh-agent); none if it cannot be asked."""
    if not agent_path:
        return set()
    try:
        with socket.socket(socket.AF_UNIX) as agent:
            agent.settimeout(AGENT_SECONDS)
            agent.connect(agent_path)
            agent.sendall(_LIST_IDENTITIES)
            (size,) = struct.unpack(">I", _exactly(agent, 4))
            return _identities(_exactly(agent, min(size, AGENT_ANSWER_BYTES)))
    except (OSError, struct.error, EOFError):
        return set()


def _exactly(agent: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = agent.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def _identities(answer: bytes) -> set[bytes]:
    kind, count = struct.unpack_from(">BI", answer)
    if kind != _IDENTITIES_ANSWER:
        return set()
    found, position = set(), 5
    for _ in range(min(count, 1000)):
        (size,) = struct.unpack_from(">I", answer, position)
        found.add(answer[position + 4 : position + 4 + size])
        (comment_size,) = struct.unpack_from(">I", answer, position + 4 + size)
        position += 8 + size + comment_size
    return found
