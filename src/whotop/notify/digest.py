"""Several messages to one target that come at once go as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from whotop.model.delivery import Delivery, DeliveryKind
from whotop.notify.keys import digest_key
from whotop.notify.words import SUBJECT_CHARACTERS, moment
from whotop.text import safe

LISTED = 500
SINGLE_KINDS = frozenset({DeliveryKind.DIGEST, DeliveryKind.EVENTS})
"""What always goes by itself."""


def digest_of(members: Sequence[Delivery], zone: tzinfo, now_us: int) -> Delivery:
    """One message that lists these, all to one target, in the order in which they came."""
    ordered = sorted(members, key=lambda member: member.created_us)
    machines = {member.machine for member in ordered if member.machine}
    where = f" on {len(machines)} machines" if len(machines) > 1 else f" on {next(iter(machines))}" if machines else ""
    return Delivery(
        key=digest_key(member.key for member in ordered),
        channel=ordered[0].channel,
        target=ordered[0].target,
        kind=DeliveryKind.DIGEST,
        machine=next(iter(machines)) if len(machines) == 1 else "",
        subject=safe(f"[whotop] {len(ordered)} messages{where}", SUBJECT_CHARACTERS),
        body=_body(ordered, zone),
        created_us=now_us,
        due_us=now_us,
    )


def _body(members: Sequence[Delivery], zone: tzinfo) -> str:
    lines = [f"{moment(member.created_us, zone)}  {member.subject.removeprefix('[whotop] ')}" for member in members]
    rest = len(lines) - LISTED
    more = [f"and {rest} more"] if rest > 0 else []
    return (
        "\n".join(["These came at once:", "", *lines[:LISTED], *more, "", "See more: whotop (then e, for the alerts)"])
        + "\n"
    )
