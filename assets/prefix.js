// Shown under a path of which its server does not know, the page finds hardly any of its parts: this one can say so.
(() => {
  const path = (/** @type {string} */ address) => new URL(address, location.href).pathname.replace(/\/+$/, "");
  const warn = () => {
    const here = path(location.href),
      known = path(window.gradio_config?.root ?? location.href);
    if (known || !here || document.getElementById("unknown-path")) return;
    const warning = document.createElement("p");
    warning.id = "unknown-path";
    warning.setAttribute("role", "alert");
    warning.style.cssText = "max-width: 44rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui";
    warning.textContent =
      `This page is shown under ${here}, and its server does not know that, so most of the page ` +
      `cannot be loaded. Whoever runs the server must start it with GRADIO_ROOT_PATH=${here}.`;
    document.body.prepend(warning);
  };
  if (document.readyState === "complete") warn();
  else addEventListener("load", warn);
})();
