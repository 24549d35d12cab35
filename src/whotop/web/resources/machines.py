"""``/machines``: what is watched, and how it is."""

from __future__ import annotations

from whotop.core.query import parse_query
from whotop.web.documents import MachineDocument, machine_document
from whotop.web.question import TableQuestion
from whotop.web.resource import Resource, table_of
from whotop.web.resources.paging import Listed, part
from whotop.web.rows import MACHINE_FIELDS, MachineRow
from whotop.web.sources import Sources


class MachinesAnswer(Listed, frozen=True, kw_only=True):
    """Machines, in the order in which they came to be known."""

    machines: tuple[MachineDocument, ...]


async def machines(question: TableQuestion, sources: Sources) -> MachinesAnswer:
    """Those that the filter finds. Raises QueryError."""
    fleet, now_us = sources.live.fleet, sources.clock.now_us()
    query = parse_query(question.where, MACHINE_FIELDS)
    found = [machine for machine in fleet.machines.values() if query.matches(MachineRow(machine, fleet))]
    documents = tuple(machine_document(machine, fleet, now_us) for machine in part(found, question))
    return MachinesAnswer(revision=fleet.revision, total=len(found), machines=documents)


RESOURCE = Resource(
    path="/machines",
    summary="Machines, how they are and who is on them",
    question=TableQuestion,
    answer=MachinesAnswer,
    respond=machines,
    render=table_of("machines", MachineDocument, "machines"),
)
