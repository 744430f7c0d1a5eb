"""numbering.xml and styles.xml → the list and level of each paragraph.

A paragraph is numbered directly, or by its style, or by a style that its style is based on (ISO/IEC 29500-1, 17.9.18).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vetkb.read.numbering import Level, ListDefinition, Numbering
from vetkb.read.package import Element, child, is_on, local, number, value

_LONGEST_CHAIN = 20


@dataclass(slots=True)
class Styles:
    """What the styles of paragraphs say: the list and level they are numbered by, and which ones are of a printed directory."""

    numbered: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    based_on: dict[str, str] = field(default_factory=dict)
    level_of: dict[tuple[str, str], int] = field(default_factory=dict)
    directory: set[str] = field(default_factory=set)

    def list_of(self, properties: Element | None) -> tuple[str, int] | None:
        """Return the list and the level that number a paragraph with these properties."""
        own = child(properties, "numPr")
        style = value(child(properties, "pStyle"))
        name = value(child(own, "numId"))
        place: int | None = number(value(child(own, "ilvl"))) if child(own, "ilvl") is not None else None
        if name is None:
            name, styled = self._of_style(style)
            place = styled if place is None else place
        if name is None or name == "0":
            return None
        if place is None:
            place = next((self.level_of[s, name] for s in self._chain(style) if (s, name) in self.level_of), 0)
        return name, place

    def _chain(self, style: str | None) -> list[str]:
        chain: list[str] = []
        while style is not None and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style = self.based_on.get(style)
        return chain

    def _of_style(self, style: str | None) -> tuple[str | None, int | None]:
        return next((self.numbered[s] for s in self._chain(style) if s in self.numbered), (None, None))


def read_styles(root: Element | None) -> Styles:
    """Read styles.xml."""
    styles = Styles()
    for style in root if root is not None else ():
        name = value(style, "styleId")
        if local(style) != "style" or name is None:
            continue
        above = value(child(style, "basedOn"))
        if above is not None:
            styles.based_on[name] = above
        printed = (value(child(style, "name")) or "").lower()
        if printed.startswith("toc ") and printed != "toc heading":
            styles.directory.add(name)
        numbered = child(style, "pPr", "numPr")
        list_name = value(child(numbered, "numId"))
        if list_name is not None:
            place = child(numbered, "ilvl")
            styles.numbered[name] = list_name, number(value(place)) if place is not None else None
    return styles


def read_numbering(root: Element | None, styles: Styles) -> Numbering:
    """Read numbering.xml; levels that name a style are noted in `styles`."""
    parts = list(root) if root is not None else []
    abstract = {value(e, "abstractNumId") or "": e for e in parts if local(e) == "abstractNum"}
    by_style = {value(child(e, "styleLink")): e for e in abstract.values() if child(e, "styleLink") is not None}
    numbering = Numbering()
    for entry in parts:
        name = value(entry, "numId")
        if local(entry) != "num" or name is None:
            continue
        shared = value(child(entry, "abstractNumId")) or ""
        definition = abstract.get(shared)
        link = value(child(definition, "numStyleLink"))
        if link is not None and link in by_style:
            definition = by_style[link]
            shared = value(definition, "abstractNumId") or shared
        levels = _levels(definition, name, styles)
        starts: dict[int, int] = {}
        for override in entry:
            if local(override) != "lvlOverride":
                continue
            place = number(value(override, "ilvl"))
            levels |= _levels(override, name, styles)
            start = child(override, "startOverride")
            if start is not None:
                starts[place] = number(value(start), 1)
        numbering.lists[name] = ListDefinition(shared, levels, starts)
    return numbering


def _levels(definition: Element | None, name: str, styles: Styles) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for level in definition if definition is not None else ():
        if local(level) != "lvl":
            continue
        place = number(value(level, "ilvl"))
        restart = child(level, "lvlRestart")
        levels[place] = Level(
            start=number(value(child(level, "start")), 1),
            format=value(child(level, "numFmt")) or "decimal",
            pattern=value(child(level, "lvlText")) or "",
            suffix=value(child(level, "suff")) or "tab",
            legal=is_on(child(level, "isLgl")),
            restart=number(value(restart)) if restart is not None else None,
        )
        style = value(child(level, "pStyle"))
        if style is not None:
            styles.level_of[style, name] = place
    return levels
