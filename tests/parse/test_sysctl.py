"""Texts of FreeBSD's and macOS's programs: written from their sources, never seen on such a machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse import proc
from whotop.parse.sysctl import sysctl_figures
from whotop.wire.messages import Figures

BOOT = 1_700_000_000
FREEBSD = b"""kern.cp_time: 1000 0 500 100 8400
kern.boottime: { sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023
vm.loadavg: { 0.52 0.61 0.70 }
hw.physmem: 8589934592
hw.pagesize: 4096
hw.ncpu: 4
vm.swap_total: 2147483648
vm.stats.vm.v_page_count: 2031616
vm.stats.vm.v_free_count: 262144
vm.stats.vm.v_inactive_count: 524288
vm.stats.vm.v_laundry_count: 1024
vm.stats.vm.v_cache_count: 0
kstat.zfs.misc.arcstats.size: 1073741824
Device          1K-blocks     Used    Avail Capacity
/dev/ada0p3       2097152   524288  1572864    25%
Name    Mtu Network       Address              Ipkts Ierrs Idrop     Ibytes    Opkts Oerrs     Obytes  Coll
em0    1500 <Link#1>      08:00:27:aa:bb:cc    12345     0     0    5000000    10000     0    1000000     0
em0       - 10.0.0.0/24   10.0.0.5             12000     -     -    4800000     9900     -     990000     -
lo0   16384 <Link#2>      lo0                    100     0     0       5000      100     0       5000     0
bridge0 1500 <Link#3>     02:00:27:aa:bb:cc    12345     0     0    5000000    10000     0    1000000     0
"""
MACOS = b"""kern.boottime: { sec = 1700000000, usec = 0 } Tue Nov 14 22:13:20 2023
vm.loadavg: { 1.50 1.60 1.70 }
hw.memsize: 17179869184
hw.pagesize: 16384
hw.ncpu: 8
vm.swapusage: total = 2048.00M  used = 512.00M  free = 1536.00M  (encrypted)
Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                              262144.
Pages active:                            300000.
Pages inactive:                          196608.
Pages speculative:                        65536.
"Translation faults":                 123456789.
 %CPU
 80.0
 40.0
  0.0
Name       Mtu   Network       Address            Ipkts Ierrs     Ibytes    Opkts Oerrs     Obytes  Coll
lo0        16384 <Link#1>                           100     0       5000      100     0       5000     0
en0        1500  <Link#4>    aa:bb:cc:dd:ee:ff    12345     0    5000000    10000     0    1000000     0
en0        1500  192.168.1     192.168.1.20       12345     -    5000000    10000     -    1000000     -
utun0      1380  <Link#15>                            0     0          0        1     0         80     0
"""


def figures(text: bytes, seconds: int) -> Figures:
    return Figures(clock_us=(BOOT + seconds) * 1_000_000, sysctl=text)


def test_a_freebsd_machine_gives_a_whole_sample() -> None:
    later = FREEBSD.replace(b"1000 0 500 100 8400", b"1200 0 600 100 9100").replace(b"5000000 ", b"5010000 ")
    earlier = proc.reading(figures(FREEBSD, 100), None)
    sample = proc.sample("bsd-01", earlier, proc.reading(figures(later, 110), earlier), 5, cpu_count=4)
    assert sample.cpu_percent == pytest.approx(30.0)
    assert sample.memory_percent == pytest.approx(50.0)
    assert sample.memory_total_bytes == 8 * 2**30
    assert sample.swap_percent == 25.0
    assert (sample.load1, sample.load5, sample.load15) == (0.52, 0.61, 0.70)
    assert sample.uptime_seconds == pytest.approx(110, abs=1)
    assert sample.received_bytes_per_second == 1000.0
    assert sample.sent_bytes_per_second == 0.0


def test_a_mac_gives_a_whole_sample() -> None:
    earlier = proc.reading(figures(MACOS, 100), None)
    sample = proc.sample("mac-01", earlier, proc.reading(figures(MACOS, 110), earlier), 5, cpu_count=8)
    assert sample.cpu_percent == pytest.approx(15.0)
    assert sample.memory_percent == pytest.approx(50.0)
    assert sample.swap_percent == 25.0
    assert sample.load1 == 1.5
    assert sample.received_bytes_per_second == 0.0


def test_bridges_tunnels_and_the_loopback_are_not_counted_twice() -> None:
    assert sysctl_figures(FREEBSD).interfaces == (b"em0",)
    assert sysctl_figures(MACOS).interfaces == (b"en0",)


def test_a_machine_without_swap_has_none_in_use() -> None:
    assert sysctl_figures(MACOS.replace(b"2048.00M", b"0.00M").replace(b"512.00M", b"0.00M")).swap_percent is None


@pytest.mark.parametrize("busy", [b"nan", b"inf", b"-1.0", b"1e300"])
def test_a_share_that_cannot_be_ends_the_list_of_shares(busy: bytes) -> None:
    assert sysctl_figures(MACOS.replace(b"40.0", busy)).busy_percent == 10.0


def test_what_was_not_told_is_unknown() -> None:
    sample = proc.sample("bsd-01", None, proc.reading(figures(b"hw.ncpu: 4\n", 1), None), 5)
    assert (sample.cpu_percent, sample.memory_percent, sample.load1, sample.uptime_seconds) == (None, None, None, 0.0)


PIECE = st.sampled_from(FREEBSD.split() + MACOS.split()) | st.binary(max_size=8) | st.just(b"\n")


@given(st.lists(PIECE, max_size=60), st.lists(PIECE, max_size=60))
def test_whatever_is_told_a_sample_holds_figures_that_can_be(first: list[bytes], second: list[bytes]) -> None:
    earlier = proc.reading(figures(b" ".join(first), 100), None)
    found = proc.sample("bsd-01", earlier, proc.reading(figures(b" ".join(second), 110), earlier), 5)
    for percent in (found.cpu_percent, found.memory_percent, found.swap_percent):
        assert percent is None or 0 <= percent <= 100
    for rate in (found.received_bytes_per_second, found.sent_bytes_per_second, found.load1, found.uptime_seconds):
        assert rate is None or 0 <= rate < float("inf")
    assert 0 <= found.memory_total_bytes < 2**63
