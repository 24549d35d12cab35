"""What is written in one go leaves in one go, in order, and nothing stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from whotop.collect.parcel import Parcel


class Wire(asyncio.Transport):
    """Remembers what it was given, and how it ended."""

    def __init__(self) -> None:
        super().__init__({"socket": "the socket"})
        self.told: list[bytes | str] = []

    def write(self, data: Any) -> None:
        self.told.append(bytes(data))

    def abort(self) -> None:
        self.told.append("aborted")

    def close(self) -> None:
        self.told.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.told

    def get_write_buffer_size(self) -> int:
        return 7


class Post:
    """A parcel, the wire behind it, and the loop's turns."""

    def __init__(self) -> None:
        self.wire = Wire()
        self._soon: list[Callable[[], None]] = []
        self.parcel = Parcel(self.wire, self._soon.append)

    def turn(self) -> None:
        soon, self._soon[:] = list(self._soon), []
        for callback in soon:
            callback()


@pytest.fixture
def post() -> Post:
    return Post()


def test_what_is_written_within_one_turn_leaves_as_one(post: Post) -> None:
    post.parcel.write(b"one ")
    post.parcel.write(bytearray(b"two"))
    assert post.wire.told == []
    post.turn()
    assert post.wire.told == [b"one two"]


def test_the_next_turn_is_the_next_parcel(post: Post) -> None:
    for word in (b"one", b"two"):
        post.parcel.write(word)
        post.turn()
    post.turn()
    assert post.wire.told == [b"one", b"two"]


def test_last_words_are_sent_before_the_end(post: Post) -> None:
    post.parcel.write(b"goodbye")
    post.parcel.abort()
    post.turn()
    assert post.wire.told == [b"goodbye", "aborted"]


def test_a_close_sends_what_was_written(post: Post) -> None:
    post.parcel.write(b"goodbye")
    post.parcel.close()
    assert post.wire.told == [b"goodbye", "closed"]
    assert post.parcel.is_closing()


def test_what_waits_counts_as_unsent(post: Post) -> None:
    post.parcel.write(b"1234")
    assert post.parcel.get_write_buffer_size() == 11


def test_the_socket_behind_it_can_be_had(post: Post) -> None:
    assert post.parcel.get_extra_info("socket") == "the socket"
