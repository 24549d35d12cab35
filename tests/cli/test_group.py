from __future__ import annotations

import pytest
import rich_click as click

from whotop.cli.main import whotop


def command_and_rest(*arguments: str) -> tuple[str, list[str]]:
    context = click.Context(whotop)
    whotop.parse_args(context, list(arguments))
    name, _, rest = whotop.resolve_command(context, [*context._protected_args, *context.args])
    assert name is not None
    return name, rest


@pytest.mark.parametrize(
    ("arguments", "command", "rest"),
    [
        ([], "watch", []),
        (["web-01", "db-02"], "watch", ["web-01", "db-02"]),
        (["report", "x"], "report", ["x"]),
        (["--", "report"], "watch", ["--", "report"]),
        (["-c", "FILE"], "watch", ["-c", "FILE"]),
        (["-c", "report"], "watch", ["-c", "report"]),
        (["-c", "FILE", "report", "x"], "report", ["-c", "FILE", "x"]),
        (["-v", "--config=FILE", "report"], "report", ["-v", "--config=FILE"]),
        (["-c", "FILE", "--", "report"], "watch", ["-c", "FILE", "--", "report"]),
        (["-v", "web-01", "report"], "watch", ["-v", "web-01", "report"]),
    ],
)
def test_a_first_word_that_is_no_command_means_watch(arguments: list[str], command: str, rest: list[str]) -> None:
    assert command_and_rest(*arguments) == (command, rest)
