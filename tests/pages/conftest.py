"""Pages opened without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.store import STORE_VARIABLE
from tests.conftest import ROOT


@pytest.fixture
def opened(monkeypatch):
    """Opens a page over a store."""

    def opening(root, page: str) -> AppTest:
        monkeypatch.setenv(STORE_VARIABLE, str(root))
        monkeypatch.chdir(ROOT)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        return app if page == "start" else app.switch_page(f"pages/{page}.py").run()

    return opening


def texts(app: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning")
    return " ".join(str(one.value) for kind in kinds for one in app.get(kind))
