"""Measurements against peers, side by side in one run; each prints its figures as JSON or a table."""
