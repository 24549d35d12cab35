"""What each resource answers about the small fleet."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from tests.tui.small_fleet import SESSIONS, event
from tests.web.world import World
from whotop.core.feed import EventAdded
from whotop.errors import StoreError
from whotop.model import EventKind
from whotop.web.resources import RESOURCES, events

TABLES = ["machines", "users", "sessions", "events", "alerts"]


async def answer(client: httpx.AsyncClient, address: str) -> Any:
    response = await client.get(address)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
async def test_an_answer_is_what_its_type_says(client: httpx.AsyncClient, resource: Any) -> None:
    response = await client.get(resource.path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    if resource.answer is not None:
        msgspec.json.decode(response.content, type=resource.answer)


async def test_machines_come_with_their_figures_and_users(client: httpx.AsyncClient) -> None:
    answered = await answer(client, "/machines?where=machine:web-01")
    (web,) = answered["machines"]
    assert (web["state"], web["sessions"], web["users"]) == ("up", 3, ["alice", "deploy", "karl"])
    assert (web["cpu_percent"], web["memory_percent"], web["disk_percent"]) == (43.0, 61.0, 55.0)
    assert web["as_of"] == "2026-11-20T14:21:53Z"


async def test_of_a_machine_that_is_down_nobody_knows_how_many_are_on(client: httpx.AsyncClient) -> None:
    (edge,) = (await answer(client, "/machines?where=machine:edge-03"))["machines"]
    assert (edge["state"], edge["reason"], edge["sessions"]) == ("down", "connection refused", None)


async def test_a_machine_that_cannot_tell_has_no_number_of_sessions(client: httpx.AsyncClient) -> None:
    (alpine,) = (await answer(client, "/machines?where=machine:alpine-9"))["machines"]
    assert (alpine["state"], alpine["sessions"], alpine["failed_logins"]) == ("up", None, None)


async def test_users_are_those_on_machines_that_are_up(client: httpx.AsyncClient) -> None:
    users = (await answer(client, "/users"))["users"]
    assert [user["user"] for user in users] == ["alice", "bob", "deploy", "karl", "root"]
    assert users[0]["machines"] == ["web-01", "web-02"]
    assert users[0]["from"] == ["10.0.3.7", "10.0.3.9"]


async def test_sessions_on_a_machine_that_is_not_up_are_told_but_not_counted(client: httpx.AsyncClient) -> None:
    sessions = (await answer(client, "/sessions"))["sessions"]
    assert {session["user"]: session["counted"] for session in sessions}["carol"] is False
    assert [session["since"] for session in sessions] == sorted((each["since"] for each in sessions), reverse=True)


async def test_sessions_of_the_past_come_from_the_store(client: httpx.AsyncClient, small: World) -> None:
    small.feed.history.past = SESSIONS[:2]
    assert (await answer(client, "/sessions?start=-1d"))["total"] == 2


async def test_a_list_is_given_in_parts(client: httpx.AsyncClient) -> None:
    whole = (await answer(client, "/sessions"))["sessions"]
    second = await answer(client, "/sessions?limit=3&offset=3")
    assert (second["total"], second["sessions"]) == (len(whole), whole[3:6])


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/machines?where=state:down", 1),
        ("/machines?where=tag:prod cpu>40", 3),
        ("/machines?where=on>1", 2),
        ("/machines?where=user:alice", 2),
        ("/machines?where=refused", 1),
        ("/users?where=machine:db-*", 1),
        ("/users?where=sessions>1", 2),
        ("/users?where=from:10.0.3.0/24", 1),
        ("/sessions?where=user:alice machine:web-02", 1),
        ("/alerts?where=level:high", 1),
        ("/alerts?where=machine:none", 1),
    ],
)
async def test_one_filter_language_serves_all_lists(client: httpx.AsyncClient, address: str, found: int) -> None:
    assert (await answer(client, address))["total"] == found


@pytest.mark.parametrize("table", TABLES)
async def test_a_filter_that_is_wrong_is_told_with_its_place(client: httpx.AsyncClient, table: str) -> None:
    response = await client.get(f"/{table}?where=usr:root")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "where"
    assert "no column usr here" in response.json()["error"]["message"]


async def test_events_are_the_newest_first(client: httpx.AsyncClient) -> None:
    answered = await answer(client, "/events?limit=3")
    assert [each["kind"] for each in answered["events"]] == ["failed", "login", "logout"]
    assert answered["complete"] is False
    assert answered["looked_back_to"] == answered["events"][-1]["time"]
    assert answered["events"][2]["duration_seconds"] == 134 * 60


async def test_events_of_a_span_of_time(client: httpx.AsyncClient) -> None:
    answered = await answer(client, "/events?start=2026-11-20T14:18:00Z&end=-1m&where=kind:login")
    assert [(each["user"], each["machine"]) for each in answered["events"]] == [("root", "db-02")]
    assert answered["complete"] is True


async def test_events_are_looked_through_only_so_far_back(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOKED_THROUGH_MAX", 5)
    answered = await answer(client, "/events?where=kind:boot")
    assert (answered["complete"], answered["events"]) == (False, [])
    assert answered["looked_back_to"] is not None


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/events?start=-1h&end=-2h", "end"),
        ("/events?start=yesterday", "start"),
        ("/events?start=2026-13-01", "start"),
        ("/events?start=-99999999999999999d", "start"),
        ("/events?limit=0", "limit"),
        ("/events?limit=ten", "limit"),
        ("/sessions?start=0.5", "start"),
        ("/machines?offset=-1", "offset"),
        ("/machines?content_type=pdf", "content_type"),
        ("/machines?colour=red", "colour"),
        ("/report?where=a&where=b", "where"),
    ],
)
async def test_what_is_asked_wrongly_is_named(client: httpx.AsyncClient, address: str, field: str) -> None:
    response = await client.get(address)
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)


async def test_alerts_are_those_that_stand(client: httpx.AsyncClient) -> None:
    alerts = (await answer(client, "/alerts"))["alerts"]
    assert [alert["rule"] for alert in alerts] == ["root", "windows", "disk"]
    assert alerts[1]["machines"] == []


async def test_the_report_is_the_one_that_the_command_line_prints(client: httpx.AsyncClient) -> None:
    response = await client.get("/report?content_type=text")
    assert "web-01: alice, deploy, karl" in response.text
    assert (await answer(client, "/report?where=user:root"))["totals"]["sessions"] == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", ["csv", "html", "text"])
async def test_each_list_is_a_table_too(client: httpx.AsyncClient, table: str, kind: str) -> None:
    response = await client.get(f"/{table}?content_type={kind}")
    assert response.status_code == 200
    rows = (await answer(client, f"/{table}"))[table]
    lines = [line for line in response.text.splitlines() if kind != "html" or line.startswith("<tr>")]
    assert len(lines) == len(rows) + (kind != "html")


async def test_a_store_that_cannot_be_read_is_no_fault_of_the_question(client: httpx.AsyncClient, small: World) -> None:
    small.events.refuses = StoreError("whotop.db: database is locked")
    response = await client.get("/events")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert response.json()["error"]["message"] == "whotop.db: database is locked"


async def test_health_is_told_without_a_word_about_the_fleet(client: httpx.AsyncClient, small: World) -> None:
    assert await answer(client, "/healthz") == {"status": "ok"}
    small.feed.notices = ("whotop.db: disk full",)
    assert (await client.get("/healthz")).status_code == 503


async def test_before_the_store_is_read_nothing_is_told() -> None:
    async with World().client() as client:
        for path in ("/machines", "/report", "/healthz", "/metrics", "/events/stream"):
            response = await client.get(path)
            assert (response.status_code, response.json()["error"]["status"]) == (503, 503)


async def test_a_store_in_which_nothing_was_ever_written_is_read_as_well() -> None:
    made = World()
    reading = asyncio.create_task(made.live.run())
    made.feed.publish((), time_us=0)
    made.feed.close()
    await reading
    async with made.client() as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/machines")).json()["machines"] == []


async def test_the_fleet_is_kept_current(client: httpx.AsyncClient, small: World) -> None:
    before = (await answer(client, "/machines"))["revision"]
    await small.publish(EventAdded(event(900, EventKind.LOGIN, "web-01", 0, "zoe")))
    assert (await answer(client, "/machines"))["revision"] == before + 1
    assert small.live.events_told == {EventKind.LOGIN: 1}
