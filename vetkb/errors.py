"""The exceptions of vetkb: faults of a caller or of the machine, never remarks about a document.

    VetkbError
    ├── SourceError          a file that cannot be read as a document
    ├── ReportError          data to be validated that cannot be read at all
    ├── UsageError           a parameter that is missing, malformed or contradicts another
    ├── UnknownNameError     a name, number or IRI that the base does not have
    ├── MissingToolError     a program or extra that has to be installed first
    ├── StoreError           a base that is missing or damaged
    │   └── StoreInUseError      another process is building it
    ├── BusyError            nothing was free in time to do it (try again later)
    ├── IsolationError       work in a process of its own was not done
    │   ├── JobTimeoutError      it went over its deadline
    │   ├── JobFailedError       it went over its memory cap, or its process died
    │   └── JobCancelledError    the operator ended it
    └── QueryError           a query that was not answered
        ├── QuerySyntaxError     it cannot be parsed (has line and column)
        ├── QueryRefusedError    it asks for what the service does not do (SERVICE, updates)
        ├── QueryFormatError     its answer has no form among those that were asked for
        ├── QueryTimeoutError    it went over its deadline
        ├── QueryMemoryError     it went over its memory cap, or its process died
        └── QueryCancelledError  the operator ended it

The first line of every message says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence


class VetkbError(Exception):
    """Root of all exceptions that vetkb raises on purpose."""

    code = "error"


class SourceError(VetkbError):
    """A file cannot be read as a document."""

    code = "unreadable-source"


class ReportError(VetkbError):
    """Data handed in for validation cannot be read at all."""

    code = "unreadable-data"


class UsageError(VetkbError):
    """A parameter is missing, malformed or contradicts another."""

    code = "bad-parameter"


class UnknownNameError(VetkbError):
    """A name, number or IRI that the base does not have."""

    code = "unknown-name"

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


class MissingToolError(VetkbError):
    """A program or an extra has to be installed first."""

    code = "missing-tool"


class StoreError(VetkbError):
    """A base is missing, damaged or in use."""

    code = "store"


class StoreInUseError(StoreError):
    """Another process is building the base."""


class BusyError(VetkbError):
    """Nothing was free in time to do what was asked."""

    code = "busy"


class IsolationError(VetkbError):
    """Work in a process of its own was not done."""

    code = "isolation"


class JobTimeoutError(IsolationError):
    """It went over its deadline."""

    code = "timeout"


class JobFailedError(IsolationError):
    """It went over its memory cap, or its process died."""

    code = "memory"


class JobCancelledError(IsolationError):
    """The operator ended it."""

    code = "cancelled"


class QueryError(VetkbError):
    """A query was not answered."""

    code = "query"


class QuerySyntaxError(QueryError):
    """A query cannot be parsed; `line` and `column` count from 1, 0 where unknown."""

    code = "malformed-query"

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefusedError(QueryError):
    """A query asks for what the service does not do."""

    code = "query-refused"


class QueryFormatError(QueryError):
    """The answer of a query of this kind has no form among those that were asked for."""

    code = "not-acceptable"


class QueryTimeoutError(QueryError):
    """A query went over its deadline."""

    code = "query-timeout"


class QueryMemoryError(QueryError):
    """A query went over its memory cap, or its process died."""

    code = "query-memory"


class QueryCancelledError(QueryError):
    """The operator ended a running query."""

    code = "query-cancelled"
