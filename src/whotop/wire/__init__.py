"""The protocol between a probe and whotop: frames, messages, limits. See docs/protocol.md.

Nothing from a machine goes further than this room unchecked.
"""
