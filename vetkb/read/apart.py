"""Hand a file to a process of its own, which reads it and dies: bounds that hold whatever the file does.

Word documents, web pages and PDFs come from strangers, and the libraries that read them were not made for enemies
(known: endless loops, memory bombs). The parent only waits, with a deadline in proportion to the size of the file: so many
seconds of the processor, and a few times as many by the clock, since a busy machine is no fault of the file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from math import ceil
from pathlib import Path

from vetkb.errors import SourceError

_SECONDS = 5.0
_SECONDS_PER_MEGABYTE = 60.0  # a PDF of nothing but text has some 450 pages a megabyte, at 40 ms a page
_MOST_SECONDS = 300.0
_CLOCK = 3  # seconds by the clock for one of the processor
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from vetkb.read.worker import main; main()"
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


def read_apart(kind: str, content: bytes, seconds: float | None = None) -> str:
    """Return the text of a file of a kind, read in so many `seconds` of the processor.

    Raises SourceError; the message lacks the file's name.
    """
    seconds = seconds or min(_MOST_SECONDS, _SECONDS + _SECONDS_PER_MEGABYTE * len(content) / 2**20)
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and code)
            [sys.executable, "-s", "-c", _CODE, _PACKAGE_PARENT, kind, str(ceil(seconds))],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_CLOCK * seconds,
            check=False,
            env={name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")},
        )
    except subprocess.TimeoutExpired:
        raise _too_long(seconds) from None
    except OSError as error:
        raise SourceError(
            f"the process that reads it cannot be started ({error.strerror or error}); free memory and try again"
        ) from error
    if done.returncode == -signal.SIGXCPU:
        raise _too_long(seconds)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise SourceError("is damaged or far too large to read; save it anew, or hand it in as plain text") from None
    if "error" in answer:
        raise SourceError(answer["error"])
    text: str = answer["text"]
    return text


def _too_long(seconds: float) -> SourceError:
    return SourceError(f"took more than {seconds:.0f} seconds to read; save it anew, or hand it in as plain text")
