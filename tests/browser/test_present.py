"""For a class: one station at a time, in large type."""

from browsing import painted, pixels, settled, wait_for_run
from playwright.sync_api import expect


def stations(page, tab: str = "noising") -> list[str]:
    """The names of those that are seen."""
    return page.eval_on_selector_all(
        f"#{tab} .station", "all => all.filter(e => e.offsetParent).map(e => e.dataset.station)"
    )


def test_one_station_at_a_time_by_keys_and_buttons(open_page):
    page = open_page()
    size = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.get_by_role("button", name="for a class").click()
    bar = page.get_by_role("toolbar", name="Presentation")
    expect(bar).to_contain_text("1 / 9")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 1.25 * size
    assert stations(page) == ["noise"]
    page.keyboard.press("PageDown")
    expect(bar).to_contain_text("2 / 9")
    assert stations(page) == ["tasks"]
    page.get_by_role("button", name="the next station").click()
    page.get_by_role("button", name="the next station").click()
    page.get_by_role("button", name="the next station").click()
    expect(bar).to_contain_text("5 / 9")
    assert stations(page) == ["curves"]
    page.keyboard.press("PageUp")
    assert stations(page) == ["question"]
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    assert len(stations(page)) == 9 and "present" not in page.url


def test_the_slider_is_at_hand_in_every_station(open_page):
    page = open_page(link="?tab=noising&at=curves&present=1")
    expect(page.get_by_role("toolbar", name="Presentation")).to_be_visible()
    assert stations(page) == ["curves"]
    slider = page.locator("#noising .pinned input")
    slider.focus()
    page.keyboard.press("End")
    settled(page, "noising")
    assert page.input_value("#noising .t") == "500"
    assert (pixels(page, "#noising .pinned canvas") == pixels(page, "#noising .x_t")).all()
    page.wait_for_function("location.search.includes('present=1') && location.search.includes('at=curves')")


def test_after_the_last_station_comes_the_next_lesson(open_page):
    page = open_page(link="?tab=noising&at=paint&present=1")
    expect(page.get_by_role("toolbar", name="Presentation")).to_contain_text("9 / 9")
    page.keyboard.press("PageDown")
    page.wait_for_selector("#denoising .tiles:visible")
    painted(page)
    assert stations(page, "denoising") == ["step"]
    page.keyboard.press("PageUp")
    page.wait_for_selector("#noising .station:visible")


def test_the_bar_does_not_cover_the_heading(open_page):
    page = open_page(link="?tab=denoising&present=1")
    wait_for_run(page, 50)
    page.keyboard.press("PageDown")
    expect(page.locator(".presenter .where")).to_have_text("2 / 10")
    bar, heading = page.locator("#denoising .pinned"), page.locator("#denoising .station.now h2")
    expect(bar).to_be_visible()
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] <= heading.bounding_box()["y"]
