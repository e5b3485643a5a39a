/** @module A map and a block's sizes -> the map behind an inverted residual; the layers that pretrained trunks share. */
import type { Value } from '../graph/index.ts';
import { constantValue, heNormal } from './initialize.ts';
import type { Scope } from './layers.ts';

/** Channels of a layer at this width: the nearest multiple of 8 that loses at most a tenth. */
export function scaled(channels: number, width: number): number {
  const exact = channels * width;
  const rounded = Math.max(8, Math.floor((exact + 4) / 8) * 8);
  return rounded < 0.9 * exact ? rounded + 8 : rounded;
}

/** TensorFlow's SAME padding [top, left, bottom, right]: the odd zero goes below and to the right. */
function samePadding(size: readonly number[], kernel: number, stride: number): number[] {
  const totals = size.map((n) => Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0));
  return [...totals.map((n) => Math.floor(n / 2)), ...totals.map((n) => Math.ceil(n / 2))];
}

interface LayerOptions {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  /** Name of the convolution's output. */
  readonly output?: string;
}

/** A convolution with bias, into which the pretrained trunk's batch normalization is folded. */
export function biasedConvolution(scope: Scope, x: Value, options: LayerOptions): Value {
  const { channels, kernel, stride = 1, depthwise = false, output } = options;
  const perGroup = depthwise ? 1 : (x.shape[1] as number);
  const weight = scope.parameter('weight', [channels, perGroup, kernel, kernel], heNormal);
  const bias = scope.parameter('bias', [channels], constantValue(0));
  const attributes = {
    strides: [stride, stride],
    pads: samePadding(x.shape.slice(2) as number[], kernel, stride),
    group: depthwise ? channels : 1,
  };
  return x.graph.add('Conv', [x, weight, bias], attributes, { name: output })[0]!;
}

export function relu6(x: Value, name?: string): Value {
  return x.graph.add('Clip', [x, x.graph.scalar(0), x.graph.scalar(6)], {}, { name })[0]!;
}

export interface Block {
  /** Of its parameters and of its map. */
  readonly name: string;
  /** Channels that are filtered, for each that comes in. */
  readonly expansion: number;
  readonly channels: number;
  /** Height and width of the filters. */
  readonly kernel: number;
  readonly stride: number;
}

/**
 * An inverted residual with a linear bottleneck (Sandler et al. 2018, section 3.3): expand, filter each channel, project.
 *
 * @returns the map named after the block, [batch, channels, ceil(h / stride), ceil(w / stride)]
 */
export function invertedResidual(scope: Scope, x: Value, block: Block): Value {
  const { name, expansion, channels, kernel, stride } = block;
  const before = x.shape[1] as number;
  const hidden = before * expansion;
  const expanded =
    expansion === 1 ? x : relu6(biasedConvolution(scope.child('expand'), x, { channels: hidden, kernel: 1 }));
  const filtered = relu6(
    biasedConvolution(scope.child('depthwise'), expanded, {
      channels: hidden,
      kernel,
      stride,
      depthwise: true,
    }),
  );
  const residual = stride === 1 && before === channels;
  const projected = biasedConvolution(scope.child('project'), filtered, {
    channels,
    kernel: 1,
    output: residual ? undefined : name,
  });
  return residual ? x.graph.add('Add', [x, projected], {}, { name })[0]! : projected;
}
