"""Several writes tried out in memory, on what a store holds of the documents that they meet.

A store without transactions learns so, before its first write, which of them it would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vidctl.repositories.language import value_at
from vidctl.repositories.store import Delete, Doc, DuplicateKey, Index, Insert, StaleWrite, Write

#: (collection, index, the index's values): what one document at most may have.
_Claim = tuple[str, str, tuple[str, ...]]
#: (collection, id)
_Key = tuple[str, str]


class Rehearsal:
    """Documents by collection and id, of which only the revision and the fields of `uniques` are looked at."""

    def __init__(self, uniques: Sequence[Index] = ()) -> None:
        self._uniques = uniques
        self._documents: dict[_Key, Doc] = {}
        self._claimed: set[_Claim] = set()

    def meet(self, collection: str, document: Doc) -> None:
        """A document that is there."""
        self._documents[collection, document["id"]] = document
        self._claimed.update(self._claims(collection, document))

    def write(self, write: Write) -> None:
        """Do it here. Raises StaleWrite, DuplicateKey."""
        there = self._documents.pop((write.collection, write.id), None)
        _check_guard(write, there)
        if there is not None:
            self._claimed.difference_update(self._claims(write.collection, there))
        if isinstance(write, Delete):
            return
        for claim in self._claims(write.collection, write.document):
            if claim in self._claimed:
                raise DuplicateKey(write.collection, claim[1])
        self.meet(write.collection, write.document)

    def _claims(self, collection: str, document: Doc) -> Iterator[_Claim]:
        for index in self._uniques:
            values = tuple(value_at(document, field) for field in index.fields)
            if index.collection == collection and all(isinstance(value, str) for value in values):
                yield collection, index.name, values


def in_place(writes: Sequence[Write], stored: Mapping[_Key, Doc]) -> int:
    """How many of the first writes have been done already, when not all are: after them the documents would be as
    they are stored, by (collection, id). 0 if nothing but missing documents speaks for that: others delete too."""
    done, differing, proven = 0, set[_Key](), False
    for number, write in enumerate(writes[:-1], start=1):
        key = (write.collection, write.id)
        fits = stored.get(key) == (None if isinstance(write, Delete) else write.document)
        (differing.discard if fits else differing.add)(key)
        proven |= key in stored
        if proven and not differing:
            done = number
    return done


def _check_guard(write: Write, there: Doc | None) -> None:
    if isinstance(write, Insert):
        if there is not None:
            raise DuplicateKey(write.collection, "id")
    elif there is None or there.get("revision") != write.revision:
        raise StaleWrite(write)
