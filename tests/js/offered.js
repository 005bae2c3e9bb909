// What the server offers a page that runs the networks itself, as tabs/engine.py tells it: for the tests of what is read.
export const defaults = {
  weights: {},
  count: 16,
  seed: 0,
  sampler: "ddim",
  num_inference_steps: 25,
  eta: 0,
  variance: "beta_tilde",
  noise_scale: 1,
  guidance_scale: 1,
  guidance_interval: [0, null],
  mixing: "embedding",
  schedule: "cosine",
  zero_terminal_snr: false,
  num_train_timesteps: 500,
  spacing: "trailing",
  clip_x0: true,
  network: "sprites",
};

export const network = { classes: ["hero", "food"], spacing: "trailing" };
export const offered = {
  defaults,
  networks: { sprites: network, distilled: { ...network, spacing: "mirrored" } },
  limits: { alphaBar: 0.01, logSnr: 14 },
};
