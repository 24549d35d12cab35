from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Process
from whotop.tui.views.process_tree import foreground, tree, tree_lines


def process(pid: int, parent: int, command: str = "x", *, started: int = 0, foreground: bool = False) -> Process:
    return Process(
        pid=pid, parent_pid=parent, command=command, state="S", foreground=foreground, started_us=started, cpu_seconds=1
    )


def test_children_stand_behind_their_parents_older_before_younger() -> None:
    processes = [process(3, 1, started=3), process(1, 99), process(2, 1, started=2), process(4, 2, started=9)]
    assert [(depth, one.pid) for depth, one in tree(processes)] == [(0, 1), (1, 2), (2, 4), (1, 3)]


def test_a_branch_is_drawn_at_its_depth() -> None:
    lines = tree_lines([process(1, 0, "sshd"), process(2, 1, "bash"), process(3, 2, "vim")])
    assert ["".join(text for text, _ in line) for line in lines] == [
        "       1    1s S sshd",
        "       2    1s S └ bash",
        "       3    1s S   └ vim",
    ]


def test_what_runs_is_the_youngest_of_the_foreground_group() -> None:
    processes = [
        process(1, 0, "bash", started=1),
        process(2, 1, "make", started=2, foreground=True),
        process(3, 2, "cc", started=3, foreground=True),
        process(4, 1, "sleep", started=9),
    ]
    assert foreground(processes) == "cc"
    assert foreground(processes[:1]) == ""


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_every_process_is_listed_once_whatever_the_machine_says_of_parents(pairs: list[tuple[int, int]]) -> None:
    processes = [process(pid, parent) for pid, parent in pairs]
    assert sorted(one.pid for _, one in tree(processes)) == sorted({pid for pid, _ in pairs})
