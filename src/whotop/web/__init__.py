"""The HTTP API and the page of usage: what ``whotop serve`` answers with. It only reads.

Starlette, uvicorn, Bokeh and prometheus-client live here alone.
"""
