"""What a question may call by name: agencies and groups of the base, its documents and programmes.

Aliases are made by rule from what the base prints and from the directory of organs: 安阳市财政局 is also 市财政局,
财政局, 财政部门 and the Finance Bureau, as far as the base has one; a name that several bodies share means all of
them. A name glued to words that belong to none (北京市财政局, 财政局长) is not that name.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any as Anything
from typing import Final

from vetkb.ask.form import Named
from vetkb.ask.tags import STRANGER, TEXT, Tag
from vetkb.ask.words import fold, load_words
from vetkb.engine import Iri, RdfStore
from vetkb.gazetteer import NameMatcher
from vetkb.graph.terms import PREFIXES
from vetkb.paths import ONTOLOGY
from vetkb.zh import find_document_numbers

_HEAD: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("vk", "cv", "eli", "skos", "rdfs"))
_AGENCIES: Final = (
    _HEAD
    + """
SELECT ?agency ?label ?preferred ?organ ?code {
  ?agency a cv:PublicOrganisation .
  { ?agency skos:prefLabel ?label . BIND(true AS ?preferred) } UNION { ?agency skos:altLabel ?label . BIND(false AS ?preferred) }
  OPTIONAL { ?agency vk:organType ?organ }
  OPTIONAL { ?agency vk:division/skos:notation ?code }
} ORDER BY ?agency DESC(?preferred) ?label"""
)
_ORGANS: Final = (
    _HEAD
    + """
SELECT ?organ ?relation ?name (LANG(?name) AS ?language) {
  { SELECT DISTINCT ?organ { ?agency a cv:PublicOrganisation ; vk:organType ?organ } }
  ?organ ?relation ?name .
  VALUES ?relation { vk:nationalName vk:provincialName vk:directName vk:municipalName vk:countyName
    vk:sectorWord rdfs:label skos:altLabel }
} ORDER BY ?organ ?name"""
)
_DIVISIONS: Final = (
    _HEAD
    + """
SELECT ?code ?label {
  { SELECT DISTINCT ?division { ?agency a cv:PublicOrganisation ; vk:division ?division } }
  ?division skos:notation ?code ; (skos:prefLabel|skos:altLabel|rdfs:label) ?label .
} ORDER BY ?code ?label"""
)
_GROUPS: Final = (
    _HEAD
    + """
SELECT ?group ?label { ?group a vk:AgentGroup ; (skos:prefLabel|skos:altLabel) ?label } ORDER BY ?group ?label"""
)
_UNRESOLVED: Final = (
    _HEAD
    + """
SELECT ?party ?label {
  ?party a vk:UnresolvedParty ; skos:prefLabel ?label . FILTER EXISTS { ?participation cv:hasParticipant ?party }
} ORDER BY ?party"""
)
_ISSUERS: Final = (
    _HEAD
    + """
SELECT ?document ?issuer { ?document eli:passed_by/skos:prefLabel ?issuer } ORDER BY ?document DESC(?issuer)"""
)
_ORGAN_NAMES: Final = (
    _HEAD
    + """
SELECT ?organ ?relation ?name (LANG(?name) AS ?language) {
  ?organ a vk:OrganType ; ?relation ?name .
  FILTER(?relation IN (vk:provincialName, vk:municipalName, vk:countyName, rdfs:label, skos:altLabel))
} ORDER BY ?organ ?name"""
)
_DOCUMENTS: Final = (
    _HEAD
    + """
SELECT ?document ?identifier ?title {
  ?document eli:is_realized_by ?expression .
  OPTIONAL { ?document eli:id_local ?identifier } OPTIONAL { ?document eli:title ?title }
} ORDER BY ?document"""
)
_LABELS: Final = (
    _HEAD
    + """
SELECT DISTINCT ?label {
  { ?task a vk:Task ; vk:text ?label } UNION { ?item vk:heading ?label ; a vk:Item }
  UNION { ?target a vk:Quantity ; rdfs:label ?label }
  FILTER(STRLEN(?label) >= 4 && STRLEN(?label) <= 40)
} ORDER BY ?label"""
)
_PROGRAMMES: Final = (
    _HEAD
    + """
SELECT ?programme ?label { ?programme a vk:Programme ; skos:prefLabel ?label } ORDER BY ?programme"""
)

_OWN_DIVISIONS: Final = (
    _HEAD
    + """
SELECT DISTINCT ?code { ?document eli:is_realized_by ?expression ; vk:division/skos:notation ?code }"""
)

_LEVEL_WORDS: Final = {
    "provincial": ("省",),
    "direct": ("市",),
    "municipal": ("市",),
    "county": ("县", "区", "市"),
    "national": (),
}
LEVEL_OF_PLACE: Final = {"省": "provincial", "市": "municipal", "县": "county", "区": "county"}
_ISSUING_PLACE: Final = re.compile(r"(?:中共)?([^\W\d]{2,8}?[省市县区])(?:人民政府|委)")
_KINDS: Final = frozenset("县区市")  # of divisions of the county level
_NATION: Final = "000000"
_LEVEL_NAMES: Final = {
    "national": ("nationalName",),
    "provincial": ("provincialName",),
    "direct": ("directName", "municipalName"),
    "municipal": ("municipalName",),
    "county": ("countyName", "municipalName"),
}
_DIRECT: Final = frozenset({"11", "12", "31", "50"})
_BRACKETS: Final = re.compile(r"[()\[\]、,，]")
_PLAIN_GOVERNMENT: Final = frozenset({"政府", "人民政府"})
_SECTOR_SUFFIX: Final = "部门"
_FEDERATIONS: Final = ("协", "联")  # 科协 and 残联 are names, 法院 and 党委 are kinds of bodies
_MEMBERS: Final = re.compile(r"领导小组成员(?:单位)?$")
_SHORT_NAME: Final = 3
_USUAL_ENDS: Final = ("bureau", "county government", "ministry", "governments", "commission")
_PART: Final = re.compile('[”"」]|的?(?:这|那)?一?(?:部分|章|节|方面|板块)')
_NOUNS: Final = frozenset({"TASKS", "MEASURES", "TARGETS", "ANNEX", "DOC"})
_SMALL_WORDS: Final = frozenset({"and", "of", "for", "the"})
_OPENING, _CLOSING = ("“", '"', "「", "《"), ("”", '"', "」", "》")
_OWN_PREFIX: Final = re.compile(r"^(?:市人民政府|市政府|市委|县政府|省政府|市|省|县)(?=..)")
_OF_GOVERNMENT: Final = re.compile(r"[市县省](?:人民)?政府(?=..)")


@dataclass(frozen=True)
class Entities:
    """The names of one base: agencies and groups by alias, documents by identifier and title, programmes by name, places."""

    agencies: Mapping[str, Named]
    documents: Mapping[str, Named]
    identifiers: Mapping[Iri, str]
    programmes: Mapping[str, tuple[Iri, ...]]
    labels: Mapping[Iri, str]
    full: Mapping[Iri, str]
    texts: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()

    @cached_property
    def titles(self) -> Mapping[Iri, str]:
        """What each document is called, folded."""
        return {iri: name for name, named in self.documents.items() for iri in named.iris}

    def is_in(self, named: Named, text: str) -> bool:
        """Say whether a text has one of the Chinese names of a body, however short."""
        said = fold(text)
        return any(
            len(name) >= _SHORT_NAME and not name.isascii() and name in said and set(other.iris) & set(named.iris)
            for name, other in self.agencies.items()
        )

    @cached_property
    def english(self) -> Mapping[Iri, str]:
        """What each body that has an English name is called: the Finance Bureau rather than the Taxation Authorities."""
        found: dict[Iri, list[str]] = {}
        for name, named in self.agencies.items():
            if name.isascii() and len(named.iris) == 1:
                found.setdefault(named.iris[0], []).append(name)
        return {iri: _titled(min(names, key=_english_order)) for iri, names in found.items()}

    def named(self, iri: Iri, language: str) -> Named:
        """Return a body by the name that a question in a language calls it."""
        name = self.english.get(iri) if language == "en" else None
        name = name or self.labels[iri]
        return replace(self.agencies.get(fold(name), Named(name, self.full.get(iri, name), (iri,))), words=name)

    @classmethod
    def of(cls, rdf: RdfStore) -> Entities:
        labels: dict[Iri, str] = {}
        official: dict[Iri, str] = {}
        aliases: dict[str, dict[Iri, str]] = {}
        for iri, full, short, names in _agencies(rdf):
            labels[iri] = short or full
            official[iri] = full
            for name in names:
                aliases.setdefault(fold(name), {})[iri] = full
        for iri, full, names in _unresolved(rdf):
            labels[iri] = official[iri] = full
            for name in names:
                aliases.setdefault(fold(name), {})[iri] = full
        for row in rdf.select(_GROUPS).dicts():
            group, label = Iri(str(row["group"])), str(row["label"])
            labels.setdefault(group, label)
            plain = _BRACKETS.sub("", label)
            members = _MEMBERS.search(plain)
            for name in {label, plain, *([members[0]] if members else []), *_also_called(plain)}:
                aliases.setdefault(fold(name), {}).setdefault(group, label)
        documents, identifiers = _documents(rdf)
        programmes: dict[str, tuple[Iri, ...]] = {}
        for row in rdf.select(_PROGRAMMES).dicts():
            key = unquoted(str(row["label"]))
            programmes[key] = (*programmes.get(key, ()), Iri(str(row["programme"])))
        texts = tuple(dict.fromkeys(fold(str(row["label"])).rstrip("。.;；") for row in rdf.select(_LABELS).dicts()))
        agencies = {name: Named(name, "、".join(dict.fromkeys(found.values())), tuple(found)) for name, found in aliases.items()}
        places = frozenset(fold(str(row["label"])) for row in rdf.select(_DIVISIONS).dicts())
        return cls(agencies, documents, identifiers, programmes, labels, official, texts, places)


class EntityFinder:
    """Finds the names of a base in questions; made once a base."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self._names = [name for name in entities.agencies if len(name) > 1]
        self._titles = list(entities.documents)
        self._agencies = NameMatcher(self._names) if self._names else None
        self._documents = NameMatcher(self._titles) if self._titles else None
        self._texts = NameMatcher(list(entities.texts)) if entities.texts else None
        programmes = [name for name in entities.programmes if len(name) > _SHORT_NAME]
        self._programmes = NameMatcher(programmes) if programmes else None

    def prepare(self) -> None:
        """Make what is looked up by name now: a server does."""
        _ = self._aliases, self.entities.english, self.entities.titles

    def entitled(self, words: str) -> Named | None:
        """Return the one document whose title has words in their order, in stretches of two characters or more."""
        sought = fold(words)
        found: Named | None = None
        for title, named in self.entities.documents.items():
            if sought[:2] in title and _in_order(sought, title):
                if found is not None and found.iris != named.iris:
                    return None
                found = named
        return found

    def aliases(self, named: Named) -> tuple[str, ...]:
        """Return everything else that a body may be called, shortest last."""
        return tuple(name for iri in named.iris for name in self._aliases.get(iri, ()))

    @cached_property
    def _aliases(self) -> dict[Iri, list[str]]:
        found: dict[Iri, list[str]] = {}
        for name, named in self.entities.agencies.items():
            for iri in named.iris:
                if not name.isascii():
                    found.setdefault(iri, []).append(name)
        return found

    def find(self, question: str, folded: str) -> Iterator[Tag]:
        """Yield the agencies, groups and documents that a question names."""
        for matcher, names, table, kind in (
            (self._agencies, self._names, self.entities.agencies, "AGENCY"),
            (self._documents, self._titles, self.entities.documents, "DOCNAME"),
        ):
            for place, start, end in matcher.find(folded) if matcher else ():
                if _cuts_word(folded, start, end):
                    continue
                named = table[names[place]]
                words = question[start:end]
                yield _with_marks(Tag(kind, start, end, words, Named(words, named.label, named.iris)), question)
        for start, end, number in find_document_numbers(question):
            known = self.entities.documents.get(fold(str(number)))
            yield Tag("DOCNAME" if known else STRANGER, start, end, question[start:end], known or "any")
        for _, start, end in self._texts.find(folded) if self._texts else ():
            # 重点任务 is a word for tasks, though it heads a section too
            if not _cuts_word(folded, start, end) and (not _is_word(folded[start:end]) or _PART.match(folded, end)):
                yield Tag(TEXT, start, end, question[start:end])
        for _, start, end in self._programmes.find(folded) if self._programmes else ():
            quoted = question[start - 1 : start] in _OPENING and question[end : end + 1] in _CLOSING if start else False
            span = (start - 1, end + 1) if quoted else (start, end)
            yield Tag(TEXT, *span, question[slice(*span)])


def _is_word(text: str) -> bool:
    return any(phrase.text == text and phrase.kind in _NOUNS for phrase in load_words("zh").phrases.get(text[:1], ()))


def _english_order(name: str) -> tuple[bool, int, str]:
    return not name.endswith(_USUAL_ENDS), len(name), name


def _titled(name: str) -> str:
    """Return an English name as it is printed.

    >>> _titled("science and technology bureau"), _titled("municipal people's court")
    ('Science and Technology Bureau', "Municipal People's Court")
    """
    return " ".join(word if word in _SMALL_WORDS else word[:1].upper() + word[1:] for word in name.split())


def _in_order(words: str, title: str) -> bool:
    at = place = 0
    while at < len(words):
        ends = range(len(words), at + 1, -1)
        end = next((end for end in ends if title.find(words[at:end], place) >= 0), None)
        if end is None:
            return False
        place = title.find(words[at:end], place) + end - at
        at = end
    return True


def _cuts_word(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii()
    after = end < len(text) and text[end].isascii() and text[end].isalnum() and text[end - 1].isascii()
    return before or after


def _with_marks(found: Tag, question: str) -> Tag:
    """Take the 《》 around a title into its tag."""
    if found.start and question[found.start - 1] == "《" and question[found.end : found.end + 1] == "》":
        return Tag(found.kind, found.start - 1, found.end + 1, f"《{found.text}》", found.value)
    return found


def unquoted(text: str) -> str:
    """Return a name as it is compared, without quotation marks and white space."""
    return re.sub(r"[\s“”\"'‘’「」《》]", "", fold(text))


# --- the names of agencies ---------------------------------------------------------------------------


def _agencies(rdf: RdfStore) -> Iterator[tuple[Iri, str, str | None, set[str]]]:
    """Yield each agency with its full name, its name as printed, and everything it may be called."""
    organs = _organs(rdf, _ORGANS)
    places: dict[str, list[str]] = {}
    for row in rdf.select(_DIVISIONS).dicts():
        places.setdefault(str(row["code"]), []).append(str(row["label"]))
    kinds = {code: next((name[-1] for name in called if name[-1] in _KINDS), "") for code, called in places.items()}
    shared = Counter(name for called in places.values() for name in set(called))
    for code, called in places.items():
        if level_of(code) == "county":  # 安阳 is the city; the county of that name is 安阳县
            places[code] = [name for name in called if shared[name] == 1]
    own = {_NATION, *(str(row["code"]) for row in rdf.select(_OWN_DIVISIONS).dicts())}
    described: dict[Iri, tuple[list[str], str, str]] = {}
    for row in rdf.select(_AGENCIES).dicts():
        iri = Iri(str(row["agency"]))
        code = str(row["code"] or re.split("/", iri)[-2])
        described.setdefault(iri, ([], str(row["organ"] or ""), code))[0].append(str(row["label"]))
    for iri, (labels, organ, code) in described.items():
        kind = kinds.get(code, "")
        names = set(_names(labels, organs.get(organ, {}), places.get(code, []), level_of(code), own=code in own, kind=kind))
        names |= {other for name in names for other in _also_called(name)}
        yield iri, labels[0], next(iter(labels[1:]), None), names


def _organs(rdf: RdfStore, query: str) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return the names of organs: by organ and relation, each with its language."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in rdf.select(query).dicts():
        relation = re.split("[#/]", str(row["relation"]))[-1]
        found.setdefault(str(row["organ"]), {}).setdefault(relation, []).append((str(row["name"]), str(row["language"])))
    return found


def _unresolved(rdf: RdfStore) -> Iterator[tuple[Iri, str, set[str]]]:
    """Yield each party that no directory knows, and what it may be called: bodies of a place in none are called like others."""
    parties = rdf.select(_UNRESOLVED).dicts()
    if not parties:
        return
    organs = _organs(rdf, _ORGAN_NAMES)
    called: dict[tuple[str, str], str] = {}
    for organ, names in organs.items():
        for relation, texts in names.items():
            for name, _ in texts:
                called.setdefault((relation, name), organ)
    issuers = {str(row["document"]): str(row["issuer"]) for row in rdf.select(_ISSUERS).dicts()}
    for row in parties:
        label = str(row["label"])
        level = LEVEL_OF_PLACE.get(label[0], "county")
        ways = (called.get((relation, label[1:])) for relation in _LEVEL_NAMES[level] if label[0] in LEVEL_OF_PLACE)
        meant = next((organ for organ in ways if organ is not None), None)
        place = _ISSUING_PLACE.match(issuers.get(str(row["party"]).partition("/party/")[0], ""))
        places = [place[1], place[1][:-1]] if place and place[1][-1] == label[0] else []
        own = meant is not None
        aliases = set(_names([label], organs.get(meant or "", {}), places, level, own=own, kind=label[0]))
        aliases |= {one + label[1:] for one in places}
        yield Iri(str(row["party"])), label, aliases | {other for name in aliases for other in _also_called(name)}


def level_of(code: str) -> str:
    """Return the level of a division code of GB/T 2260.

    >>> [level_of(code) for code in ("000000", "410000", "310000", "410500", "410527")]
    ['national', 'provincial', 'direct', 'municipal', 'county']
    """
    if code == "000000":
        return "national"
    if code.endswith("0000"):
        return "direct" if code[:2] in _DIRECT else "provincial"
    return "municipal" if code.endswith("00") else "county"


def _names(
    labels: Iterable[str],
    organ: Mapping[str, list[tuple[str, str]]],
    places: list[str],
    level: str,
    *,
    own: bool,
    kind: str = "",
) -> Iterator[str]:
    """Yield what an agency may be called; without its place (市财政局, 财政局) only where its division issues documents."""
    for label in labels:
        yield label
        for part in re.split(r"[()（）]", label):
            if len(part) > 1:
                yield part
                short = _OWN_PREFIX.sub("", part)
                if short not in _PLAIN_GOVERNMENT and (len(short) > 2 or short.endswith(_FEDERATIONS)):
                    yield short
                    if _OF_GOVERNMENT.match(part):  # 市政府外侨办 is 市外侨办 too
                        yield part[0] + short
                    if own and level in ("municipal", "county", "direct"):  # 安阳市科协, 安阳团市委, 安阳市团市委
                        yield from (place + short for place in places)
    for relation in _LEVEL_NAMES[level]:
        for name, _ in organ.get(relation, ()):
            yield from _placed(name, places, _LEVEL_WORDS[level] if own else (), bare=own)
    if any(name in _PLAIN_GOVERNMENT for name, _ in organ.get("municipalName", ())) and level == "county":
        yield from places
        english = {place[-1]: name for place in places if (name := _english_names()["places"].get(place))}
        for kind, forms in _english_names()["governments"].items():
            yield from (form.format(place=name) for last, name in english.items() if last == kind for form in forms)
    if not own and level != "provincial":
        return
    for word, _ in organ.get("sectorWord", ()):
        if word != "政府":
            yield word + _SECTOR_SUFFIX
    for relation in ("altLabel", "label"):
        for name, language in organ.get(relation, ()):
            if language == "en":
                yield from _english(name.lower(), relation, level, places, kind)


def _placed(name: str, places: list[str], generic: tuple[str, ...], *, bare: bool) -> Iterator[str]:
    before = (*generic, *places)
    if "{" in name:
        for place in before:
            yield name.replace("{}", place).replace("{short}", place)
        return
    if bare and name not in _PLAIN_GOVERNMENT and len(name) > 2:
        yield name
    for place in before:
        yield place + name


def _english(name: str, relation: str, level: str, places: Iterable[str], kind: str) -> Iterator[str]:
    """Yield English names: Finance Bureau of a city or county, Finance Department of a province, Ministry of Finance."""
    names = _english_names()
    if relation == "label":
        plain = [form.format(one) for one in (name, *names["short"].get(name, ())) for form in names["forms"][level]]
    else:
        plain = [] if level in ("national", "provincial") and name.endswith("bureau") else [name]
    known = [names["places"][place] for place in places if place in names["places"]]
    for form in plain:
        yield form
        for prefix in names["prefixes"][kind if level == "county" and kind in _KINDS else level]:
            yield from (prefix.format(place=place) + form for place in (known if "{" in prefix else [""]))


def _also_called(name: str) -> tuple[str, ...]:
    """Return what a body is called besides, in either language, that no rule makes of its name."""
    return (*_english_names()["bodies"].get(name, ()), *load_words("zh").called.get(name, ()))


@lru_cache(maxsize=1)
def _english_names() -> Mapping[str, Anything]:
    return tomllib.loads((ONTOLOGY / "ask" / "english.toml").read_text(encoding="utf-8"))


def _documents(rdf: RdfStore) -> tuple[dict[str, Named], dict[Iri, str]]:
    named: dict[str, Named] = {}
    identifiers: dict[Iri, str] = {}
    for row in rdf.select(_DOCUMENTS).dicts():
        iri = Iri(str(row["document"]))
        known = [str(row[key]) for key in ("identifier", "title") if row[key] is not None]
        identifiers[iri] = known[0] if known else str(iri)
        for name in known:
            named[fold(name)] = Named(name, identifiers[iri], (iri,))
    return named, identifiers
