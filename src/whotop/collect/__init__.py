"""Reaching machines: the only room that knows asyncssh."""
