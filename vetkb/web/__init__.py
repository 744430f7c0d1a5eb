"""HTTP: parse what was asked, call one function of the base, present what comes back.

`serve` runs a server, `create_app` makes the application for one that runs already. The only door to
FastAPI, uvicorn, httptools, Jinja and the client of Prometheus.
"""

from __future__ import annotations

from vetkb.web.app import create_app
from vetkb.web.server import Options, serve
from vetkb.web.site import Limits

__all__ = ["Limits", "Options", "create_app", "serve"]
