"""Where a secret is: a place that a table of the configuration names. ``secret_source`` asks there."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as data_field


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """The first of these that is not empty counts."""

    environment: str = ""
    """Name of an environment variable."""
    command: str = ""
    """A command whose first line of output is the secret."""
    keyring: str = ""
    """``service/user``."""
    field: str = "password"
    """What the fields are called before their ``_environment``, ``_command`` and ``_keyring``."""
    given: str = data_field(default="", repr=False)
    """The secret itself, where it is in hand."""

    def __bool__(self) -> bool:
        """Whether any is named."""
        return bool(self.environment or self.command or self.keyring or self.given)
