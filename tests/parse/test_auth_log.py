"""Text logs: every form that a syslog daemon gives a line, in pieces cut anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import DAY_US, SECOND_US
from whotop.parse.auth_log import MOST_REPEATS, AuthLog
from whotop.parse.log_line import LONGEST_BYTES, LogLine

BERLIN = ZoneInfo("Europe/Berlin")


def moment_us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * SECOND_US)


NOW_US = moment_us("2026-11-22T02:00:00+00:00")


def read(*texts: str | bytes, now_us: int = NOW_US, zone: tzinfo = UTC, host: bytes = b"") -> list[LogLine]:
    log = AuthLog(zone, host)
    data = b"".join((text.encode() if isinstance(text, str) else text) + b"\n" for text in texts)
    return log.lines(data, now_us) + log.finish()


FORMS = {
    "rsyslog, traditional": "Nov 22 00:10:02 web-01 sshd[1200]: hello",
    "rsyslog, a day of one figure": "Nov  2 00:10:02 web-01 sshd[1200]: hello",
    "rsyslog since Debian 12": "2026-11-22T00:10:02.123456+00:00 web-01 sshd[1200]: hello",
    "rsyslog, whole seconds": "2026-11-22T00:10:02+00:00 web-01 sshd[1200]: hello",
    "rsyslog, another zone": "2026-11-22T01:10:02+0100 web-01 sshd[1200]: hello",
    "rsyslog in UTC": "2026-11-22T00:10:02Z web-01 sshd[1200]: hello",
    "syslog-ng, no zone": "2026-11-22 00:10:02 web-01 sshd[1200]: hello",
    "RFC 5424": "<86>1 2026-11-22T00:10:02.5Z web-01.example sshd 1200 - - hello",
    "RFC 5424 with data": '<86>1 2026-11-22T00:10:02Z web-01 sshd 1200 ID47 [a@1 b="c ] \\" d"][e@2] hello',
    "RFC 5424 in a file": "1 2026-11-22T00:10:02Z web-01 sshd 1200 - - hello",
    "with its priority": "<86>Nov 22 00:10:02 web-01 sshd[1200]: hello",
    "FreeBSD, verbose": "Nov 22 00:10:02 <auth.info> web-01 sshd[1200]: hello",
    "busybox": "Nov 22 00:10:02 web-01 authpriv.info sshd[1200]: hello",
    "OpenWrt": "Sun Nov 22 00:10:02 2026 authpriv.info sshd[1200]: hello",
    "a whole path": "Nov 22 00:10:02 web-01 /usr/sbin/sshd[1200]: hello",
    "no host": "Nov 22 00:10:02 sshd[1200]: hello",
    "CRLF": "Nov 22 00:10:02 web-01 sshd[1200]: hello\r",
    "a stamp with a colon": "Nov 22 00:10:02: web-01 sshd[1200]: hello",
    "fractions without a year": "Nov 22 00:10:02.25 web-01 sshd[1200]: hello",
    "a year within": "Nov 22 2026 00:10:02 web-01 sshd[1200]: hello",
    "slashes": "2026/11/22 00:10:02 web-01 sshd[1200]: hello",
    "a byte-order mark": "\ufeffNov 22 00:10:02 web-01 sshd[1200]: hello",
    "counted by a relay": "62 <86>1 2026-11-22T00:10:02Z web-01 sshd 1200 - - hello",
    "journalctl, short-full": "Sun 2026-11-22 00:10:02 UTC web-01 sshd[1200]: hello",
    "journalctl, short-full, another zone": "Sun 2026-11-22 00:10:02 CET web-01 sshd[1200]: hello",
    "journalctl, short-unix": "1795306202.123456 web-01 sshd[1200]: hello",
    "AIX": "Nov 22 00:10:02 web-01 auth|security:info sshd[1200]: hello",
    "AIX, from another": "Nov 22 00:10:02 hub-01 auth|security:info Message forwarded from web-01: sshd[1200]: hello",
    "macOS, default": "2026-11-22 00:10:02.123456+0000 0x1a2b3c   Default     0x0     1200   0    sshd: hello",
    "macOS, compact": "2026-11-22 00:10:02.123 Df sshd[1200:1a2b3c] (libpam.2.dylib) [com.apple.pam:x] hello",
    "macOS, syslog": "2026-11-22 00:10:02.123456+0000  localhost sshd[1200]: hello",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_line_is_read_in_every_form(text: str) -> None:
    (line,) = read(text)
    assert (line.program, line.pid, line.message) == (b"sshd", 1200, b"hello")
    day = "02" if "Nov  2" in text else "22"
    assert line.time_us // SECOND_US * SECOND_US == moment_us(f"2026-11-{day}T00:10:02+00:00")


@pytest.mark.parametrize(
    ("text", "program", "pid", "message"),
    [
        ("Nov 22 00:10:02 web-01 sshd: hello", b"sshd", 0, b"hello"),
        ("Nov 22 00:10:02 [sshd] hello: there", b"sshd", 0, b"hello: there"),
        ("Nov 22 00:10:02 [sshd]: hello", b"sshd", 0, b"hello"),
        ("Nov 22 00:10:02 web-01 gdm-password]: pam_unix(gdm-password:auth): x", b"gdm-password", 0, None),
        ("Nov 22 00:10:02 web-01 gdm-password][7]: pam_unix(gdm-password:auth): x", b"gdm-password", 7, None),
        ("2026-11-22T00:10:02Z web-01 sshd - - - hello", b"sshd", 0, b"hello"),
        ("Nov 22 00:10:02 web-01 sshd[99999999999]: hello", None, 0, None),
        ("Nov 22 00:10:02 web-01 sshd[4294967295]: hello", b"sshd", 0, b"hello"),
    ],
)
def test_program_and_process_are_what_the_tag_says(
    text: str, program: bytes | None, pid: int, message: bytes | None
) -> None:
    lines = read(text)
    if program is None:
        assert lines == []
        return
    (line,) = lines
    assert (line.program, line.pid) == (program, pid)
    if message is not None:
        assert line.message == message


def test_fractions_are_kept() -> None:
    (line,) = read("2026-11-22T00:10:02.123456789+00:00 web-01 sshd[1]: x")
    assert line.time_us == moment_us("2026-11-22T00:10:02.123456+00:00")


def test_a_leap_second_is_the_second_before() -> None:
    lines = read("Dec 31 23:59:60 web-01 sshd[1]: x", "2016-12-31T23:59:60Z web-01 sshd[1]: x")
    assert [line.time_us % (60 * SECOND_US) for line in lines] == [59 * SECOND_US] * 2


@pytest.mark.parametrize(
    ("now", "stamp", "expected"),
    [
        ("2026-11-22T02:00:00+00:00", "Nov 22 01:00:00", "2026-11-22T01:00:00+00:00"),
        ("2026-11-22T02:00:00+00:00", "Nov 22 03:00:00", "2026-11-22T03:00:00+00:00"),
        ("2026-11-22T02:00:00+00:00", "Dec 31 23:59:59", "2025-12-31T23:59:59+00:00"),
        ("2027-01-01T00:00:05+00:00", "Dec 31 23:59:59", "2026-12-31T23:59:59+00:00"),
        ("2026-12-31T23:59:58+00:00", "Jan  1 00:00:01", "2027-01-01T00:00:01+00:00"),
        ("2026-11-22T02:00:00+00:00", "Feb 29 12:00:00", "2024-02-29T12:00:00+00:00"),
        ("1970-01-02T00:00:00+00:00", "Jan  1 12:00:00", "1970-01-01T12:00:00+00:00"),
    ],
)
def test_a_stamp_without_a_year_is_the_latest_that_is_not_in_the_future(now: str, stamp: str, expected: str) -> None:
    (line,) = read(f"{stamp} web-01 sshd[1]: x", now_us=moment_us(now))
    assert line.time_us == moment_us(expected)


def test_a_file_that_goes_over_new_year_has_both_years() -> None:
    lines = read(
        "Dec 31 23:59:59 web-01 sshd[1]: x", "Jan  1 00:00:00 web-01 sshd[1]: x", now_us=moment_us("2027-01-10T00:00Z")
    )
    assert [line.time_us for line in lines] == [moment_us("2026-12-31T23:59:59Z"), moment_us("2027-01-01T00:00:00Z")]


def test_a_stamp_without_a_zone_is_in_the_machines() -> None:
    (winter, summer) = read("Jan 10 12:00:00 w sshd[1]: x", "Jul 10 12:00:00 w sshd[1]: x", zone=BERLIN)
    assert (winter.time_us, summer.time_us) == (moment_us("2026-01-10T11:00Z"), moment_us("2026-07-10T10:00Z"))


def test_the_hour_that_comes_twice_goes_on_from_the_lines_before() -> None:
    stamps = ["01:59:00", "02:10:00", "02:50:00", "02:10:00", "02:50:00", "03:00:00"]
    lines = read(*(f"Oct 25 {stamp} w sshd[1]: x" for stamp in stamps), zone=BERLIN)
    times = [line.time_us for line in lines]
    assert times == sorted(times)
    assert times[-1] - times[0] == (2 * 3600 + 60) * SECOND_US


def test_an_hour_that_does_not_exist_is_borne_with() -> None:
    assert len(read("Mar 29 02:30:00 w sshd[1]: x", zone=BERLIN)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Foo 22 00:10:02 w sshd[1]: x",
        "Nov 31 00:10:02 w sshd[1]: x",
        "Nov 22 25:10:02 w sshd[1]: x",
        "Nov 22 00:10:99 w sshd[1]: x",
        "2026-13-22T00:10:02Z w sshd[1]: x",
        "0000-01-01T00:10:02Z w sshd[1]: x",
        "sshd[1]: no stamp",
        "Nov 22 00:10:02",
        "Nov 22 00:10:02 sshd",
        "d[1]: sshd cut off at its beginning",
        "",
    ],
)
def test_a_line_without_a_true_stamp_or_a_tag_is_left_out(text: str) -> None:
    assert read(text) == []


def test_lines_of_other_programs_are_passed_over() -> None:
    assert (
        read(
            "Nov 22 00:10:02 w kernel: hello",
            "Nov 22 00:10:02 w CRON[1]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            "Nov 22 00:10:02 w postfix/smtpd[1]: hello",
        )
        == []
    )


def test_messages_of_pam_that_tell_of_no_login_are_passed_over() -> None:
    texts = [
        "Nov 22 00:10:02 w systemd[9]: pam_unix(systemd-user:session): session opened for user ann(uid=7) by (uid=0)",
        "Nov 22 00:10:02 w sudo: pam_unix(sudo:session): session closed for user root",
        "Nov 22 00:10:02 w sshd[1]: pam_unix(sshd:auth): check pass; user unknown",
    ]
    assert read(*texts) == []
    assert len(read(texts[1].replace("closed", "opened"))) == 1


def test_no_name_can_make_a_line_be_passed_over() -> None:
    assert len(read("Nov 22 00:10:02 w sshd[1]: Invalid user pam_unix(cron: from 192.0.2.1 port 9")) == 1


def test_lines_of_other_hosts_are_left_out_where_the_machine_is_named() -> None:
    texts = [f"Nov 22 00:10:02 {host} sshd[1]: x" for host in ("web-01", "WEB-01.example", "web-02", "localhost")]
    assert [line.host for line in read(*texts, host=b"web-01.lan")] == [b"web-01", b"WEB-01.example", b"localhost"]
    assert len(read(*texts)) == 4


def test_folded_messages_are_counted_but_not_believed_without_limit() -> None:
    folded = "Nov 22 00:10:02 w sshd[1]: message repeated {} times: [ Failed x]"
    assert [line.repeats for line in read(folded.format(3), folded.format(999_999_999))] == [3, MOST_REPEATS]
    (line, again) = read("Nov 22 00:10:02 w sshd[1]: x", "Nov 22 00:10:09 w last message repeated 7 times")
    assert (again.message, again.repeats, again.time_us - line.time_us) == (b"x", 7, 7 * SECOND_US)


def test_a_fold_at_the_beginning_of_a_piece_is_of_the_last_line_of_the_piece_before() -> None:
    log = AuthLog()
    log.lines(b"Nov 22 00:10:02 w sshd[1]: x\n", NOW_US)
    (again,) = log.lines(b"Nov 22 00:10:09 w last message repeated 2 times\n", NOW_US)
    assert again.message == b"x"
    log.lines(b"Nov 22 00:10:10 w kernel: y\n", NOW_US)
    assert log.lines(b"Nov 22 00:10:19 w last message repeated 2 times\n", NOW_US) == []


def test_zeros_that_a_crash_left_are_passed_over() -> None:
    (line,) = read(b"\0" * 4000 + b"Nov 22 00:10:02 w sshd[1]: x")
    assert line.message == b"x"


def test_bytes_that_are_no_text_are_kept_as_they_are() -> None:
    (line,) = read(b"Nov 22 00:10:02 w sshd[1]: \xff\xfe\x1b[2J")
    assert line.message == b"\xff\xfe\x1b[2J"


def test_a_line_that_is_too_long_is_left_out_and_the_next_is_read() -> None:
    long = b"Nov 22 00:10:02 w sshd[1]: " + b"x" * LONGEST_BYTES
    assert len(read(long, "Nov 22 00:10:02 w sshd[1]: y")) == 1


def test_a_line_without_end_takes_no_memory() -> None:
    log = AuthLog()
    for _ in range(100):
        assert log.lines(b"sshd" * 100_000, NOW_US) == []
    (line,) = log.lines(b"sshd\nNov 22 00:10:02 w sshd[1]: x\n", NOW_US)
    assert line.message == b"x"


TEXTS = st.lists(st.sampled_from([*FORMS.values(), "Nov 22 00:10:09 w last message repeated 2 times"]), max_size=8)


@given(texts=TEXTS, cuts=st.lists(st.integers(1, 60), min_size=1))
def test_pieces_cut_anywhere_hold_the_same_lines(texts: list[str], cuts: list[int]) -> None:
    data = "".join(text + "\n" for text in texts).encode()
    log, found, place = AuthLog(), [], 0
    for size in cuts * (len(data) + 1):
        if place >= len(data):
            break
        found += log.lines(data[place : place + size], NOW_US)
        place += size
    assert found + log.finish() == read(*texts)


@given(
    data=st.binary(max_size=400),
    prefix=st.sampled_from(
        [b"", b"Nov 22 00:10:02 ", b"2026-11-22T00:10:02Z ", b'<1>1 2026-11-22T00:10:02Z h sshd 1 - ["']
    ),
    now_us=st.integers(-(2**62), 2**62),
    hours=st.integers(-23, 23),
)
def test_arbitrary_bytes_give_lines_or_nothing(data: bytes, prefix: bytes, now_us: int, hours: int) -> None:
    log = AuthLog(timezone(timedelta(hours=hours)))
    for line in log.lines(b"sshd\n" + prefix + b"sshd[1]: " + data + b"\n", now_us) + log.finish():
        assert len(line.message) <= LONGEST_BYTES
        assert 0 <= line.pid < 2**31


@given(seconds=st.integers(0, 2 * 366 * 86_400), late_us=st.integers(0, 300 * DAY_US))
def test_a_time_written_without_its_year_is_found_again_within_a_year(seconds: int, late_us: int) -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    time_us = round(moment.timestamp() * SECOND_US)
    (line,) = read(f"{moment:%b %d %H:%M:%S} w sshd[1]: x", now_us=time_us + late_us)
    assert line.time_us == time_us


STAMPS = st.sampled_from(
    [
        "2026-11-22T00:10:0{}.12345{}+01:00 ",
        "2026-11-22T00:10:0{}.12345{}+01:00  ",
        "2026-11-22T00:10:0{}.12345{}-01:00 ",
        "2026-11-22T00:10:0{},12345{}+01:00 ",
        "2026-11-22T00:10:0{}.1234567{}+01:00 ",
        "2026-11-22 00:10:0{}.12345{} ",
        "2026-11-22T00:10:6{}.12345{}Z ",
        "<86>2026-11-22T00:10:0{}.12345{}Z ",
        "Nov 22 00:10:0{} ",
    ]
)
TAGS = st.sampled_from(
    [
        "w sshd[1]: ",
        "w sshd[1]:  ",
        "w sshd[1]:",
        "w sshd(pam_unix)[1]: ",
        "w fwd: Message forwarded from v: sshd[1]: ",
        "[sshd] a: ",
        "",
    ]
)


MESSAGES = st.sampled_from(["sshd", "(pam_unix) sshd", ": x: sshd"])


@given(st.lists(st.tuples(STAMPS, st.integers(0, 9), TAGS, MESSAGES), max_size=5))
def test_a_line_says_the_same_whatever_stood_before_it(parts: list[tuple[str, int, str, str]]) -> None:
    texts = [stamp.format(number, number) + tag + message for stamp, number, tag, message in parts]
    assert read(*texts) == [line for text in texts for line in read(text)]
