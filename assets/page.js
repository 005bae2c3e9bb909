// @ts-check
// The page's entry: what works everywhere is started, and the lesson that will be on show first is fetched, while
// Gradio is still busy with the page itself.
import * as keys from "./keys.js";
import { preload } from "./lessons.js";
import * as link from "./link.js";
import * as overview from "./overview.js";

keys.start();
link.start();
overview.start();
preload((new URLSearchParams(location.search).get("tab") ?? location.hash.slice(1)).trim().toLowerCase());
