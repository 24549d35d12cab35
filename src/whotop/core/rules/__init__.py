"""Rules: what looks wrong. Pure: facts and the time come in, alerts opened, updated or resolved go out.

Nothing is imported here: the settings are read before first paint, and need not load every rule.
"""
