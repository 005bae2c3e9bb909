"""The guide, taken to its end: by mouse, by keyboard alone, and by touch on a phone."""

import re

import pytest
from browsing import open_tab, painted, settled
from playwright.sync_api import expect

from tabs import TITLES

PATIENT = 60_000  # ms: a run is drawn on the way
STEPS = 16
GOALS = {5: "denoising", 10: "training", 12: "race", 14: "mixing"}  # steps that wait for a lesson


def step(page) -> int:
    return int(re.match(r"\d+", page.inner_text(".guide .which"))[0])


def wait_for_step(page, number: int) -> None:
    page.wait_for_function(
        "n => document.querySelector('.guide .which')?.textContent.startsWith(`${n} of`)", arg=number, timeout=PATIENT
    )


def wait_for_spot(page, number: int) -> None:
    """Wait until what the step speaks of is lit, and stands still."""
    if number == STEPS:
        return
    page.wait_for_function(
        """() => {
            const spot = document.querySelector('.spot');
            if (spot.hidden) return false;
            const now = JSON.stringify(spot.getBoundingClientRect()), before = window.spotBefore;
            window.spotBefore = now;
            return now === before;
        }""",
        polling=200,
        timeout=PATIENT,
    )


def apart(page) -> bool:
    """Whether the card hides nothing of what it speaks of."""
    card, spot = (page.locator(selector).bounding_box() for selector in (".guide", ".spot"))
    return card["y"] >= spot["y"] + spot["height"] - 6 or card["y"] + card["height"] <= spot["y"] + 6


def drag(page, selector: str, start: float, end: float) -> None:
    box = page.locator(selector).bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=8)
    page.mouse.up()


def by_mouse(page, number: int) -> None:
    if number in GOALS:
        open_tab(page, TITLES[GOALS[number]])
    elif number in (1, 2):
        drag(page, "#noising .x_t", 0.2 if number == 1 else 0.3, 0.6 if number == 1 else 0.99)
    elif number == 4:
        page.select_option("#noising .told", index=2)
    elif number == 6:
        drag(page, "#denoising .index", 0.9, 0.3)
    elif number == 15:
        drag(page, "#mixing .field", 0.5, 0.6)
    else:
        page.locator(PRESSED[number]).first.click()


PRESSED = {
    3: "#noising .new-noise",
    7: "#denoising .slow-go",
    8: "#denoising-controls button.primary",
    9: "#denoising .forgot .predict [data-reply]",
    11: "#training .go",
    13: "#race .replay .play",
}


def by_touch(page, number: int) -> None:
    if number in GOALS:
        page.locator(f"[role=tab][data-tab-id={GOALS[number]}]").tap()
    elif number in (1, 2):
        finger(page, "#noising .x_t", 0.2 if number == 1 else 0.3, 0.6 if number == 1 else 0.99)
    elif number == 4:
        page.select_option("#noising .told", index=2)
    elif number == 6:
        for share in (0.1, 0.9):
            width = page.locator("#denoising .index").bounding_box()["width"]
            page.locator("#denoising .index").tap(position={"x": share * width, "y": 10})
    elif number == 15:
        page.locator("#mixing .field").tap()
    else:
        page.locator(PRESSED[number]).first.tap()


def finger(page, selector: str, start: float, end: float) -> None:
    """A finger that moves across it."""
    box = page.locator(selector).bounding_box()
    y, session = box["y"] + box["height"] / 2, page.context.new_cdp_session(page)
    places = [box["x"] + (start + (end - start) * k / 8) * box["width"] for k in range(9)]
    for kind, x in [("touchStart", places[0]), *[("touchMove", x) for x in places[1:]]]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def by_keyboard(page, number: int) -> None:
    """Whoever uses the keyboard has the focus on "take me there"."""
    expect(page.locator(".guide .there")).to_be_focused()
    page.keyboard.press("Enter")
    if number in (1, 2):
        page.keyboard.press("PageUp" if number == 1 else "End")
        page.keyboard.press("PageUp")
    elif number == 4:
        page.keyboard.press("ArrowDown")
    elif number == 6:
        page.keyboard.press("Home")
        page.keyboard.press("End")
    elif number == 15:
        page.keyboard.press("ArrowRight")
    else:
        page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("width", "do"), [(1280, by_mouse), (1280, by_keyboard), (390, by_touch)], ids=["mouse", "keyboard", "touch"]
)
def test_the_guide_leads_through_all_lessons(open_page, width, do):
    page = open_page(width, guide=True)
    offer = page.get_by_role("button", name="show me around")
    offer.focus()
    page.keyboard.press("Enter") if do is by_keyboard else offer.click()
    for number in range(1, STEPS):
        wait_for_step(page, number)
        wait_for_spot(page, number)
        assert apart(page), number
        if number == 13:
            page.wait_for_selector("#race .replay .play:visible")
        do(page, number)
    wait_for_step(page, STEPS)
    assert page.locator(".spot").is_hidden()
    page.get_by_role("button", name="done").click()
    assert page.locator(".guide").count() == 0
    settled(page, "mixing")
    page.locator("#training .train-status", has_text="Done:").wait_for(state="attached", timeout=120_000)
    page.reload()
    page.wait_for_selector("#mixing canvas")
    painted(page)
    assert page.locator(".guide").count() == 0  # remembered


def test_it_is_offered_once_and_hides_nothing(open_page):
    page = open_page(guide=True, folded=False)
    expect(page.locator(".guide")).to_contain_text("New here?")
    assert page.locator(".spot").is_hidden()
    assert page.locator(".guide").bounding_box()["height"] < 64
    page.get_by_role("button", name="leave the guide").click()
    page.reload()
    page.wait_for_selector("#noising .t:enabled")
    painted(page)
    assert page.locator(".guide").count() == 0
    page.get_by_role("button", name="guide", exact=True).click()
    wait_for_step(page, 1)
    page.keyboard.press("Escape")  # not from within the card: it stays
    assert step(page) == 1
    page.get_by_role("button", name="skip", exact=True).click()
    wait_for_step(page, 2)
    page.get_by_role("button", name="back", exact=True).click()
    wait_for_step(page, 1)
    page.keyboard.press("Escape")
    assert page.locator(".guide").count() == 0


def test_a_link_leads_to_a_step_and_stays_what_it_is(open_page):
    page = open_page(link="?tab=mixing&guide=15")
    wait_for_step(page, 15)
    wait_for_spot(page, 15)
    page.wait_for_function("location.search.includes('guide=15') && location.search.includes('seed=')")
    drag(page, "#mixing .field", 0.5, 0.6)
    wait_for_step(page, 16)
    page.wait_for_function("location.search.includes('guide=16')")
    page.get_by_role("button", name="done").click()
    assert "guide" not in page.url


def test_whoever_came_for_something_is_not_asked(open_page):
    page = open_page(link="?tab=noising&t=20", guide=True)
    page.wait_for_selector("#noising .t:enabled")
    painted(page)
    assert page.locator(".guide").count() == 0


def test_back_leads_to_the_step_that_was_on_show(open_page):
    page = open_page(link="?guide=5")
    wait_for_step(page, 5)
    wait_for_spot(page, 5)
    open_tab(page, TITLES["denoising"])
    wait_for_step(page, 6)
    page.go_back()
    wait_for_step(page, 5)
    expect(page.get_by_role("tab", name=TITLES["noising"], exact=True)).to_have_attribute("aria-selected", "true")
