"""Bytes into events, sessions and samples: pure, one file a format.

Nothing here raises on what a machine or a file may hold; what makes no sense is left out.
"""
