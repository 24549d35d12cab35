"""Batch questions over files and history."""
