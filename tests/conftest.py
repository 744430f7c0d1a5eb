"""What tests share: the bundled base, compiled once a run into a folder of its own, and the evaluation data if named."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Keep compiled bases out of the user's cache folder."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["VETKB_CACHE"] = str(folder)
    os.environ.pop("VETKB_STORE", None)
    return folder


@pytest.fixture(scope="session")
def bundled(cache):
    """The base of the bundled corpus."""
    from vetkb.base import open_base

    with open_base() as base:
        yield base


@pytest.fixture(scope="session")
def served(bundled):
    """The address of a server of the bundled base, for whoever leaves it as it is."""
    from running import serving

    with serving() as (_, url):
        yield url


@pytest.fixture(scope="session")
def hurried(bundled):
    """A server with short deadlines, for whoever treats it badly: its process and its address."""
    from hostile import CLIENT, warm_up
    from running import serving

    with serving(hurried=True) as running, closing(CLIENT):
        warm_up(running[1])
        yield running


@pytest.fixture
def trap(tmp_path):
    """What strangers' input must not reach: a server and a file."""
    from hostile import canary

    with canary(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def shared():
    """The folder of evaluation data that is not part of the project."""
    named = os.environ.get("VETKB_SHARED")
    if not named:
        pytest.skip("VETKB_SHARED does not name the evaluation texts, which are not part of the project")
    return Path(named)
