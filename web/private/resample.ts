/** @module uint8 pixels of any size and a size -> uint8 pixels of that size, by the arithmetic of the library that trained. */
import type { ImageFormat, PixelSize, ResizeKernel } from '../../src/image/browser.ts';

/** uint8 [height, width, channels]; of four channels the last is not looked at. */
export interface Pixels extends PixelSize {
  readonly channels: 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

interface Kernel {
  /** Half its width, in pixels of the coarser side. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** Keys' cubics (Mitchell & Netravali 1988, equation 8). */
function cubic(b: number, c: number): Kernel {
  const weight = (distance: number): number => {
    const x = Math.abs(distance);
    if (x < 1) return ((12 - 9 * b - 6 * c) * x ** 3 + (-18 + 12 * b + 6 * c) * x ** 2 + 6 - 2 * b) / 6;
    if (x >= 2) return 0;
    return ((-b - 6 * c) * x ** 3 + (6 * b + 30 * c) * x ** 2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6;
  };
  return { support: 2, weight };
}

function lanczos(lobes: number): Kernel {
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  return { support: lobes, weight: (x) => (Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0) };
}

const catmullRom = cubic(0, 0.5);
const linear: Kernel = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

const kernels: Readonly<Record<ResizeKernel, Kernel>> = {
  linear,
  cubic: catmullRom,
  mitchell: cubic(1 / 3, 1 / 3),
  lanczos2: lanczos(2),
  lanczos3: lanczos(3),
};

/** What libvips takes to enlarge, whatever kernel shrinks. */
function enlargingKernel(name: ResizeKernel): Kernel {
  return name === 'linear' ? linear : catmullRom;
}

/** For each output position the input positions that it reads, and their weights, which sum to 1. */
interface Taps {
  readonly count: number;
  readonly positions: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Pixel centres stand at halves, except that libvips enlarges half a new pixel off; beyond the ends the edge is
 * repeated.
 *
 * @param length pixels that there are along the axis
 * @param extent how many of them, not necessarily a whole number, become `to` pixels
 */
function tapsOf(length: number, extent: number, to: number, name: ResizeKernel): Taps {
  const scale = Math.max(1, extent / to);
  const enlarges = to > extent;
  const { support, weight } = enlarges ? enlargingKernel(name) : kernels[name];
  const count = 2 * Math.ceil(support * scale) + 1;
  const positions = new Int32Array(to * count);
  const weights = new Float32Array(to * count);
  for (let out = 0; out < to; out++) {
    const centre = ((out + (enlarges ? 0 : 0.5)) * extent) / to - 0.5;
    const first = Math.round(centre) - (count >> 1);
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const value = weight((first + tap - centre) / scale);
      positions[out * count + tap] = Math.min(length - 1, Math.max(0, first + tap));
      weights[out * count + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < count; tap++) weights[out * count + tap]! /= sum;
  }
  return { count, positions, weights };
}

/** Each axis by itself: the image is `lines` runs of `along` pixels, `step` values between them. */
function resizeAxis(
  input: Uint8Array | Uint8ClampedArray,
  lines: number,
  lineStep: number,
  pixelStep: number,
  { count, positions, weights }: Taps,
  output: Uint8ClampedArray,
  outputLineStep: number,
  outputPixelStep: number,
): void {
  const length = positions.length / count;
  for (let out = 0; out < length; out++) {
    for (let line = 0; line < lines; line++) {
      let [red, green, blue] = [0, 0, 0];
      for (let tap = out * count; tap < (out + 1) * count; tap++) {
        const weight = weights[tap]!;
        const at = line * lineStep + positions[tap]! * pixelStep;
        red += input[at]! * weight;
        green += input[at + 1]! * weight;
        blue += input[at + 2]! * weight;
      }
      const to = line * outputLineStep + out * outputPixelStep;
      output[to] = red; // a clamped array rounds and keeps within 0 to 255
      output[to + 1] = green;
      output[to + 2] = blue;
    }
  }
}

/** Which sums an input position along an axis goes to: `groups[at]` with this share, the next one with the rest. */
interface Groups {
  readonly count: number;
  readonly groups: Int32Array;
  readonly shares: Float32Array;
}

function groupsOf(length: number, step: number): Groups {
  const groups = new Int32Array(length);
  const shares = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    groups[at] = Math.floor(at / step);
    shares[at] = Math.min(1, (groups[at]! + 1) * step - at);
  }
  return { count: Math.ceil(length / step - 1e-6), groups, shares };
}

/** The mean colour of rectangles of `steps` pixels, not necessarily whole ones; the last may be smaller. */
function average(image: Pixels, steps: Steps): Pixels {
  const { groups: rowOf, shares: rowShares, count: height } = groupsOf(image.height, steps.vertical);
  const { groups: columnOf, shares: columnShares, count: width } = groupsOf(image.width, steps.horizontal);
  const { data: input, channels } = image;
  const sums = new Float32Array(height * width * 3);
  const add = (from: number, to: number, share: number): void => {
    if (share <= 0 || to >= sums.length) return;
    sums[to]! += input[from]! * share;
    sums[to + 1]! += input[from + 1]! * share;
    sums[to + 2]! += input[from + 2]! * share;
  };
  for (let y = 0, from = 0; y < image.height; y++) {
    const top = rowOf[y]! * width * 3;
    const bottom = top + width * 3;
    const above = rowShares[y]!;
    for (let x = 0; x < image.width; x++, from += channels) {
      const left = columnOf[x]! * 3;
      const share = columnShares[x]!;
      add(from, top + left, above * share);
      if (above < 1) add(from, bottom + left, (1 - above) * share);
      if (share === 1 || columnOf[x]! + 1 === width) continue;
      add(from, top + left + 3, above * (1 - share));
      add(from, bottom + left + 3, (1 - above) * (1 - share));
    }
  }
  const extent = (index: number, step: number, length: number): number =>
    Math.min((index + 1) * step, length) - index * step;
  const data = new Uint8Array(sums.length);
  for (let y = 0, at = 0; y < height; y++) {
    const tall = extent(y, steps.vertical, image.height);
    for (let x = 0; x < width; x++) {
      const area = tall * extent(x, steps.horizontal, image.width);
      for (const end = at + 3; at < end; at++) data[at] = Math.round(sums[at]! / area);
    }
  }
  return { height, width, channels: 3, data };
}

/** Input pixels that are averaged to one before the kernel takes over, along each axis. */
interface Steps {
  readonly vertical: number;
  readonly horizontal: number;
}

/** What libjpeg averages while it decodes, so that a factor of two at least is left. */
function decoderStep(image: PixelSize, size: PixelSize, format: ImageFormat): number {
  const least = Math.min(image.height / size.height, image.width / size.width);
  if (format !== 'JPEG') return 1;
  return least >= 16 ? 8 : least >= 8 ? 4 : least >= 4 ? 2 : 1;
}

/** What libvips averages after that: whole steps that leave a factor of two to the kernel. */
function wholeSteps(extent: PixelSize, size: PixelSize): Steps {
  const whole = (factor: number): number => Math.max(1, Math.floor(factor / 2));
  return { vertical: whole(extent.height / size.height), horizontal: whole(extent.width / size.width) };
}

/**
 * Resizes as sharp and libvips do for the other parts of onesheet: averages first, then the kernel, columns before
 * rows, rounded to 8 bits in between. The same bytes come out in every browser, which no canvas promises.
 *
 * @param format of the file, since a JPEG is made smaller already while it is decoded
 * @returns uint8 [height, width, 3]
 */
export function resize(
  image: Pixels,
  { height, width }: PixelSize,
  kernel: ResizeKernel,
  format: ImageFormat,
): Uint8Array {
  const step = decoderStep(image, { height, width }, format);
  const decoded = step > 1 ? average(image, { vertical: step, horizontal: step }) : image;
  // libvips leaves out what is left over when libjpeg shrinks.
  const extent = { height: Math.floor(image.height / step), width: Math.floor(image.width / step) };
  const steps = wholeSteps(extent, { height, width });
  const small = steps.vertical > 1 || steps.horizontal > 1 ? average(decoded, steps) : decoded;
  const rows = tapsOf(small.height, extent.height / steps.vertical, height, kernel);
  const columns = tapsOf(small.width, extent.width / steps.horizontal, width, kernel);
  const tall = new Uint8ClampedArray(height * small.width * 3);
  const rowLength = small.width * 3;
  resizeAxis(small.data, small.width, small.channels, small.width * small.channels, rows, tall, 3, rowLength);
  const data = new Uint8ClampedArray(height * width * 3);
  resizeAxis(tall, height, rowLength, 3, columns, data, width * 3, 3);
  return new Uint8Array(data.buffer);
}
