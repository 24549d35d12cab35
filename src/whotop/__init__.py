"""whotop: ``top`` for logins."""

__version__ = "0.1.0"
