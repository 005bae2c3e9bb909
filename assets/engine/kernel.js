// @ts-check
// The kernel in WebAssembly, kernel.wasm, built from kernel.c.
import { START } from "./executor.js";

const PAGE = 65536; // bytes

/** What makes kernels of a compiled kernel.wasm, each with a memory of so many bytes.
 * @param {WebAssembly.Module} module
 * @returns {(bytes: number) => import("./plain.js").Kernel} */
export const kernel = (module) => (bytes) => {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) }),
    { __heap_base: own, ...functions } = /** @type {any} */ (
      new WebAssembly.Instance(module, { env: { memory } }).exports
    );
  if (own.value > START) throw new Error("the kernel's own data reach into the network's");
  return { ...functions, memory: memory.buffer };
};
