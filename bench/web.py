"""What serving costs whoever polls, and how long its answers take.

1. A thousand simulated machines behind real SSH are polled, first alone, then with the API served and
   50 clients listening to its stream of events: CPU of an update, how long the loop was busy, and how
   old an event is when a client hears of it.
2. ``/usage/raw`` over three years and 1,000 users, asked over HTTP, in each of the five periods.

    python -m bench.web [--machines 1000] [--clients 50] [--seconds 30] [--usage-store FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bench.peers.whotop import Replica
from bench.usage import BUDGET_MS, DAYS, END, by_whotop, make
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.feed import EventAdded, Feed, Sampled
from whotop.demo.start import demo_fleet
from whotop.model import EventKind, Standing
from whotop.monitor.opening import Watch, WatchSettings
from whotop.web.live import Live

INTERVAL_SECONDS = 5.0
CONNECT_SECONDS = 240.0
QUIET_SECONDS, QUIET_EVENTS = 3.0, 150
"""When no more events than these come in so long, what a first contact tells has been told."""
SETTLE_SECONDS = 120.0
"""When it is no longer waited for that."""
LISTENING_SECONDS = 3.0
"""Until all clients listen."""
TICK_SECONDS = 0.02
BUDGET_RATIO = 1.5
"""What an update may cost with everything served, beside the polling alone."""
LOGIN_P99_SECONDS = 2.5
"""A login is told by the machine within 0.5 s, written within 1 s and read from the store 0.25 s later."""
ANSWERS = 11
READY_SECONDS = 30.0


class Told(Replica):
    """A replica that notes how many events it is told, and how old live logins are then."""

    def __init__(self) -> None:
        super().__init__()
        self.events = 0
        self.ages: list[float] = []

    async def follow(self, feed: Feed) -> None:
        """Apply batches as they come."""
        async for batch in feed.batches():
            for change in batch.changes:
                if isinstance(change, Sampled):
                    self.samples += 1
                elif isinstance(change, EventAdded):
                    self.events += 1
                    if change.event.kind is EventKind.LOGIN and change.event.standing is Standing.LIVE:
                        self.ages.append(time.time() - change.event.fleet_time_us / 1e6)
            self.fleet.apply(batch)

    async def quiet(self) -> None:
        """Wait until there is little to tell."""
        told = -QUIET_EVENTS
        while self.events - told >= QUIET_EVENTS:
            told = self.events
            await asyncio.sleep(QUIET_SECONDS)


@asynccontextmanager
async def polling(machines: int, folder: Path) -> AsyncIterator[Told]:
    """So many machines, all of them up."""
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(demo_fleet(machines))
        targets = [msgspec.structs.replace(target, interval_seconds=INTERVAL_SECONDS) for target in demo.targets]
        collect = CollectSettings(own_known_hosts=demo.known_hosts, ssh_config_files=())
        watch = Watch(targets, WatchSettings(collect=collect, store=folder / "whotop.db"), SystemClock())
        stack.push_async_callback(watch.close)
        replica = Told()
        following = asyncio.create_task(replica.follow(await watch.open()))
        stack.callback(following.cancel)
        async with asyncio.timeout(CONNECT_SECONDS):
            while replica.up() < machines * 0.97:
                await asyncio.sleep(0.5)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await replica.quiet()
        yield replica


async def contestant(machines: int, clients: int, seconds: float) -> dict[str, float]:
    """CPU of an update and delays of the loop; with ``clients``, the API is served to them as well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with polling(machines, folder) as replica, AsyncExitStack() as stack:
            behind_s: list[float] = []
            serving = served(folder, clients, seconds, behind_s)
            listeners = await stack.enter_async_context(serving) if clients else None
            delays_ms: list[float] = []
            ticking = asyncio.create_task(tick(delays_ms))
            replica.ages.clear()
            before, began = replica.samples, cpu_seconds()
            await asyncio.sleep(seconds)
            updates, spent = replica.samples - before, cpu_seconds() - began
            ticking.cancel()
            figures = {
                "up": replica.up(),
                "updates": updates,
                "update_cpu_us": spent * 1e6 / max(updates, 1),
                "core_percent": spent / seconds * 100,
                "delay_p99_ms": quantile(delays_ms, 0.99),
                "delay_max_ms": max(delays_ms),
                "behind_p99_s": quantile(behind_s, 0.99),
                "shown_p50_s": quantile(replica.ages, 0.5),
                "shown_p99_s": quantile(replica.ages, 0.99),
            }
            return figures | (await heard(listeners) if listeners else {})


@asynccontextmanager
async def served(
    folder: Path, clients: int, seconds: float, behind_s: list[float]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The API over the store that is being written, and a process of clients who listen.

    ``behind_s`` is told again and again how long ago the store was written that was read last.
    """
    from whotop.store.follow import FollowFeed
    from whotop.store.store import open_store
    from whotop.web.hub import Hub
    from whotop.web.server import listening_socket, serve
    from whotop.web.settings import ServeSettings
    from whotop.web.sources import Sources
    from whotop.web.usage_cache import UsageCache

    clock, settings = SystemClock(), ServeSettings(port=0)
    store = await open_store(folder / "whotop.db", clock=clock)
    live = Live(FollowFeed(store, clock=clock), Hub(settings.streams))
    usage = UsageCache(store.history.usage.report, clock.monotonic)
    sources = Sources(live=live, history=store.history, usage=usage, events=store.events, clock=clock)
    with listening_socket(settings) as listening:
        serving = asyncio.create_task(serve(sources, settings, listening))
        while not live.is_ready:
            await asyncio.sleep(0.05)
        port = str(listening.getsockname()[1])
        listeners = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.web", "--listen", port, "--clients", str(clients)),
            *("--seconds", str(seconds + LISTENING_SECONDS)),
            stdout=asyncio.subprocess.PIPE,
        )
        await asyncio.sleep(LISTENING_SECONDS)
        looking = asyncio.create_task(look(live, behind_s))
        yield listeners
        looking.cancel()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    await store.close()


async def heard(listeners: asyncio.subprocess.Process) -> dict[str, float]:
    """What the clients have to say."""
    output, _ = await listeners.communicate()
    figures: dict[str, float] = json.loads(output)
    return figures


async def look(live: Live, behind_s: list[float]) -> None:
    """Note how old what was read is."""
    while True:
        behind_s.append(time.time() - live.fleet.time_us / 1e6)
        await asyncio.sleep(0.1)


async def tick(delays_ms: list[float]) -> None:
    """Note how late the loop wakes us."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        delays_ms.append((time.perf_counter() - began - TICK_SECONDS) * 1_000)


async def listen(port: int, clients: int, seconds: float) -> dict[str, float]:
    """Listen with so many clients; how many events each heard, and how old logins were then."""
    counts = [0] * clients
    ages: list[float] = []

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while line := await reader.readline():
            if line.startswith(b"data: "):
                counts[number] += 1
                event = json.loads(line[6:]) if number == 0 else {}
                if event.get("kind") == "login" and event["standing"] == "live":
                    ages.append(time.time() - datetime.fromisoformat(event["time"]).timestamp())

    tasks = [asyncio.create_task(one(number)) for number in range(clients)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "fewest_events": min(counts),
        "most_events": max(counts),
        "logins": len(ages),
        "login_p50_s": quantile(ages, 0.5),
        "login_p99_s": quantile(ages, 0.99),
    }


def usage_answers(place: Path) -> None:
    """Ask /usage/raw over HTTP; each time for another range, so that nothing is remembered."""
    arguments = ("serve", "--port", "0", "--store", str(place))
    server = subprocess.Popen([sys.executable, "-m", "whotop", *arguments], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        port = int(server.stderr.readline().rsplit(":", 1)[1].partition("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        until = time.monotonic() + READY_SECONDS
        while ask(connection, "/healthz") != 200:
            assert time.monotonic() < until, "the server does not read the store"
            time.sleep(0.1)
        for period in "dwmqy":
            took_ms = []
            for number in range(ANSWERS):
                start = END - timedelta(days=DAYS - 1 - number)
                began = time.perf_counter()
                status = ask(connection, f"/usage/raw?aggregate={period}&start={start}&end={END}")
                took_ms.append((time.perf_counter() - began) * 1_000)
                assert status == 200, status
            median_ms = statistics.median(took_ms)
            met = "met" if median_ms <= BUDGET_MS else "MISSED"
            print(f"/usage/raw?aggregate={period}  {median_ms:6.1f} ms, budget {BUDGET_MS:.0f}  {met}", flush=True)
    finally:
        server.terminate()
        server.wait()


def ask(connection: http.client.HTTPConnection, path: str) -> int:
    """Ask, and read all of the answer; its status."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def cpu_seconds() -> float:
    """Of this process alone: the machines and the clients are others."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def quantile(values: list[float], share: float) -> float:
    """The value that so great a share lies below; not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def compare(chosen: argparse.Namespace) -> None:
    """Polling alone, then polling and serving; each in a process of its own."""
    alone, serving = (contest(chosen, clients) for clients in (0, chosen.clients))
    for name, figures in (("polling", alone), (f"serving {chosen.clients} clients", serving)):
        print(
            f"{name:20} {figures['up']:5.0f} machines, {figures['update_cpu_us']:5.0f} us of CPU an update,"
            f" {figures['core_percent']:5.1f} % of a core, loop busy p99 {figures['delay_p99_ms']:.0f} ms,"
            f" at most {figures['delay_max_ms']:.0f} ms,"
            f" logins shown {figures['shown_p50_s']:.2f} s old (p50), {figures['shown_p99_s']:.2f} s (p99)",
            flush=True,
        )
    ratio = serving["update_cpu_us"] / alone["update_cpu_us"]
    print(f"{ratio:.2f} x the polling alone, budget {BUDGET_RATIO}  {'met' if ratio <= BUDGET_RATIO else 'MISSED'}")
    in_time = "met" if serving["login_p99_s"] <= LOGIN_P99_SECONDS else "MISSED"
    print(
        f"each client heard {serving['fewest_events']:.0f} to {serving['most_events']:.0f} events;"
        f" {serving['logins']:.0f} logins were {serving['login_p50_s']:.2f} s old (p50), {serving['login_p99_s']:.2f} s"
        f" (p99), budget {LOGIN_P99_SECONDS} s  {in_time}; the store was read {serving['behind_p99_s']:.2f} s after it"
        " was written (p99)",
        flush=True,
    )


def contest(chosen: argparse.Namespace, clients: int) -> dict[str, float]:
    """One contestant's figures."""
    numbers = ("--machines", str(chosen.machines), "--clients", str(clients), "--seconds", str(chosen.seconds))
    command = [sys.executable, "-m", "bench.web", "--one", *numbers]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="bench.web", description=__doc__)
    parser.add_argument("--machines", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--usage-store", type=Path, help="with three years in it, as bench.usage keeps them")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--listen", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.listen:
        print(json.dumps(asyncio.run(listen(chosen.listen, chosen.clients, chosen.seconds))))
    elif chosen.one:
        print(json.dumps(asyncio.run(contestant(chosen.machines, chosen.clients, chosen.seconds))))
    else:
        compare(chosen)
        with tempfile.TemporaryDirectory() as folder:
            place = chosen.usage_store or Path(folder) / "usage.db"
            if not place.exists():
                make(place, 1_000_000, 1_000, 200)
                by_whotop(str(place))
            usage_answers(place)


if __name__ == "__main__":
    main()
