"""The page without a mouse, without eyes, with a thumb, in large type: keyboard, screen reader, contrast, touch."""

from io import BytesIO

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import look_at, open_tab, painted, pixels, set_slider, wait_for_run
from PIL import Image
from playwright.sync_api import expect

from tabs import TABS

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
FOCUSED = "document.activeElement"
WAITS = {  # for what a lesson shows when it has been opened
    "noising": "#noising .with-class + figcaption b",
    "denoising": "#denoising .branch",
    "training": "#training .bars > div",
    "race": "#race .lane canvas",
    "mixing": "#mixing .live .sprite[aria-label]",
}


def visit(page, tab: str) -> None:
    """Open a tab and all its drawers."""
    open_tab(page, TABS[tab][0])
    page.wait_for_selector(WAITS[tab])
    page.evaluate("document.querySelectorAll('details').forEach((drawer) => { drawer.open = true; })")
    if tab == "race":
        page.get_by_role("button", name="more lanes").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(open_page, width):
    page = open_page(width)
    for tab in TABS:
        visit(page, tab)
        if tab == "race":
            page.get_by_label("number input for steps of lane 1").fill("2")
            page.get_by_label("number input for steps of lane 1").press("Tab")
            page.get_by_role("button", name="Race", exact=True).click()
            page.wait_for_selector("#race .plots:not([hidden])", timeout=60_000)
        for dark in (False, True):
            page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
            painted(page)
            page.wait_for_function("document.getAnimations().every((each) => !(each instanceof CSSTransition))")
            results = Axe().run(page, options=AXE)
            assert results.violations_count == 0, f"{tab}, dark: {dark}: {results.generate_report()}"


@pytest.mark.parametrize("width", [1280, 390])
def test_what_can_be_pressed_is_24_pixels_high_and_wide(open_page, width):
    page = open_page(width)
    small = """() => [...document.querySelectorAll(":is(a, button, select, input, summary):not(.skip)")]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.offsetWidth > 1).map((e) => {
            const target = ["checkbox", "radio"].includes(e.type) ? e.closest("label") : e;
            const { width, height } = target.getBoundingClientRect();
            return [width, height, e.className || e.textContent];
        }).filter(([width, height]) => Math.round(Math.min(width, height)) < 24)"""
    for tab in TABS:
        visit(page, tab)
        assert page.evaluate(small) == [], tab


def test_a_thumb_finds_the_sliders_thumb_on_any_ground(open_page):
    """WebKit draws Gradio's white one on white."""
    page = open_page(link="?tab=denoising&num_inference_steps=1")  # at its left end: no part of the track is filled
    wait_for_run(page, 1)
    slider = Image.open(BytesIO(page.get_by_label("range slider for steps").screenshot())).convert("RGB")
    violet = (np.asarray(slider) == (109, 40, 217)).all(-1).sum()
    assert violet > 100  # of about 200


# ---- keyboard --------------------------------------------------------------------------------------------------------
def test_the_first_stop_of_tab_leads_to_the_lesson_and_few_lead_to_its_slider(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the lesson")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#noising")).to_be_focused()
    for _ in range(7):  # rail, gallery, three pictures, the class told
        page.keyboard.press("Tab")
    expect(page.locator("#noising .index")).to_be_focused()


def test_a_group_is_one_stop_of_tab_with_arrows_inside(open_page):
    page = open_page()
    page.locator("#noising .gallery button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#noising .gallery button").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#noising .gallery button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.locator("#noising .x0")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    expect(page.locator("#noising .gallery button").last).to_be_focused()


def test_few_stops_of_tab_lead_through_mixing(open_page):
    """Presets, pad, corners, then the sliders."""
    page = open_page(link="?tab=mixing")
    page.wait_for_selector(WAITS["mixing"])
    page.locator("#mixing .presets button[aria-pressed=true]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#mixing .presets button").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#mixing .presets button").nth(1)).to_have_attribute("aria-pressed", "true")
    for stop in (".field", ".pad button >> nth=0", ".weight >> nth=0"):
        page.keyboard.press("Tab")
        expect(page.locator(f"#mixing {stop}")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="side-facing alone")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="spell alone")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#mixing .live .words")).to_have_text("1 spell")


def test_few_stops_of_tab_lead_past_the_branches_of_a_run(open_page):
    """In one of them, which stand below each other, arrows to the side still step."""
    page = open_page(link="?tab=denoising&num_inference_steps=3&step=1")
    wait_for_run(page, 3)
    branches = page.locator("#denoising .branch")
    page.locator("#denoising .index").focus()
    page.keyboard.press("Tab")
    expect(branches).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#denoising .index")).to_have_value("2")
    for k in (2, 3):
        branches.first.click()
        set_slider(page, "#denoising .index", 1)  # a fork plays to its end
        page.locator("#denoising .f-class").select_option(index=k)
        page.click("#denoising .go-fork")
        expect(branches).to_have_count(k, timeout=60_000)
    page.locator("#denoising .index").focus()
    page.keyboard.press("Tab")
    expect(branches.nth(2)).to_be_focused()  # the one on show
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(branches.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(branches.nth(0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_label("class", exact=True).first).to_be_focused()


def test_arrows_go_from_tab_to_tab(open_page):
    page = open_page()
    page.get_by_role("tab", name="Noising", exact=True).focus()
    for key, title in (
        ("ArrowRight", "Denoising"),
        ("End", "Mixing"),
        ("ArrowRight", "Noising"),
        ("ArrowLeft", "Mixing"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=title, exact=True)).to_be_focused()
        expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.role") != "tab"
    for name, (title, _) in TABS.items():
        expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute("aria-controls", f"{name}-tab")
    assert page.locator("#mixing-tab[role=tabpanel]").is_visible()


def test_samplers_are_one_group_of_radio_buttons(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=3")
    wait_for_run(page, 3)
    page.get_by_label("seed", exact=True).first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("DDIM", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("UniPC", exact=True)).to_be_checked()
    page.keyboard.press("ArrowRight")  # past those that are hidden
    expect(page.get_by_label("DDPM", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    more = page.get_by_role("button", name="more samplers", exact=True)
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("DPM-Solver++ 2M SDE", exact=True)).to_be_checked()
    more.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("network", exact=True)).to_be_focused()


@pytest.mark.parametrize(("tab", "label"), [("denoising", "class"), ("denoising", "schedule"), ("race", "lane 2")])
def test_a_dropdown_closes_behind_tab(open_page, tab, label):
    page = open_page(link=f"?tab={tab}")
    page.get_by_role("combobox", name=label, exact=True).first.focus()
    options = page.locator("[role=option]")  # not those of a select
    assert options.count() > 1
    page.keyboard.press("Tab")
    expect(options).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    assert options.count() > 1  # all of them again, not one


def test_space_and_arrows_play_where_nothing_has_the_focus_but_not_while_somebody_types(open_page):
    page = open_page()
    slider = page.locator("#noising .index")
    page.wait_for_selector(WAITS["noising"])
    expect(page.locator("#noising .keys")).to_have_text("Space plays, ← and → step.")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("151")
    page.keyboard.press(" ")
    expect(page.locator("#noising .play")).to_have_attribute("aria-label", "pause")
    page.keyboard.press(" ")
    expect(page.locator("#noising .play")).to_have_attribute("aria-label", "play")
    assert page.evaluate("scrollY") == 0

    open_tab(page, "Denoising")
    wait_for_run(page, 50)
    page.locator("#denoising .first").click()
    page.get_by_label("number input for steps").focus()
    for key in ("ArrowRight", " "):
        page.keyboard.press(key)
    assert page.locator("#denoising .index").input_value() == "0"
    page.evaluate(f"{FOCUSED}.blur()")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#denoising .index")).to_have_value("1")
    at = slider.input_value()  # of the lesson that is not on show
    page.keyboard.press("End")  # scrolls
    assert (page.locator("#denoising .index").input_value(), slider.input_value()) == ("1", at)


def test_focus_is_seen_in_gradios_fields_too(open_page):
    page = open_page(link="?tab=denoising")
    page.get_by_label("number input for steps").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    outline = page.evaluate(f"getComputedStyle({FOCUSED}).outline")
    assert "solid 3px" in outline


# ---- screen reader ---------------------------------------------------------------------------------------------------
def test_every_drawer_of_a_lesson_is_a_heading(open_page):
    page = open_page()
    for tab in TABS:
        visit(page, tab)
        nameless = f"#{tab} details:not(details details, .tasks details) > summary:not(:has(h3))"
        assert page.locator(nameless).count() == 0, tab


def test_what_is_said_after_a_run_is_said_in_english(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=3", locale="fr-FR")
    wait_for_run(page, 3)
    page.evaluate("""() => { window.said = []; new MutationObserver(() => {
        for (const status of document.querySelectorAll("[role=status]")) said.push(status.textContent.trim());
    }).observe(document.body, { subtree: true, childList: true, characterData: true }); }""")
    page.get_by_role("button", name="Generate", exact=True).click()
    page.wait_for_function("said.some((text) => /complete|Done/.test(text))")
    said = page.evaluate("said")
    assert "Done." in said and not [text for text in said if "common." in text]
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_panel_for_programs_opens_on_python(open_page):
    page = open_page()
    page.wait_for_selector(WAITS["noising"])
    page.route("**/monitoring/summary", lambda route: route.fulfill(json={"functions": {}}))  # off
    page.locator(".show-api").click()
    page.get_by_text("API documentation").wait_for()
    page.get_by_text("gradio_client").first.wait_for()


# ---- large type, and a calm page -------------------------------------------------------------------------------------
def test_text_follows_the_size_that_a_browser_is_set_to(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=3")
    wait_for_run(page, 3)
    sizes = """() => [".masthead p", ".lesson p", "[role=tab]", "label span", "button.primary", "#denoising figcaption",
        "#denoising h2", "#denoising .fresh", "#denoising .facts", "#denoising .part p", "footer button"]
        .map((selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize))"""
    before = page.evaluate(sizes)
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    page.wait_for_function(
        f"twice => String(({sizes})()) === String(twice)", arg=[2 * size for size in before]
    )  # buttons glide


def test_text_in_drawings_does_too(open_page):
    page = open_page()
    page.evaluate("""() => {
        const { prototype } = CanvasRenderingContext2D, { fillText } = prototype;
        window.fonts = {};
        prototype.fillText = function (...text) {
            fonts[this.canvas.className] = this.font;
            fillText.apply(this, text);
        };
    }""")
    for size, drawn in ((16, "12px"), (32, "24px")):
        page.evaluate(f"document.documentElement.style.fontSize = '{size}px'")
        page.locator("#noising .alpha").scroll_into_view_if_needed()
        page.wait_for_function(f"fonts['plot alpha']?.startsWith('{drawn}')")
    open_tab(page, "Mixing")
    look_at(page, "mixing", "morph")  # its ends have letters on the pad
    page.wait_for_function("fonts['plot field']?.includes('26px')")


def test_with_reduced_motion_a_run_is_shown_finished(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=5", reduced_motion="reduce")
    wait_for_run(page, 5)
    expect(page.locator("#denoising .index")).to_have_value("5")


# ---- a thumb ---------------------------------------------------------------------------------------------------------
def touch(page, kind: str, *points: tuple[float, float]) -> None:
    fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
    page.touchscreen_session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def swipe_up(page, x: float, y: float) -> None:
    touch(page, "touchStart", (x, y))
    for k in [*range(1, 13), 12, 12, 12]:  # it comes to rest, so that the page does not roll on
        touch(page, "touchMove", (x, y - 12 * k))
    touch(page, "touchEnd")


@pytest.fixture
def phone(open_page):
    page = open_page(390, is_mobile=True)
    page.touchscreen_session = page.context.new_cdp_session(page)
    page.wait_for_selector(WAITS["noising"])
    return page


def middle(page, selector: str) -> tuple[float, float]:
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_swipe_that_begins_on_the_slider_scrolls_and_sets_nothing(phone):
    x, y = middle(phone, "#noising .index")
    before, top = phone.locator("#noising .index").input_value(), phone.evaluate("scrollY")
    shown = pixels(phone, "#noising .x_t")
    swipe_up(phone, x, y)
    phone.wait_for_function(f"scrollY > {top + 50}")
    expect(phone.locator("#noising .index")).to_have_value(before)
    assert (pixels(phone, "#noising .x_t") == shown).all()

    x, y = middle(phone, "#noising .index")
    touch(phone, "touchStart", (x, y))
    touch(phone, "touchMove", (x + 40, y))
    touch(phone, "touchEnd")
    assert 250 < int(phone.locator("#noising .index").input_value()) < 400  # sideways it does


def test_a_swipe_that_begins_on_a_picture_chooses_no_pixel_but_a_tap_does(phone):
    """And what a tap makes the page say pushes no slider away."""
    readout, height = (
        phone.locator("#noising .readout"),
        "scrollY + document.querySelector('#noising .index').getBoundingClientRect().top",
    )
    top, before = phone.evaluate("scrollY"), phone.evaluate(height)
    swipe_up(phone, *middle(phone, "#noising .x_t"))
    phone.wait_for_function(f"scrollY > {top + 50}")
    expect(readout).to_have_text("Point at a pixel to read its three numbers.")
    x, y = middle(phone, "#noising .x_t")
    touch(phone, "touchStart", (x + 1, y + 1))
    touch(phone, "touchEnd")
    expect(readout).to_contain_text("pixel (9, 9)")
    assert phone.evaluate(height) == pytest.approx(before, abs=0.5)


def test_two_fingers_on_the_editor_paint_nothing(phone):
    x, y = middle(phone, "#noising .drawing")
    sprites, before = phone.locator("#noising .gallery button").count(), pixels(phone, "#noising .drawing")

    def gesture(apart: int) -> None:
        touch(phone, "touchStart", (x, y))
        touch(phone, "touchMove", (x - 12, y))  # by now the first finger has drawn
        touch(phone, "touchStart", (x - 12, y), (x + 60, y + 60))
        for k in range(1, 6):
            touch(phone, "touchMove", (x - 12 - 6 * k, y), (x + 60 - 6 * k + apart * 12 * k, y + 60))
        touch(phone, "touchEnd")

    gesture(apart=0)
    assert phone.locator("#noising .gallery button").count() == sprites  # no copy either
    assert (pixels(phone, "#noising .drawing") == before).all()
    touch(phone, "touchStart", (x, y))  # one finger paints
    touch(phone, "touchMove", (x + 40, y))
    touch(phone, "touchEnd")
    painted = pixels(phone, "#noising .drawing")
    assert (painted != before).any() and phone.locator("#noising .gallery button").count() == sprites + 1
    gesture(apart=1)  # two zoom
    phone.wait_for_function("visualViewport.scale > 1")
    assert (pixels(phone, "#noising .drawing") == painted).all()


# ---- what stands where -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_a_sliders_name_and_number_stand_in_one_line(open_page, width):
    page = open_page(width, link="?tab=denoising&num_inference_steps=3")
    wait_for_run(page, 3)
    lines = """() => [...document.querySelectorAll(".block .head")].filter((head) => head.offsetParent).map((head) => {
        const [label, number] = ["label", "input"].map((name) => head.querySelector(name).getBoundingClientRect());
        return number.top < label.bottom && label.top < number.bottom;
    })"""
    assert page.evaluate(lines) == [True, True, True]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_band_under_the_slider_is_as_long_as_its_track(open_page, width):
    page = open_page(width)
    band = """() => {
        const buttons = [...document.querySelectorAll("#noising .stages button")];
        const slider = document.querySelector("#noising .t");
        const line = (button) => { const { right } = button.getBoundingClientRect();
            return [right - parseFloat(getComputedStyle(button, "::before").width), right]; };
        const { left, right } = slider.getBoundingClientRect();
        return [line(buttons[0])[0] - left, line(buttons.at(-1))[1] - right];
    }"""
    page.wait_for_selector("#noising .stages button")
    left, right = page.evaluate(band)
    assert abs(left) <= 2 and abs(right) <= 2


def test_the_table_of_walks_has_lines_between_rows_alone(open_page):
    page = open_page()
    visit(page, "noising")
    border = """() => [...document.querySelectorAll("#noising :is(table, tr, th, td)")].map((e) => {
        const style = getComputedStyle(e);
        return [style.borderLeftWidth, style.borderRightWidth, style.borderTopWidth];
    }).flat()"""
    assert set(page.evaluate(border)) == {"0px"}
    cell = "getComputedStyle(document.querySelector('#noising tbody tr:last-child td')).borderBottomWidth"
    assert page.evaluate(cell) == "1px"


def test_the_footer_of_a_phone_begins_with_a_word(open_page):
    """Gradio hides the first link there, but not the dot behind it."""
    assert open_page(390).locator("footer").inner_text().strip() == "Settings"
