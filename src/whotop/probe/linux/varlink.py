"""Varlink: one question to a service of the machine, and the list in its answer (varlink.org, "Wire").

Both are JSON objects that end with a NUL, over a socket in the file system. The list is read entry
by entry: it may be many times longer than what the probe may hold.
"""

import json
import time

ANSWER_SECONDS = 2.0
ANSWER_CHARACTERS = 262144
"""What may be held of an answer that is not understood yet."""


class NoAnswer(Exception):  # noqa: N818 - the next question may be answered
    """The service is not there, is silent, or refuses."""


def listed_by(path: bytes, method: str) -> "Iterator[dict[str, object]]":  # type: ignore[name-defined]  # noqa: F821
    """Ask a service, and give each object of the first list in its answer; raises NoAnswer.

    It waits 2 s at most, whatever the service does.
    """
    import socket

    question = json.dumps({"method": method, "parameters": {}}).encode("ascii") + b"\0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(path)
            connection.sendall(question)
            for entry in objects_in(texts_of(connection)):
                yield entry
        except (OSError, ValueError, RecursionError) as error:
            raise NoAnswer(str(error)) from None


def texts_of(connection: "socket.socket") -> "Iterator[str]":  # type: ignore[name-defined]  # noqa: F821
    """Give an answer as it comes, up to the NUL that ends it."""
    deadline = time.monotonic() + ANSWER_SECONDS
    rest = b""
    while True:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = connection.recv(65536)
        if not piece:
            raise NoAnswer("it hung up")
        # ASCII is what may be cut anywhere.
        whole, nul, _ = (rest + piece).partition(b"\0")
        cut = len(whole) if nul else whole.rfind(b"}") + 1
        yield whole[:cut].decode("utf-8", "surrogateescape")
        if nul:
            return
        rest = whole[cut:]
        if len(rest) > ANSWER_CHARACTERS or time.monotonic() > deadline:
            raise NoAnswer("its answer does not end")


def objects_in(texts: "Iterator[str]") -> "Iterator[dict[str, object]]":  # type: ignore[name-defined]  # noqa: F821
    """Give the objects of the first list in an answer that comes in pieces; an error is NoAnswer."""
    decode = json.JSONDecoder().raw_decode
    waiting = ""
    is_in_list = False
    for text in texts:
        waiting += text
        if not is_in_list and "[" in waiting:
            is_in_list = True
            waiting = waiting.partition("[")[2]
        while is_in_list:
            waiting = waiting.lstrip(" \t\r\n,")
            if waiting.startswith("]"):
                return
            try:
                entry, end = decode(waiting)
            except ValueError:
                break
            if not isinstance(entry, dict):
                raise NoAnswer("it lists no objects")
            waiting = waiting[end:]
            yield entry
        if len(waiting) > ANSWER_CHARACTERS:
            raise NoAnswer("an entry does not end")
    answer = {} if is_in_list else json.loads(waiting)
    if is_in_list or not isinstance(answer, dict) or answer.get("error"):
        raise NoAnswer("it refuses")
