"""parallel-ssh (libssh2, gevent): one command for each reading on connections that stay open."""

from __future__ import annotations

import sys

from bench.plan import Plan, run_commands


def main(plan: Plan) -> None:
    """Connect all, then read all, round by round."""
    from pssh.clients import ParallelSSHClient  # gevent patches on import: nothing else of the bench wants that

    client = ParallelSSHClient(
        plan.addresses, user=plan.user, port=plan.port, pkey=plan.key_file, pool_size=100, num_retries=3
    )

    def update() -> int:
        output = client.run_command(plan.command)
        client.join(output)
        return sum(1 for host in output if any(host.stdout))

    def connect() -> None:
        update()

    run_commands(plan, connect, update)


if __name__ == "__main__":
    main(Plan.load(sys.argv[1]))
