"""A sample to every target: whether it would be told of an alert, before there is one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence

from whotop.config.notify_settings import NotifyTable
from whotop.core.keys import key_of
from whotop.model import Target
from whotop.model.delivery import Channel, Delivery, DeliveryKind
from whotop.notify.recipients import Recipient
from whotop.notify.route import Outcome, Route
from whotop.notify.routes import routes_of
from whotop.text import safe


def all_recipients(table: NotifyTable, targets: Iterable[Target]) -> list[Recipient]:
    """Everybody who may ever be told of something, each once."""
    own = [target.mail for target in targets if target.mail] if table.smtp.host else []
    named = [address for mail in table.mail for address in mail.to]
    addresses: list[Recipient] = [(Channel.MAIL, address) for address in [*named, *own]]
    return list(dict.fromkeys([*addresses, *((Channel.CHAT, chat.name) for chat in table.chat)]))


async def send_samples(table: NotifyTable, recipients: Iterable[Recipient], now_us: int) -> list[Outcome]:
    """Send a sample to each, and what became of it; no route waits for another."""
    samples = [_sample(channel, target, now_us) for channel, target in recipients]
    told = await asyncio.gather(*(_sent(route, samples) for route in routes_of(table)))
    outcomes = {outcome.delivery.key: outcome for outcomes in told for outcome in outcomes}
    return [outcomes[sample.key] for sample in samples]


async def _sent(route: Route, samples: Sequence[Delivery]) -> list[Outcome]:
    its_own = [one for one in samples if one.channel is route.channel and route.target in ("", one.target)]
    return [outcome async for outcome in route.send(its_own)] if its_own else []


def _sample(channel: Channel, target: str, now_us: int) -> Delivery:
    here = safe(socket.gethostname(), 64)
    return Delivery(
        key=key_of("sample", channel.value, target, now_us),
        channel=channel,
        target=target,
        kind=DeliveryKind.OPEN,
        subject=f"[whotop] a test from {here}",
        body=f"whotop on {here} sends alerts here.\n\nThis one was asked for: whotop notify test\n",
        created_us=now_us,
        due_us=now_us,
    )
