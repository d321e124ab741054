"""Writes documents one after the other and says so of each, until it is killed: python writer.py URL PREFIX."""

from __future__ import annotations

import itertools
import sys

from vidctl.repositories.opening import open_store


def write_for_ever(url: str, prefix: str) -> None:
    """A line on stdout for each document that the store has acknowledged, inserted and changed."""
    store = open_store(url)
    for number in itertools.count():
        document = f"{prefix}{number}"
        store.insert("jobs", {"id": document, "n": 0})
        store.take("jobs", {"id": document}, {"$inc": {"n": 1}})
        sys.stdout.write(f"{document}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write_for_ever(sys.argv[1], sys.argv[2])
