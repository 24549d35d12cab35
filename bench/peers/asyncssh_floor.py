"""The floor: bare asyncssh with a loaded key and no files, receiving the probe's bytes and dropping them."""

from __future__ import annotations

import asyncio
import secrets
import sys

import asyncssh

from bench.plan import Plan, Result, cpu_seconds, resident_kb, settled
from whotop import probe
from whotop.wire.frames import FrameEncoder
from whotop.wire.messages import Start


class Drain(asyncssh.SSHClientSession[bytes]):
    """Counts what comes, and how often."""

    received_bytes = 0
    pieces = 0

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Receive, and that is all."""
        self.received_bytes += len(data)
        self.pieces += 1


async def main(plan: Plan) -> None:
    """Connect all and start the probe everywhere (together that is "connect"), then receive."""
    key = asyncssh.read_private_key(plan.key_file)
    host_key = asyncssh.read_public_key(plan.known_hosts + ".pub")
    slots = asyncio.Semaphore(4)
    memory = resident_kb()
    start = cpu_seconds()

    async def connect(address: str) -> asyncssh.SSHClientConnection:
        async with slots:
            return await asyncssh.connect(
                address,
                plan.port,
                username=plan.user,
                client_keys=[key],
                known_hosts=([host_key], [], []),
                config=None,
                agent_path=None,
                gss_host=None,
                keepalive_interval=0,
            )

    connections = await asyncio.gather(*(connect(address) for address in plan.addresses))
    drains: list[Drain] = []
    for connection in connections:
        channel, session = await connection.create_session(Drain, probe.LOADER, encoding=None, request_pty=False)
        order = FrameEncoder().encode(
            Start(nonce=secrets.token_hex(16), interval_ms=round(plan.interval_seconds * 1000), history_bytes=0)
        )
        channel.write(probe.opening() + order)
        drains.append(session)
    await settled(lambda: all(drain.received_bytes > 1000 for drain in drains), 120)
    connected = cpu_seconds()
    await asyncio.sleep(plan.interval_seconds * 2)
    before, began = sum(drain.pieces for drain in drains), cpu_seconds()
    await asyncio.sleep(plan.interval_seconds * plan.rounds)
    updates = sum(drain.pieces for drain in drains) - before
    count = len(plan.addresses)
    Result(
        machines=count,
        connect_cpu_ms=(connected - start) * 1e3 / count,
        update_cpu_us=(cpu_seconds() - began) * 1e6 / max(updates, 1),
        updates=updates,
        rss_mb=resident_kb() / 1024,
        memory_kb_per_machine=(resident_kb() - memory) / count,
    ).print()
    for connection in connections:
        connection.abort()


if __name__ == "__main__":
    asyncio.run(main(Plan.load(sys.argv[1])))
