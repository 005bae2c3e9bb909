// What takes the time in a network, for WebAssembly with its vectors of four numbers. plain.js says what each function
// computes and how its arrays lie; here they are made fast. Built by `make kernel`.
typedef float v4 __attribute__((vector_size(16)));
typedef float loose __attribute__((vector_size(16), aligned(4)));  // where it may lie anywhere
#define EXPORT(name) __attribute__((export_name(#name))) void name
#define LOAD(p) (*(const loose *)(p))
#define STORE(p, v) (*(loose *)(p) = (v))
#define ALL(x) ((v4){(x), (x), (x), (x)})
// sum += a b; where the browser has relaxed SIMD in one rounding, if its machine can
#ifdef __wasm_relaxed_simd__
#define ADD(sum, a, b) (sum = __builtin_wasm_relaxed_madd_f32x4(a, b, sum))
#else
#define ADD(sum, a, b) (sum += (a) * (b))
#endif
enum { TILE = 4, PANEL = 8 };  // of a convolution: output channels and pixels that are computed together

static inline float sum4(v4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

// e^x as 2^n e^r with |r| <= log(2) / 2, by the polynomial of Cephes' expf.
static inline float exp1(float x) {
  x = x < -87.f ? -87.f : x > 88.f ? 88.f : x;
  float n = __builtin_rintf(x * 1.44269504088896341f), r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  union { int i; float f; } power = {((int)n + 127) << 23};
  return (p * (r * r) + r + 1.f) * power.f;
}

// x (C, H, W) with `padding` zeros around every channel.
static void pad(const float *x, float *y, int C, int H, int W, int padding) {
  int width = W + 2 * padding, size = (H + 2 * padding) * width;
  for (int i = 0; i < C * size; i++) y[i] = 0;
  for (int c = 0; c < C; c++)
    for (int i = 0; i < H; i++)
      for (int j = 0; j < W; j++) y[c * size + (i + padding) * width + j + padding] = x[(c * H + i) * W + j];
}

// PANEL columns of the matrix that makes a convolution a product: what each of these pixels sees, (C size size, PANEL).
static void gather(const float *x, float *y, const int *at, int C, int size, int width, int channel) {
  int row = at[3] - at[0] == 3 && at[7] - at[4] == 3;
  for (int c = 0; c < C; c++, x += channel)
    for (int i = 0; i < size; i++)
      for (int j = 0; j < size; j++, y += PANEL) {
        const float *from = x + i * width + j;
        if (row) {
          STORE(y, LOAD(from + at[0]));
          STORE(y + 4, LOAD(from + at[4]));
        } else
          for (int p = 0; p < PANEL; p++) y[p] = from[at[p]];
      }
}

// TILE channels of PANEL pixels: y (TILE, PANEL) = w (terms, TILE) x (terms, PANEL) + b.
static inline void multiply(const float *x, const float *w, const float *b, v4 y[TILE][2], int terms) {
  v4 a0 = ALL(b[0]), a1 = a0, b0 = ALL(b[1]), b1 = b0, c0 = ALL(b[2]), c1 = c0, d0 = ALL(b[3]), d1 = d0;
#pragma clang loop unroll_count(4)
  for (int i = 0; i < terms; i++, x += PANEL, w += TILE) {
    v4 left = LOAD(x), right = LOAD(x + 4);
    ADD(a0, ALL(w[0]), left), ADD(a1, ALL(w[0]), right);
    ADD(b0, ALL(w[1]), left), ADD(b1, ALL(w[1]), right);
    ADD(c0, ALL(w[2]), left), ADD(c1, ALL(w[2]), right);
    ADD(d0, ALL(w[3]), left), ADD(d1, ALL(w[3]), right);
  }
  y[0][0] = a0, y[0][1] = a1, y[1][0] = b0, y[1][1] = b1, y[2][0] = c0, y[2][1] = c1, y[3][0] = d0, y[3][1] = d1;
}

EXPORT(convolution)(const float *x, const float *w, const float *b, float *y, float *scratch, int C, int H, int W, int O,
                    int size, int stride, int padding) {
  float *panel = scratch;
  int terms = C * size * size, width = W + 2 * padding, channel = (H + 2 * padding) * width;
  int columns = (width - size) / stride + 1, pixels = ((H + 2 * padding - size) / stride + 1) * columns;
  if (padding) {
    float *padded = scratch + PANEL * terms;
    pad(x, padded, C, H, W, padding);
    x = padded;
  }
  for (int p = 0; p < pixels; p += PANEL) {
    int at[PANEL], count = pixels - p < PANEL ? pixels - p : PANEL;
    for (int i = 0; i < PANEL; i++) {
      int pixel = i < count ? p + i : p;
      at[i] = pixel / columns * stride * width + pixel % columns * stride;
    }
    gather(x, panel, at, C, size, width, channel);
    for (int o = 0; o < O; o += TILE) {
      v4 tile[TILE][2];
      multiply(panel, w + o * terms, b + o, tile, terms);
      for (int i = 0; i < TILE && o + i < O; i++) {
        float *to = y + (o + i) * pixels + p;
        if (count == PANEL) STORE(to, tile[i][0]), STORE(to + 4, tile[i][1]);
        else
          for (int j = 0; j < count; j++) to[j] = tile[i][j / 4][j % 4];
      }
    }
  }
}

#define EVEN(p) __builtin_shufflevector(LOAD(p), LOAD((p) + 4), 0, 2, 4, 6)
#define ODD(p) __builtin_shufflevector(LOAD(p), LOAD((p) + 4), 1, 3, 5, 7)

// Of four squares side by side, the 4 x 4 numbers that each sees, transformed: B^T d B. They go to y, `step` apart.
static inline void look(const float *x, float *y, int width, int step) {
  v4 t[4][4];
  for (int i = 0; i < 4; i++, x += width) {
    v4 a = EVEN(x), b = ODD(x), c = EVEN(x + 2), d = ODD(x + 2);
    t[i][0] = a - c, t[i][1] = b + c, t[i][2] = c - b, t[i][3] = b - d;
  }
  for (int i = 0; i < 4; i++, y += step) {
    STORE(y, t[0][i] - t[2][i]), STORE(y + 4 * step, t[1][i] + t[2][i]);
    STORE(y + 8 * step, t[2][i] - t[1][i]), STORE(y + 12 * step, t[1][i] - t[3][i]);
  }
}

// Of four squares side by side, their 2 x 2 pixels: A^T m A + b.
static inline void draw(v4 m[16][TILE][2], int i, int half, float b, float *y, int W) {
  v4 s[2][4];
  for (int j = 0; j < 4; j++) {
    v4 middle = m[4 + j][i][half], other = m[8 + j][i][half];
    s[0][j] = m[j][i][half] + middle + other, s[1][j] = middle - other - m[12 + j][i][half];
  }
  for (int row = 0; row < 2; row++, y += W) {
    v4 left = s[row][0] + s[row][1] + s[row][2] + b, right = s[row][1] - s[row][2] - s[row][3] + b;
    STORE(y, __builtin_shufflevector(left, right, 0, 4, 1, 5));
    STORE(y + 4, __builtin_shufflevector(left, right, 2, 6, 3, 7));
  }
}

EXPORT(winograd)(const float *x, const float *w, const float *b, float *y, float *scratch, int C, int H, int W, int O) {
  static const float none[TILE];
  float *seen = scratch, *padded = scratch + 16 * C * PANEL;  // seen: (16, C, PANEL), of PANEL squares
  int width = W + 2, across = W / 2;
  pad(x, padded, C, H, W, 1);
  for (int p = 0; p < H / 2 * across; p += PANEL) {
    int at[2] = {p / across * 2 * W + p % across * 2, (p + 4) / across * 2 * W + (p + 4) % across * 2};
    for (int half = 0; half < 2; half++) {
      const float *from = padded + at[half] / W * width + at[half] % W;
      for (int c = 0; c < C; c++) look(from + c * (H + 2) * width, seen + c * PANEL + 4 * half, width, C * PANEL);
    }
    for (int o = 0; o < O; o += TILE) {
      v4 m[16][TILE][2];
      for (int i = 0; i < 16; i++) multiply(seen + i * C * PANEL, w + (o / TILE * 16 + i) * C * TILE, none, m[i], C);
      for (int i = 0; i < TILE && o + i < O; i++)
        for (int half = 0; half < 2; half++) draw(m, i, half, b[o + i], y + (o + i) * H * W + at[half], W);
    }
  }
}

static inline float dot(const float *x, const float *w, int n) {
  v4 left = ALL(0.f), right = left;
  int i = 0;
  for (; i + 8 <= n; i += 8) ADD(left, LOAD(x + i), LOAD(w + i)), ADD(right, LOAD(x + i + 4), LOAD(w + i + 4));
  float sum = sum4(left + right);
  for (; i < n; i++) sum += x[i] * w[i];
  return sum;
}

EXPORT(linear)(const float *x, const float *w, const float *b, float *y, int n, int m) {
  for (int o = 0; o < m; o++) y[o] = dot(x, w + o * n, n) + b[o];
}

EXPORT(norm)(const float *x, const float *w, const float *b, float *y, int groups, int n, int repeat, float epsilon) {
  int run = repeat < n ? repeat : n;
  for (int g = 0; g < groups; g++, x += n, y += n) {
    v4 total = ALL(0.f), squares = total;
    int i = 0;
    for (; i + 4 <= n; i += 4) total += LOAD(x + i);
    float sum = sum4(total);
    for (; i < n; i++) sum += x[i];
    float mean = sum / n;
    for (i = 0; i + 4 <= n; i += 4) squares += (LOAD(x + i) - mean) * (LOAD(x + i) - mean);
    float square = sum4(squares);
    for (; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
    float scale = 1.f / __builtin_sqrtf(square / n + epsilon);
    for (i = 0; i < n; i += run) {
      int at = (g * n + i) / repeat;
      float times = scale * w[at], plus = b[at] - mean * times;
      for (int j = i; j < i + run; j++) y[j] = x[j] * times + plus;
    }
  }
}

EXPORT(silu)(const float *x, float *y, int n) {
  for (int i = 0; i < n; i++) y[i] = x[i] / (1.f + exp1(-x[i]));
}

EXPORT(attention)(const float *q, const float *k, const float *v, float *y, float *shares, int heads, int d, int n) {
  float scale = 1.f / __builtin_sqrtf((float)d);
  for (int h = 0; h < heads; h++, q += d * n, k += d * n, v += d * n, y += d * n)
    for (int i = 0; i < n; i++) {
      float top = -1e38f, whole = 0;
      for (int j = 0; j < n; j++) shares[j] = 0;
      for (int c = 0; c < d; c++)
        for (int j = 0; j < n; j++) shares[j] += q[c * n + i] * scale * k[c * n + j];
      for (int j = 0; j < n; j++) top = shares[j] > top ? shares[j] : top;
      for (int j = 0; j < n; j++) shares[j] = exp1(shares[j] - top);
      for (int j = 0; j < n; j++) whole += shares[j];
      for (int c = 0; c < d; c++) y[c * n + i] = dot(shares, v + c * n, n) / whole;
    }
}

EXPORT(upsample)(const float *x, float *y, int C, int H, int W, int factor) {
  for (int row = 0; row < C * H * factor; row++)
    for (int column = 0; column < W; column++)
      for (int i = 0; i < factor; i++) *y++ = x[row / factor * W + column];
}

#define COMBINE(sign)                                                                    \
  for (int r = 0; r < rows; r++, a += a_row, b += b_row, y += columns)                   \
    if (!a_column) for (int c = 0; c < columns; c++) y[c] = a[0] sign b[c * b_column];   \
    else if (!b_column) for (int c = 0; c < columns; c++) y[c] = a[c] sign b[0];         \
    else for (int c = 0; c < columns; c++) y[c] = a[c] sign b[c]

EXPORT(combine)(int how, const float *a, const float *b, float *restrict y, int rows, int columns, int a_row,
                int a_column, int b_row, int b_column) {
  switch (how) {
    case 0: COMBINE(+); break;
    case 1: COMBINE(-); break;
    case 2: COMBINE(*); break;
    default: COMBINE(/);
  }
}
