"""Private key files that the user named: found and readable before anything starts."""

from __future__ import annotations

from pathlib import Path

from whotop.errors import ConfigError

HEAD_BYTES = 4_096


def check_key_file(file: Path) -> None:
    """Raise ConfigError where ``file`` is not there, cannot be read, or is no private key."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
    except FileNotFoundError:
        raise ConfigError("there is no such key file", file=str(file), mend="see identity_files") from None
    except OSError as error:
        raise ConfigError(f"this key cannot be read: {error.strerror}", file=str(file)) from None
    if b"-----BEGIN " not in head or b"PRIVATE KEY" not in head:
        mend = f"name {file.stem}, the private one" if file.suffix == ".pub" else ""
        raise ConfigError("is no private key", file=str(file), mend=mend)
