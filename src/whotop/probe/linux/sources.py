"""All origins of records that whotop asked for, each read by what knows how."""

from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.origins import first_path
from whotop.probe.linux.records import RecordWatch
from whotop.probe.linux.source import Source


def source_of(writer: FrameWriter, origin: str) -> "Source | None":
    """Give what reads an origin; None for one that this probe does not know how to read."""
    if origin == "wtmp":
        return RecordWatch(writer, origin, first_path(origin))
    return None


class Sources:
    """The sources that are read now. ``begin`` first; then ``read`` says which."""

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self._sources = {}  # type: dict[str, Source]
        self._cursors = {}  # type: dict[str, dict[str, object]]
        self._history_bytes = 0

    def begin(self, cursors: object, history_bytes: int) -> None:
        """Take note of where each origin is to be continued, and how much history is wanted without that."""
        self._cursors = cursors if isinstance(cursors, dict) else {}
        self._history_bytes = history_bytes

    def read(self, origins: object) -> None:
        """Read these origins from now on, each from its cursor, and no others."""
        wanted = [one for one in origins if isinstance(one, str)] if isinstance(origins, list) else []
        for origin in [one for one in self._sources if one not in wanted]:
            self._leave(origin)
        for origin in wanted:
            new = None if origin in self._sources else source_of(self._writer, origin)
            if new is not None:
                new.start(self._cursors.get(origin), self._history_bytes)
                self._sources[origin] = new

    def _leave(self, origin: str) -> None:
        source = self._sources.pop(origin)
        if source.acknowledged is not None:
            self._cursors[origin] = source.acknowledged
        source.close()

    def look(self) -> None:
        """See what has become of each."""
        for source in self._sources.values():
            source.look()

    def handles(self) -> "list[int]":
        """Give what wakes the probe when there is news."""
        return [source.handle for source in self._sources.values() if source.handle >= 0]

    def woken(self, handles: "list[int]") -> None:
        """Look at those that have news."""
        for source in self._sources.values():
            if source.handle in handles:
                source.look()

    def send_pieces(self) -> bool:
        """Send at most one piece of each, so that figures never wait; whether more could go."""
        waits = False
        for source in self._sources.values():
            if source.can_send:
                source.send_piece()
                waits = waits or source.can_send
        return waits

    def acknowledge(self, origin: str, offset: int) -> None:
        """Whotop has all of an origin up to ``offset``."""
        source = self._sources.get(origin)
        if source is not None:
            source.acknowledge(offset)
