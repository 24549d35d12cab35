"""Ranges in machine names: ``web-[01-40]``, ``db-[1-3,7]``, and Ansible's ``web[01:40]``, ``[a:c]``.

What is in brackets and is no range (``[::1]``, a glob's ``[abc]``) stays as it is. Counted before
anything is made, so that a slip of the finger is an error and not a full memory.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence

MACHINES_MAX = 20_000
CHARACTERS_MAX = 253 * MACHINES_MAX
"""Of all names together: no host's name is longer than 253."""
DIGITS_MAX = 9

_RANGE = re.compile(r"\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]", re.ASCII)
_INVENTORY_RANGE = re.compile(r"\[((?:\d+:\d+|[a-zA-Z]:[a-zA-Z])(?::\d+)?)\]", re.ASCII)

Numbers = tuple[range, Callable[[int], str]]


def expand(text: str) -> list[str]:
    """The names that ``text`` stands for, in order. Raises ValueError with one clear line."""
    return _expand(text, _RANGE, lambda inside: [_numbers(part) for part in inside.split(",")])


def expand_inventory(text: str) -> list[str]:
    """The same for Ansible's notation (docs.ansible.com, "Adding ranges of hosts")."""
    return _expand(text, _INVENTORY_RANGE, lambda inside: [_steps(inside)])


def _expand(text: str, pattern: re.Pattern[str], read: Callable[[str], list[Numbers]]) -> list[str]:
    pieces = pattern.split(text)
    if len(pieces) == 1:
        return [text]
    choices = [read(inside) for inside in pieces[1::2]]
    count = math.prod(sum(len(numbers) for numbers, _ in parts) for parts in choices)
    if count > MACHINES_MAX:
        raise ValueError(f'"{text}" stands for {count} machines; at most {MACHINES_MAX} are possible')
    if count * len(text) > CHARACTERS_MAX:
        raise ValueError(f'"{text[:80]}…" is too long for {count} machines')
    texts = [[show(number) for numbers, show in parts for number in numbers] for parts in choices]
    return [_joined(pieces[::2], chosen) for chosen in itertools.product(*texts)]


def _joined(fixed: Sequence[str], chosen: Sequence[str]) -> str:
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(fixed, chosen, fillvalue="")))


def _numbers(part: str) -> Numbers:
    first, _, last = part.partition("-")
    last = last or first
    _check_digits(part, first, last)
    if int(first) > int(last):
        raise ValueError(f"[{part}] is no range: the first number must be the smaller one")
    return range(int(first), int(last) + 1), _padded(first)


def _check_digits(part: str, *numbers: str) -> None:
    if any(len(number) > DIGITS_MAX for number in numbers):
        raise ValueError(f"[{part[:80]}] is no range: its numbers have at most {DIGITS_MAX} digits")


def _padded(first: str) -> Callable[[int], str]:
    width = len(first) if first.startswith("0") else 1
    return lambda number: str(number).zfill(width)


def _steps(inside: str) -> Numbers:
    first, last, *rest = inside.split(":")
    _check_digits(inside, first, last, *rest)
    step = int(rest[0]) if rest else 1
    is_number = first.isdigit()
    start, end = (int(first), int(last)) if is_number else (ord(first), ord(last))
    if step < 1 or start > end:
        raise ValueError(f"[{inside}] is no range: it must rise, by a step of 1 or more")
    return range(start, end + 1, step), _padded(first) if is_number else chr
