// @ts-check
// The kernel in WebAssembly, built from kernel.c, and which of its builds a browser takes.
import { START } from "./executor.js";

const PAGE = 65536; // bytes
const HEAD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0]; // of a module with one function () -> v128
const VECTOR = [65, 0, 253, 15]; // i32.const 0, i8x16.splat

/** Whether the browser knows an instruction that makes a vector of so many. @param {number} count @param {number[]} code */
function knows(count, code) {
  const body = [0, ...Array(count).fill(VECTOR).flat(), ...code, 11];
  return WebAssembly.validate(Uint8Array.from([...HEAD, 10, body.length + 2, 1, body.length, ...body]));
}

/** The file of the quickest build that this browser can run; null if there is none. */
export function file() {
  if (typeof WebAssembly !== "object" || !knows(1, [253, 98])) return null; // i8x16.popcnt
  return knows(3, [253, 133, 2]) ? "relaxed.wasm" : "kernel.wasm"; // f32x4.relaxed_madd
}

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
