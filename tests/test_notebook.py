"""The researcher's notebook runs from top to bottom and comes to what the documents say."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parent.parent / "docs" / "researcher.ipynb"


def test_the_notebook_is_kept_without_results() -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::ResourceWarning")
def test_the_notebook_runs_and_finds_the_hub_and_the_open_parties(monkeypatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    for needed in ("ipykernel", "matplotlib", "networkx", "pandas"):
        pytest.importorskip(needed)
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = ["".join(str(output) for output in cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    assert any("安阳市教育局', 29" in text for text in shown)
    assert any("image/png" in text for text in shown)
    assert any("市政府相关部门" in text for text in shown)
