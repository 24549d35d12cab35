"""The page of usage in a real browser: the chart is drawn, changes, and asks nobody but us."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web import chromium
from tests.web.test_server import server

SHOWN_SECONDS = 60.0
PNG = b"\x89PNG\r\n\x1a\n"
DRAWN = """
(() => {
  const inside = (each) => (each.shadowRoot ? seen(each.shadowRoot) : []);
  const seen = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...inside(each)]);
  const inked = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
  return seen(document.getElementById("chart")).filter((each) => each.tagName === "CANVAS").some(inked);
})()
"""
"""Whether there is anything on a canvas of the chart; Bokeh draws inside shadow roots."""
FIRST_PERIOD = "document.querySelector('#periods td')?.textContent ?? ''"


@pytest.fixture
def browser() -> None:
    if chromium.program() is None:
        if os.environ.get("WHOTOP_RIG") == "required":
            pytest.fail("there is no Chromium, and WHOTOP_RIG=required")
        pytest.skip("there is no Chromium")


async def until(tab: chromium.Tab, script: str, wanted: object) -> None:
    """Wait until a script comes to what is wanted."""
    async with asyncio.timeout(SHOWN_SECONDS):
        while await tab.evaluate(script) != wanted:  # noqa: ASYNC110 - the browser tells of no drawing
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("browser")
async def test_the_page_draws_its_chart_and_another_period_without_asking_anybody_else(tmp_path: Path) -> None:
    async with server() as served, chromium.tab(tmp_path / "profile") as tab:
        here = f"http://localhost:{served.port}"
        await tab.open(f"{here}/usage?start=2026-11-01")
        await until(tab, DRAWN, True)
        await until(tab, FIRST_PERIOD, "week to 2026-11-22")
        picture = await tab.screenshot()

        await tab.evaluate("document.querySelector('input[value=m]').click()")
        await until(tab, FIRST_PERIOD, "2026-11")
        await until(tab, DRAWN, True)
        assert await tab.evaluate("document.getElementById('latest').textContent") == "3"
        assert await tab.evaluate("location.search") == "?aggregate=m&start=2026-11-01"
        assert await tab.evaluate("document.getElementById('csv').getAttribute('href')") == (
            "/usage/raw?aggregate=m&start=2026-11-01&content_type=csv"
        )

        await tab.evaluate("question.elements.where.value = 'colour:red'; question.requestSubmit()")
        await until(tab, "document.body.dataset.state", "trouble")
        assert "no column colour here" in await tab.evaluate("document.getElementById('trouble').textContent")

        refused = [line for line in tab.console if "400" in line]  # Chromium notes the answer that the page shows
        assert [line for line in tab.console if line not in refused] == []
        places = {urlsplit(url)[:2] for url in tab.requests if not url.startswith("data:")}
        assert places == {urlsplit(here)[:2]}
    assert picture.startswith(PNG)
    assert len(picture) > 10_000
    if folder := os.environ.get("WHOTOP_PICTURES"):
        Path(folder, "usage.png").write_bytes(picture)  # noqa: ASYNC240 - for whoever wants to look at it
