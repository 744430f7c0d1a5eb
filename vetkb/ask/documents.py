"""Forms about documents → answers: number, date, issuer; what it implements or cites; parts of a programme; what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from vetkb.ask.answer import Answer, Evidence, Result
from vetkb.ask.context import DIVISION_OF_IRI, Context, Declined, Row, iri
from vetkb.ask.describe import pieces, plain
from vetkb.ask.entities import LEVEL_OF_PLACE, level_of, unquoted
from vetkb.ask.form import About, All, Form, Named, Within
from vetkb.ask.resolve import not_found, search
from vetkb.ask.sparql import QueryText, written
from vetkb.engine import Iri, Literal
from vetkb.graph.names import in_annex

_FIELDS: Final = {
    "number": ("identifier",),
    "title": ("title",),
    "issued": ("issued", "printed"),
    "printed": ("printed", "issued"),
    "issuer": ("issuer",),
    "sponsor": ("sponsor",),
    "addressee": ("addressee",),
    "copied": ("copied_to",),
    "genre": ("genre",),
}
_IN_FORCE: Final = {"effective": "eli:first_date_entry_in_force", "expires": "eli:date_no_longer_in_force"}
_UNDER: Final = "SELECT ?item ?sentence { %s ?sentence a vk:Sentence ; vk:item ?item ; vk:order ?order } ORDER BY ?order"
_FOUNDING: Final = (frozenset({"根据", "依据"}), frozenset({"按照", "遵照"}))  # before what a document goes by; the surest first
_LISTED: Final = 3
_PASSAGES: Final = 5
_ISSUER: Final = re.compile("(?:中共)?[\u4e00-\u9fff]{2,6}?(省|市|县|区)(?:人民政府|委|[\u4e00-\u9fff]{2,8}(?:厅|局|办))")
_LEVELS: Final = {"provincial": ("provincial", "direct"), "national": ("national",), "municipal": ("municipal",)}


def answer_document(form: Form, context: Context) -> Answer | Declined:
    """Answer what a document prints about itself."""
    wanted = _FIELDS.get(form.field or "number", ())
    several = _one_document(form, context)
    if several is not None:
        return several
    if form.field in _IN_FORCE:
        return _in_force(form, context)
    query = QueryText("?statement")
    query.add(
        "?statement a vk:MetadataStatement ; vk:field ?field ; vk:statedValue ?value ;",
        "  vk:inDocument ?document ; vk:order ?order .",
    )
    query.add(f"VALUES ?field {{ {' '.join(written(Literal(name)) for name in wanted)} }}")
    query.where(form.where)
    query.columns += ["?field", "?value", "?document", "?order"]
    query.order = ["?document", "?field", "?order"]
    rows = context.select(query.text())
    best = next((name for name in wanted if any(row["field"] == name for row in rows)), None)
    rows = [row for row in rows if row["field"] == best]
    name = context.say(f"field.{form.field}")
    if not rows:
        documents = context.joined(list(context.entities.identifiers.values())[:_LISTED])
        return context.declined("not_found", form, "refuse_field", document=documents, field=name)
    evidence = context.evidence(iri(row["statement"]) for row in rows)
    results = [_field_result(row, form, context, evidence) for row in rows]
    said = []
    for document in dict.fromkeys(row["document"] for row in rows):
        values = context.joined(str(row["value"]) for row in rows if row["document"] == document)
        said.append(context.say("field_is", document=context.document_name(document), field=name, value=values))
    notes = [context.say("note_issued")] if form.field == "printed" and best == "issued" else []
    return context.answered(form, "\n".join(said), results, query, notes=notes)


def _in_force(form: Form, context: Context) -> Answer | Declined:
    """Answer from when, or until when, a document is in force, with the sentence that says so."""
    query = QueryText("?expression")
    query.add(f"?document eli:is_realized_by ?expression ; {_IN_FORCE[form.field or '']} ?day .")
    for one in form.where.conditions:
        if not isinstance(one, Within):
            return context.declined("unsupported", form, "refuse_order")
        query.add(query.values("?document", one.documents.iris))
    query.columns = ["?document", "?day"]
    query.order = ["?document"]
    name = context.say(f"field.{form.field}")
    said, results = [], []
    for row in context.select(query.text()):
        day, document = row["day"], context.document_name(row["document"])
        if not isinstance(day, date):
            continue
        printed = f"{day.year}年{day.month}月{day.day}日"
        hits = context.store.nearest(printed, _PASSAGES, str(row["document"]))
        found = [hit for hit in hits if hit.kind == "sentence" and printed in hit.text]
        proof = context.evidence(hit.iri for hit in found[:1])
        results.append(Result("document", str(row["document"]), printed, document, date=day, evidence=tuple(proof.values())))
        said.append(context.say("field_is", document=document, field=name, value=printed))
        said += [context.say("text_says", quote=f"“{hit.text}”") for hit in found[:1]]
    if not results:
        return context.declined("not_found", form, "refuse_field", document=_documents(context), field=name)
    return context.answered(form, "\n".join(said), results, query)


def _one_document(form: Form, context: Context) -> Declined | None:
    """Refuse a question about "the document" where the base has several and none is named."""
    known = list(context.entities.identifiers.values())
    if len(known) < 2 or any(isinstance(one, Within) for one in form.where.conditions):
        return None
    named = [Within(Named(name, name, (document,))) for document, name in context.entities.identifiers.items()]
    suggestions = [replace(form, where=All((*form.where.conditions, one))) for one in named[:_LISTED]]
    listed = context.joined(known[:_LISTED]) + ("…" if len(known) > _LISTED else "")
    return context.declined("ambiguous", form, "refuse_document", suggestions, n=len(known), list=listed)


def _field_result(row: Row, form: Form, context: Context, evidence: dict[Iri, Evidence]) -> Result:
    value, statement = row["value"], iri(row["statement"])
    name = context.document_name(row["document"])
    proof = (evidence[statement],) if statement in evidence else ()
    if form.field in ("issuer", "sponsor", "addressee", "copied"):
        return Result("agency", str(row["document"]), str(value), name, evidence=proof)
    identifier = str(value) if form.field == "number" else None
    day = value if isinstance(value, date) else None
    return Result("document", str(row["document"]), str(value), name, identifier=identifier, date=day, evidence=proof)


# --- how it is made ----------------------------------------------------------------------------------


def answer_structure(form: Form, context: Context) -> Answer | Declined:
    """Answer how many sections or clauses a document has; the annex counts only where nothing stands before it."""
    several = _one_document(form, context)
    if several is not None:
        return several
    if form.field not in ("sections", "clauses"):
        return context.declined("unsupported", form, "refuse_order")
    query = QueryText("?item")
    query.add("?item a vk:Item ; vk:path ?path ; vk:heading ?heading ; vk:inDocument ?document ; vk:order ?order .")
    query.where(form.where)
    query.columns += ["?path", "?heading", "?document", "?order"]
    query.order = ["?document", "?order"]
    rows = [row for row in context.select(query.text()) if "row " not in str(row["path"])]
    body = [row for row in rows if not in_annex(row["path"])] or rows
    depth = min((str(row["path"]).count("/") for row in body), default=0)
    wanted = depth if form.field == "sections" else depth + 1
    chosen = [row for row in body if str(row["path"]).count("/") == wanted]
    # what is numbered straight through has clauses and no sections
    chosen = chosen or [row for row in body if form.field == "clauses" and str(row["path"]).count("/") == depth]
    name = context.say(f"part.{form.field}")
    if not chosen or len({row["document"] for row in chosen}) > 1:
        return context.declined("not_found", form, "refuse_field", document=_documents(context), field=name)
    results = _headings(context, chosen)
    text = context.say("structure_is", document=results[0].document, n=len(results), what=name)
    return context.answered(form, text, results, query, value=len(results))


def _headings(context: Context, rows: Sequence[Row]) -> list[Result]:
    """Return the items of rows as results, each by its heading and with its proof."""
    evidence = context.evidence(iri(row["item"]) for row in rows)
    return [
        Result(
            "clause",
            str(row["item"]),
            str(row["heading"]),
            context.document_name(row["document"]),
            evidence=_proof(row, evidence),
        )
        for row in rows
    ]


def _proof(row: Row, evidence: dict[Iri, Evidence]) -> tuple[Evidence, ...]:
    found = evidence.get(iri(row["item"]))
    return (found,) if found is not None else ()


# --- citations ---------------------------------------------------------------------------------------


def answer_citations(form: Form, context: Context) -> Answer | Declined:
    """Answer which documents a document implements or repeals, or cites at all."""
    query = QueryText("?citation")
    query.add(
        "?citation a vk:Citation ; vk:cited ?cited ; vk:inDocument ?document ; vk:order ?order .",
        "OPTIONAL { ?citation vk:citedIdentifier ?identifier } OPTIONAL { ?citation vk:citedTitle ?title }",
        "OPTIONAL { ?citation vk:citationMode ?mode } OPTIONAL { ?citation vk:item ?item }",
    )
    if form.field in ("implements", "repeals"):
        query.add(f"FILTER EXISTS {{ ?document eli:{form.field} ?cited }}")
    query.where(form.where)
    query.add("BIND(EXISTS { ?document eli:implements ?cited } AS ?implemented)")
    query.columns += ["?cited", "?identifier", "?title", "?mode", "?document", "?order", "?item", "?implemented"]
    query.order = ["?document", "?order"]
    cited = context.select(query.text())
    rows = [row for row in (_founding(cited) if form.field == "founded" else cited) if _at_level(row, form.level)]
    if not rows:
        return context.declined(
            "not_found", form, "refuse_field", document=_documents(context), field=context.say(f"field.{form.field}")
        )
    evidence = context.evidence(iri(row["citation"]) for row in rows)
    results: dict[tuple[str, str], Result] = {}
    for row in rows:
        label = str(row["title"] or row["identifier"] or row["cited"])
        identifier = str(row["identifier"]) if row["identifier"] is not None else None
        proof = (evidence[iri(row["citation"])],) if iri(row["citation"]) in evidence else ()
        mode = str(row["mode"]) if row["mode"] is not None else None
        name = context.document_name(row["document"])
        key = (str(row["document"]), str(row["cited"]))
        results.setdefault(
            key, Result("document", str(row["cited"]), label, name, identifier=identifier, detail=mode, evidence=proof)
        )
    said = []
    for document in dict.fromkeys(name for name, _ in results):
        listed = context.joined(_cited_words(one) for (name, _), one in results.items() if name == document)
        mode = context.say(f"field.{form.field}")
        said.append(context.say("cites_are", document=context.document_name(document), mode=mode, list=listed))
    return context.answered(form, "\n".join(said), list(results.values()), query)


def _founding(rows: Sequence[Row]) -> list[Row]:
    """Return the citations of what each document implements, else of what the first sentence that says 根据 goes by."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["document"]), []).append(row)
    kept: list[Row] = []
    for cited in found.values():
        implemented = [row for row in cited if row["implemented"]]
        going_by = ([row for row in cited if row["mode"] is not None and str(row["mode"]) in words] for words in _FOUNDING)
        founding = next((rows for rows in going_by if rows), [])
        kept += implemented or [row for row in founding if row["item"] == founding[0]["item"]]
    return kept


def _documents(context: Context) -> str:
    return context.joined(list(context.entities.identifiers.values())[:_LISTED])


def _cited_words(one: Result) -> str:
    title = f"《{one.label}》" if one.label != one.identifier else ""
    return f"{title}（{one.identifier}）" if title and one.identifier else title or one.label


def _at_level(row: Row, level: str | None) -> bool:
    if level is None:
        return True
    found = DIVISION_OF_IRI.search(str(row["cited"]))
    known = level_of(found[1]) if found is not None else ""
    issuer = _ISSUER.match(str(row["title"] or ""))
    if known in ("", "national") and issuer is not None:  # a place that no directory knows has no division of its own
        known = LEVEL_OF_PLACE[issuer[1]]
    return known in _LEVELS[level]


# --- programmes --------------------------------------------------------------------------------------


def answer_parts(form: Form, context: Context) -> Answer | Declined:
    """Answer of which parts a programme is made."""
    about = next(one for one in form.where.conditions if isinstance(one, About))
    name = unquoted("".join(part.forms[0] for part in pieces(about.words, context.words) or ()))
    programmes = context.entities.programmes.get(name) or context.entities.programmes.get(unquoted(about.words), ())
    if not programmes:
        return _outline(about, form, context) or context.declined("not_found", form, "refuse_about", words=about.words)
    query = QueryText("?part")
    query.add(query.values("?programme", programmes), "?part skos:broader ?programme ; skos:prefLabel ?label .")
    query.add("OPTIONAL { ?part vk:inDocument ?document } OPTIONAL { ?part vk:order ?order }")
    query.where(All(tuple(one for one in form.where.conditions if one is not about)))
    query.columns += ["?label", "?document", "?order"]
    query.order = ["?document", "?order", "?part"]
    rows = context.select(query.text())
    if not rows:
        return context.declined("not_found", form, "refuse_about", words=about.words)
    evidence = context.evidence(iri(row["part"]) for row in rows)
    by_label: dict[str, list[Row]] = {}
    for row in rows:
        by_label.setdefault(str(row["label"]), []).append(row)
    results = []
    for label, found in by_label.items():
        proof = tuple(evidence[iri(row["part"])] for row in found if iri(row["part"]) in evidence)
        results.append(
            Result("programme", str(found[0]["part"]), label, context.document_name(found[0]["document"]), evidence=proof)
        )
    text = context.say("parts_are", name=name, n=len(results), list=context.joined(by_label))
    return context.answered(form, text, results, query)


def _outline(about: About, form: Form, context: Context) -> Answer | None:
    """Return the headings below a heading that is named in full; None where there is none, or nothing below it."""
    _, hits, _ = search(about, context, ("item",))
    sections = [hit.iri for hit in hits if plain(hit.text) == plain(about.words)]
    return under_headings(sections, plain(about.words), form, context) if sections else None


def under_headings(sections: Sequence[Iri], name: str, form: Form, context: Context) -> Answer | None:
    """Return the headings right below some sections, which the question calls by a name; None where there are none."""
    query = QueryText("?item")
    query.add(query.values("?section", sections), "?item eli:is_part_of ?section ; a vk:Item ; vk:heading ?heading .")
    query.add("?item vk:inDocument ?document ; vk:order ?order . FILTER(STRLEN(?heading) > 0)")
    query.where(All(tuple(one for one in form.where.conditions if not isinstance(one, About))))
    query.columns += ["?heading", "?document", "?order"]
    query.order = ["?document", "?order"]
    rows = context.select(query.text())
    if not rows:
        return None
    results = _headings(context, rows)
    text = context.say("parts_are", name=name, n=len(results), list=context.joined(one.label for one in results))
    return context.answered(form, text, results, query)


# --- what the text says ------------------------------------------------------------------------------


def answer_passages(form: Form, context: Context) -> Answer | Declined:
    """Answer with the sentences that hold all that is described."""
    about = next(one for one in form.where.conditions if isinstance(one, About))
    listed = _outline(about, form, context)
    if listed is not None:
        return listed
    _, hits, missing = search(about, context, ("sentence", "item"))
    sentences = [hit.iri for hit in hits if hit.kind == "sentence"]
    headed = [hit.iri for hit in hits if hit.kind == "item"]
    if not sentences and headed:
        sentences = [iri(row["sentence"]) for row in context.look_up(_UNDER, "?item", headed)]
    if not sentences:
        return not_found(about, missing, form, context)
    return passages(sentences[:_PASSAGES], form, context, cut=len(sentences) > _PASSAGES) or not_found(about, "", form, context)


def passages(sentences: Sequence[Iri], form: Form, context: Context, *, cut: bool) -> Answer | None:
    """Return sentences as an answer, quoted; None where none is in the documents asked about."""
    query = _passage_query(sentences)
    query.where(All(tuple(one for one in form.where.conditions if not isinstance(one, About))))
    rows = context.select(query.text())
    if not rows:
        return None
    evidence = context.evidence(iri(row["sentence"]) for row in rows)
    results = [_passage(row, context, evidence) for row in rows]
    text = context.say("text_says", quote="\n".join(f"“{one.label}”" for one in results))
    return context.answered(form, text, results, query, notes=[context.say("note_limit", n=len(rows))] if cut else [])


def _passage_query(sentences: Sequence[Iri]) -> QueryText:
    query = QueryText("?sentence")
    query.add(query.values("?sentence", sentences), "?sentence vk:text ?text ; vk:inDocument ?document ; vk:order ?order .")
    query.columns += ["?text", "?document", "?order"]
    query.order = ["?document", "?order"]
    return query


def _passage(row: Row, context: Context, evidence: dict[Iri, Evidence]) -> Result:
    sentence = iri(row["sentence"])
    proof = (evidence[sentence],) if sentence in evidence else ()
    return Result("clause", str(sentence), str(row["text"]), context.document_name(row["document"]), evidence=proof)
