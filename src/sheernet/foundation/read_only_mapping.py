"""A mapping that cannot be changed, and can be copied and pickled (Python's MappingProxyType cannot)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class ReadOnlyMapping(Mapping[Key, Value]):
    """A read-only copy of a mapping, in its order.

    Examples
    --------
    >>> import pickle
    >>> from sheernet.foundation.read_only_mapping import ReadOnlyMapping
    >>> pickle.loads(pickle.dumps(ReadOnlyMapping({"N": 4})))
    ReadOnlyMapping({'N': 4})
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[Key, Value]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, key: Key) -> Value:
        return self._entries[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"ReadOnlyMapping({self._entries!r})"
