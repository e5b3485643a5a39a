/** @module An emitted model and named tensors -> the tensors that onnxruntime computes from them. */
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { onesheetError } from '../errors.ts';
import type { Device, DeviceChoice } from './device/device.ts';
import { type Placement, Profile } from './device/placement.ts';
import { loadOnnxruntime, type Onnxruntime } from './engine.ts';
import { reasonOfRuntime } from './reason.ts';
import type { DataType, Tensor, TypedArray } from './tensor.ts';

type ExecutionProvider = InferenceSession.ExecutionProviderConfig;

export interface SessionOptions {
  /** Threads inside an operator. Results are bit-identical only for one and the same count. @default all there are */
  readonly threads?: number;
  /**
   * Threads that wait for work keep a core busy instead of sleeping: an eighth faster for one picture alone, slower
   * when others need the cores, such as decoders.
   *
   * @default true
   */
  readonly spinning?: boolean;
  /** Where it is computed; what the device cannot do, the CPU does. `findDevice` says which are here. @default 'cpu' */
  readonly device?: Device;
  /** Names of nodes that stay on the CPU. @default those that the device leaves to it */
  readonly onCpu?: readonly string[];
  /** Is told after the first run which operators ran where. */
  readonly onPlacement?: (placement: Placement) => void;
  /** Writes a profile of every operator to files with this prefix. */
  readonly profilePrefix?: string;
}

/** What the machine, or what this process may use of it, computes with at a time. */
export const availableThreads = Math.min(256, availableParallelism());

/** Session options of who has not looked yet which devices are here. */
export interface ComputeOptions extends Omit<SessionOptions, 'device' | 'onCpu'> {
  /** `auto` takes the fastest that computes rightly. @default 'cpu' */
  readonly device?: DeviceChoice;
}

/** The device as onnxruntime takes it; what it cannot do falls to the CPU by itself. */
function providerOf(device: Device, onCpu: readonly string[] = []): ExecutionProvider {
  return device === 'webgpu' && onCpu.length > 0 ? { name: device, forceCpuNodeNames: onCpu } : device;
}

/** A model ready to run. `run` blocks the calling thread for the length of the computation. */
export class Session {
  readonly #Tensor: Onnxruntime['Tensor'];
  readonly #session: InferenceSession;
  /** Told after the next run. */
  #observed: (() => Promise<void>) | undefined;

  private constructor({ Tensor }: Onnxruntime, session: InferenceSession, observed?: () => Promise<void>) {
    this.#Tensor = Tensor;
    this.#session = session;
    this.#observed = observed;
  }

  /** @throws {OnesheetError} MODEL_UNUSABLE with onnxruntime's reason, ENGINE_MISSING when there is no onnxruntime */
  static async create(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const { threads = availableThreads, device = 'cpu', onPlacement } = options;
    const ort = await loadOnnxruntime(threads);
    const profile = onPlacement && (await Profile.begin());
    const profilePrefix = profile?.prefix ?? options.profilePrefix;
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [providerOf(device, options.onCpu)],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        // Planning for one batch size ahead costs memory and two slow runs, and makes the others no faster.
        enableMemPattern: false,
        extra: { session: { intra_op: { allow_spinning: (options.spinning ?? true) ? '1' : '0' } } },
        // Errors are thrown, so that printing them too would say everything twice.
        logSeverityLevel: 4,
        ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
      });
      if (profile === undefined) return new Session(ort, session);
      return new Session(ort, session, async () => {
        session.endProfiling();
        onPlacement?.(await profile.read(device));
      });
    } catch (error) {
      await profile?.discard();
      throw onesheetError('MODEL_UNUSABLE', reasonOfRuntime((error as Error).message));
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /**
   * Runs the model; `outputs` limits what is computed and returned.
   *
   * @throws {OnesheetError} MODEL_UNUSABLE with onnxruntime's reason, such as memory that there is not
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      inputs[name] = new this.#Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.shape);
    }
    const results = await this.#session
      .run(inputs, outputs ?? this.#session.outputNames)
      .catch((error: Error) => {
        throw onesheetError('MODEL_UNUSABLE', reasonOfRuntime(error.message));
      });
    const observed = this.#observed;
    this.#observed = undefined;
    await observed?.();
    const tensors: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      tensors[name] = {
        dtype: result.type as DataType,
        shape: result.dims,
        data: result.data as unknown as TypedArray,
      };
    }
    return tensors;
  }

  /** Ends profiling, if it was asked for, and writes the profile. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
