import assert from "node:assert/strict";
import { test } from "node:test";
import { encoded, readWeights, weightsText } from "../../assets/link.js";
import { renewed } from "../../assets/old-links.js";

const CLASSES = ["hero", "non-hero", "food", "spell", "side-facing"];
const upTo2 = (text) => /^-?\d+(\.\d{1,2})?$/.test(text) && Math.abs(+text) <= 2;

test("a link holds the tab, its settings, and what is Gradio's own", () => {
  assert.equal(
    encoded("race", { seed: 3, count: null, eta: "" }, "?tab=noising&t=1&__theme=dark"),
    "?tab=race&seed=3&__theme=dark",
  );
  const query = new URLSearchParams(encoded("mixing", { weights: "hero=1,food=0.6", tab: "x" }));
  assert.deepEqual(
    [...query],
    [
      ["tab", "mixing"],
      ["weights", "hero=1,food=0.6"],
    ],
  );
});

test("weights are written by the names of their classes, and read again", () => {
  for (const weights of [{}, { hero: 1 }, { "non-hero": -0.25, food: 0.5 }])
    assert.deepEqual(readWeights(weightsText(weights), CLASSES, upTo2), weights);
  assert.equal(weightsText({ hero: 1, food: 0, spell: 0.6 }), "hero=1,spell=0.6");
  assert.deepEqual(readWeights("hero,food=0.6", CLASSES, upTo2), { hero: 1, food: 0.6 });
  for (const wrong of [
    "",
    "dragon=1",
    "hero=1,hero=1",
    "hero=x",
    "hero=9",
    "toString=1",
    "hero=1;food=1",
    "__proto__=1",
  ])
    assert.equal(readWeights(wrong, CLASSES, upTo2), undefined, wrong);
});

const forks = (list) => encodeURIComponent(JSON.stringify(list));
const FORK = { at: 2, weights: { food: 1 }, sampler: "ddim", guidance_scale: 1, seed: 0, eta: 0, noise_scale: 1 };
const { at, weights, sampler, ...more } = FORK;

// Links that earlier versions of the page have written, and what they say today.
const OLD = [
  ["tab=noising&t=222&schedule=linear&told=food", "tab=noising&t=222&schedule=linear&weights=food"],
  [
    "tab=denoising&class=food&steps=7&guidance=1.5",
    "tab=denoising&weights=food&num_inference_steps=7&guidance_scale=1.5",
  ],
  ["tab=Denoising&class=no+class&noise=0.5", "tab=Denoising&noise_scale=0.5&weights=no class"],
  ["tab=denoising&sampler=distilled&steps=4", "tab=denoising&sampler=ddim&network=distilled&num_inference_steps=4"],
  ["tab=denoising&sampler=ddpm&eta=0.3", "tab=denoising&sampler=ddpm&eta=0.3"],
  [
    `tab=denoising&forks=${forks([FORK])}`,
    `tab=denoising&forks=${forks([{ at, weights, network: "sprites", sampler, ...more }])}`,
  ],
  [
    `tab=denoising&forks=${forks([{ ...FORK, sampler: "distilled" }])}`,
    `tab=denoising&forks=${forks([{ at, weights, network: "distilled", sampler, ...more }])}`,
  ],
  [
    "tab=race&class=spell&count=3&lane1=ddpm&steps1=6&eta1=0",
    "tab=race&weights=spell&count=3&sampler1=ddpm&num_inference_steps1=6&eta1=0",
  ],
  [
    "tab=race&lane2=distilled&steps2=4&lane3=none",
    "tab=race&sampler2=ddim&network2=distilled&num_inference_steps2=4&sampler3=none",
  ],
  [
    "tab=mixing&weights=0,0,1.5,0,0&guidance=2&way=prediction",
    "tab=mixing&weights=food=1.5&guidance_scale=2&mixing=prediction",
  ],
  [
    "tab=mixing&weights=1,0,0.6,0,0&a=1,0,0,0,0&b=0,0,0,1,-0.5&open=morph",
    "tab=mixing&weights=hero=1,food=0.6&a=hero=1&b=spell=1,side-facing=-0.5&at=morph",
  ],
  ["tab=mixing&seed=2&open=seeds,grid", "tab=mixing&seed=2&at=seeds"],
  ["tab=mixing&at=grid&open=morph", "tab=mixing&at=grid"],
  ["tab=mixing&weights=0,0,0,0,0&seed=3", "tab=mixing&weights=no class&seed=3"],
];

const said = (search) => Object.fromEntries(new URLSearchParams(search));

test("a dozen old links", () => {
  for (const [old, today] of OLD) {
    assert.deepEqual(said(renewed(`?${old}`, CLASSES)), said(`?${today}`), old);
    assert.equal(renewed(renewed(`?${old}`, CLASSES), CLASSES), renewed(`?${old}`, CLASSES));
  }
});

test("what is not old stays as it is, to the letter", () => {
  for (const search of [
    "",
    "?tab=noising&t=1&sprite=hero-0",
    "?tab=mixing&weights=hero%3D1%2Cfood%3D0.6",
    "?tab=mixing&weights=1,0",
    "?tab=denoising&forks=[{",
    "?class=food",
    "?tab=nonsense&class=<b>",
  ])
    assert.equal(renewed(search, CLASSES), search);
  assert.equal(said(renewed("?tab=denoising&class=food&weights=hero", CLASSES)).weights, "hero"); // today's name wins
});
