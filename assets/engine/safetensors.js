// @ts-check
// Reads a .safetensors file: the length of a JSON header, the header, and the numbers of every tensor, one after the
// other.

/** @typedef {{ shape: number[], values: Float32Array }} Tensor numbers in C order */
/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} Entry of the header */

/** The tensors of a file, by name. Throws an Error for what is no such file, and for numbers other than F16 and F32.
 * @param {ArrayBuffer} file
 * @returns {Record<string, Tensor>} */
export function read(file) {
  const header = headerOf(file);
  delete header.__metadata__;
  const start = 8 + Number(new DataView(file).getBigUint64(0, true));
  /** @type {Record<string, Tensor>} */
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const [from, to] = data_offsets.map((offset) => start + offset);
    if (to > file.byteLength) throw new Error("the file of weights is cut off");
    tensors[name] = { shape, values: numbers(dtype, file.slice(from, to)) };
  }
  return tensors;
}

/** @param {ArrayBuffer} file @returns {Record<string, Entry>} */
function headerOf(file) {
  try {
    const length = Number(new DataView(file).getBigUint64(0, true));
    return JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
  } catch {
    throw new Error("this is no file of weights: a .safetensors file begins with the length of its header");
  }
}

/** @param {string} dtype @param {ArrayBuffer} bytes little-endian, as are all machines with a browser */
function numbers(dtype, bytes) {
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype !== "F16") throw new Error(`weights must be F16 or F32; these are ${dtype}`);
  const halves = new Uint16Array(bytes),
    values = new Float32Array(halves.length);
  TABLE ??= Float32Array.from({ length: 65536 }, (_, bits) => half(bits));
  for (let i = 0; i < halves.length; i++) values[i] = TABLE[halves[i]]; // Float32Array.from takes a hundred times as long
  return values;
}

/** @type {Float32Array | undefined} every number of 16 bits */
let TABLE;

/** A number of 16 bits: a sign, 5 bits of exponent, 10 bits of mantissa. @param {number} bits */
function half(bits) {
  const sign = bits >> 15 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    mantissa = bits & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
