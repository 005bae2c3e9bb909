"""The page under a path of which its server does not know: a proxy that leaves the path out, and nothing else there."""

from urllib.parse import urlsplit


def test_the_page_says_what_is_missing(browser, app_url):
    page = browser.new_page()

    def proxy(route):
        path = urlsplit(route.request.url).path
        if path.startswith("/diffusion/"):
            route.fulfill(response=route.fetch(url=app_url + path.removeprefix("/diffusion/")))
        else:
            route.fulfill(status=404)

    page.route("**/*", proxy)
    page.goto(f"{app_url}diffusion/")
    assert "must start it with GRADIO_ROOT_PATH=/diffusion" in page.get_by_role("alert").inner_text()
    page.unroute_all(behavior="ignoreErrors")  # some are still on their way
    page.close()


def test_a_page_at_its_own_address_says_nothing(open_page):
    page = open_page()
    assert page.locator("#unknown-path").count() == 0
