"""All budgets in one run: ``python -m bench`` in a checkout, as root, with the extra ``bench``.

One OpenSSH server on all of 127.0.0.0/8 is every machine; contestants come one after the other, each
in a process of its own. CPU is theirs alone. Then start-up, the core, a frame, and the screen.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.openssh import LoadServer, load_server, plan_for
from bench.plan import Plan, Result

READING_BYTES = 400
MANY = 5_000
PEERS = {"parallel_ssh": 1 / 3, "paramiko_threads": 1 / 30, "clustershell": 1 / 300}
"""What whotop's update may cost beside theirs."""
PARTS = tuple(f"bench.{name}" for name in ("startup", "sealing", "tracker", "rules", "frame", "screen", "usage", "web"))


def contest(name: str, plan: Plan, folder: Path, *arguments: str) -> Result:
    """Run one contestant; its figures."""
    path = folder / f"{name}.json"
    plan.save(path)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.peers.{name}", str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def best(run: Callable[[], Result], times: int) -> Result:
    """The least of some runs, figure by figure: what is beyond it is the neighbours'."""
    results = [run() for _ in range(times)]
    least = {
        name: min(getattr(result, name) for result in results) for name in ("connect_cpu_ms", "update_cpu_us", "rss_mb")
    }
    return dataclasses.replace(results[0], **least)


def row(what: str, value: str, ratio: float, budget: float, beside: str) -> None:
    """One line of the table."""
    met = "met" if ratio <= budget else "MISSED"
    print(f"{what:34} {value:>12}  {ratio:8.3f} x {beside:28} budget {budget:6.3f}  {met}", flush=True)


def over_ssh(server: LoadServer, folder: Path, chosen: argparse.Namespace) -> None:
    """Connect and update, beside the floor and the peers."""
    plan = plan_for(server, chosen.peer_machines, chosen.rounds, chosen.interval, READING_BYTES)
    floor = best(lambda: contest("asyncssh_floor", plan, folder), chosen.times)
    ours = best(lambda: contest("whotop", plan, folder), chosen.times)
    crowded = best(
        lambda: contest("whotop", with_many(plan, folder), folder, str(folder / "many_config")), chosen.times
    )
    print(f"{floor.machines} machines, {chosen.rounds} readings each, every {chosen.interval:g} s")
    print(f"bare asyncssh: connect {floor.connect_cpu_ms:.2f} ms, update {floor.update_cpu_us:.0f} us of CPU")
    row("connect", f"{ours.connect_cpu_ms:.2f} ms", ours.connect_cpu_ms / floor.connect_cpu_ms, 1.3, "bare asyncssh")
    ratio = crowded.connect_cpu_ms / floor.connect_cpu_ms
    row(f"connect, {MANY:,} entries in files", f"{crowded.connect_cpu_ms:.2f} ms", ratio, 1.3, "bare asyncssh")
    row("update", f"{ours.update_cpu_us:.0f} us", ours.update_cpu_us / floor.update_cpu_us, 1.5, "bare asyncssh")
    for name, budget in PEERS.items():
        peer = contest(name, dataclasses.replace(plan, rounds=5), folder)
        beside = f"{name} ({peer.update_cpu_us:,.0f} us)"
        row("update", f"{ours.update_cpu_us:.0f} us", ours.update_cpu_us / peer.update_cpu_us, budget, beside)
    fleet = contest("whotop", plan_for(server, chosen.machines, 4, 5.0, READING_BYTES), folder)
    share = fleet.update_cpu_us / 5.0e6 * fleet.machines * 100
    print(f"{fleet.machines} machines at 5 s: {share:.1f} % of a core, {fleet.rss_mb:.0f} MB, ", end="")
    print(f"{fleet.memory_kb_per_machine:.0f} KB a machine, connect {fleet.connect_cpu_ms:.2f} ms each")


def with_many(plan: Plan, folder: Path) -> Plan:
    """The same machines in an ssh_config and a known_hosts of 5,000 entries."""
    host_key = Path(f"{plan.known_hosts}.pub").read_text().split()
    others = [f"192.0.2.{number % 250}-{number}" for number in range(MANY - len(plan.addresses))]
    known_hosts = folder / "many_known_hosts"
    lines = "".join(f"{other} {host_key[0]} {host_key[1]}\n" for other in others)
    known_hosts.write_text(lines + Path(plan.known_hosts).read_text())
    blocks = "".join(f"Host {other}\n    User {other}\n" for other in others)
    (folder / "many_config").write_text(blocks)
    return dataclasses.replace(plan, known_hosts=str(known_hosts))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--machines", type=int, default=1_000, help="for whotop")
    parser.add_argument("--peer-machines", type=int, default=100, help="for comparisons")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--times", type=int, default=2, help="runs of which the least counts")
    chosen = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit("the OpenSSH server of the bench needs root")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with load_server(folder) as server:
            over_ssh(server, folder, chosen)
    for part in PARTS:
        print(f"\n{part}", flush=True)
        subprocess.run([sys.executable, "-m", part], check=True)


if __name__ == "__main__":
    main()
