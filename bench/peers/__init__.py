"""The peers, each a program of its own so that its memory and CPU are its own.

Called as ``python -m bench.peers.NAME PLAN`` with a plan of ``bench.plan``; prints one JSON object
with the keys of ``bench.plan.Result``.
"""
