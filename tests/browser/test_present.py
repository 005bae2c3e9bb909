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
    page.wait_for_function("!location.search.includes('present')")
    assert len(stations(page)) == 9


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


def test_back_leaves_it_and_forward_opens_it_again(open_page):
    page = open_page(link="?tab=noising&t=77")
    bar = page.locator("div.presenter")
    page.get_by_role("button", name="for a class").click()
    expect(bar).to_be_visible()
    page.go_back()
    expect(bar).to_have_count(0)
    assert "present" not in page.url and page.input_value("#noising .t") == "77"
    page.go_forward()
    expect(bar).to_be_visible()
    page.evaluate("window.before = history.length")
    page.keyboard.press("Escape")  # is Back, too, and leaves no step that does nothing
    page.wait_for_function("!location.search.includes('present')")
    expect(bar).to_have_count(0)
    page.get_by_role("button", name="for a class").click()
    expect(bar).to_be_visible()
    assert page.evaluate("history.length === window.before")


def test_back_within_it_leads_to_the_lesson_before(open_page):
    page = open_page(link="?tab=mixing")
    bar = page.locator("div.presenter")
    page.get_by_role("button", name="for a class").click()
    page.keyboard.press("PageDown")
    settled(page, "mixing")
    page.get_by_role("tab", name="Noising", exact=True).click()
    page.wait_for_function("location.search.includes('tab=noising') && location.search.includes('present=1')")
    page.go_back()
    page.wait_for_function("location.search.includes('tab=mixing') && location.search.includes('present=1')")
    expect(bar).to_be_visible()
    page.go_back()
    expect(bar).to_have_count(0)
    assert "present" not in page.url


def test_a_link_that_asks_for_what_it_is_not_says_so(open_page):
    page = open_page(link="?tab=noising&present=7&t=20")
    expect(page.locator(".note-on-top")).to_contain_text("present must be 1.")
    page.wait_for_function("!location.search.includes('present') && location.search.includes('t=20')")
    assert page.locator("div.presenter").count() == 0


def test_on_a_phone_the_tabs_stay_in_one_row_and_the_one_on_show_is_seen(open_page):
    page = open_page(390, link="?tab=mixing&present=1")
    expect(page.locator("div.presenter")).to_be_visible()
    assert len(set(page.eval_on_selector_all("[role=tab]", "all => all.map(e => e.offsetTop)"))) == 1
    box = page.get_by_role("tab", name="Mixing", exact=True).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
