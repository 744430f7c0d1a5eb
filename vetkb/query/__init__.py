"""The catalogue of queries: read from queries/*.rq, run with typed parameters that are bound as terms."""

from __future__ import annotations

from vetkb.query.catalogue import CatalogueQuery, Parameter, load_catalogue
from vetkb.query.run import FORMATS, QueryResult, run_query

__all__ = ["FORMATS", "CatalogueQuery", "Parameter", "QueryResult", "load_catalogue", "run_query"]
