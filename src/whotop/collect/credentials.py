"""Credentials: which few keys, and which password, one machine is offered.

A server counts every offered key as an attempt (sshd's MaxAuthTries is 6, and OpenSSH 9.8 punishes
an address for failures), so at most five are offered: the named ones first, by the agent where it
holds them, then the agent's others, then the usual ones of ~/.ssh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from whotop.clock import Clock
from whotop.collect.agents import Agents
from whotop.collect.passphrases import usual_keys
from whotop.collect.passwords import Passwords
from whotop.collect.private_keys import KeyPair, LoadedKey, PrivateKeys
from whotop.collect.route import Route
from whotop.collect.settings import CollectSettings
from whotop.model import Target
from whotop.text import safe

KEYS_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """What one login will try."""

    keys: tuple[asyncssh.SSHKeyPair | KeyPair, ...]
    password: str | None
    described: str
    """In words, for the line that says what was refused."""


class Credentials:
    """Keys, agents and passwords of the whole fleet, each loaded or asked once."""

    def __init__(self, settings: CollectSettings, clock: Clock) -> None:
        self._private_keys = PrivateKeys(settings.passphrases)
        self._agents = Agents(clock)
        self._passwords = Passwords(settings.passwords)

    async def offer(self, route: Route, target: Target | None) -> Offer:
        """What to offer on ``route``; ``target`` names the password (a jump host has none).

        Raises AuthenticationError when the place that was named for the password holds none.
        """
        held = await self._agents.keys(route.agent_path)
        chosen: list[tuple[str, asyncssh.SSHKeyPair | KeyPair]] = []
        troubles: list[str] = []
        certificates = tuple(Path(path) for path in route.certificate_files)
        for path in map(Path, route.identity_files):
            key = await self._private_keys.load(path, certificates)
            if key is None:
                troubles.append(f"{path.name} does not exist")
            else:
                _choose(key, held, chosen, troubles)
        if not route.identities_only:
            chosen += [("the agent", pair) for pair in held]
            held = []
        if not route.identity_files:
            for path in usual_keys():
                key = await self._private_keys.load(path, certificates)
                if key is not None:
                    _choose(key, held, chosen, troubles)
        chosen = chosen[:KEYS_OFFERED]
        password = None if target is None else await self._passwords.password(target)
        return Offer(tuple(pair for _, pair in chosen), password, _in_words(chosen, troubles, password))

    def refused(self, target: Target | None) -> None:
        """The offer was refused: a password that a command told may have changed."""
        if target is not None:
            self._passwords.forget(target)

    async def close(self) -> None:
        """Let go of the agents."""
        await self._agents.close()


def _choose(
    key: LoadedKey,
    held: list[asyncssh.SSHKeyPair],
    chosen: list[tuple[str, asyncssh.SSHKeyPair | KeyPair]],
    troubles: list[str],
) -> None:
    """Take a key file's pairs, or the agent's where that holds the same key (it is then taken from ``held``)."""
    of_agent = [pair for pair in held if key.public_data and pair.key_public_data == key.public_data]
    for pair in of_agent:
        held.remove(pair)
        chosen.append((f"{key.path.name} (agent)", pair))
    if not of_agent:
        chosen += [(key.path.name, pair) for pair in key.pairs]
        if key.trouble:
            troubles.append(f"{key.path.name} {key.trouble}")


def _in_words(chosen: Sequence[tuple[str, object]], troubles: list[str], password: str | None) -> str:
    names = list(dict.fromkeys(name for name, _ in chosen))
    tried = [*names, *(["the password"] if password is not None else [])]
    words = f"tried {', '.join(tried)}" if tried else "there is no key or password to try"
    return safe("; ".join([words, *troubles]), 200)
