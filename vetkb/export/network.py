"""The network of tasks and agencies → GraphML (GraphML 1.0, graphdrawing.org), as Gephi, yEd, igraph and networkx read it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Final

NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS: Final = ("kind", "label", "ordinal", "document")
_EDGE_KEYS: Final = ("role", "position", "via", "document")
_IN_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_graphml(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return the rows of the query `task-network` as an undirected graph in which tasks and parties are nodes."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}graphml")
    for scope, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for key in keys:
            kind = "int" if key in ("ordinal", "position") else "string"
            named = {"id": f"{scope}_{key}", "for": scope, "attr.name": key, "attr.type": kind}
            ET.SubElement(root, f"{{{NAMESPACE}}}key", named)
    graph = ET.SubElement(root, f"{{{NAMESPACE}}}graph", {"id": "tasks", "edgedefault": "undirected"})
    nodes: dict[str, dict[str, object]] = {}
    edges = []
    for row in rows:
        shared = {"label": row["label"], "ordinal": row["ordinal"], "document": row["document"]}
        nodes.setdefault(str(row["task"]), {"kind": "task", **shared})
        nodes.setdefault(str(row["party"]), {"kind": row["kind"], "label": row["name"]})
        edges.append(row)
    for name, said in nodes.items():
        _data(ET.SubElement(graph, f"{{{NAMESPACE}}}node", {"id": name}), "node", said, _NODE_KEYS)
    for number, row in enumerate(edges, 1):
        ends = {"id": f"e{number}", "source": str(row["task"]), "target": str(row["party"])}
        _data(ET.SubElement(graph, f"{{{NAMESPACE}}}edge", ends), "edge", row, _EDGE_KEYS)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _data(node: ET.Element, scope: str, said: Mapping[str, object], keys: Iterable[str]) -> None:
    for key in keys:
        if said.get(key) is not None:
            ET.SubElement(node, f"{{{NAMESPACE}}}data", {"key": f"{scope}_{key}"}).text = _IN_NO_XML.sub("\ufffd", str(said[key]))
