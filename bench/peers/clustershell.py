"""ClusterShell's clush: an ssh process for each machine and reading."""

from __future__ import annotations

import subprocess
import sys

from bench.plan import Plan, run_commands


def main(plan: Plan) -> None:
    """Read all, round by round; there is nothing to connect beforehand."""
    options = f"-p {plan.port} -i {plan.key_file} -o UserKnownHostsFile={plan.known_hosts} -o BatchMode=yes"
    call = [sys.executable, "-m", "ClusterShell.CLI.Clush", "-w", ",".join(plan.addresses), "-l", plan.user]
    call += ["-f", "64", "-q", "-o", options, plan.command]

    def update() -> int:
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        return len({line.partition(":")[0] for line in done.stdout.splitlines()})

    run_commands(plan, lambda: None, update)


if __name__ == "__main__":
    main(Plan.load(sys.argv[1]))
