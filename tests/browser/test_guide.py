"""The guide, taken to its end: by mouse, by keyboard alone, and by touch on a phone."""

import re

import pytest
from browsing import open_tab, painted, settled
from playwright.sync_api import expect

from tabs import TITLES

PATIENT = 60_000  # ms: a run is drawn on the way
STEPS = 16
LOOKED_AT = (3, 7, 8, 9, 11)  # steps that stay when they are done, for there is something to look at
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


# Of a step: the rectangles of the card, of all that it speaks of, and of that part where a hand does what it asks for,
# each [left, top, right, bottom].
PLACES = """async (n) => {
    const html = await (await fetch(page.address("assets/guide.html"))).text();
    const steps = new DOMParser().parseFromString(html, "text/html").querySelectorAll("li");
    const { lesson, target, focus } = steps[n - 1].dataset;
    const find = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.offsetParent
        && (!lesson || selector.startsWith("#") || e.closest(`#${lesson}`)));
    const around = (all) => {
        const boxes = all.map((e) => e.getBoundingClientRect());
        return [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top)),
            Math.max(...boxes.map((b) => b.right)), Math.max(...boxes.map((b) => b.bottom))];
    };
    const targets = find(target), focused = find(focus ?? target)[0];
    const asked = targets.some((e) => e.contains(focused)) ? focused : targets[0];
    return [around([document.querySelector(".guide")]), around(targets), around([asked])];
}"""


def apart(page, number: int) -> None:
    """The card hides nothing of what it speaks of; in a window too low for both, nothing of what it asks for."""
    card, target, asked = page.evaluate(PLACES, number)
    height = page.viewport_size["height"]
    free = (0, card[1]) if card[1] > 0 and card[3] >= height - 12 else (card[3], height)  # below it, or above
    if target[3] - target[1] <= free[1] - free[0] - 24:
        assert free[0] <= target[1] and target[3] <= free[1], (number, card, target)
        return
    assert free[0] <= asked[1] and asked[3] <= free[1], (number, card, asked)
    assert min(target[3], free[1]) - max(target[1], free[0]) > height / 2, (number, card, target)


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
        apart(page, number)
        if number == 13:
            page.wait_for_selector("#race .replay .play:visible")
        do(page, number)
        if number in LOOKED_AT:
            after = page.locator(".guide.done .after", has_text="next")
            after.press("Enter") if do is by_keyboard else after.click()
            if do is by_keyboard:
                page.locator(".guide .there").focus()
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


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (1024, 768)])
def test_the_card_covers_nothing_that_a_step_asks_for(open_page, width, height):
    page = open_page(width, height, link="?guide=1")
    for number in range(1, STEPS):
        wait_for_step(page, number)
        wait_for_spot(page, number)
        apart(page, number)
        page.locator(".guide .after").click()  # skip


OFFERED = """() => {
    const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const own = [...document.querySelector(".offer").children].map((e) => e.getBoundingClientRect());
    const others = ".masthead :is(h1, p, button), .overview :is(button, span), [role=tab], .rail button, "
        + "#noising [data-station=noise] :is(button, input, select, canvas, label, output, figcaption, .stages *)";
    return [...document.querySelectorAll(others)].filter((e) => e.offsetParent)
        .filter((e) => own.some((box) => overlap(box, e.getBoundingClientRect()))).map((e) => e.outerHTML);
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1024, 768), (390, 844), (844, 390)])
def test_the_offer_covers_nothing_and_moves_nothing(open_page, width, height):
    page = open_page(width, height, guide=True, folded=False)
    expect(page.locator(".offer")).to_contain_text("New here?")
    page.wait_for_selector(".overview[data-settled]")
    settled(page, "noising")
    assert page.evaluate(OFFERED) == []
    for tab in page.get_by_role("tab").filter(visible=True).all():
        tab.click(trial=True)  # not even by what cannot be seen of it
    assert page.locator(".offer").evaluate("(e) => e.getBoundingClientRect().bottom < innerHeight")
    before = page.locator("#noising .gallery").bounding_box()["y"]
    page.get_by_role("button", name="no, thank you").click()
    assert page.locator("#noising .gallery").bounding_box()["y"] == before or width < 844  # a row of its own
    assert page.locator(".guide, .offer").count() == 0


def test_it_is_offered_once(open_page):
    page = open_page(guide=True, folded=False)
    assert page.inner_text(".offer .steps-in-all") == f"{STEPS}"
    page.goto(page.url.partition("?")[0])
    page.wait_for_selector("#noising .t:enabled")
    assert page.locator(".offer").is_hidden()
    page.get_by_role("button", name="guide", exact=True).click()
    wait_for_step(page, 1)
    page.get_by_role("button", name="skip", exact=True).click()
    wait_for_step(page, 2)
    page.get_by_role("button", name="back", exact=True).click()
    wait_for_step(page, 1)


def test_what_take_me_there_leads_to_is_lit(open_page):
    page = open_page(link="?guide=1")
    for number in (1, 2):
        wait_for_step(page, number)
        wait_for_spot(page, number)
        page.get_by_role("button", name="take me there").click()
        expect(page.locator("#noising .t")).to_be_focused()
        # The page is scrolled there meanwhile, so the three are looked at together.
        page.wait_for_function("""() => {
            const [spot, slider, card] = [".spot", "#noising .t", ".guide"].map(
                (name) => document.querySelector(name).getBoundingClientRect());
            return spot.left <= slider.left && slider.right <= spot.right && spot.top <= slider.top
                && slider.bottom <= spot.bottom && spot.bottom <= card.top;
        }""")
        page.get_by_role("button", name="skip", exact=True).click()


def test_escape_closes_it_from_anywhere_unless_something_else_closes_first(open_page):
    page = open_page(link="?guide=1")
    wait_for_step(page, 1)
    page.focus("#noising .x_t")
    page.keyboard.press("Escape")
    assert page.locator(".guide").count() == 0 and "guide" not in page.url

    page = open_page(link="?tab=denoising&guide=7")
    wait_for_step(page, 7)
    page.locator("#denoising .slow-go").click()
    page.wait_for_selector("#denoising .tiles.slow")
    page.keyboard.press("Escape")
    expect(page.locator("#denoising .tiles.slow")).to_have_count(0)
    assert step(page) == 7

    page = open_page(link="?tab=denoising&guide=8")
    wait_for_step(page, 8)
    dropdown = page.locator("#denoising-controls [role=combobox]").first
    dropdown.click()
    page.wait_for_selector("[role=listbox]")
    page.keyboard.press("Escape")
    expect(page.locator("[role=listbox]")).to_have_count(0)
    assert step(page) == 8
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    assert page.locator(".guide").count() == 0

    page = open_page(link="?guide=4")
    wait_for_step(page, 4)
    page.get_by_role("button", name="for a class").click()
    page.wait_for_selector("div.presenter")
    page.keyboard.press("Escape")
    expect(page.locator("div.presenter")).to_have_count(0)
    assert step(page) == 4


@pytest.mark.parametrize("asked", ["abc", "0", "17", "1.5", ""])
def test_a_link_to_a_step_that_there_is_not_says_so(open_page, asked):
    page = open_page(link=f"?tab=noising&guide={asked}&t=20")
    expect(page.locator(".note-on-top")).to_contain_text(f"guide must be a step from 1 to {STEPS}.")
    page.wait_for_function("!location.search.includes('guide') && location.search.includes('t=20')")
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
    assert page.locator(".offer").is_hidden()


def test_back_leads_to_the_step_that_was_on_show(open_page):
    page = open_page(link="?guide=5")
    wait_for_step(page, 5)
    wait_for_spot(page, 5)
    open_tab(page, TITLES["denoising"])
    wait_for_step(page, 6)
    page.go_back()
    wait_for_step(page, 5)
    expect(page.get_by_role("tab", name=TITLES["noising"], exact=True)).to_have_attribute("aria-selected", "true")
