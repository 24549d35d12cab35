"""X25519 (RFC 7748 §5): the multiplication on Curve25519 that two strangers agree on a secret with."""

CURVE_PRIME = 2**255 - 19
LADDER_CONSTANT = 121665
X25519_BASE = b"\x09" + bytes(31)


class NoSecret(Exception):  # noqa: N818 - it is not an error of the probe
    """The other side's public key is one of the few that make every secret zero."""


def x25519(scalar: bytes, point: bytes) -> bytes:
    """Multiply ``point`` by ``scalar``, 32 bytes each.

    It takes more or less time with the scalar: keys live as long as one connection, and whoever can
    time a process of the machine could read more of it. Raises NoSecret (RFC 7748 §6.1).
    """
    number = int.from_bytes(scalar, "little") & (2**255 - 8) % 2**255 | 2**254
    product = climbed(number, int.from_bytes(point, "little") % 2**255)
    if not product:
        raise NoSecret("a public key that makes no secret")
    return product.to_bytes(32, "little")


def climbed(number: int, base: int) -> int:
    """Climb Montgomery's ladder (RFC 7748 §5), from the highest bit of ``number`` to its lowest."""
    prime = CURVE_PRIME
    x2, z2, x3, z3 = 1, 0, base, 1
    swapped = "0"
    for bit in bin(number)[2:]:
        if bit != swapped:
            x2, x3, z2, z3 = x3, x2, z3, z2
            swapped = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb = d * a % prime, c * b % prime
        aa, bb = a * a % prime, b * b % prime
        x3, z3 = (da + cb) ** 2 % prime, (da - cb) ** 2 * base % prime
        e = aa - bb
        x2, z2 = aa * bb % prime, e * (aa + LADDER_CONSTANT * e) % prime
    if swapped == "1":
        x2, z2 = x3, z3
    return x2 * pow(z2, prime - 2, prime) % prime
