"""Pages of the app in a real Chromium. Without a browser these tests skip, or fail where REQUIRE_BROWSER is set."""

from urllib.parse import parse_qs

import pytest
from browsing import wait_for_lesson

from tabs import TABS

IGNORED = ("ERR_ABORTED",)  # Gradio closes its own event stream when a run has ended


@pytest.fixture
def open_page(browser, app_url):
    """open_page(width=1280, height=900, link="?tab=...") -> a page, which must have no complaint when the test ends.

    folded: the overview, as it is once a person has begun. guide: offered, as on a first visit. ready: the page is
    waited for. engine: who runs the network, as one chooses it on the page. Further options are those
    of Playwright's new_context.
    """
    contexts, complaints = [], []

    def open_(
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        link: str = "",
        folded: bool = True,
        guide: bool = False,
        ready: bool = True,
        engine: str = "server",
        **options,
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=width < 500,
            **options,
        )
        contexts.append(context)
        if folded:
            context.add_init_script("try { localStorage.setItem('overview-folded', 'yes') } catch {}")
        context.add_init_script(f"try {{ localStorage.setItem('engine', '{engine}') }} catch {{}}")
        context.add_init_script("performance.setResourceTimingBufferSize(1000)")  # browsing.py: cut_off
        if not guide:
            context.add_init_script("try { localStorage.setItem('guide', 'left') } catch {}")
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("requestfailed", lambda r: complaints.append(f"{r.url}: {r.failure}"))
        page.on("request", lambda r: r.url.startswith((app_url, "data:", "blob:")) or complaints.append(r.url))
        page.goto(app_url + link)
        if not ready:
            return page
        tab = parse_qs(link.lstrip("?")).get("tab", ["noising"])[0]
        wait_for_lesson(page, tab if tab in TABS else "noising")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [c for c in complaints if not any(word in c for word in IGNORED)] == []
