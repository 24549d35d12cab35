"""The stamps that syslog daemons put before a line, as the machine's own time.

RFC 3164 (``Nov 22 00:23:12``: no year, no zone), the same behind a week day and with a year behind it
or within (OpenWrt's logread, Cisco's), and RFC 3339 (``2026-11-22T00:23:12.123456+01:00``), each behind
a priority (``<86>``), also one that a relay counts bytes before (RFC 6587), or not. ``journalctl`` has
two more: ``-o short-full`` (``Sun 2026-11-22 00:23:12 CET``) and ``-o short-unix`` (seconds since 1970).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US

_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1
    )
}
_BEFORE = rb"(?:\xef\xbb\xbf)?(?:(?:\d{1,5} )?<\d{1,3}>)?"
_WEEK_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
_OLD = re.compile(
    _BEFORE + rb"(?:" + _WEEK_DAY + rb")?"
    rb"([A-Z][a-z]{2}) +(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: (\d{4})(?= ))?:? +"
)
_NEW = re.compile(
    _BEFORE + rb"(?:\d{1,3} )?(" + _WEEK_DAY + rb")?"
    rb"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    rb"(?: ?(?:(Z|UTC(?= ))|([+-])(\d\d):?(\d\d))|(?(1) [A-Z]{3,5}(?= )))? +"
)
_UNIX = re.compile(rb"(\d{10})\.(\d{6}) +")
_FRACTION_ENDS = len("2026-11-22T00:23:12.123456")
"""In what rsyslog, systemd and ``log show`` write."""
_AHEAD_US = DAY_US
"""A line without a year may be so far ahead of our time: clocks go wrong, and zones differ."""
_STEP_BACK_US = 5 * MINUTE_US
"""Lines of one file are hardly ever so much out of order."""
_LATEST_US = 2**53
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS_BACK = 8
"""From the 29th of February to the one before it can be eight years (1896, 1904)."""


class Stamps:
    """Reads the stamps of one file, line after line: neighbours have most of a stamp in common.

    ``zone`` is the machine's, for stamps that name none.
    """

    __slots__ = (
        "_key",
        "_minute_us",
        "_new_end",
        "_new_key",
        "_new_minute_us",
        "_new_rest",
        "_newest_us",
        "_now_us",
        "_zone",
    )

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._now_us = 0
        self._newest_us = 0
        self._key = b""
        self._minute_us = 0
        self._new_key = self._new_rest = b""
        self._new_minute_us = self._new_end = 0

    def expect(self, now_us: int) -> None:
        """Say what time it is, or when the file was last written to: no line is from much later."""
        now_us = min(max(now_us, 0), _LATEST_US)
        if now_us != self._now_us:
            self._now_us, self._key = now_us, b""

    def read(self, line: bytes) -> tuple[int, int] | None:
        """Give the time in µs and where the line goes on behind its stamp; None if it has no stamp."""
        if line[:12] == self._key and line[15:16] == b" " and line[12:13] == b":" and line[13:15].isdigit():
            seconds = int(line[13:15])
            if seconds < 60:
                return self._minute_us + seconds * SECOND_US, 16
        if self._new_end and line[:17] == self._new_key:
            again = self._of_new_minute(line)
            if again is not None:
                return again
        found = _OLD.match(line)
        if found is not None:
            return self._old(line, found)
        found = _NEW.match(line)
        if found is not None:
            return self._new(line, found)
        found = _UNIX.match(line)
        return None if found is None else (int(found[1] + found[2]), found.end())

    def _old(self, line: bytes, found: re.Match[bytes]) -> tuple[int, int] | None:
        month_name, day, year_within, hour, minute, second, fraction, year_behind = found.groups()
        year = year_within or year_behind
        month = _MONTHS.get(month_name)
        if month is None:
            return None
        seconds = int(second)
        clock = (month, int(day), int(hour), int(minute))
        minute_us = self._latest(clock) if year is None else self._in_zone(int(year), *clock)
        if minute_us is None or seconds > 60:
            return None
        if found.end() == 16 and found.start(1) == 0:
            self._key, self._minute_us = line[:12], minute_us
        time_us = minute_us + min(seconds, 59) * SECOND_US + _fraction_us(fraction)
        self._newest_us = max(self._newest_us, time_us)
        return time_us, found.end()

    def _new(self, line: bytes, found: re.Match[bytes]) -> tuple[int, int] | None:
        _, year, month, day, hour, minute, second, fraction, utc, sign, hours, minutes = found.groups()
        clock = (int(year), int(month), int(day), int(hour), int(minute))
        try:
            if utc is None and sign is None:
                base_us = self._in_zone(*clock)
            else:
                base_us = _since_epoch_us(datetime(*clock, tzinfo=UTC))
        except ValueError:
            return None
        if base_us is None or int(second) > 60:
            return None
        offset_us = (int(hours) * 60 + int(minutes)) * 60 * SECOND_US if sign else 0
        minute_us = base_us + (offset_us if sign == b"-" else -offset_us)
        if found.span(8) == (20, _FRACTION_ENDS) and (utc or sign):
            self._new_key, self._new_minute_us = line[:17], minute_us
            self._new_end, self._new_rest = found.end(), line[_FRACTION_ENDS : found.end()]
        return minute_us + min(int(second), 59) * SECOND_US + _fraction_us(fraction), found.end()

    def _of_new_minute(self, line: bytes) -> tuple[int, int] | None:
        """The stamp of a line that has all but seconds and fraction in common with one before."""
        end = self._new_end
        microseconds = line[17:19] + line[20:_FRACTION_ENDS]
        if (
            line[_FRACTION_ENDS:end] != self._new_rest
            or line[19:20] != b"."
            or line[end : end + 1] == b" "
            or not microseconds.isdigit()
            or microseconds >= b"6"
        ):
            return None
        return self._new_minute_us + int(microseconds), end

    def _latest(self, clock: tuple[int, int, int, int]) -> int | None:
        """The latest minute of that date and time that is not after now; a 29th of February has its year."""
        newest_year = (_EPOCH + timedelta(microseconds=self._now_us + _AHEAD_US)).astimezone(self._zone).year
        for year in range(newest_year, newest_year - _YEARS_BACK - 1, -1):
            minute_us = self._in_zone(year, *clock)
            if minute_us is not None and minute_us <= self._now_us + _AHEAD_US:
                return minute_us
        return None

    def _in_zone(self, year: int, month: int, day: int, hour: int, minute: int) -> int | None:
        """A time on the machine's clocks; of an hour that comes twice, that which goes on from the lines before."""
        try:
            first = datetime(year, month, day, hour, minute, tzinfo=self._zone)
            first_us = _since_epoch_us(first)
            second_us = _since_epoch_us(first.replace(fold=1))
        except (ValueError, OverflowError):
            return None
        goes_back = first_us < self._newest_us - _STEP_BACK_US
        return second_us if second_us > first_us and goes_back and second_us <= self._now_us + HOUR_US else first_us


def last_stamp_us(ending: bytes, now_us: int, zone: tzinfo) -> int | None:
    """The time of the last line that has one, before ``now_us``: no other line is from much later.

    A log that was copied is written to today; its last line may be from the same day of last year. The
    first of January is passed over: machines without a clock of their own write it when they start.
    """
    stamps = Stamps(zone)
    stamps.expect(now_us)
    for line in reversed(ending.split(b"\n")):
        stamp = None if line.startswith(b"Jan  1 ") else stamps.read(line)
        if stamp is not None:
            return stamp[0]
    return None


def _since_epoch_us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _fraction_us(digits: bytes | None) -> int:
    return int(digits[:6].ljust(6, b"0")) if digits else 0
