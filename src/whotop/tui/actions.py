"""Every action of the screen, once: footer, help, palette, remapping and the docs derive from it."""

from __future__ import annotations

from typing import Literal

import msgspec
from textual.binding import Binding

Where = Literal["everywhere", "panes", "table"]
"""Who carries it out: the app, a screen that has panes with tables, or a table itself."""

Group = Literal["Look", "Alerts", "Find", "Move", "Panes", "Keep", "whotop"]
GROUPS: tuple[Group, ...] = ("Look", "Alerts", "Find", "Move", "Panes", "Keep", "whotop")


class Action(msgspec.Struct, frozen=True):
    """Something a key does.

    ``keys`` are named as Textual names them; the first is the one shown. ``words`` are short, for
    the key line; ``help`` is the sentence for help, palette and docs. ``does`` is the Textual
    action it calls, on whoever ``where`` names. ``rank`` orders the key line; 0 keeps off it.
    """

    id: str
    keys: tuple[str, ...]
    words: str
    help: str
    group: Group
    where: Where
    does: str
    rank: int = 0


ACTIONS: tuple[Action, ...] = (
    Action("open", ("enter",), "open", "Open the selected machine, user, source, session or alert", "Look", "table",
           "open", 1),
    Action("user", ("u",), "user", "Go to the user in the selected row", "Look", "panes", "go_to_user"),
    Action("source", ("i",), "source", "Go to the source in the selected row", "Look",
           "panes", "go_to_source"),
    Action("machine", ("M",), "machine", "Go to the machine in the selected row", "Look", "panes", "go_to_machine"),
    Action("failures", ("X",), "failed logins", "Show the failed logins of the whole fleet", "Look", "everywhere",
           "all_failures"),
    Action("usage", ("U",), "usage", "Show how many people use the machines", "Look", "everywhere", "usage"),
    Action("usage_period", ("p",), "period", "Of usage: count per day, week, month, quarter or year", "Look", "panes",
           "usage_period"),
    Action("usage_range", ("r",), "range", "Of usage: how far back to look", "Look", "panes", "usage_range"),
    Action("back", ("escape",), "back", "Peel one layer: dialog, filter, screen; never quits", "Look", "everywhere",
           "peel", 2),
    Action("pause", ("space",), "pause", "Stop the view, never the collection; again to go on", "Look", "everywhere",
           "pause", 5),
    Action("follow", ("F",), "follow", "Scroll after the selected row when the order changes", "Look", "panes",
           "follow"),
    Action("acknowledge", ("a",), "acknowledge", "Say that you have seen the alert: no more reminders",
           "Alerts", "panes", "acknowledge"),
    Action("mute", ("m",), "mute", "Let the alert disturb nobody for a while", "Alerts", "panes",
           "mute"),
    Action("next_alert", ("e",), "next alert", "The next alert", "Alerts", "panes", "next_alert"),
    Action("previous_alert", ("E",), "previous alert", "The alert before", "Alerts", "panes", "previous_alert"),
    Action("bell", ("B",), "bell", "Ring the bell when an alert opens; again for silence", "Alerts", "everywhere",
           "bell_on_or_off"),
    Action("filter", ("/",), "filter", "Show only the rows that match", "Find", "panes", "filter", 3),
    Action("next_match", ("n",), "next", "Go to the next match", "Find", "panes", "next_match"),
    Action("previous_match", ("N",), "previous", "Go to the previous match", "Find", "panes", "previous_match"),
    Action("sort", ("s",), "sort", "Choose the column to sort by", "Find", "panes", "sort", 4),
    Action("reverse", ("S",), "reverse", "Reverse the order", "Find", "panes", "reverse"),
    Action("down", ("j", "down"), "down", "One row down", "Move", "table", "move(1)"),
    Action("up", ("k", "up"), "up", "One row up", "Move", "table", "move(-1)"),
    Action("top", ("g", "home"), "top", "The first row", "Move", "table", "top"),
    Action("bottom", ("G", "end"), "bottom", "The last row", "Move", "table", "bottom"),
    Action("half_down", ("ctrl+d",), "half down", "Half a page down", "Move", "table", "move_pages(0.5)"),
    Action("half_up", ("ctrl+u",), "half up", "Half a page up", "Move", "table", "move_pages(-0.5)"),
    Action("page_down", ("pagedown",), "page down", "A page down", "Move", "table", "move_pages(1.0)"),
    Action("page_up", ("pageup",), "page up", "A page up", "Move", "table", "move_pages(-1.0)"),
    Action("next_pane", ("tab",), "next pane", "The next pane", "Panes", "panes", "next_pane"),
    Action("previous_pane", ("shift+tab",), "previous pane", "The pane before", "Panes", "panes", "previous_pane"),
    Action("pane_1", ("1",), "machines", "The first pane: machines", "Panes", "panes", "pane(1)"),
    Action("pane_2", ("2",), "users", "The second pane: users", "Panes", "panes", "pane(2)"),
    Action("pane_3", ("3",), "alerts", "The third pane: alerts", "Panes", "panes", "pane(3)"),
    Action("pane_4", ("4",), "events", "The fourth pane: events", "Panes", "panes", "pane(4)"),
    Action("pane_5", ("5",), "failed", "Usage; of a machine, user or source its failed logins", "Panes", "panes",
           "pane(5)"),
    Action("maximise", ("f",), "maximise", "Give the pane the whole screen; again to give it back", "Panes", "panes",
           "maximise_pane"),
    Action("copy", ("y",), "copy", "Copy the name in the selected row", "Keep", "panes", "copy_name"),
    Action("copy_row", ("Y",), "copy row", "Copy the whole selected row", "Keep", "panes", "copy_row"),
    Action("write", ("w",), "write", "Write this table to a file, filter and sort kept", "Keep", "panes",
           "write_table"),
    Action("snapshot", ("ctrl+s",), "snapshot", "Write a report of who is on which machine now", "Keep", "everywhere",
           "snapshot", 6),
    Action("theme", ("t",), "theme", "Choose a theme", "whotop", "everywhere", "choose_theme"),
    Action("palette", (":", "ctrl+p"), "command", "Find any of these, a machine, a user or a source by name",
           "whotop", "everywhere", "palette", 7),
    Action("help", ("?", "f1"), "help", "Show every key", "whotop", "everywhere", "help", 8),
    Action("reload", ("R",), "reload", "Read the configuration again: machines, rules, who is told", "whotop",
           "everywhere", "reload"),
    Action("suspend", ("ctrl+z",), "suspend", "Leave to the shell; fg comes back", "whotop", "everywhere",
           "suspend_process"),
    Action("quit", ("q",), "quit", "Leave, with a report", "whotop", "everywhere", "quit", 9),
    Action("interrupt", ("ctrl+c",), "quit", "Leave at once, with a report and exit code 130", "whotop", "everywhere",
           "interrupt"),
)  # fmt: skip

ACTION_BY_ID = {action.id: action for action in ACTIONS}


def bindings(where: Where) -> list[Binding]:
    """Textual bindings for the actions that ``where`` carries out; their ids make them remappable."""
    return [
        Binding(
            ",".join(action.keys),
            action.does,
            action.words,
            show=bool(action.rank),
            tooltip=action.help,
            id=action.id,
            priority=action.id == "interrupt",
        )
        for action in ACTIONS
        if action.where == where
    ]
