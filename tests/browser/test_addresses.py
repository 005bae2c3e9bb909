"""The address of the page: it holds the tab and its settings at any moment, and what a link brings harms nobody."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from browsing import choose, fill, open_tab, pixels, set_slider, wait_for_run
from playwright.sync_api import expect

TITLES = {"noising": "Noising", "denoising": "Denoising", "race": "DDPM vs DDIM", "mixing": "Mixing"}


def wait_for_address(page, **settings) -> dict[str, str]:
    """Wait until the address says all this; None: it does not mention that. Returns all that it says."""
    page.wait_for_function(
        "wanted => Object.entries(wanted).every(([name, value]) =>"
        "  new URLSearchParams(location.search).get(name) === value)",
        arg={name: value if value is None else str(value) for name, value in settings.items()},
        timeout=20_000,
    )
    return dict(parse_qsl(urlsplit(page.url).query))


def on_show(page) -> str:
    return page.locator("[role=tab][aria-selected=true]").inner_text()


def test_every_tab_has_its_address_and_back_goes_to_the_tab_before(open_page):
    page = open_page()
    wait_for_address(page, tab="noising", t=150, sprite="hero-0", schedule="cosine")
    for tab in ("denoising", "race", "mixing"):
        open_tab(page, TITLES[tab])
        wait_for_address(page, tab=tab)
    wait_for_address(page, weights="food=0.6,spell=0.4", seed=0)
    page.fill("#mixing .seed", "7")
    page.keyboard.press("Tab")
    wait_for_address(page, tab="mixing", seed=7)
    for tab in ("race", "denoising", "noising"):  # a changed setting is no step of the history
        page.go_back()
        wait_for_address(page, tab=tab)
        expect(page.get_by_role("tab", name=TITLES[tab], exact=True)).to_have_attribute("aria-selected", "true")
    set_slider(page, "#noising .t", 321)
    wait_for_address(page, tab="noising", t=321)
    for tab in ("denoising", "race", "mixing"):
        page.go_forward()
        wait_for_address(page, tab=tab)
    wait_for_address(page, seed=7)
    page.wait_for_selector("#mixing .sheet.prediction canvas")  # Gradio complains of runs that are left
    page.wait_for_function("!document.querySelector('#mixing [aria-busy=true]')", timeout=60_000)
    page.reload()
    page.wait_for_selector("#mixing .seed:visible")
    assert on_show(page) == "Mixing" and page.input_value("#mixing .seed") == "7"


def test_a_race_is_linked_to_before_it_is_run(open_page):
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_tab(page, TITLES["race"])
    wait_for_address(page, tab="race", sampler1="ddpm", num_inference_steps1=500)
    fill(page, "sprites", 3)
    page.get_by_role("button", name="more lanes").click()
    choose(page, "lane 3", "Heun")
    wait_for_address(page, count=3, sampler3="heun")
    page.locator("#race .take").get_by_role("button", name="Copy link").click()
    page.locator("#race .take").get_by_text("The link is on the clipboard.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url

    again = open_page(link="?" + urlsplit(link).query)
    expect(again.get_by_label("number input for sprites")).to_have_value("3")
    expect(again.get_by_label("lane 3", exact=True)).to_have_value("Heun")
    wait_for_address(again, tab="race", count=3, sampler3="heun")


def test_settings_of_a_run_that_has_not_been_made(open_page):
    """The step belongs to the run on show: the address keeps it only as long as the settings are that run's."""
    page = open_page(link="?tab=denoising&num_inference_steps=6&step=2&eta=0.3&__theme=light")
    wait_for_run(page, 6)
    wait_for_address(page, num_inference_steps=6, step=2, eta=0.3, __theme="light")
    set_slider(page, "#denoising .index", 4)
    wait_for_address(page, step=4)
    fill(page, "steps", 5)
    wait_for_address(page, num_inference_steps=5, step=None)
    fill(page, "steps", 6)
    wait_for_address(page, num_inference_steps=6, step=4)
    fill(page, "steps", 5)
    wait_for_address(page, num_inference_steps=5, step=None)
    page.reload()
    wait_for_run(page, 5)


def test_a_link_is_not_lost_while_the_page_opens(open_page):
    """Until its forks have been drawn as well, the address stays as it is."""
    fork = {
        "at": 2,
        "weights": {"food": 1},
        "network": "sprites",
        "sampler": "ddim",
        "guidance_scale": 1,
        "seed": 0,
        "eta": 0,
    }
    forks = json.dumps([fork | {"noise_scale": 1}], separators=(",", ":"))
    page = open_page()
    page.goto(page.url.partition("?")[0] + f"?tab=denoising&num_inference_steps=5&step=3&forks={forks}")
    page.evaluate(
        "() => { window.seen = new Set(); const look = () => { window.seen.add(location.search);"
        "  requestAnimationFrame(look) }; look() }"
    )
    page.wait_for_function("document.querySelectorAll('#denoising .branch').length == 2", timeout=60_000)
    wait_for_address(page, step=3, forks=forks)
    seen = [dict(parse_qsl(query.lstrip("?"))) for query in page.evaluate("[...window.seen]")]
    assert all((each["tab"], each["step"], each["forks"]) == ("denoising", "3", forks) for each in seen)


@pytest.mark.parametrize(
    ("link", "tab", "note"),
    [
        ("?tab=Mixing&seed=4", "Mixing", None),
        ("#mixing", "Mixing", None),
        ("?tab=nonsense&t=3", "Noising", "there are noising, denoising, training, race, mixing. This is the first."),
        (
            "?tab=race&num_inference_steps1=12.7",
            "DDPM vs DDIM",
            "steps of lane 1 must be a whole number from 1 to 500.",
        ),
        (
            "?tab=denoising&seed=1_0&num_inference_steps=3",
            "Denoising",
            "seed must be a whole number from 0 to 2147483647.",
        ),
        ("?tab=denoising&num_inference_steps=3&step=9", "Denoising", "the step must be a whole number from 0 to 3."),
        (
            "?tab=denoising&num_inference_steps=3&forks=[{",
            "Denoising",
            "the forks must be a list of up to 5, as this page writes it.",
        ),
        ("?tab=noising&t=١٢", "Noising", "t must be a whole number from 0 to 500."),
        ("?tab=noising&pixel=16.0.0", "Noising", "the pixel must be column.row.channel, from 0.0.0 to 15.15.2."),
        (
            "?tab=mixing&guidance_scale=0x1&seed=1e1",
            "Mixing",
            "the seed must be a whole number from 0 to 2147483647; guidance",
        ),
    ],
)
def test_a_wrong_link_says_what_of_it_is_wrong(open_page, link, tab, note):
    page = open_page(link=link, ready=False)
    expect(page.get_by_role("tab", name=tab, exact=True)).to_have_attribute("aria-selected", "true", timeout=20_000)
    if note is None:
        wait_for_address(page, tab="mixing")
        assert page.locator(".note-on-top").count() == 0
    else:
        expect(page.locator(".note-on-top")).to_contain_text(note, timeout=20_000)
        page.locator(".note-on-top").get_by_role("button", name="OK").click()
        assert page.locator(".note-on-top").count() == 0


RED, GREEN = "Af8ATQ", "AQDkNg"  # base64url of 1 (colour), 255, 0, 77, and of 1, 0, 228, 54
SHELF = "JSON.parse(localStorage.getItem('own-sprites') ?? '[]').map(sprite => sprite.pixels)"


def paint_one(page, colour: str) -> None:
    page.click("#noising .blank")
    page.click("#noising .fill")
    page.click(f"#noising .swatch[title={colour}]")
    page.focus("#noising .drawing")
    page.keyboard.press("Enter")


def test_the_sprite_of_a_link_stays_off_the_shelf_until_it_is_painted_on(open_page):
    other = open_page()
    paint_one(other, "red")
    link = wait_for_address(other, pixels=RED)
    page = open_page()
    paint_one(page, "green")
    wait_for_address(page, pixels=GREEN)
    own = GREEN
    page.wait_for_function(f"String({SHELF}) === '{own}'")
    page.goto(f"{page.url.partition('?')[0]}?tab=noising&pixels={link['pixels']}")
    page.wait_for_selector("#noising .gallery button[title='the sprite of the link'][aria-pressed=true]")
    set_slider(page, "#noising .t", 0)
    wait_for_address(page, t=0, pixels=link["pixels"])
    assert pixels(page, "#noising .x_t")[0, 0].tolist() == [255, 0, 77]
    open_tab(page, TITLES["mixing"])
    wait_for_address(page, tab="mixing")
    open_tab(page, TITLES["noising"])
    assert page.evaluate(SHELF) == [own]
    assert page.locator("#noising .forget").is_hidden()  # it is not theirs
    page.click("#noising .swatch[title=blue]")
    page.locator("#noising .drawing").click(position={"x": 5, "y": 5})
    page.wait_for_function(f"{SHELF}.length == 2")
    assert page.evaluate(SHELF)[0] == own and link["pixels"] not in page.evaluate(SHELF)


@pytest.mark.parametrize("navigation", [True, False])
def test_a_reload_after_the_death_of_the_server_keeps_the_settings(open_page, navigation):
    """What Gradio does when a run breaks off (see test_copies.py); a person's own reload needs no note."""
    page, note = open_page(), "The connection to the server was lost"
    if not navigation:  # an older browser
        page.add_init_script("Object.defineProperty(window, 'navigation', { value: undefined })")
        page.reload()
    open_tab(page, TITLES["denoising"])
    wait_for_run(page, 50)
    fill(page, "steps", 9)
    wait_for_address(page, num_inference_steps=9)
    page.evaluate("location.reload()")
    wait_for_run(page, 9)
    expect(page.get_by_label("number input for steps").first).to_have_value("9")
    expect(page.get_by_text(note)).to_have_count(int(navigation))
    page.reload()
    wait_for_run(page, 9)
    assert page.get_by_text(note).count() == 0
