// For tests/test_executor.py: runs networks by their plans. Reads jobs from standard input, a JSON list of
// { plan, weights (a file), kernel, inputs, record, scale }, and writes the answers.
import { readFileSync } from "node:fs";
import { Executor } from "../../assets/engine/executor.js";
import { kernel } from "../../assets/engine/kernel.js";
import { plain } from "../../assets/engine/plain.js";
import { read } from "../../assets/engine/safetensors.js";

const built = (name) =>
  kernel(new WebAssembly.Module(readFileSync(new URL(`../../assets/engine/${name}.wasm`, import.meta.url))));
const KERNELS = { plain, wasm: built("kernel"), relaxed: built("relaxed") };
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ plan, weights, kernel: name, inputs, record, scale }) => {
  try {
    const bytes = readFileSync(weights),
      own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      { output, recorded } = new Executor(plan, read(own), KERNELS[name]).evaluate(inputs, { record, scale });
    return { output: [...output], recorded: Object.fromEntries(Object.entries(recorded).map(([k, v]) => [k, [...v]])) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
