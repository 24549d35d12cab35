"""Each format says what the report says."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from whotop.core.report import Report
from whotop.model import RawText
from whotop.render import Format, render


def text_of(report: Report, format_: Format) -> str:
    return render(report, format_).decode()


def json_of(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(render(report, Format.JSON))
    return document


def test_markdown_has_a_table_of_who_is_on(report: Report) -> None:
    lines = text_of(report, Format.MARKDOWN).splitlines()
    assert lines[0] == "# Who is on which machine: 2026-11-21 14:22:07 +01:00 Europe/Berlin"
    assert "| machine | user | tty | from | since | idle |" in lines
    assert "| db-02 | root | – | 203.0.113.9 | 2026-11-20 14:22:07 | – |" in lines
    assert "| edge-03 | down | 2026-11-21 14:19:07 | connection refused | carol as of 14:19:07 |" in lines
    assert lines[-1] == "Nobody on: app-17"


def test_markdown_leaves_out_tables_without_rows(report: Report) -> None:
    quiet = msgspec.structs.replace(report, alerts=(), not_reached=(), cannot_tell=())
    assert "## Alerts" not in text_of(quiet, Format.MARKDOWN)
    assert "## Not reached" not in text_of(quiet, Format.MARKDOWN)


def test_csv_has_a_row_per_session_and_one_for_each_machine_without(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(report, Format.CSV), newline="")))
    assert [(row["machine"], row["state"], row["user"]) for row in rows] == [
        ("web-01", "up", "bob"),
        ("web-01", "up", "alice"),
        ("web-01", "up", "alice"),
        ("app-17", "up", ""),
        ("db-02", "up", "root"),
        ("edge-03", "down", "carol"),
        ("alpine-9", "up", ""),
    ]
    assert rows[0]["since"] == "2026-11-20T14:22:07.000000+01:00"
    assert rows[0]["idle_seconds"] == "125.0"
    assert rows[-2]["note"] == "connection refused"
    assert rows[-1]["note"] == "cannot tell who is logged in"


def test_csv_has_a_row_for_each_user_and_source_that_failed(attacked: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(attacked, Format.CSV), newline="")))
    assert [(row["machine"], row["state"], row["user"], row["from"]) for row in rows[-2:]] == [
        ("db-02", "failed", "root", "203.0.113.9"),
        ("db-02", "failed", "admin", "203.0.113.9"),
    ]
    assert rows[-2]["note"] == "23 failed logins in 24 hours, the last then"


def test_json_has_failed_logins(attacked: Report) -> None:
    document = json_of(attacked)
    assert document["totals"]["failed_logins"] == 24
    assert document["failed_logins"][0] == {
        "machine": "db-02",
        "user": "root",
        "from": "203.0.113.9",
        "tty": "ssh:notty",
        "count": 23,
        "last": "2026-11-21T14:17:07.000000+01:00",
    }


@pytest.mark.parametrize("format_", [Format.MARKDOWN, Format.HTML])
def test_a_page_has_a_table_of_failed_logins_only_where_there_are_any(
    report: Report, attacked: Report, format_: Format
) -> None:
    assert "Failed logins in the last 24 hours" in text_of(attacked, format_)
    assert "Failed logins" not in text_of(report, format_)


def test_csv_lines_end_as_the_standard_says(report: Report) -> None:
    text = text_of(report, Format.CSV)
    assert text.count("\r\n") == text.count("\n") == 8


def test_json_has_times_with_their_offset_and_machines_sorted_out(report: Report) -> None:
    document = json_of(report)
    assert document["at"] == "2026-11-21T14:22:07.000000+01:00"
    assert document["totals"]["users"] == 3
    assert [machine["machine"] for machine in document["machines"]] == ["web-01", "app-17", "db-02"]
    assert document["machines"][0]["users"] == ["alice", "bob"]
    assert document["machines"][2]["sessions"][0]["tty"] is None
    assert document["not_reached"][0]["reason"] == "connection refused"
    assert document["cannot_tell"][0]["sessions_known"] is False
    assert document["alerts"][0]["key"] == "01" * 16
    assert document["alerts"][0]["acknowledged"] is None
    assert document["alerts"][0]["muted"] is False


@pytest.mark.parametrize(("raw", "hexadecimal"), [("r\xf6\x1b", "72f61b"), ("€", "e282ac")])
def test_json_has_texts_as_received_in_hexadecimal(report: Report, raw: str, hexadecimal: str) -> None:
    machine = report.machines[0]
    named = msgspec.structs.replace(machine.sessions[0], user="r\\xf6", raw=RawText(user=raw))
    changed = msgspec.structs.replace(report, machines=(msgspec.structs.replace(machine, sessions=(named,)),))
    assert json_of(changed)["machines"][0]["sessions"][0]["raw"] == {"user": hexadecimal}


def test_html_is_one_page_that_may_load_and_run_nothing(report: Report) -> None:
    page = text_of(report, Format.HTML)
    assert page.startswith("<!doctype html>\n")
    assert "default-src &#x27;none&#x27;" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<td>203.0.113.9</td>" in page
    assert "prefers-color-scheme: dark" in page


def test_pdf_says_who_is_on(report: Report) -> None:
    pages = PdfReader(io.BytesIO(render(report, Format.PDF))).pages
    text = "\n".join(page.extract_text() for page in pages)
    for expected in ("Who is on which machine", "alice", "203.0.113.9", "connection refused", "Nobody on: app-17"):
        assert expected in text


def test_pdf_repeats_the_heads_of_a_table_on_each_page(report: Report) -> None:
    machine = msgspec.structs.replace(report.machines[0], sessions=report.machines[0].sessions * 40)
    pages = PdfReader(io.BytesIO(render(msgspec.structs.replace(report, machines=(machine,)), Format.PDF))).pages
    assert len(pages) > 3
    assert "idle" in pages[1].extract_text()
