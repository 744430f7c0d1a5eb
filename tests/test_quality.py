"""The quality shapes: the graph of a real document passes, and each planted fault is found and named in two languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mutations import MUTATIONS, Drawn, draw

from vetkb.engine import Iri, Literal, Quad, RdfStore
from vetkb.extract import extract
from vetkb.graph.lexicon import load_lexicon
from vetkb.graph.read import from_quads
from vetkb.graph.terms import (
    OWL_VERSION,
    RDF_TYPE,
    RDFS_LABEL,
    XSD_DATE,
    XSD_INTEGER,
    Csvw,
    Cv,
    Eli,
    Foaf,
    Oa,
    Odrl,
    Prov,
    Qudt,
    Skos,
    Vk,
)
from vetkb.graph.write import to_quads
from vetkb.parse import parse
from vetkb.text import Source
from vetkb.validate import check_quality
from vetkb.validate.engines import compiled_files, run_compiled, shape_files
from vetkb.validate.evidence import check_evidence
from vetkb.validate.shacl import run_shapes

TEXT = """某市人民政府文件

某政〔2018〕2号

某市人民政府关于发展职业教育的意见

各县（市、区）人民政府：

一、主要目标

到2018年年底，全市职业院校在校生规模达到5.7万人左右，其中，中等职业教育在校生规模达到3.6万人。重点建设2—3所骨干学校。

二、保障措施

各县（市、区）要按照《某省人民政府关于职业教育的意见》（某省政〔2017〕1号）要求，加大投入。到2018年年底，办学质量明显提升。对推进不力的县，市政府予以通报批评。市财政对贫困县给予适当补助。允许企业参股办学。

附件：任务分工表

2018年1月4日

附件

任务分工表

序号\t工作任务\t责任单位\t完成时限
1\t加大投入\t教育部、市教育局等部门\t2018年12月底前
"""


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


@pytest.fixture(scope="module")
def quads(lexicon):
    source = Source.from_text(TEXT, "sample.txt")
    document = parse(source)
    facts, _ = extract(document, source, lexicon)
    written = to_quads(document, facts, lexicon)
    assert from_quads(written) == (document, facts)
    assert facts.tasks
    assert facts.citations
    assert {quantity.comparator for quantity in facts.quantities} >= {"approx", "range"}
    assert {deadline.kind for deadline in facts.deadlines} == {"by"}
    return written


def without(predicate, kind=None):
    """Take a property from every node, or from the nodes of a class."""

    def plant(quads):
        nodes = {quad.subject for quad in quads if quad.predicate == RDF_TYPE and quad.object == kind}
        return [quad for quad in quads if quad.predicate != predicate or (kind is not None and quad.subject not in nodes)]

    return plant


def with_object(predicate, term):
    """Put another object into every statement with a property."""
    return lambda quads: [replace(quad, object=term) if quad.predicate == predicate else quad for quad in quads]


def with_more(kind, predicate, term):
    """Say one thing more of every node of a class."""

    def plant(quads):
        nodes = [quad for quad in quads if quad.predicate == RDF_TYPE and quad.object == kind]
        return [*quads, *(replace(quad, predicate=predicate, object=term) for quad in nodes)]

    return plant


def integer(number):
    return Literal(str(number), XSD_INTEGER)


FAULTS = {
    "a quantity that binds and is no target": (
        lambda quads: [q for q in quads if not (q.predicate == RDF_TYPE and q.object == Vk.Target)],
        "a quantity that binds is a target",
    ),
    "a lead that no word says": (with_object(Cv.role, Vk.Lead), "a role is what the column or the words say"),
    "a task without the schedule of its row": (without(Vk.schedule, Vk.Task), "a task has the schedules of its item"),
    "a fact named after another place": (with_object(Vk.item, Iri("https://x.org/nowhere")), "is named after it"),
    "a party without its words": (without(Vk.surface, Cv.Participation), "has its words as printed"),
    "a rule without a version": (without(OWL_VERSION), "a rule has a version"),
    "a fact without evidence": (without(Vk.evidence, Vk.Task), "exactly one piece of evidence"),
    "a quotation without words": (without(Oa.exact), "quotes words"),
    "a quotation without place": (without(Oa.refinedBy), "has a place"),
    "a quotation longer than its place": (with_object(Oa.exact, Literal("一" * 99)), "as long as its place"),
    "a place outside of the source": (with_object(Vk.characters, integer(10)), "within the source"),
    "evidence without a source": (without(Oa.hasSource), "names its source file"),
    "a fact without rule": (without(Prov.wasGeneratedBy), "names the rule"),
    "a fact without document": (without(Vk.inDocument, Vk.Schedule), "a fact names its document"),
    "a task without text": (without(Vk.text, Vk.Task), "a task has its text"),
    "a task of an item that is missing": (with_object(Vk.item, Iri("https://x.org/nowhere")), "the item of a task exists"),
    "a task without parties": (without(Cv.hasParticipation, Vk.Task), "names nobody"),
    "a task of two numbers": (with_more(Vk.Task, Vk.ordinal, integer(99)), "the number of a task"),
    "a participation without participant": (without(Cv.hasParticipant), "has a participant"),
    "a participation without role": (without(Cv.role), "has one role"),
    "a participation of an unknown role": (with_object(Cv.role, Vk.By), "has one role"),
    "a participation without position": (without(Vk.listPosition), "a place in its list"),
    "a party without label": (without(Skos.prefLabel), "the participant has a label"),
    "an assignment that does not say whether it is open": (without(Vk.open), "whether its list is open"),
    "a schedule without kind": (without(Vk.scheduleKind), "a schedule is of one kind"),
    "a schedule without the date of its kind": (without(Vk.latest), "the dates that its kind needs"),
    "a schedule that ends before it begins": (
        with_more(Vk.Schedule, Vk.earliest, Literal("2030-01-01", XSD_DATE)),
        "not after the last",
    ),
    "a quantity without indicator": (without(Cv.constrains), "the indicator of a quantity exists"),
    "a quantity without label": (without(RDFS_LABEL, Vk.Quantity), "says what it measures"),
    "a quantity without number": (without(Qudt.numericValue), "a range has two bounds"),
    "a range with a comparator": (with_more(Vk.Quantity, Vk.comparator, Odrl.gteq), "a range has two bounds"),
    "a range upside down": (
        with_object(Qudt.lowerBound, Literal("99", Iri("http://www.w3.org/2001/XMLSchema#decimal"))),
        "not above the upper",
    ),
    "a citation of a document that is missing": (without(Vk.stub), "a document has a text or is the stub"),
    "a statement without its sentence": (without(Vk.sentence), "the sentence of a statement exists"),
    "a provision of an unknown kind": (with_object(Vk.provisionKind, Literal("gift")), "a provision is of a known kind"),
    "a provision without parts": (without(Vk.mention), "a provision has parts"),
    "a provision of a number that is missing": (
        with_more(Vk.Provision, Vk.amount, Iri("https://x.org/n")),
        "amount of a provision",
    ),
    "a provision of a time that is missing": (with_object(Vk.schedule, Iri("https://x.org/s")), "schedule of a provision"),
    "a funding rule without fund": (without(Vk.fundSource), "names a fund"),
    "a right without holder": (without(Vk.holder), "a right has a holder"),
    "a goal without state": (without(Vk.level), "names a state"),
    "a goal of nothing": (without(RDFS_LABEL, Vk.Goal), "says of what"),
    "a measure for nobody": (without(Vk.beneficiary), "has a beneficiary"),
    "a mention without words": (without(Vk.surface, Vk.Mention), "a mention has its words"),
    "a mention of an unknown role": (with_object(Vk.mentionRole, Literal("giver")), "a mention has a known role"),
    "a mention without order": (without(Vk.order, Vk.Mention), "a mention has a place"),
    "an item without path": (without(Vk.path), "a part of a document has a path"),
    "an item outside of everything": (without(Eli.is_part_of), "belongs to the document or to the part above"),
    "an agency without division": (without(Vk.division, Cv.PublicOrganisation), "belongs to one division"),
    "leaves that do not begin with the source": (without(Vk.follows), "the first leaf begins with the source"),
    "leaves with a gap": (with_object(Oa.end, integer(1)), "begins where the one before it ends"),
    "leaves that stop early": (with_object(Vk.characters, integer(9000)), "the leaves end with the source"),
    "a group that is open and has members": (
        lambda quads: with_more(Vk.AgentGroup, Foaf.member, Iri("https://x.org/a"))(
            with_object(Vk.membershipClosed, Literal("false", Iri("http://www.w3.org/2001/XMLSchema#boolean")))(quads)
        ),
        "an open group has no members",
    ),
}


def test_the_graph_of_a_document_passes(quads):
    assert check_quality(quads) == ()


@pytest.mark.parametrize(("plant", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(quads, plant, message):
    planted = plant(quads)
    assert planted != quads
    found = {result.message.en: result.message.zh for result in check_quality(planted)}
    hits = {en: zh for en, zh in found.items() if message in en}
    assert hits, sorted(found)
    assert all(zh and zh != en for en, zh in hits.items())


def test_a_damaged_graph_breaks_the_same_shapes_on_the_reference_engine(quads):
    """The shapes are plain SHACL: the engine that compiles them and pySHACL say the same of them."""
    drawn = Drawn(quads)
    damages = [damage for _, damage in draw(drawn, MUTATIONS, 1, "both engines")]
    gone = {quad for damage in damages for quad in damage.gone}
    damaged = [quad for quad in quads if quad not in gone] + [quad for damage in damages for quad in damage.new]
    store = RdfStore.memory()
    store.add(damaged)
    compiled, reference = (
        {(r.focus, r.value, r.component, frozenset(text for text, _ in r.messages)) for r in raws}
        for raws in (
            run_compiled(store, damaged, compiled_files("quality")).raws,
            run_shapes(damaged, shape_files("quality", generated=False)),
        )
    )
    assert len(compiled) > len(MUTATIONS)
    assert compiled == reference


def literal(predicate, kind, changed):
    """Change the literals of a property of the nodes of a class."""

    def plant(quads):
        nodes = {quad.subject for quad in quads if quad.predicate == RDF_TYPE and quad.object == kind}
        return [
            replace(quad, object=replace(quad.object, value=changed(quad.object.value)))
            if quad.predicate == predicate and quad.subject in nodes
            else quad
            for quad in quads
        ]

    return plant


MISREAD = {
    "a number that is not printed": (literal(Qudt.numericValue, Qudt.QuantityValue, lambda v: v + "1"), "the one in its words"),
    "a date that is not named": (literal(Vk.latest, Vk.Schedule, lambda _: "2018-12-30"), "not one that its words name"),
    "a date that is only assumed": (with_object(Vk.dateBasis, Vk.Assumed), "rests on something else"),
    "a list that is open": (literal(Vk.open, Vk.Assignment, lambda v: {"true": "false", "false": "true"}[v]), "by its words"),
    "a list that is laid down": (literal(Vk.inherited, Vk.Assignment, lambda _: "true"), "inherited by another rule"),
    "a unit in another column": (literal(Vk.columnNumber, Csvw.Cell, lambda _: "2"), "stands in another column"),
    "a column for something else": (literal(Vk.columnFunction, Csvw.Column, lambda _: "task"), "not what its header says"),
    "a leaf that is something else": (literal(Vk.leafKind, Vk.Leaf, lambda _: "paragraph"), "by what lies in it"),
    "an area that is nowhere": (literal(Vk.area, Vk.Quantity, lambda _: "全国"), "in the text around"),
    "a duration of people": (literal(Vk.targetRole, Vk.Quantity, lambda _: "duration"), "does not go with its unit"),
    "a modality that no word says": (literal(Vk.modality, Vk.Statement, lambda _: "permission"), "not what its sentence says"),
    "a citation of another mode": (literal(Vk.citationMode, Vk.Citation, lambda _: "参照"), "not what its words say"),
    "a title that is not printed": (
        literal(Vk.statedValue, Vk.MetadataStatement, lambda v: v if v[:2] == "20" else f"{v}一"),
        "metadata statement",
    ),
    "a file of another length": (literal(Vk.characters, Eli.Format, lambda v: v + "0"), "another number of characters"),
    "a path that is not its name": (literal(Vk.path, Eli.LegalResourceSubdivision, lambda v: v + "一"), "another name or label"),
    "an agency of another name": (literal(Skos.prefLabel, Cv.PublicOrganisation, lambda v: v + "一"), "another name or label"),
    "a term of other words": (literal(Skos.prefLabel, Skos.Concept, lambda v: v + "一"), "another name or label"),
    "a unit of another measure": (with_object(Qudt.hasUnit, Iri("https://x.org/u")), "another name or label"),
    "a mark that is not printed": (literal(Vk.label, Vk.Item, lambda _: "九、"), "does not begin with its mark"),
    "sentences out of order": (literal(Vk.place, Vk.Sentence, lambda v: v + "0"), "not numbered through"),
    "a graph of no document": (literal(Vk.order, Vk.Leaf, lambda _: "first"), "no document can be read"),
}


@pytest.mark.parametrize(("plant", "message"), MISREAD.values(), ids=MISREAD.keys())
def test_what_a_fact_says_and_its_words_do_not_is_found(quads, lexicon, plant, message):
    (document,) = {quad.subject for quad in quads if quad.predicate == Eli.is_realized_by}

    def found(graph):
        store = RdfStore.memory()
        store.add(graph)
        return [finding.message for finding in check_evidence(store, {document: TEXT}, lexicon)]

    planted = plant(quads)
    assert planted != quads
    assert found(quads) == []
    hits = [m for m in found(planted) if message in m.en]
    assert hits, {m.en for m in found(planted)}
    assert all(m.zh and m.zh != m.en for m in hits)


# --- what rules conclude -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        (Vk.conflictKind, "a conflict is of one known kind"),
        (Vk.between, "a conflict is between two things"),
        (Vk.evidence, "a conflict has evidence of both sides"),
        (Vk.inDocument, "a conflict names its document"),
    ],
)
def test_a_conflict_says_what_it_is_and_proves_it(predicate, message):
    conflict, graph = Iri("https://w3id.org/vetkb/x__conflict"), Iri("https://w3id.org/vetkb/rule/x")
    whole = [
        Quad(conflict, RDF_TYPE, Vk.Conflict, graph),
        Quad(conflict, Vk.conflictKind, Literal("schedule"), graph),
        Quad(conflict, Vk.inDocument, Iri("https://w3id.org/vetkb/x"), graph),
        *(Quad(conflict, Vk.between, Iri(f"https://w3id.org/vetkb/x_{n}"), graph) for n in (1, 2)),
        *(Quad(conflict, Vk.evidence, Iri(f"https://w3id.org/vetkb/x_{n}__evidence"), graph) for n in (1, 2)),
    ]
    assert check_quality(whole) == ()
    dropped = next(quad for quad in whole if quad.predicate == predicate)
    assert [result.message.en for result in check_quality([quad for quad in whole if quad != dropped])] == [message]
