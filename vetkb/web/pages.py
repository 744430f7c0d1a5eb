"""What a browser sees: templates, the words in them, and the two small files they need.

Everything that is shown is escaped by the template engine. No script, nothing from another host.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import jinja2
from starlette.requests import Request

from vetkb import __version__
from vetkb.graph.terms import BASE
from vetkb.text import Message
from vetkb.web.negotiate import language

_HERE = Path(__file__).resolve().parent
_STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_SECTIONS = ("ask", "documents", "queries", "sparql", "validate", "docs")


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    media_type: str


class Pages:
    """页面 — Renders templates in the language of whoever asks."""

    def __init__(self) -> None:
        loader = jinja2.FileSystemLoader(_HERE / "templates")
        self._templates = jinja2.Environment(
            loader=loader,
            autoescape=True,
            auto_reload=False,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["unquoted"] = unquote_plus
        self._templates.filters["local"] = local_path
        self._texts = load_texts()
        self.static = {
            file.name: StaticFile(file.read_bytes(), _STATIC_TYPES[file.suffix]) for file in sorted((_HERE / "static").iterdir())
        }
        self._assets = hashlib.sha256(b"".join(file.content for file in self.static.values())).hexdigest()[:12]

    def render(self, template: str, request: Request, build: str, context: Mapping[str, Any]) -> bytes:
        """Return a page. `context` holds what the template shows beside the frame around it."""
        spoken = request_language(request)
        asked = request.query_params.get("lang")
        kept = {"lang": asked} if asked in ("zh", "en") else {}
        section = request.url.path.removeprefix(request.scope.get("root_path", "")).split("/")[1:2]
        frame: dict[str, Any] = {
            "language": spoken,
            "t": self._speaker(spoken),
            "root": request.scope.get("root_path", ""),
            "link": _linker(request.scope.get("root_path", ""), kept),
            "asked": kept,
            "switch": _switch(request, spoken),
            "sections": _SECTIONS,
            "section": section[0] if section and section[0] in _SECTIONS else "",
            "version": __version__,
            "build": build,
            "assets": self._assets,
        }
        return self._templates.get_template(template).render({**frame, **context}).encode("utf-8", "replace")

    def _speaker(self, spoken: str) -> Callable[..., str]:
        def t(key: str, **values: object) -> str:
            text = self._texts[key].in_language(spoken)
            return text.format(**values) if values else text

        return t


def load_texts() -> dict[str, Message]:
    """Read texts.toml: `section.name` → the text in both languages."""
    content = tomllib.loads((_HERE / "texts.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": Message(**text) for section, texts in content.items() for name, text in texts.items()}


def local_path(iri: str) -> str:
    """Return the path on this site of an IRI of the base."""
    return "/" + iri.removeprefix(BASE)


def request_language(request: Request) -> str:
    """Return the language that a page is shown in."""
    return language(request.query_params.get("lang"), request.headers.get("accept-language"))


def _linker(root: str, kept: Mapping[str, str]) -> Callable[..., str]:
    def link(path: str, **parameters: str) -> str:
        query = urlencode({**parameters, **kept})
        return f"{root}{path}?{query}" if query else root + path

    return link


def _switch(request: Request, spoken: str) -> str | None:
    """Return the address of the same page in the other language; what was posted has none."""
    if request.method != "GET":
        return None
    fields = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*fields, ('lang', 'en' if spoken == 'zh' else 'zh')])}"
