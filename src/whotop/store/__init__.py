"""What happened, kept: one SQLite file, written in one transaction a second, read by any number.

Nothing is imported here: ``precheck`` and ``retention`` are needed before the screen starts, and
SQLAlchemy takes 0.3 s to load. The rest begins at ``whotop.store.store`` (``open_store``, ``Store``),
``whotop.store.writer`` (``StoreWriter``) and ``whotop.store.follow`` (``FollowFeed``).
"""
