"""``/users``: who is logged in, on all machines together."""

from __future__ import annotations

from whotop.core.query import parse_query
from whotop.web.documents import UserDocument, user_document
from whotop.web.question import TableQuestion
from whotop.web.resource import Resource, table_of
from whotop.web.resources.paging import Listed, part
from whotop.web.rows import USER_FIELDS, UserRow
from whotop.web.sources import Sources


class UsersAnswer(Listed, frozen=True, kw_only=True):
    """Users with an open session on a machine that is up, by name."""

    users: tuple[UserDocument, ...]


async def users(question: TableQuestion, sources: Sources) -> UsersAnswer:
    """Those that the filter finds. Raises QueryError."""
    fleet = sources.live.fleet
    query = parse_query(question.where, USER_FIELDS)
    counted = {user: list(fleet.counted(each.values())) for user, each in sorted(fleet.sessions_of_user.items())}
    everybody = (user_document(user, sessions) for user, sessions in counted.items() if sessions)
    found = [user for user in everybody if query.matches(UserRow(user))]
    return UsersAnswer(revision=fleet.revision, total=len(found), users=tuple(part(found, question)))


RESOURCE = Resource(
    path="/users",
    summary="Users who are logged in",
    question=TableQuestion,
    answer=UsersAnswer,
    respond=users,
    render=table_of("users", UserDocument, "users"),
)
