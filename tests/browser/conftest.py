"""A real Chromium. Without a browser these tests skip, or fail where REQUIRE_BROWSER is set."""

import os
import shutil
from urllib.parse import parse_qs

import pytest
from browsing import wait_for_lesson
from playwright.sync_api import Error, sync_playwright
from tiny import unavailable

from tabs import TABS

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
IGNORED = ("ERR_ABORTED",)  # Gradio closes its own event stream when a run has ended


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        except Error as error:
            unavailable(f"no Chromium (install it, or run `playwright install chromium`): {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, app_url):
    """open_page(width=1280, dark=False, link="?tab=...") -> a page, which must have no complaint when the test ends.

    Further options are those of Playwright's new_context.
    """
    contexts, complaints = [], []

    def open_(width: int = 1280, dark: bool = False, link: str = "", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            has_touch=width < 500,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("requestfailed", lambda r: complaints.append(f"{r.url}: {r.failure}"))
        page.on("request", lambda r: r.url.startswith((app_url, "data:", "blob:")) or complaints.append(r.url))
        page.goto(app_url + link)
        tab = parse_qs(link.lstrip("?")).get("tab", ["noising"])[0]
        wait_for_lesson(page, tab if tab in TABS else "noising")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [c for c in complaints if not any(word in c for word in IGNORED)] == []
