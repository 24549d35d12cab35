"""``/alerts``: what the rules found wrong."""

from __future__ import annotations

from whotop.core.query import parse_query
from whotop.web.documents import AlertDocument, alert_document
from whotop.web.question import TableQuestion
from whotop.web.resource import Resource, table_of
from whotop.web.resources.paging import Listed, part
from whotop.web.rows import ALERT_FIELDS, AlertRow
from whotop.web.sources import Sources


class AlertsAnswer(Listed, frozen=True, kw_only=True):
    """Alerts that stand, the newest first."""

    alerts: tuple[AlertDocument, ...]


async def alerts(question: TableQuestion, sources: Sources) -> AlertsAnswer:
    """Those that the filter finds. Raises QueryError."""
    fleet = sources.live.fleet
    query = parse_query(question.where, ALERT_FIELDS)
    found = [alert for alert in fleet.open_alerts() if query.matches(AlertRow(alert))]
    documents = tuple(alert_document(alert) for alert in part(found, question))
    return AlertsAnswer(revision=fleet.revision, total=len(found), alerts=documents)


RESOURCE = Resource(
    path="/alerts",
    summary="Alerts that stand",
    question=TableQuestion,
    answer=AlertsAnswer,
    respond=alerts,
    render=table_of("alerts", AlertDocument, "alerts"),
)
