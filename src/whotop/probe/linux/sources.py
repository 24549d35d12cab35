"""All origins of records that whotop asked for, each read by what knows how."""

from functools import partial

from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.framing import LineFraming
from whotop.probe.linux.journal import JournalWatch
from whotop.probe.linux.lastlog import LastlogWatch
from whotop.probe.linux.origins import first_path
from whotop.probe.linux.record_file import UnreadableFile
from whotop.probe.linux.records import RecordWatch
from whotop.probe.linux.source import Source
from whotop.probe.linux.wtmpdb import WtmpdbWatch, wtmpdb_table


def source_of(writer: FrameWriter, origin: str) -> "Source | None":
    """Give what reads an origin; None for one that this probe does not know how to read."""
    if origin in ("wtmp", "btmp"):
        return RecordWatch(writer, origin, first_path(origin))
    if origin == "auth.log":
        return RecordWatch(writer, origin, first_path(origin), LineFraming)
    if origin == "wtmpdb":
        return WtmpdbWatch(writer, origin, wtmpdb_table(first_path(origin)))
    if origin == "lastlog":
        return LastlogWatch(writer, origin, first_path(origin))
    if origin == "journal":
        return JournalWatch(writer, origin)
    return None


class Sources:
    """The sources that are read now. ``begin`` first; then ``read`` says which."""

    def __init__(self, writer: FrameWriter) -> None:
        self.broken = set()  # type: set[str]
        """Origins that looked readable until they were read; they are left alone until the next connection."""
        self.has_lost_one = False
        """Whether one has broken that whotop was not told of."""
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
            new = None if origin in self._sources or origin in self.broken else source_of(self._writer, origin)
            if new is not None:
                self._sources[origin] = new
                self._unless_broken(origin, partial(new.start, self._cursors.get(origin), self._history_bytes))

    def _unless_broken(self, origin: str, act: "partial[None]") -> None:
        try:
            act()
        except UnreadableFile:
            self.broken.add(origin)
            self.has_lost_one = True
            self._leave(origin)

    def _leave(self, origin: str) -> None:
        source = self._sources.pop(origin)
        if source.acknowledged is not None:
            self._cursors[origin] = source.acknowledged
        source.close()

    def look(self) -> None:
        """See what has become of each."""
        for origin, source in list(self._sources.items()):
            self._unless_broken(origin, partial(source.look))

    def handles(self) -> "list[int]":
        """Give what wakes the probe when there is news."""
        return [source.handle for source in self._sources.values() if source.handle >= 0]

    def woken(self, handles: "list[int]") -> None:
        """Look at those that have news."""
        for origin, source in list(self._sources.items()):
            if source.handle in handles:
                self._unless_broken(origin, partial(source.look))

    def send_pieces(self) -> bool:
        """Send at most one piece of each, so that figures never wait; whether more could go."""
        waits = False
        for origin, source in list(self._sources.items()):
            if source.can_send:
                self._unless_broken(origin, partial(source.send_piece))
                waits = waits or source.can_send
        return waits

    def acknowledge(self, origin: str, offset: int) -> None:
        """Whotop has all of an origin up to ``offset``."""
        source = self._sources.get(origin)
        if source is not None:
            source.acknowledge(offset)
