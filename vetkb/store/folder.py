"""Where a base lies on disk: builds that never change, a pointer to the current one, and locks.

    {folder}/current              the name of the current build; replaced in one step
    {folder}/lock                 held by the one who builds
    {folder}/builds/{build id}/   manifest.json, data/, data.nq, parts/, sources/, index.sqlite, lock (held by readers)

A crash at any moment leaves the old build current. A build that is no longer current is deleted when nobody reads it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vetkb.errors import StoreError, StoreInUseError

FORMAT = "vetkb-base/1"
_HINT = "build it anew with `vetkb build`"


def current_build(folder: Path) -> Path:
    """Return the folder of the current build; `folder` may also be such a build itself."""
    if (folder / "manifest.json").is_file():
        return folder
    try:
        name = (folder / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise StoreError(f"there is no base at {folder}: {_HINT}") from None
    build = folder / "builds" / name
    if not name or Path(name).name != name or not build.is_dir():
        raise StoreError(f"the base at {folder} is damaged (its current build {name!r} is missing): {_HINT}")
    return build


def read_manifest(build: Path) -> dict[str, Any]:
    """Return the manifest of a build."""
    try:
        manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
        version = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"the base at {build} is damaged (its manifest cannot be read): {_HINT}") from None
    if version != FORMAT:
        raise StoreError(f"the base at {build} has the format {version!r}, this program reads {FORMAT!r}: {_HINT}")
    return dict(manifest)


def lock_for_reading(build: Path) -> int | None:
    """Keep a build from being deleted; return the descriptor that holds the lock (None where locks cannot be had)."""
    try:
        descriptor = os.open(build / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


# Locks of this process. A process forked from it would share them, and keep a base locked that nobody builds any more.
_HELD: set[int] = set()


def _release_in_child() -> None:
    for descriptor in _HELD:
        os.close(descriptor)
    _HELD.clear()


os.register_at_fork(after_in_child=_release_in_child)


@contextmanager
def lock_for_building(folder: Path) -> Iterator[None]:
    """Keep a second builder away."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"the base at {folder} cannot be written: {error.strerror}") from None
    try:
        _HELD.add(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreInUseError(f"the base at {folder} is being built by another process: wait until it is done") from None
        yield
    finally:
        _HELD.discard(descriptor)
        os.close(descriptor)


@contextmanager
def new_build(folder: Path) -> Iterator[Path]:
    """Give a folder to build in; it is gone if the work fails. Leftovers of crashed builds are removed."""
    builds = folder / "builds"
    builds.mkdir(exist_ok=True)
    for leftover in builds.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    place = builds / f"new-{os.getpid()}"
    place.mkdir()
    try:
        yield place
    except (OSError, sqlite3.Error) as error:  # most of all a full disk
        said = getattr(error, "strerror", None) or error
        raise StoreError(f"the base at {folder} cannot be written: {said}") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def publish(folder: Path, place: Path, build_id: str) -> Path:
    """Make a finished build the current one, and delete those that nobody needs."""
    build = folder / "builds" / build_id
    for written in sorted(place.rglob("*")):
        _sync(written)
    if build.is_dir():
        _replace_equal(build, place)
    else:
        place.rename(build)
    _sync(build.parent)
    pointer = folder / "current.new"
    pointer.write_text(build_id + "\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(folder / "current")
    _sync(folder)
    for other in build.parent.iterdir():
        if other != build:
            _delete_unread(other)
    return build


def _replace_equal(build: Path, place: Path) -> None:
    """Keep a build of the same id that is whole; put the new one in the place of a damaged one."""
    with suppress(StoreError):
        if read_manifest(build) == read_manifest(place):
            return
    shutil.rmtree(build, ignore_errors=True)
    place.rename(build)


def _delete_unread(build: Path) -> None:
    try:
        descriptor = os.open(build / "lock", os.O_RDONLY)
    except OSError:
        shutil.rmtree(build, ignore_errors=True)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(build, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
