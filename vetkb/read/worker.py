"""The process in which one file is read: it imports what it needs, gives up every right it does not need, and reads.

The kernel holds the bounds: memory, processor time, no byte written to a file, and for Word and web pages no new file or
socket at all. The PDF library opens its own character maps while it reads, so there an audit hook lets these through
and nothing else.
"""

from __future__ import annotations

import codecs
import json
import os
import resource
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vetkb.errors import SourceError

_MEMORY = {"pdf": 1 << 30, "html": 2 << 30, "zip": 2 << 30}
_CODECS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "latin-1", "ascii", "cp437")  # cp437: names in ZIP files
_DEPTH = 10_000  # for web pages, whose elements may be nested 2,048 deep; Python's own frames cost memory, not stack
_DAMAGED = "is damaged and cannot be read; save it anew, or hand it in as plain text"
_NOT_LARGER = "needs more memory than one document may take; split it, or hand it in as plain text"


def main() -> None:
    """Read the file on stdin; argv: its kind, and the processor seconds it may take. Answers with JSON on stdout."""
    kind, seconds = sys.argv[1], int(sys.argv[2])
    content = sys.stdin.buffer.read()
    answers = os.fdopen(os.dup(1), "wb")
    reader = reader_of(kind)
    if kind == "html":
        sys.setrecursionlimit(_DEPTH)
    give_up_rights(kind, seconds)
    try:
        answer = {"text": convert(reader, content)}
    except SourceError as error:
        answer = {"error": str(error)}
    answers.write(json.dumps(answer).encode("ascii"))
    answers.close()


def reader_of(kind: str) -> Callable[[bytes], str]:
    """Return the function that turns the bytes of a file of a kind into text; loads its library and what that loads late."""
    for encoding in _CODECS:
        codecs.lookup(encoding)
    if kind == "pdf":
        from vetkb.read.pdf import read_pdf

        return read_pdf
    if kind == "html":
        from vetkb.read.page import read_page

        return read_page
    from vetkb.read.word import read_word

    return read_word


def convert(reader: Callable[[bytes], str], content: bytes) -> str:
    """Read with every failure of the libraries turned into SourceError."""
    try:
        return reader(content)
    except SourceError:
        raise
    except MemoryError:
        raise SourceError(_NOT_LARGER) from None
    except RecursionError:
        raise SourceError("is nested too deeply to be read; save it anew, or hand it in as plain text") from None
    except Exception as error:  # the libraries document no tree of errors; a broken file may raise anything
        raise SourceError(_DAMAGED) from error


def give_up_rights(kind: str, seconds: int) -> None:
    """Bound memory and time; close the way to other files and the network."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY[kind], _MEMORY[kind]))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the first is told apart from other ends by its signal
    for name in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(name, (0, 0))
    if kind == "pdf":
        sys.addaudithook(_only_files_of(_own_folders()))
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


_INSTALLED = tuple(os.path.realpath(path) + os.sep for path in dict.fromkeys(sysconfig.get_paths().values()))


def _own_folders() -> tuple[str, ...]:
    """Return the folders of installed libraries, also where one comes from another place (a .pth file, the user's site)."""
    found = sys.modules.get("pdfminer")
    place = getattr(found, "__file__", None)
    return _INSTALLED if place is None else (*_INSTALLED, str(Path(place).resolve().parent) + os.sep)


def _only_files_of(folders: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    """Let the installed libraries' own files be read, nothing else be opened, started or called over a network."""

    def watch(event: str, values: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, _ = values
            reading = mode is None or set(str(mode)) <= set("rbtU")
            if isinstance(path, int) or (reading and os.path.realpath(os.fsdecode(path)).startswith(folders)):
                return
        elif not event.startswith(
            ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "ftplib.")
        ):
            return
        raise PermissionError(f"a document may not do this: {event}")

    return watch
