"""The settings of all rules, as the ``[rules]`` table of the configuration has them.

They are read before first paint: no rule is imported here. A new rule adds its field here, and its
class in ``registry``.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from whotop.core.rules.account_tables import (
    ConcurrentTable,
    DeniedTable,
    DormantTable,
    HoursTable,
    IdleTable,
    NewSourceTable,
    RootTable,
    SystemAccountTable,
)
from whotop.core.rules.attack_tables import SlowTable, SprayingTable, TravelTable
from whotop.core.rules.login_tables import FailedTable, GuessedTable, LoginsTable
from whotop.core.rules.machine_tables import (
    ClearedTable,
    ClockTable,
    CpuTable,
    DiskTable,
    FloodTable,
    LoadTable,
    MemoryTable,
    RebootedTable,
    SwapTable,
    TamperingTable,
    UnreachableTable,
)
from whotop.core.rules.table import RuleTable


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each rule's table, by the name that its alerts carry; and what holds for all."""

    reopen_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 900.0
    """An alert that comes back within this time after it resolved is the same one again, counted once more."""
    unreachable: UnreachableTable = UnreachableTable()
    rebooted: RebootedTable = RebootedTable()
    clock: ClockTable = ClockTable()
    cpu: CpuTable = CpuTable()
    memory: MemoryTable = MemoryTable()
    swap: SwapTable = SwapTable()
    disk: DiskTable = DiskTable()
    load: LoadTable = LoadTable()
    logins: LoginsTable = LoginsTable()
    failed: FailedTable = FailedTable()
    guessed: GuessedTable = GuessedTable()
    spraying: SprayingTable = SprayingTable()
    slow: SlowTable = SlowTable()
    root: RootTable = RootTable()
    system_account: SystemAccountTable = SystemAccountTable()
    new_source: NewSourceTable = NewSourceTable()
    concurrent: ConcurrentTable = ConcurrentTable()
    travel: TravelTable = TravelTable()
    hours: HoursTable = HoursTable()
    dormant: DormantTable = DormantTable()
    idle: IdleTable = IdleTable()
    denied: DeniedTable = DeniedTable()
    tampering: TamperingTable = TamperingTable()
    cleared: ClearedTable = ClearedTable()
    flood: FloodTable = FloodTable()

    def tables(self) -> dict[str, RuleTable]:
        """Each rule's table, by its name."""
        tables = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: table for name, table in tables.items() if isinstance(table, RuleTable)}
