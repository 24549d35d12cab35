from __future__ import annotations

from whotop.tui.views.place import MachinePlace, Place, SourcePlace, UserPlace


def test_a_machine_a_user_and_a_source_of_one_name_are_three_places() -> None:
    places: list[Place] = [MachinePlace("backup"), UserPlace("backup"), SourcePlace("backup"), UserPlace("backup")]
    assert len(set(places)) == 3
