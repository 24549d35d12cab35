"""The gate: what keeps the protocol passes, everything else ends the link with one safe line."""

from __future__ import annotations

import struct
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import hello
from whotop.errors import WireError
from whotop.wire import limits
from whotop.wire.frames import FrameDecoder, FrameEncoder, down_decoder, preamble, up_decoder
from whotop.wire.messages import (
    Acknowledge,
    Down,
    Figures,
    Goodbye,
    Message,
    OriginReport,
    Request,
    Start,
    Stop,
    Up,
)

NONCE = "0123456789abcdef" * 2
HELLO = replace(
    hello.HELLO,
    clock_us=1_763_761_186_000_000,
    ancestors=(10, 1),
    origins=(OriginReport(name="logind", path=b"/run/systemd/sessions", state="readable"),),
)
FIGURES = Figures(clock_us=1_763_761_191_000_000, stat=b"cpu 1 2 3 4", loadavg=b"0.1 0.2 0.3 1/2 3")


def frame(kind: int, payload: bytes, sequence: int, flags: int = 0) -> bytes:
    return struct.pack(">IBBI", len(payload), kind, flags, sequence) + payload


def greeted() -> FrameDecoder[Up]:
    """A decoder that has seen the preamble and a hello."""
    decoder = up_decoder(NONCE)
    decoder.feed(preamble(NONCE) + FrameEncoder().encode(HELLO))
    return decoder


def breach_of(decoder: FrameDecoder[Up], data: bytes) -> str:
    with pytest.raises(WireError) as caught:
        decoder.feed(data)
    return str(caught.value)


def outcome(decoder: FrameDecoder[Up], data: bytes) -> str:
    """The reason of the breach that ``data`` is; empty if it is none. Any other exception goes through."""
    try:
        decoder.feed(data)
    except WireError as breach:
        return str(breach)
    return ""


def test_messages_come_out_as_they_went_in() -> None:
    encoder, decoder = FrameEncoder(), up_decoder(NONCE)
    sent: list[Message] = [HELLO, FIGURES, Goodbye(reason=b"done")]
    stream = preamble(NONCE) + b"".join(map(encoder.encode, sent))
    assert decoder.feed(stream) == sent


def test_messages_go_down_without_a_preamble() -> None:
    encoder, decoder = FrameEncoder(), down_decoder()
    sent: list[Down] = [
        Start(nonce=NONCE),
        Acknowledge(origin="wtmp", offset=384),
        Request(id=1, kind="processes", pid=7),
        Stop(),
    ]
    assert decoder.feed(b"".join(map(encoder.encode, sent))) == sent


@given(cuts=st.lists(st.integers(1, 200), min_size=1, max_size=40), noise=st.binary(max_size=300))
def test_it_does_not_matter_how_the_stream_is_cut(cuts: list[int], noise: bytes) -> None:
    encoder, decoder = FrameEncoder(), up_decoder(NONCE)
    sent: list[Message] = [HELLO, FIGURES, FIGURES, Goodbye()]
    stream = noise + preamble(NONCE) + b"".join(map(encoder.encode, sent))
    received: list[Up] = []
    while stream:
        for cut in cuts:
            received += decoder.feed(stream[:cut])
            stream = stream[cut:]
    assert received == sent


def test_a_large_payload_is_compressed_where_that_makes_it_smaller() -> None:
    large = Figures(clock_us=1, stat=b"cpu " * 500)
    encoder, decoder = FrameEncoder(), greeted()
    encoder.encode(HELLO)
    framed = encoder.encode(large)
    assert len(framed) < 500
    assert framed[5] == 1
    assert decoder.feed(framed) == [large]


def test_a_small_payload_is_left_as_it_is() -> None:
    assert FrameEncoder().encode(FIGURES)[5] == 0


def test_opened_bytes_count_what_was_read_after_decompression() -> None:
    large = Figures(clock_us=1, stat=b"cpu " * 500)
    decoder = greeted()
    before = decoder.opened_bytes
    encoder = FrameEncoder()
    encoder.encode(HELLO)
    decoder.feed(encoder.encode(large))
    assert decoder.opened_bytes - before == len(msgspec.json.encode(large))


def test_a_banner_before_the_preamble_is_ignored() -> None:
    decoder = up_decoder(NONCE)
    assert decoder.feed(b"Welcome!\n" * 5_000) == []
    assert not decoder.is_started
    assert decoder.feed(preamble(NONCE)) == []
    assert decoder.is_started


def test_another_nonce_is_noise() -> None:
    decoder = up_decoder(NONCE)
    decoder.feed(preamble("f" * 32) + FrameEncoder().encode(HELLO))
    assert not decoder.is_started


@pytest.mark.parametrize("piece_bytes", [1_000, 200_000])
def test_noise_without_end_ends_the_link(piece_bytes: int) -> None:
    decoder = up_decoder(NONCE)
    for _ in range(65_536 // piece_bytes):
        decoder.feed(b"x" * piece_bytes)
    assert "no answer from the probe in the first 64 KiB" in breach_of(decoder, b"x" * piece_bytes)


@pytest.mark.parametrize("kind", [0, 8, 65, 255])
def test_a_type_that_does_not_come_up_ends_the_link(kind: int) -> None:
    assert f"unknown type {kind}" in breach_of(greeted(), frame(kind, b"{}", 1))


@pytest.mark.parametrize("flags", [2, 3])
def test_a_sealed_frame_ends_the_link_where_sealing_was_not_agreed(flags: int) -> None:
    assert "a sealed frame, which was not agreed" in breach_of(greeted(), frame(2, b"{}", 1, flags=flags))


@pytest.mark.parametrize("flags", [4, 128, 7])
def test_unknown_flags_end_the_link(flags: int) -> None:
    assert "flags" in breach_of(greeted(), frame(2, b"{}", 1, flags=flags))


@pytest.mark.parametrize("sequence", [0, 2, 2**32 - 1])
def test_a_gap_in_the_sequence_ends_the_link(sequence: int) -> None:
    assert f"frame {sequence} came where 1 was due" in breach_of(greeted(), frame(2, b"{}", sequence))


def test_the_first_frame_must_be_a_hello() -> None:
    decoder = up_decoder(NONCE)
    decoder.feed(preamble(NONCE))
    assert "type 2 came as number 0" in breach_of(decoder, FrameEncoder().encode(FIGURES))


def test_a_second_hello_ends_the_link() -> None:
    assert "type 1 came as number 1" in breach_of(greeted(), frame(1, msgspec.json.encode(HELLO), 1))


def test_a_hello_over_16_kib_ends_the_link_before_it_is_read() -> None:
    decoder = up_decoder(NONCE)
    header = struct.pack(">IBBI", limits.HELLO_BYTES + 1, 1, 0, 0)
    assert "over the limit" in breach_of(decoder, preamble(NONCE) + header)


def test_a_frame_over_256_kib_ends_the_link_before_it_is_read() -> None:
    assert "over the limit" in breach_of(greeted(), struct.pack(">IBBI", limits.PAYLOAD_BYTES + 1, 2, 0, 1))


def test_compressed_frames_in_one_piece_that_open_too_wide_together_end_the_link() -> None:
    utmp = b'{"type":"sessions","clock_us":1,"boot_id":"","utmp":"' + b"A" * 1_000_000 + b'"}'
    wide = zlib.compress(utmp, 9)
    frames = b"".join(frame(3, wide, sequence, flags=1) for sequence in range(1, 41))
    assert "at once" in breach_of(greeted(), frames)


def test_a_payload_that_opens_too_wide_ends_the_link() -> None:
    bomb = zlib.compress(b" " * 50_000_000, 9)
    assert "opens to more than" in breach_of(greeted(), frame(2, bomb, 1, flags=1))


@pytest.mark.parametrize(
    "payload",
    [b"no zlib", zlib.compress(b"{}")[:-1], zlib.compress(b"{}") + b"x", b""],
    ids=["garbage", "cut short", "more behind", "empty"],
)
def test_a_compressed_payload_that_is_not_whole_ends_the_link(payload: bytes) -> None:
    assert "compressed frame" in breach_of(greeted(), frame(2, payload, 1, flags=1))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'{"clock_us":1}{}',
        b'{"clock_us":-1}',
        b'{"clock_us":9007199254740993}',
        b'{"clock_us":' + b"9" * 4_000 + b"}",
        b'{"clock_us":1.5}',
        b'{"clock_us":NaN}',
        b'{"clock_us":1,"stat":5}',
        b'{"clock_us":1,"stat":"%%%%"}',
        b'{"clock_us":1,"stat":"\xff"}',
        b'{"clock_us":1,"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type":"hello","clock_us":1}',
        b'{"clock_us":1,"disks":[["Lw==",1,1]]}',
    ],
)
def test_a_payload_that_is_not_what_its_type_promises_ends_the_link(payload: bytes) -> None:
    assert breach_of(greeted(), frame(2, payload, 1)).startswith("a malformed figures frame: ")


def test_unknown_fields_are_ignored() -> None:
    assert greeted().feed(frame(2, b'{"clock_us":1,"of tomorrow":[{}]}', 1)) == [Figures(clock_us=1)]


def test_the_reason_of_a_breach_is_safe_to_show() -> None:
    reason = breach_of(greeted(), frame(2, '{"type":"\\u001b]0;x\\u0007\u202e"}'.encode(), 1))
    assert reason.isascii()
    assert reason.isprintable()


def test_after_a_breach_nothing_comes_through_any_more() -> None:
    decoder = greeted()
    breach_of(decoder, frame(99, b"{}", 1))
    encoder = FrameEncoder()
    encoder.encode(HELLO)
    assert "unknown type 99" in breach_of(decoder, encoder.encode(FIGURES))


def test_nothing_comes_after_a_goodbye() -> None:
    decoder = greeted()
    decoder.feed(frame(6, b"{}", 1))
    assert "after the goodbye" in breach_of(decoder, frame(2, b"{}", 2))


def test_it_is_known_whether_a_stream_ends_within_a_frame() -> None:
    decoder = greeted()
    assert not decoder.is_within_a_frame
    decoder.feed(frame(2, b"{}", 1)[:-1])
    assert decoder.is_within_a_frame


def test_a_cursor_may_not_be_larger_than_a_file_can_be() -> None:
    payload = (
        b'{"clock_us":1,"origin":"wtmp","data":"","start":0,"cursor":'
        b'{"file":{"device":1,"inode":1,"head":""},"offset":9223372036854775808,"tail":""}}'
    )
    assert "malformed records frame" in breach_of(greeted(), frame(4, payload, 1))


@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_give_messages_or_a_breach(data: bytes) -> None:
    assert outcome(greeted(), data).isprintable()


@given(payload=st.binary(max_size=200), flags=st.sampled_from([0, 1]), kind=st.integers(2, 6))
def test_arbitrary_payloads_give_messages_or_a_breach(payload: bytes, flags: int, kind: int) -> None:
    assert outcome(greeted(), frame(kind, payload, 1, flags)).isprintable()
