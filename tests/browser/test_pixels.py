"""assets/numbers.js and plot.js by themselves, in a real browser: numbers for learners, the colours of a theme."""

import pytest
from browsing import import_modules


@pytest.fixture(scope="module")
def page(browser, app_url):
    page = browser.new_page()
    import_modules(page, app_url, "assets/numbers.js", "assets/plot.js")
    page.evaluate(
        "html => { document.body.innerHTML = html }",
        "<style>.one { --red: #b3261e } .two { --red: #c22323 } .dark .two { --red: #ff9999 }</style>"
        "<i class=one></i><i class=two></i>",
    )
    yield page
    page.close()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("-0.5", "−0.500"),
        ("12.345", "12.3"),
        ("998", "998"),
        ("999.4", "999"),
        ("999.6", "1.0 × 10³"),
        ("1000", "1.0 × 10³"),
        ("-999.6", "−1.0 × 10³"),
        ("9960", "1.0 × 10⁴"),
        ("0.0009996", "0.00100"),
        ("0.00099", "9.9 × 10⁻⁴"),
        ("-1e-9", "−1.0 × 10⁻⁹"),
        ("Infinity", "∞"),
        ("-Infinity", "−∞"),
        ("NaN", "not a number"),
    ],
)
def test_a_number_is_written_for_learners(page, number, text):
    assert page.evaluate(f"numbers.number({number})") == text


def test_each_element_has_its_own_colours_in_each_theme(page):
    """One lesson's red is not another's, whichever was drawn first."""
    colour = "plot.colour(document.querySelector('{}'), '--red')"
    for theme, two in (("", "#c22323"), ("dark", "#ff9999"), ("", "#c22323")):
        page.evaluate(f"document.body.className = '{theme}'")
        assert [page.evaluate(colour.format(name)) for name in (".one", ".two")] == ["#b3261e", two]
