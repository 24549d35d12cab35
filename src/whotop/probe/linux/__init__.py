"""The probe for Linux: standard library only, Python 3.6 or later.

It reads bytes and sends what changed; it interprets as little as it can. Its syntax is that of
Python 3.5, so that an older Python gets as far as the line that says it is too old.
"""
