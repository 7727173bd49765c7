"""Starts the real suite: PostgreSQL, the sandbox, the three services and the gateway.

`make run`, the end-to-end tests, and whatever else needs the whole product use this one package.
"""
