"""One failed logon, as each program exports it: the same event, with the same values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.record_kind import RecordKind, kind_of
from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_export import exported_events
from whotop.parse.windows_message import message_data

MOMENT_US = 1_795_306_202_000_000
TIME = "2026-11-22T00:10:02.0000000Z"
AMERICAN = "11/22/2026 12:10:02 AM"
AUDITING = "Microsoft-Windows-Security-Auditing"
DATA = {
    "TargetUserSid": "S-1-0-0",
    "TargetUserName": "anna",
    "TargetDomainName": "CORP",
    "Status": "0xc000006d",
    "SubStatus": "0xc000006a",
    "LogonType": "3",
    "WorkstationName": "PC-9",
    "IpAddress": "203.0.113.9",
}
MESSAGE = """An account failed to log on.

Subject:
\tSecurity ID:\t\tS-1-5-18
\tAccount Name:\t\tWS-07$
\tAccount Domain:\t\tCORP

Logon Type:\t\t\t3

Account For Which Logon Failed:
\tSecurity ID:\t\tS-1-0-0
\tAccount Name:\t\tanna
\tAccount Domain:\t\tCORP

Failure Information:
\tFailure Reason:\t\tUnknown user name or bad password.
\tStatus:\t\t\t0xc000006d
\tSub Status:\t\t0xc000006a

Network Information:
\tWorkstation Name:\tPC-9
\tSource Network Address:\t203.0.113.9
"""
SYSTEM = {"Computer": "ws-07", "Channel": "Security"}
PAYLOAD = json.dumps({"EventData": {"Data": [{"@Name": name, "#text": value} for name, value in DATA.items()]}})


def table(names: Sequence[str], *values: str, delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([names, values])
    return file.getvalue()


def winlogbeat() -> Mapping[str, object]:
    fields = {"event_id": "4625", "provider_name": AUDITING, "computer_name": "ws-07", "channel": "Security"}
    return {"@timestamp": TIME, "winlog": {**fields, "event_data": DATA}}


def of_go() -> Mapping[str, object]:
    system = {
        "EventID": {"Value": 4625},
        "TimeCreated": {"SystemTime": MOMENT_US / 1e6},
        "Provider": {"Name": AUDITING},
    }
    return {"System": {**system, **SYSTEM}, "EventData": DATA}


def of_wazuh() -> Mapping[str, object]:
    system = {"eventID": "4625", "systemTime": TIME, "computer": "ws-07", "channel": "Security"}
    return {"win": {"system": system, "eventdata": {name[0].lower() + name[1:]: text for name, text in DATA.items()}}}


SHAPES = {
    "Go's evtx": json.dumps(of_go()),
    "Wazuh's event": json.dumps(of_wazuh()),
    "Wazuh's alert": json.dumps({"rule": {"id": "60122"}, "data": of_wazuh()}),
    "Sentinel": json.dumps({"EventID": 4625, "TimeGenerated": TIME, **SYSTEM, **DATA}),
    "Splunk's fields": json.dumps({"EventCode": "4625", "_time": TIME, "ComputerName": "ws-07", **DATA}),
    "the data apart": json.dumps({"EventID": 4625, "TimeCreated": TIME, **SYSTEM, "EventData": DATA}),
    "EvtxECmd": json.dumps({"EventId": 4625, "TimeCreated": TIME, **SYSTEM, "Payload": PAYLOAD}),
    "Elasticsearch": json.dumps({"hits": {"hits": [{"_index": "x", "_source": winlogbeat()}]}}),
    "an integration's test": json.dumps({"expected": [winlogbeat()]}, indent=2),
    "PowerShell, with its message": json.dumps(
        [{"Id": 4625, "TimeCreated": "/Date(1795306202000)/", "MachineName": "ws-07", "Message": MESSAGE}]
    ),
    "EvtxECmd's table": table(["EventId", "TimeCreated", "Computer", "Payload"], "4625", TIME, "ws-07", PAYLOAD),
    "Sentinel's table": table(
        ["TimeGenerated [UTC]", "Computer", "EventID", *DATA],
        AMERICAN.replace(" ", ", ", 1),
        "ws-07",
        "4625",
        *DATA.values(),
    ),
    "Export-Csv": table(["Message", "Id", "MachineName", "TimeCreated"], MESSAGE, "4625", "ws-07", AMERICAN),
    "Export-Csv, semicolons": table(
        ["Message", "Id", "MachineName", "TimeCreated"], MESSAGE, "4625", "ws-07", AMERICAN, delimiter=";"
    ),
    "wevtutil's text": f"Event[0]:\r\n  Log Name: Security\r\n  Date: {TIME}\r\n  Event ID: 4625\r\n"
    f"  Computer: ws-07\r\n  Description: \r\n{MESSAGE}",
    "Splunk's text": f"{AMERICAN}\nLogName=Security\nSourceName=Microsoft Windows security auditing.\nEventCode=4625\n"
    f"ComputerName=ws-07\nRecordNumber=9\nMessage={MESSAGE}",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_failed_logon_is_the_same_in_every_shape(text: str) -> None:
    (event,) = exported_events(text.encode())
    assert (event.id, event.time_us, event.computer) == (4625, MOMENT_US, "ws-07")
    assert event.provider in (AUDITING, "")
    names = ("TargetUserName", "TargetDomainName", "Status", "SubStatus", "LogonType", "WorkstationName", "IpAddress")
    assert [event.value(name) for name in names] == [DATA[name] for name in names]


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_is_known_for_a_log_of_windows(text: str) -> None:
    assert kind_of(text.encode(), "export.txt") is RecordKind.WINDOWS_EXPORT


def test_a_table_of_the_event_viewer_names_no_computer_and_not_its_last_column() -> None:
    names = ["Keywords", "Date and Time", "Source", "Event ID", "Task Category"]
    text = table(names, "Audit Failure", AMERICAN, AUDITING, "4625", "Logon", MESSAGE)
    assert kind_of(text.encode(), "x.csv") is RecordKind.WINDOWS_EXPORT
    (event,) = exported_events(text.encode())
    assert (event.id, event.computer, event.value("TargetUserName")) == (4625, "", "anna")


def test_whom_a_message_is_about_is_in_the_section_that_says_so() -> None:
    logon = "Subject:\n\tAccount Name:\t\tWS-07$\n\nNew Logon:\n\tAccount Name:\t\tanna\n\tLogon ID:\t\t0x5A3F1\n"
    assert message_data(4624, logon) == {"TargetUserName": "anna", "TargetLogonId": "0x5A3F1"}
    logoff = "Subject:\n\tAccount Name:\t\tanna\n\tLogon ID:\t\t0x5A3F1\n\nLogon Type:\t\t\t2\n"
    assert message_data(4634, logoff) == {"TargetUserName": "anna", "TargetLogonId": "0x5A3F1", "LogonType": "2"}
    taken_up = "Subject:\n\tAccount Name:\t\tanna\n\nSession:\n\tSession Name:\t\tRDP-Tcp#3\n\n"
    taken_up += "Additional Information:\n\tClient Name:\t\tPC-9\n\tClient Address:\t\t203.0.113.9\n"
    assert message_data(4778, taken_up) == {
        "AccountName": "anna",
        "SessionName": "RDP-Tcp#3",
        "ClientName": "PC-9",
        "ClientAddress": "203.0.113.9",
    }


def test_events_of_a_text_are_told_apart() -> None:
    text = SHAPES["Splunk's text"]
    later = text.replace("12:10:02", "12:10:03").replace("Name:\t\tanna", "Name:\t\tbert")
    found = list(exported_events((text + "\n" + later).encode()))
    assert [event.value("TargetUserName") for event in found] == ["anna", "bert"]


@given(st.text(max_size=300), st.sampled_from([4624, 4634, 4778]))
def test_whatever_a_message_holds_its_values_are_texts(message: str, event_id: int) -> None:
    assert all(isinstance(value, str) for value in message_data(event_id, message).values())


def test_a_table_that_is_none_any_more_ends_the_reading() -> None:
    text = SHAPES["Export-Csv"] + '"' + "x" * 200_000 + "\n"
    found: list[WindowsEvent] = list(exported_events(text.encode()))
    assert len(found) == 1
