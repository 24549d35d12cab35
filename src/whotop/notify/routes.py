"""The routes that a configuration asks for."""

from __future__ import annotations

from whotop.config.notify_settings import NotifyTable
from whotop.notify.chat import ChatRoute
from whotop.notify.mail import MailRoute
from whotop.notify.route import Route


def routes_of(table: NotifyTable) -> list[Route]:
    """One for the mail server, and one for each chat."""
    mail: list[Route] = [MailRoute(table.smtp)] if table.smtp.host else []
    return [*mail, *(ChatRoute(chat) for chat in table.chat)]
