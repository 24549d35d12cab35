"""paramiko, one thread for each machine as most scripts do it: connections stay open, a command for each reading."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from bench.plan import Plan, run_commands


def main(plan: Plan) -> None:
    """Connect all, then read all, round by round."""
    import paramiko

    key = paramiko.Ed25519Key.from_private_key_file(plan.key_file)
    clients: list[paramiko.SSHClient] = []

    def open_one(address: str) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.load_host_keys(plan.known_hosts)
        client.connect(address, plan.port, plan.user, pkey=key, allow_agent=False, look_for_keys=False, timeout=30)
        return client

    def read_one(client: paramiko.SSHClient) -> int:
        _, output, _ = client.exec_command(plan.command)
        return 1 if output.read() else 0

    with ThreadPoolExecutor(50) as pool:

        def connect() -> None:
            clients.extend(pool.map(open_one, plan.addresses))

        run_commands(plan, connect, lambda: sum(pool.map(read_one, clients)))
    for client in clients:
        client.close()


if __name__ == "__main__":
    main(Plan.load(sys.argv[1]))
