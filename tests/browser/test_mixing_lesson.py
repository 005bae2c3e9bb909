"""The mixing lesson as a person uses it, in a real browser, checked against what core computes."""

from browsing import assert_same_picture, open_tab, pixels

from core import GenerateConfig, generate, last, load
from core.render import to_uint8


def test_mixing_draws_both_ways(open_page):
    page = open_page()
    open_tab(page, "Mixing")
    page.wait_for_selector("#sheets canvas", timeout=30_000)
    page.get_by_role("button", name="hero + side-facing").click()
    page.wait_for_function("document.querySelector('#sheets p')?.textContent.includes('1 side-facing')", timeout=30_000)
    for n, mixing in ((1, "embedding"), (2, "prediction")):
        config = GenerateConfig(weights={"hero": 1.0, "side-facing": 1.0}, count=16, mixing=mixing)
        expected = to_uint8(last(generate(load(), config)).x_prev)
        for i in (1, 16):
            shown = pixels(page, f"#sheets section:nth-child({n}) canvas:nth-child({i})")
            assert_same_picture(shown, expected[i - 1], 2)
