"""ChaCha20 (RFC 8439 §2.3): a stream of bytes that only those with the key can make.

All blocks of a frame are made at once, in Python's own arithmetic on long numbers: a row of the
state, four words, is one number for up to 64 blocks, with a lane of 64 bits for each word and the
lanes of a column beside each other. That is ten times as fast as a loop over blocks.
"""

import struct
from operator import add

STREAM_BLOCKS = 64
"""At once: longer numbers gain nothing more, and would cost memory."""
CHACHA_WORDS = struct.Struct("<8I")
NONCE_WORDS = struct.Struct("<3I")
CHACHA_CONSTANT = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
ROW_LANES = 4 * STREAM_BLOCKS
EACH_LANE = sum(1 << 64 * lane for lane in range(ROW_LANES))
LANE_NUMBERS = sum(lane << 64 * lane for lane in range(STREAM_BLOCKS))


def key_stream(key: bytes, nonce: bytes, counter: int, size: int) -> bytes:
    """Give at least ``size`` bytes of the stream, in whole blocks, from block ``counter`` on."""
    blocks = (size + 63) // 64
    starts = range(0, blocks, STREAM_BLOCKS)
    return b"".join(stream_blocks(key, nonce, counter + at, min(blocks - at, STREAM_BLOCKS)) for at in starts)


def stream_blocks(key: bytes, nonce: bytes, counter: int, blocks: int) -> bytes:
    """Give so many blocks of 64 bytes, at most STREAM_BLOCKS."""
    width = 64 * blocks
    each = EACH_LANE >> 64 * (ROW_LANES - blocks)
    low = (EACH_LANE >> 64 * (ROW_LANES - 4 * blocks)) * 0xFFFFFFFF
    words = CHACHA_WORDS.unpack(key)
    first, second, third = NONCE_WORDS.unpack(nonce)
    rows = [
        spread(CHACHA_CONSTANT, each, width),
        spread(words[:4], each, width),
        spread(words[4:], each, width),
        spread((counter, first, second, third), each, width) + (LANE_NUMBERS & (1 << width) - 1),
    ]
    sums = map(add, rows, twenty_rounds(rows, width, low))
    return woven([row & low for row in sums], width)


def spread(words: "tuple[int, ...]", each: int, width: int) -> int:
    """Give the row that holds four words once for each block."""
    return words[0] * each | words[1] * each << width | words[2] * each << 2 * width | words[3] * each << 3 * width


def twenty_rounds(rows: "list[int]", width: int, low: int) -> "list[int]":
    """Mix the rows: a round for the columns, one for the diagonals, ten times.

    ``a`` and ``c`` are never cut back to 32 bits: forty sums grow them by less than six, and what is
    taken from them is cut.
    """
    a, b, c, d = rows
    columns = (1 << width) - 1, (1 << 2 * width) - 1, (1 << 3 * width) - 1
    for turn in (1, 3) * 10:
        a += b
        d = (d ^ a) & low
        d = (d << 16 | d >> 16) & low
        c += d
        b = (b ^ c) & low
        b = (b << 12 | b >> 20) & low
        a += b
        d = (d ^ a) & low
        d = (d << 8 | d >> 24) & low
        c += d
        b = (b ^ c) & low
        b = (b << 7 | b >> 25) & low
        there, back = turn * width, (4 - turn) * width
        b = b >> there | (b & columns[turn - 1]) << back
        c = c >> 2 * width | (c & columns[1]) << 2 * width
        d = d >> back | (d & columns[3 - turn]) << there
    return [a, b, c, d]


def woven(rows: "list[int]", width: int) -> bytes:
    """Give the blocks one after the other, from rows that hold a word of each side by side.

    The upper halves of lanes are free: the words of the next column are moved there, and two words
    at a time become a column of the blocks.
    """
    blocks = width // 64
    stream = bytearray(64 * blocks)
    pairs = memoryview(stream).cast("Q")
    for index, row in enumerate(rows):
        lanes = memoryview((row | row >> width - 32).to_bytes(width // 2, "little")).cast("Q")
        pairs[2 * index :: 8] = lanes[:blocks]
        pairs[2 * index + 1 :: 8] = lanes[2 * blocks : 3 * blocks]
    return bytes(stream)
