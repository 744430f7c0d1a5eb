"""The terms of ontology/vetkb.ttl as constants, and the public terms that our graphs use.

A test holds this list equal to the file: a term is declared there, with its meaning, before it is used here.
"""

# ruff: noqa: N815 (a constant has the name of its term)

from __future__ import annotations

from typing import Final

from vetkb.engine import Iri

BASE: Final = "https://w3id.org/vetkb/"
ONTOLOGY_GRAPH: Final = Iri(f"{BASE}ns")
ONTOLOGY_VERSION: Final = "1.0.0"

PREFIXES: Final[dict[str, str]] = {
    "vk": "https://w3id.org/vetkb/ns#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "cv": "http://data.europa.eu/m8g/",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "lrmlmm": "http://docs.oasis-open.org/legalruleml/ns/v1.0/metamodel#",
    "nrv": "http://ns.inria.fr/nrv#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "time": "http://www.w3.org/2006/time#",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "cito": "http://purl.org/spar/cito/",
    "qb": "http://purl.org/linked-data/cube#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "sh": "http://www.w3.org/ns/shacl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _vk(name: str) -> Iri:
    return Iri(f"{BASE}ns#{name}")


def _public(prefix: str, name: str) -> Iri:
    return Iri(PREFIXES[prefix] + name)


class Vk:
    """Our own terms."""

    Item: Final = _vk("Item")
    Sentence: Final = _vk("Sentence")
    Leaf: Final = _vk("Leaf")
    MetadataStatement: Final = _vk("MetadataStatement")
    Statement: Final = _vk("Statement")
    Encouragement: Final = _vk("Encouragement")
    Task: Final = _vk("Task")
    Assignment: Final = _vk("Assignment")
    SectorTerm: Final = _vk("SectorTerm")
    UnresolvedParty: Final = _vk("UnresolvedParty")
    AgentGroup: Final = _vk("AgentGroup")
    OrganType: Final = _vk("OrganType")
    GroupKind: Final = _vk("GroupKind")
    DocumentPrefix: Final = _vk("DocumentPrefix")
    Division: Final = _vk("Division")
    Indicator: Final = _vk("Indicator")
    Quantity: Final = _vk("Quantity")
    Target: Final = _vk("Target")
    Schedule: Final = _vk("Schedule")
    Citation: Final = _vk("Citation")
    Programme: Final = _vk("Programme")
    Effect: Final = _vk("Effect")
    Provision: Final = _vk("Provision")
    Mention: Final = _vk("Mention")
    FundingRule: Final = _vk("FundingRule")
    Incentive: Final = _vk("Incentive")
    Goal: Final = _vk("Goal")
    Measure: Final = _vk("Measure")
    RecurringDuty: Final = _vk("RecurringDuty")
    CoResponsibility: Final = _vk("CoResponsibility")
    Entity: Final = _vk("Entity")
    Observation: Final = _vk("Observation")
    ProgressReport: Final = _vk("ProgressReport")
    Assumptions: Final = _vk("Assumptions")
    Conflict: Final = _vk("Conflict")
    TotalEntitlement: Final = _vk("TotalEntitlement")
    Genre: Final = _vk("Genre")
    EntityType: Final = _vk("EntityType")
    CalendarDay: Final = _vk("CalendarDay")
    Role: Final = _vk("Role")
    Basis: Final = _vk("Basis")
    ScheduleKind: Final = _vk("ScheduleKind")
    ComplianceState: Final = _vk("ComplianceState")
    TaskStatus: Final = _vk("TaskStatus")

    Responsible: Final = _vk("Responsible")
    Lead: Final = _vk("Lead")
    Support: Final = _vk("Support")
    Guide: Final = _vk("Guide")
    Stated: Final = _vk("Stated")
    ByPosition: Final = _vk("ByPosition")
    Assumed: Final = _vk("Assumed")
    By: Final = _vk("By")
    From: Final = _vk("From")
    During: Final = _vk("During")
    Recurring: Final = _vk("Recurring")
    Relative: Final = _vk("Relative")
    Continuous: Final = _vk("Continuous")
    Met: Final = _vk("Met")
    Violated: Final = _vk("Violated")
    NotReported: Final = _vk("NotReported")
    NotYetDue: Final = _vk("NotYetDue")
    NotStarted: Final = _vk("NotStarted")
    InProgress: Final = _vk("InProgress")
    Done: Final = _vk("Done")

    inDocument: Final = _vk("inDocument")
    item: Final = _vk("item")
    sentence: Final = _vk("sentence")
    follows: Final = _vk("follows")
    group: Final = _vk("group")
    evidence: Final = _vk("evidence")
    headingEvidence: Final = _vk("headingEvidence")
    forceEvidence: Final = _vk("forceEvidence")
    scheduleEvidence: Final = _vk("scheduleEvidence")
    addressee: Final = _vk("addressee")
    copiedTo: Final = _vk("copiedTo")
    division: Final = _vk("division")
    organType: Final = _vk("organType")
    groupKind: Final = _vk("groupKind")
    memberOrgan: Final = _vk("memberOrgan")
    succeededBy: Final = _vk("succeededBy")
    assignment: Final = _vk("assignment")
    schedule: Final = _vk("schedule")
    partOf: Final = _vk("partOf")
    comparator: Final = _vk("comparator")
    bound: Final = _vk("bound")
    cited: Final = _vk("cited")
    scheduleKind: Final = _vk("scheduleKind")
    dateBasis: Final = _vk("dateBasis")
    roleBasis: Final = _vk("roleBasis")
    mention: Final = _vk("mention")
    refersTo: Final = _vk("refersTo")
    payer: Final = _vk("payer")
    fundSource: Final = _vk("fundSource")
    recipient: Final = _vk("recipient")
    amount: Final = _vk("amount")
    triggeredBy: Final = _vk("triggeredBy")
    entitledTo: Final = _vk("entitledTo")
    entitledInAllTo: Final = _vk("entitledInAllTo")
    addend: Final = _vk("addend")
    leadsTo: Final = _vk("leadsTo")
    liableTo: Final = _vk("liableTo")
    appliesTo: Final = _vk("appliesTo")
    imposedBy: Final = _vk("imposedBy")
    holder: Final = _vk("holder")
    beneficiary: Final = _vk("beneficiary")
    responsibleAgency: Final = _vk("responsibleAgency")
    answeredBy: Final = _vk("answeredBy")
    couples: Final = _vk("couples")
    shares: Final = _vk("shares")
    weight: Final = _vk("weight")
    begins: Final = _vk("begins")
    due: Final = _vk("due")
    consequence: Final = _vk("consequence")
    partsAddUp: Final = _vk("partsAddUp")
    copies: Final = _vk("copies")
    refines: Final = _vk("refines")
    raises: Final = _vk("raises")
    loosens: Final = _vk("loosens")
    drops: Final = _vk("drops")
    decided: Final = _vk("decided")
    operationalises: Final = _vk("operationalises")
    denotes: Final = _vk("denotes")
    inferredRole: Final = _vk("inferredRole")
    between: Final = _vk("between")
    indicator: Final = _vk("indicator")
    about: Final = _vk("about")
    entityType: Final = _vk("entityType")
    task: Final = _vk("task")
    status: Final = _vk("status")
    complianceState: Final = _vk("complianceState")
    notCompared: Final = _vk("notCompared")
    path: Final = _vk("path")
    order: Final = _vk("order")
    place: Final = _vk("place")
    label: Final = _vk("label")
    heading: Final = _vk("heading")
    text: Final = _vk("text")
    surface: Final = _vk("surface")
    leafKind: Final = _vk("leafKind")
    columnNumber: Final = _vk("columnNumber")
    columnFunction: Final = _vk("columnFunction")
    field: Final = _vk("field")
    statedValue: Final = _vk("statedValue")
    printed: Final = _vk("printed")
    sha256: Final = _vk("sha256")
    characters: Final = _vk("characters")
    stub: Final = _vk("stub")
    rule: Final = _vk("rule")
    modality: Final = _vk("modality")
    forceTerm: Final = _vk("forceTerm")
    ordinal: Final = _vk("ordinal")
    scheduleText: Final = _vk("scheduleText")
    continuous: Final = _vk("continuous")
    open: Final = _vk("open")
    inherited: Final = _vk("inherited")
    listPosition: Final = _vk("listPosition")
    partyKind: Final = _vk("partyKind")
    membershipClosed: Final = _vk("membershipClosed")
    earliest: Final = _vk("earliest")
    latest: Final = _vk("latest")
    recurrence: Final = _vk("recurrence")
    surfaceComparator: Final = _vk("surfaceComparator")
    approximate: Final = _vk("approximate")
    unit: Final = _vk("unit")
    per: Final = _vk("per")
    population: Final = _vk("population")
    area: Final = _vk("area")
    targetRole: Final = _vk("targetRole")
    direction: Final = _vk("direction")
    provisionKind: Final = _vk("provisionKind")
    mentionRole: Final = _vk("mentionRole")
    qualitative: Final = _vk("qualitative")
    level: Final = _vk("level")
    citationMode: Final = _vk("citationMode")
    citedTitle: Final = _vk("citedTitle")
    citedIdentifier: Final = _vk("citedIdentifier")
    conflictKind: Final = _vk("conflictKind")
    divisionLevel: Final = _vk("divisionLevel")
    memberLevel: Final = _vk("memberLevel")
    pattern: Final = _vk("pattern")
    nationalName: Final = _vk("nationalName")
    provincialName: Final = _vk("provincialName")
    directName: Final = _vk("directName")
    municipalName: Final = _vk("municipalName")
    countyName: Final = _vk("countyName")
    sectorWord: Final = _vk("sectorWord")
    cueWord: Final = _vk("cueWord")
    quote: Final = _vk("quote")
    instrumentWord: Final = _vk("instrumentWord")
    incidentalWord: Final = _vk("incidentalWord")
    mainInstrument: Final = _vk("mainInstrument")
    vagueWords: Final = _vk("vagueWords")
    notWithin: Final = _vk("notWithin")
    abolished: Final = _vk("abolished")
    validTo: Final = _vk("validTo")
    day: Final = _vk("day")
    value: Final = _vk("value")
    from_: Final = _vk("from")
    to: Final = _vk("to")
    date: Final = _vk("date")
    asOf: Final = _vk("asOf")
    tolerance: Final = _vk("tolerance")


class Eli:
    """European Legislation Identifier."""

    LegalResource: Final = _public("eli", "LegalResource")
    LegalResourceSubdivision: Final = _public("eli", "LegalResourceSubdivision")
    LegalExpression: Final = _public("eli", "LegalExpression")
    Format: Final = _public("eli", "Format")
    type_document: Final = _public("eli", "type_document")
    passed_by: Final = _public("eli", "passed_by")
    responsibility_of_agent: Final = _public("eli", "responsibility_of_agent")
    has_part: Final = _public("eli", "has_part")
    is_part_of: Final = _public("eli", "is_part_of")
    has_annex: Final = _public("eli", "has_annex")
    is_realized_by: Final = _public("eli", "is_realized_by")
    realizes: Final = _public("eli", "realizes")
    is_embodied_by: Final = _public("eli", "is_embodied_by")
    embodies: Final = _public("eli", "embodies")
    language: Final = _public("eli", "language")
    cites: Final = _public("eli", "cites")
    implements: Final = _public("eli", "implements")
    repeals: Final = _public("eli", "repeals")
    amends: Final = _public("eli", "amends")
    id_local: Final = _public("eli", "id_local")
    number: Final = _public("eli", "number")
    title: Final = _public("eli", "title")
    date_document: Final = _public("eli", "date_document")
    first_date_entry_in_force: Final = _public("eli", "first_date_entry_in_force")
    date_no_longer_in_force: Final = _public("eli", "date_no_longer_in_force")


class Cv:
    """Core vocabularies of the EU: criteria, evidence, public organisations."""

    PublicOrganisation: Final = _public("cv", "PublicOrganisation")
    Participation: Final = _public("cv", "Participation")
    Requirement: Final = _public("cv", "Requirement")
    Constraint: Final = _public("cv", "Constraint")
    InformationConcept: Final = _public("cv", "InformationConcept")
    hasParticipation: Final = _public("cv", "hasParticipation")
    hasParticipant: Final = _public("cv", "hasParticipant")
    role: Final = _public("cv", "role")
    constrains: Final = _public("cv", "constrains")


class Foaf:
    """Friend of a Friend."""

    Agent: Final = _public("foaf", "Agent")
    Group: Final = _public("foaf", "Group")
    member: Final = _public("foaf", "member")


class Lrmlmm:
    """LegalRuleML metamodel."""

    Statement: Final = _public("lrmlmm", "Statement")
    DeonticSpecification: Final = _public("lrmlmm", "DeonticSpecification")
    Obligation: Final = _public("lrmlmm", "Obligation")
    Permission: Final = _public("lrmlmm", "Permission")
    Prohibition: Final = _public("lrmlmm", "Prohibition")
    Right: Final = _public("lrmlmm", "Right")


class Nrv:
    """Normative requirements vocabulary."""

    Maintenance: Final = _public("nrv", "Maintenance")
    Achievement: Final = _public("nrv", "Achievement")
    Compensation: Final = _public("nrv", "Compensation")


class Odrl:
    """Open Digital Rights Language: comparison operators."""

    operator: Final = _public("odrl", "operator")
    gteq: Final = _public("odrl", "gteq")
    lteq: Final = _public("odrl", "lteq")
    gt: Final = _public("odrl", "gt")
    lt: Final = _public("odrl", "lt")
    eq: Final = _public("odrl", "eq")


class Qudt:
    """Quantities and units."""

    QuantityValue: Final = _public("qudt", "QuantityValue")
    Unit: Final = _public("qudt", "Unit")
    CountingUnit: Final = _public("qudt", "CountingUnit")
    hasUnit: Final = _public("qudt", "hasUnit")
    numericValue: Final = _public("qudt", "numericValue")
    lowerBound: Final = _public("qudt", "lowerBound")
    upperBound: Final = _public("qudt", "upperBound")


class Oa:
    """Web Annotation."""

    SpecificResource: Final = _public("oa", "SpecificResource")
    TextQuoteSelector: Final = _public("oa", "TextQuoteSelector")
    TextPositionSelector: Final = _public("oa", "TextPositionSelector")
    hasSource: Final = _public("oa", "hasSource")
    hasSelector: Final = _public("oa", "hasSelector")
    refinedBy: Final = _public("oa", "refinedBy")
    exact: Final = _public("oa", "exact")
    start: Final = _public("oa", "start")
    end: Final = _public("oa", "end")


class Prov:
    """Provenance."""

    Activity: Final = _public("prov", "Activity")
    Entity: Final = _public("prov", "Entity")
    Plan: Final = _public("prov", "Plan")
    wasGeneratedBy: Final = _public("prov", "wasGeneratedBy")
    wasDerivedFrom: Final = _public("prov", "wasDerivedFrom")


class Csvw:
    """CSV on the Web: tables."""

    Table: Final = _public("csvw", "Table")
    Row: Final = _public("csvw", "Row")
    Column: Final = _public("csvw", "Column")
    Cell: Final = _public("csvw", "Cell")


class Skos:
    """Simple Knowledge Organization System."""

    Concept: Final = _public("skos", "Concept")
    ConceptScheme: Final = _public("skos", "ConceptScheme")
    broader: Final = _public("skos", "broader")
    inScheme: Final = _public("skos", "inScheme")
    prefLabel: Final = _public("skos", "prefLabel")
    altLabel: Final = _public("skos", "altLabel")
    notation: Final = _public("skos", "notation")
    definition: Final = _public("skos", "definition")


class Dcterms:
    """Dublin Core terms."""

    Location: Final = _public("dcterms", "Location")
    isPartOf: Final = _public("dcterms", "isPartOf")
    spatial: Final = _public("dcterms", "spatial")
    temporal: Final = _public("dcterms", "temporal")
    audience: Final = _public("dcterms", "audience")
    relation: Final = _public("dcterms", "relation")
    type: Final = _public("dcterms", "type")
    subject: Final = _public("dcterms", "subject")
    title: Final = _public("dcterms", "title")


RDF_TYPE: Final = _public("rdf", "type")
RDFS_LABEL: Final = _public("rdfs", "label")
OWL_VERSION: Final = _public("owl", "versionInfo")
XSD_DATE: Final = _public("xsd", "date")
XSD_INTEGER: Final = _public("xsd", "integer")
XSD_DECIMAL: Final = _public("xsd", "decimal")
XSD_BOOLEAN: Final = _public("xsd", "boolean")
