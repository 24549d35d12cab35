"""Usage as a page and as pictures."""

from __future__ import annotations

import io
from datetime import date, timedelta
from html import unescape
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from msgspec.structs import replace
from PIL import Image

from whotop.core.periods import Period
from whotop.core.usage import Part, PeriodUsage, UsagePart, UsageReport
from whotop.render.usage import UsageFormat, render_usage
from whotop.render.usage.figure import HEIGHT, LONGEST_TITLE, TOP, WIDTH, usage_figure

SVG = "{http://www.w3.org/2000/svg}"


def report(count: int, where: str = "") -> UsageReport:
    start = date(2021, 1, 1)
    periods = tuple(PeriodUsage(start + timedelta(days=number), number % 7, 9) for number in range(count))
    end = start + timedelta(days=max(count - 1, 0))
    return UsageReport(period=Period.DAY, start=start, end=end, time_zone="UTC", where=where, periods=periods)


def svg(made: UsageReport) -> Element:
    document: Element = fromstring(render_usage(made, UsageFormat.SVG))
    return document


@pytest.mark.parametrize("count", [0, 1, 90, 1_100])
def test_every_period_is_a_bar_inside_the_area(count: int) -> None:
    bars = usage_figure(report(count)).bars
    assert len(bars) == count
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and TOP <= bar.y <= HEIGHT for bar in bars)


def test_an_svg_tells_the_figures_where_one_points() -> None:
    titles = [bar.findtext(f"{SVG}title") for bar in svg(report(3)).iter(f"{SVG}rect")]
    assert titles[1:] == [
        "1 Jan (2021-01-01): 0 users, 9 logins",
        "2 Jan (2021-01-02): 1 user, 9 logins",
        "3 Jan (2021-01-03): 2 users, 9 logins",
    ]


def test_a_filter_is_text_on_a_page_and_in_a_picture() -> None:
    made = report(2, where="user:<script>&\x1b")
    page = render_usage(made, UsageFormat.HTML).decode()
    assert "<script" not in page
    assert "user:&lt;script&gt;&amp;\\x1b" in page
    assert "<script>" in (svg(made).findtext(f"{SVG}title") or "")


def test_a_long_filter_is_cut_in_a_picture_and_whole_on_a_page() -> None:
    made = report(2, where="user:" + "x" * 900)
    assert len(usage_figure(made).title) == LONGEST_TITLE
    assert "x" * 900 in render_usage(made, UsageFormat.HTML).decode()


def test_parts_are_rows_of_a_page() -> None:
    made = report(1)
    made = replace(made, by=Part.USER, parts=(UsagePart("<b>", made.periods), UsagePart("ann", made.periods)))
    page = render_usage(made, UsageFormat.HTML).decode()
    assert '<tr><td>2021-01-01</td><td>&lt;b&gt;</td><td class="number">0</td><td class="number">9</td></tr>' in page
    assert render_usage(made, UsageFormat.CSV).decode() == (
        ",timestamp,user,logins\n0,2021-01-01,<b>,9\n1,2021-01-01,ann,9\n"
    )


def test_a_page_runs_and_asks_for_nothing() -> None:
    page = unescape(render_usage(report(3), UsageFormat.HTML).decode())
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")


def test_a_png_shows_bars() -> None:
    picture = Image.open(io.BytesIO(render_usage(report(30), UsageFormat.PNG)))
    assert picture.size == (WIDTH * 2, HEIGHT * 2)
    assert (11, 107, 99) in {color for _, color in picture.getcolors(1 << 16) or []}
