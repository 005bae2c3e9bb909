// @ts-check
// What the page has before its modules: where they are, and what stands in place of a lesson that could not be loaded.
// The text of this script is in the page's head; FILES is the address of all files (serving/static.py).
const theme = new URLSearchParams(location.search).get("__theme"); // Gradio's setting; it dresses only its own part
document.documentElement.classList.toggle(
  "dark",
  theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches,
);

window.page = {
  address: (path) => new URL(`FILES${path}`, document.baseURI).href,
  module: (name) => import(window.page.address(`assets/${name}.js`)),

  // Gradio has mounted the component of a lesson, or the place of its text: what belongs there is fetched.
  async open(name, parts, again = 0) {
    const lessons = await window.page.module("lessons").catch(() => null);
    if (await lessons?.open(name, parts, again)) return;
    const box = document.createElement("p");
    const button = document.createElement("button");
    box.className = "missing";
    box.setAttribute("role", "alert");
    button.type = "button";
    button.className = "fresh";
    button.textContent = "Try again";
    button.onclick = () => window.page.open(name, parts, again + 1);
    box.append("This part of the page could not be loaded: the server did not answer, or the line is down. ", button);
    parts.element.replaceChildren(box);
  },
};
