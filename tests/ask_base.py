"""A small base of two invented cities for questions: who does what by when, a few targets, written by hand as Turtle."""

from __future__ import annotations

from vetkb.engine import Iri, parse_rdf
from vetkb.graph.terms import PREFIXES
from vetkb.store import Part, build_store
from vetkb.text import Source

BASE = "https://w3id.org/vetkb/"
AGENCIES = ("市财政局", "甲州市财政局", "市教育局", "市交通局", "市水利局", "甲东县政府")
HEAD = f"@base <{BASE}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

# what all documents share: organs, places, agencies, and what rules derive
SHARED = """
<id/organ/finance> a vk:OrganType ; rdfs:label "财政"@zh, "finance"@en ; skos:altLabel "Finance Bureau"@en ;
    vk:municipalName "财政局"@zh ; vk:sectorWord "财政"@zh .
<id/organ/education> a vk:OrganType ; rdfs:label "教育"@zh, "education"@en ; skos:altLabel "Education Bureau"@en ;
    vk:municipalName "教育局"@zh ; vk:sectorWord "教育"@zh .
<id/organ/transport> a vk:OrganType ; rdfs:label "交通"@zh ; vk:municipalName "交通局"@zh, "交通运输局"@zh .
<id/organ/water> a vk:OrganType ; rdfs:label "水利"@zh ; vk:municipalName "水利局"@zh .
<id/organ/government> a vk:OrganType ; rdfs:label "政府"@zh ; vk:municipalName "人民政府"@zh, "政府"@zh .
<id/division/990100> a vk:Division ; skos:notation "990100" ; skos:prefLabel "甲州市"@zh ; skos:altLabel "甲州"@zh .
<id/division/990121> a vk:Division ; skos:notation "990121" ; skos:prefLabel "甲东县"@zh ; skos:broader <id/division/990100> .
<id/division/990200> a vk:Division ; skos:notation "990200" ; skos:prefLabel "乙江市"@zh ; skos:altLabel "乙江"@zh .
<id/agency/990100/finance> a cv:PublicOrganisation ; vk:organType <id/organ/finance> ; vk:division <id/division/990100> ;
    skos:prefLabel "甲州市财政局"@zh ; skos:altLabel "市财政局"@zh .
<id/agency/990100/education> a cv:PublicOrganisation ; vk:organType <id/organ/education> ; vk:division <id/division/990100> ;
    skos:prefLabel "甲州市教育局"@zh ; skos:altLabel "市教育局"@zh .
<id/agency/990100/transport> a cv:PublicOrganisation ; vk:organType <id/organ/transport> ; vk:division <id/division/990100> ;
    skos:prefLabel "甲州市交通局"@zh ; skos:altLabel "市交通局"@zh .
<id/agency/990121/government> a cv:PublicOrganisation ; vk:organType <id/organ/government> ; vk:division <id/division/990121> ;
    skos:prefLabel "甲东县人民政府"@zh ; skos:altLabel "甲东县政府"@zh .
<id/agency/990200/finance> a cv:PublicOrganisation ; vk:organType <id/organ/finance> ; vk:division <id/division/990200> ;
    skos:prefLabel "乙江市财政局"@zh ; skos:altLabel "市财政局"@zh .
<id/agency/990200/water> a cv:PublicOrganisation ; vk:organType <id/organ/water> ; vk:division <id/division/990200> ;
    skos:prefLabel "乙江市水利局"@zh ; skos:altLabel "市水利局"@zh .
<id/group/990100/counties> a vk:AgentGroup ; skos:prefLabel "各县政府"@zh ; vk:division <id/division/990100> ;
    foaf:member <id/agency/990121/government> .
<id/sector/990100/finance> a vk:SectorTerm ; skos:prefLabel "财政"@zh ; vk:denotes <id/agency/990100/finance> .
"""
# agent of each name, by division
AGENTS = {
    ("990100", "市财政局"): "id/agency/990100/finance",
    ("990100", "市教育局"): "id/agency/990100/education",
    ("990100", "市交通局"): "id/agency/990100/transport",
    ("990100", "各县政府"): "id/group/990100/counties",
    ("990100", "财政"): "id/sector/990100/finance",
    ("990200", "市财政局"): "id/agency/990200/finance",
    ("990200", "市水利局"): "id/agency/990200/water",
}
ANSWERABLE = {  # what a rule would derive of each name
    "id/group/990100/counties": "id/agency/990121/government",
    "id/sector/990100/finance": "id/agency/990100/finance",
}


class Written:
    """The text and the Turtle of one document, growing side by side, so that every quotation has its place."""

    def __init__(self, iri: str, division: str, identifier: str, title: str, day: str) -> None:
        self.iri, self.division, self.identifier, self.title = iri, division, identifier, title
        self.text = ""
        named = f'eli:id_local "{identifier}" ; eli:title "{title}"@zh'
        said = f"{named} ; eli:is_realized_by <{iri}/zho> ; vk:division <id/division/{division}>"
        self.turtle = [f"<{iri}> a eli:LegalResource ; {said} ."]
        self._order = 0
        for field, value in (("identifier", identifier), ("title", title), ("issued", day)):
            literal = f'"{value}"^^xsd:date' if field == "issued" else f'"{value}"'
            printed = value if field != "issued" else f"{day[:4]}年{int(day[5:7])}月{int(day[8:])}日"
            node = f"{iri}/metadata/{field}_1"
            self._fact(node, "vk:MetadataStatement", None, printed, f'vk:field "{field}" ; vk:statedValue {literal}')

    def _place(self, path: str) -> str:
        node = f"{self.iri}/{path.replace('/', '__').replace(' ', '_')}"
        line = f'<{node}> vk:path "{path}" .'
        if line not in self.turtle:
            self.turtle.append(line)
        return node

    def _fact(self, node: str, kind: str, path: str | None, quote: str, said: str, within: str = "") -> str:
        self._order += 1
        at = self.text.rfind(quote) if within else -1
        if at < 0:
            at = len(self.text)
            self.text += quote + "\n"
        item = f" ; vk:item <{self._place(path)}>" if path else ""
        self.turtle.append(
            f"<{node}> a {kind} ; vk:order {self._order} ; vk:inDocument <{self.iri}>{item} ; {said} ;\n"
            f"  vk:evidence <{node}__e> .\n"
            f'<{node}__e> oa:hasSelector <{node}__q> . <{node}__q> oa:exact "{quote}" ; oa:refinedBy <{node}__p> .\n'
            f"<{node}__p> oa:start {at} ; oa:end {at + len(quote)} ."
        )
        return node

    def heading(self, path: str, heading: str) -> None:
        self.turtle.append(f"<{self._place(path)}> a vk:Item .")
        self._fact(self._place(path), "vk:Item", None, heading, f'vk:heading "{heading}"@zh')

    def sentence(self, path: str, text: str) -> None:
        self._fact(f"{self._place(path)}__sent_1", "vk:Sentence", path, text, f'vk:text "{text}"@zh')

    def task(
        self, number: int, group: str, text: str, parties: str, *, when: str = "持续实施", due: str = "", lead: str = ""
    ) -> None:
        """Write a row; `parties` are joined by 、 and end in 等 where the list is open."""
        path = f"附件/row {number}"
        row = self._place(path)
        opened = "true" if parties.endswith("等") else "false"
        listed = self._fact(f"{row}__assignment", "vk:Assignment", path, parties, f"vk:open {opened}")
        said = [f'vk:ordinal {number} ; vk:text "{text}"@zh ; vk:group <{self._place(group)}> ; vk:scheduleText "{when}"@zh']
        said.append(f"vk:continuous {'true' if when == '持续实施' else 'false'} ; vk:assignment <{listed}>")
        for place, name in enumerate(parties.removesuffix("等").split("、"), 1):
            agent = AGENTS[self.division, name]
            role = "vk:Lead" if name == lead else "vk:Responsible"
            self.turtle.append(
                f"<{listed}> cv:hasParticipation <{listed}__{place}> . <{listed}__{place}> a cv:Participation ; "
                f'cv:hasParticipant <{agent}> ; cv:role {role} ; vk:surface "{name}"@zh ; vk:listPosition {place} .'
            )
            said.append(f"cv:hasParticipation <{listed}__{place}> ; vk:responsibleAgency <{ANSWERABLE.get(agent, agent)}>")
        if due:
            schedule = self._fact(
                f"{row}__schedule", "vk:Schedule", path, when, f'vk:latest "{due}"^^xsd:date ; vk:surface "{when}"@zh'
            )
            said.append(f"vk:schedule <{schedule}>")
        self._fact(f"{row}__task", "vk:Task", path, text, " ; ".join(said))

    def target(
        self, path: str, number: int, label: str, quote: str, comparator: str, value: str, unit: str, due: str = ""
    ) -> None:
        node = f"{self._place(path)}__target_{number}"
        indicator = f"{self.iri}/indicator/{number}"
        said = f'rdfs:label "{label}"@zh ; cv:constrains <{indicator}> ; vk:surfaceComparator "{comparator}" ; '
        said += f'vk:bound <{node}__b> ; vk:unit "{unit}"@zh ; vk:targetRole "target"'
        if due:
            said += f" ; vk:schedule <{node}__s>"
            self.turtle.append(f'<{node}__s> a vk:Schedule ; vk:latest "{due}"^^xsd:date ; vk:surface "到{due[:4]}年年底"@zh .')
        self._fact(node, "vk:Target, vk:Quantity", path, quote, said, within=path)
        self.turtle.append(
            f'<{indicator}> a vk:Indicator ; skos:prefLabel "{label}"@zh . <{node}__b> qudt:numericValue {value} .'
        )

    def part(self) -> Part:
        data = (HEAD + "\n".join(self.turtle)).encode("utf-8")
        iri = Iri(BASE + self.iri)
        quads = list(parse_rdf(data, "turtle", graph=Iri(f"{iri}/graph")))
        return Part(iri, self.identifier, self.title, Source.from_text(self.text, f"{self.division}.txt"), quads)


def small_base(folder):
    """Build the base and open it."""
    first = Written("eli/cn/990100/jiazhengban/2020/1", "990100", "甲政办〔2020〕1号", "甲州市关于公共交通的意见", "2020-03-05")
    first.heading("一", "改善公共交通")
    first.sentence("一/1", "到2021年年底，城区公交线路达到40条以上，新能源公交车占公交车总数的比例不低于80%。")
    first.target("一/1", 1, "城区公交线路数量", "达到40条以上", ">=", "40", "条", "2021-12-31")
    first.target("一/1", 2, "新能源公交车占公交车总数的比例", "不低于80%", ">=", "80", "%", "2021-12-31")
    first.sentence("一/2", "对未按期完成的单位，市政府予以约谈。")
    first.heading("附件/一", "校车与学生出行")
    first.heading("附件/二", "公交与经费")
    first.task(1, "附件/一", "为农村学校配备校车", "市教育局、市财政局", lead="市教育局")
    first.task(2, "附件/一", "整治学校周边停车", "市交通局、市教育局", when="2020年12月底前", due="2020-12-31")
    first.task(3, "附件/二", "落实公交财政补贴", "市财政局")
    first.task(4, "附件/二", "建设公交专用道", "市交通局、市财政局、各县政府")
    first.task(5, "附件/二", "开展公交宣传", "市交通局、财政等")
    first.task(6, "附件/二", "公布县际班线", "各县政府", when="2021年6月底前", due="2021-06-30")
    second = Written("eli/cn/990200/yizhengban/2021/7", "990200", "乙政办〔2021〕7号", "乙江市关于河道治理的意见", "2021-05-20")
    second.heading("附件/一", "河道治理")
    second.task(1, "附件/一", "清理河道垃圾", "市水利局")
    second.task(2, "附件/一", "安排治理资金", "市财政局、市水利局")
    second.task(3, "附件/一", "加固城区堤防", "市水利局、市财政局", when="2022年汛期前", due="2022-05-31")
    shared = list(parse_rdf((HEAD + SHARED).encode("utf-8"), "turtle", graph=Iri(BASE + "ns")))
    return build_store([first.part(), second.part()], folder / "base", shared=shared)
