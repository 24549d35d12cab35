"""Sealed frames: whatever is done to them on their way ends the link, and none passes unsealed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.hello import HELLO
from tests.published_vectors import hpke
from whotop.errors import WireError
from whotop.wire import limits
from whotop.wire.frames import FrameDecoder, FrameEncoder, down_decoder, preamble, up_decoder
from whotop.wire.messages import Acknowledge, Figures, Goodbye, Message, SealOffer, Start, Up
from whotop.wire.sealing import FrameSeal, KeySchedule, Recipient, answered, decapsulated, encapsulated

NONCE = "0123456789abcdef" * 2
DIGEST = b"d" * 32
FIGURES = Figures(clock_us=2, stat=b"cpu 1 2 3 4")
LARGE = Figures(clock_us=3, stat=b"cpu " * 500)


@dataclass
class Far:
    """A probe's end of one sealed connection, and the decoder at whotop's end."""

    recipient: Recipient = field(default_factory=lambda: Recipient(NONCE, DIGEST))
    encoder: FrameEncoder = field(default_factory=FrameEncoder)

    def __post_init__(self) -> None:
        self.near: FrameDecoder[Up] = up_decoder(NONCE, self.recipient)
        self.enc, self.seals = answered(self.recipient.offer, NONCE, DIGEST)
        self.encoder.seal_with(self.seals.up)

    def sends(self, *messages: Message) -> list[bytes]:
        return [self.encoder.encode(message) for message in messages]

    def greets(self) -> Far:
        self.near.feed(preamble(NONCE, self.enc) + self.encoder.encode(HELLO))
        return self


def breach_of(decoder: FrameDecoder[Up], data: bytes) -> str:
    with pytest.raises(WireError) as caught:
        decoder.feed(data)
    return str(caught.value)


# --- what passes ---------------------------------------------------------------------------------


def test_sealed_frames_come_out_as_they_went_in() -> None:
    far = Far()
    sent: list[Message] = [HELLO, FIGURES, LARGE, Goodbye()]
    assert far.near.feed(preamble(NONCE, far.enc) + b"".join(far.sends(*sent))) == sent


def test_a_frame_is_compressed_first_and_sealed_then() -> None:
    [framed] = Far().greets().sends(LARGE)
    assert framed[5] == 3
    assert len(framed) < 500


def test_nothing_of_a_message_can_be_read_in_its_frame() -> None:
    [framed] = Far().greets().sends(Figures(clock_us=1, stat=b"cpu "))
    assert b"figures" not in framed
    assert b"clock" not in framed


def test_the_same_message_looks_different_each_time() -> None:
    first, second = Far().greets().sends(FIGURES, FIGURES)
    assert first[10:] != second[10:]


def test_frames_down_are_sealed_with_a_key_of_their_own() -> None:
    far = Far().greets()
    assert far.near.seals is not None
    assert far.near.seals.down is not None
    encoder, decoder = FrameEncoder(), down_decoder()
    assert decoder.feed(encoder.encode(Start(nonce=NONCE))) == [Start(nonce=NONCE)]
    encoder.seal_with(far.near.seals.down)
    decoder.open_with(far.seals.down)
    framed = encoder.encode(Acknowledge(origin="wtmp", offset=384))
    assert b"wtmp" not in framed
    assert decoder.feed(framed) == [Acknowledge(origin="wtmp", offset=384)]
    header, sealed = framed[:10], framed[10:]
    with pytest.raises(WireError):
        far.seals.up.open(1, header, sealed)


def test_the_limit_of_a_frame_is_that_of_what_travels() -> None:
    header = (limits.PAYLOAD_BYTES + 1).to_bytes(4, "big") + b"\2\2\0\0\0\1"
    assert "over the limit" in breach_of(Far().greets().near, header)


@given(cut=st.integers(1, 400))
def test_it_does_not_matter_how_the_stream_is_cut(cut: int) -> None:
    far = Far()
    sent: list[Message] = [HELLO, FIGURES, LARGE, Goodbye()]
    stream = b"motd\n" + preamble(NONCE, far.enc) + b"".join(far.sends(*sent))
    pieces = [stream[at : at + cut] for at in range(0, len(stream), cut)]
    assert [message for piece in pieces for message in far.near.feed(piece)] == sent


# --- what is done to frames on their way -----------------------------------------------------------

TAMPERING: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "replayed": lambda frames: [frames[0], frames[0], frames[1]],
    "dropped": lambda frames: frames[1:],
    "reordered": lambda frames: [frames[1], frames[0], *frames[2:]],
    "dropped and numbered anew": lambda frames: [numbered(frames[1], 1), numbered(frames[2], 2)],
    "reordered and numbered anew": lambda frames: [numbered(frames[1], 1), numbered(frames[0], 2)],
    "of another type": lambda frames: [frames[0][:4] + b"\3" + frames[0][5:]],
    "said to be compressed": lambda frames: [frames[0][:5] + b"\3" + frames[0][6:]],
    "said to be shorter": lambda frames: [shortened(frames[0])],
    "spliced": lambda frames: [frames[0][:10] + numbered(frames[2], 1)[10:]],
    "without its tag": lambda frames: [(len(frames[0]) - 26).to_bytes(4, "big") + frames[0][4:-16]],
    "unsealed": lambda frames: [b"\0\0\0\x02\2\0\0\0\0\1{}"],
    "empty": lambda frames: [b"\0\0\0\0\2\2\0\0\0\1"],
}


def numbered(frame: bytes, sequence: int) -> bytes:
    return frame[:6] + sequence.to_bytes(4, "big") + frame[10:]


def shortened(frame: bytes) -> bytes:
    return (len(frame) - 11).to_bytes(4, "big") + frame[4:-1]


@pytest.mark.parametrize("tampering", TAMPERING)
def test_what_somebody_did_to_the_frames_ends_the_link(tampering: str) -> None:
    far = Far().greets()
    frames = far.sends(FIGURES, FIGURES, FIGURES)
    with pytest.raises(WireError) as caught:
        far.near.feed(b"".join(TAMPERING[tampering](frames)))
    assert str(caught.value).isprintable()
    with pytest.raises(WireError):
        far.near.feed(far.encoder.encode(FIGURES))


@given(data=st.data())
def test_one_bit_that_is_another_ends_the_link(data: st.DataObject) -> None:
    far = Far().greets()
    [framed] = far.sends(FIGURES)
    bit = data.draw(st.integers(32, 8 * len(framed) - 1), "after the length, which only says how long to wait")
    altered = (int.from_bytes(framed, "big") ^ 1 << 8 * len(framed) - 1 - bit).to_bytes(len(framed), "big")
    with pytest.raises(WireError):
        far.near.feed(altered)


def test_frames_of_another_connection_do_not_open() -> None:
    one, another = Far().greets(), Far().greets()
    assert "somebody altered it" in breach_of(one.near, another.encoder.encode(FIGURES))


def test_frames_of_the_other_direction_do_not_open() -> None:
    far = Far().greets()
    mirror = FrameEncoder()
    mirror.encode(HELLO)
    mirror.seal_with(far.seals.down)
    assert "somebody altered it" in breach_of(far.near, mirror.encode(FIGURES))


def test_a_stream_that_is_cut_off_is_told_from_one_that_ended() -> None:
    far = Far().greets()
    figures, goodbye = far.sends(FIGURES, Goodbye())
    assert far.near.feed(figures + goodbye[:-1]) == [FIGURES]
    assert far.near.is_within_a_frame
    assert far.near.feed(goodbye[-1:]) == [Goodbye()]
    assert not far.near.is_within_a_frame


# --- no way down to plain frames ---------------------------------------------------------------------


def test_a_probe_that_was_asked_to_seal_and_does_not_is_refused() -> None:
    far = Far()
    assert "was asked to seal" in breach_of(far.near, preamble(NONCE) + FrameEncoder().encode(HELLO))


def test_an_unsealed_hello_behind_a_sealed_answer_is_refused() -> None:
    far = Far()
    assert breach_of(far.near, preamble(NONCE, far.enc) + FrameEncoder().encode(HELLO)) == "a frame that is not sealed"


def test_a_sealed_answer_that_was_not_asked_for_is_refused() -> None:
    assert "was not asked for" in breach_of(up_decoder(NONCE), preamble(NONCE, b"e" * 32))


@pytest.mark.parametrize(
    "answer", [" " + "0" * 63, " " + "0" * 65, "  " + "0" * 64, " " + "G" * 64, " " + "A" * 64, "x"]
)
def test_a_preamble_with_something_else_than_an_answer_is_refused(answer: str) -> None:
    breach_of(Far().near, f"whotop-probe/1 {NONCE}{answer}\n".encode())


def test_a_preamble_without_an_end_is_not_waited_for() -> None:
    assert "without an end" in breach_of(Far().near, f"whotop-probe/1 {NONCE} ".encode() + b"0" * 65)


# --- who can answer -------------------------------------------------------------------------------------


def test_whoever_knows_the_public_key_alone_cannot_pass_for_the_probe() -> None:
    far = Far()
    guess = SealOffer(public_key=far.recipient.offer.public_key, psk=bytes(32))
    enc, seals = answered(guess, NONCE, DIGEST)
    far.encoder.seal_with(seals.up)
    assert "somebody altered it" in breach_of(far.near, preamble(NONCE, enc) + far.encoder.encode(HELLO))


@pytest.mark.parametrize(("connection", "digest"), [("f" * 32, DIGEST), (NONCE, b"x" * 32)])
def test_an_answer_is_bound_to_its_connection_and_to_the_probe(connection: str, digest: bytes) -> None:
    far = Far()
    enc, seals = answered(far.recipient.offer, connection, digest)
    far.encoder.seal_with(seals.up)
    assert "somebody altered it" in breach_of(far.near, preamble(NONCE, enc) + far.encoder.encode(HELLO))


@pytest.mark.parametrize("number", [0, 1, 2**255 - 19])
def test_an_answer_that_makes_every_secret_zero_is_refused(number: int) -> None:
    enc = number.to_bytes(32, "little")
    assert breach_of(Far().near, b"whotop-probe/1 %s %s\n" % (NONCE.encode(), enc.hex().encode())) == (
        "a key that makes no secret"
    )


def test_an_offer_that_makes_every_secret_zero_is_not_taken() -> None:
    with pytest.raises(WireError, match="no secret"):
        answered(SealOffer(public_key=bytes(32), psk=b"p" * 32), NONCE, DIGEST)


def test_each_connection_has_keys_of_its_own() -> None:
    offers = [Recipient(NONCE, DIGEST).offer for _ in range(3)]
    assert len({offer.psk for offer in offers} | {offer.public_key for offer in offers}) == 6


def test_no_secret_is_in_what_a_log_would_show() -> None:
    offer = SealOffer(public_key=b"p" * 32, psk=b"s" * 32)
    assert "sss" not in f"{offer} {Start(nonce=NONCE, seal=offer)}"


# --- RFC 9180, appendix A.2 ---------------------------------------------------------------------------


@pytest.fixture(params=[0, 1], ids=["base", "psk"])
def vector(request: pytest.FixtureRequest) -> dict[str, object]:
    return hpke(request.param)


def hexadecimal(vector: dict[str, object], name: str) -> bytes:
    return bytes.fromhex(str(vector.get(name, "")))


def schedule_of(vector: dict[str, object]) -> KeySchedule:
    private = X25519PrivateKey.from_private_bytes(hexadecimal(vector, "skRm"))
    shared = decapsulated(hexadecimal(vector, "enc"), private)
    psk, psk_id = hexadecimal(vector, "psk"), hexadecimal(vector, "psk_id")
    return KeySchedule(bytes([int(str(vector["mode"]))]), shared, hexadecimal(vector, "info"), psk, psk_id)


def test_the_keys_are_those_of_the_rfc(vector: dict[str, object]) -> None:
    keys = schedule_of(vector)
    assert (keys.key, keys.nonce) == (hexadecimal(vector, "key"), hexadecimal(vector, "base_nonce"))


def test_both_ends_share_the_secret_of_the_rfc(vector: dict[str, object]) -> None:
    ephemeral = X25519PrivateKey.from_private_bytes(hexadecimal(vector, "skEm"))
    shared, enc = encapsulated(ephemeral, hexadecimal(vector, "pkRm"))
    assert (shared, enc) == (hexadecimal(vector, "shared_secret"), hexadecimal(vector, "enc"))


def test_every_encryption_of_the_rfc_is_opened(vector: dict[str, object]) -> None:
    keys = schedule_of(vector)
    seal = FrameSeal(keys.key, keys.nonce)
    encryptions = vector["encryptions"]
    assert isinstance(encryptions, list)
    for number, encryption in enumerate(encryptions):
        opened = seal.open(number, bytes.fromhex(encryption["aad"]), bytes.fromhex(encryption["ct"]))
        assert opened.hex() == encryption["pt"]


def test_every_export_of_the_rfc_is_made(vector: dict[str, object]) -> None:
    keys = schedule_of(vector)
    exports = vector["exports"]
    assert isinstance(exports, list)
    for export in exports:
        made = keys.export(bytes.fromhex(export["exporter_context"]), export["L"])
        assert made.hex() == export["exported_value"]


# --- what an attacker may send -------------------------------------------------------------------------


def test_a_slow_drip_of_a_sealed_frame_takes_no_more_room_than_the_frame() -> None:
    far = Far().greets()
    [framed] = far.sends(Figures(clock_us=1, stat=secrets.token_hex(30_000).encode()))
    for at in range(0, len(framed) - 1, 997):
        assert far.near.feed(framed[at : min(at + 997, len(framed) - 1)]) == []
    assert far.near.is_within_a_frame
    assert len(far.near.feed(framed[-1:])) == 1


@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_never_pass_for_sealed_frames(data: bytes) -> None:
    far = Far().greets()
    try:
        assert far.near.feed(data) == []
    except WireError as breach:
        assert str(breach).isprintable()  # noqa: PT017 - any other exception goes through
