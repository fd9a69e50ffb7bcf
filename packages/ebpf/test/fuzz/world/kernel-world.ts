/**
 * The compiled instructions in the kernel, by BPF_PROG_TEST_RUN.
 */
import { spawnSync } from "node:child_process";
import { btfLoad, programTestRun } from "@weir/linux";
import type { Compiled } from "../../../src/compiler/index.ts";
import { type KernelMap, roundUp } from "../../../src/loader/kernel-map.ts";
import { isLoaderError } from "../../../src/loader/loader-error.ts";
import { createMap } from "../../../src/loader/map-create.ts";
import { possibleCpus } from "../../../src/loader/possible-cpus.ts";
import { type KernelProgram, loadProgram } from "../../../src/loader/program.ts";
import type { MapSpec } from "../../../src/object/index.ts";
import { outerKeys } from "./tables.ts";
import { type Contents, entryLine, type Fill, hex, type Outcome, type Runnable, type World } from "./world.ts";

/** Bytes of struct __sk_buff. */
const SKB_BYTES = 192;
const MARK = 8;
const PRIORITY = 32;

export interface KernelWorld extends World, Disposable {
  /** Verified instructions, as the verifier counts them. */
  readonly verified: number;
}

/** Keeps this thread on one CPU, so that per-CPU maps have one value that counts. Gives the CPU. */
function stayOnOneCpu(): number {
  if (possibleCpus() === 1) return 0;
  if (ownCpu !== undefined) return ownCpu;
  const cpu = process.pid % possibleCpus();
  const { status, stderr } = spawnSync("taskset", ["-p", "-c", String(cpu), String(process.pid)], { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`Cannot stay on CPU ${cpu}: taskset failed (${stderr?.trim()}). Install the package util-linux.`);
  }
  ownCpu = cpu;
  return cpu;
}

let ownCpu: number | undefined;

/** @throws VerifierError when the verifier refuses the program */
export function kernelWorld(compiled: Compiled, { kind }: Runnable, fills: readonly Fill[]): KernelWorld {
  const cpu = stayOnOneCpu();
  const owned: { close(): void }[] = [];
  const own = <T extends { close(): void }>(resource: T): T => {
    owned.push(resource);
    return resource;
  };
  const closeAll = (): void => {
    for (const resource of owned) resource.close();
  };
  try {
    const btf = own(btfLoad(compiled.btf));
    const create = (spec: MapSpec): KernelMap => own(createMap(spec, btf));
    const maps = new Map(compiled.maps.map((spec) => [spec.name, create(spec)]));
    const inner = fills.flatMap((fill) => fillEntry(maps.get(fill.map), fill, create));
    const [spec] = compiled.programs;
    if (spec === undefined) throw new Error("There is no program to load.");
    const descriptors = new Map([...maps].map(([name, map]) => [name, map.fd.number]));
    // The shortest log has the verifier's reason too; without one, a refusal would be asked for again with a long log.
    const context = { maps: descriptors, btf, strings: compiled.strings, logLevel: "stats" } as const;
    const program = own(loadProgram(spec, context));
    return {
      verified: program.info.verifiedInstructions,
      run: (input) => runOn(kind, program, input),
      contents: () => contentsOf(compiled, maps, inner, cpu),
      [Symbol.dispose]: closeAll,
    };
  } catch (error) {
    closeAll();
    throw error;
  }
}

/** Gives the inner map if one was made. */
function fillEntry(
  map: KernelMap | undefined,
  { key, value }: Fill,
  create: (spec: MapSpec) => KernelMap,
): readonly KernelMap[] {
  if (map === undefined) return [];
  if (value !== null) {
    updateUnlessFull(map, key, map.isPerCpu ? everyCpu(value) : value);
    return [];
  }
  const pattern = map.spec?.inner;
  if (pattern === undefined || pattern === null) return [];
  const inner = create(pattern);
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, inner.fd.number, true);
  updateUnlessFull(map, key, number);
  return [inner];
}

/** A map that is full stays as it is, as the twin's does. */
function updateUnlessFull(map: KernelMap, key: Uint8Array, value: Uint8Array): void {
  try {
    map.update(key, value);
  } catch (error) {
    if (!isLoaderError(error, "map-full", "index-outside-map")) throw error;
  }
}

function everyCpu(value: Uint8Array): Uint8Array {
  const slot = roundUp(value.length);
  const bytes = new Uint8Array(slot * possibleCpus());
  for (let at = 0; at < bytes.length; at += slot) bytes.set(value, at);
  return bytes;
}

function runOn(kind: Runnable["kind"], { fd }: KernelProgram, input: Uint8Array): Outcome {
  switch (kind) {
    case "Xdp": {
      const { returnValue, data } = programTestRun(fd, { data: input, dataOutSize: 4096 });
      return { verdict: returnValue >>> 0, bytes: hex(data) };
    }
    case "Skb": {
      const context = new Uint8Array(SKB_BYTES);
      const result = programTestRun(fd, { data: input, dataOutSize: 4096, context });
      const view = new DataView(result.context.buffer, result.context.byteOffset);
      const [mark, priority] = [view.getUint32(MARK, true), view.getUint32(PRIORITY, true)];
      return { verdict: result.returnValue >>> 0, bytes: hex(result.data), mark, priority };
    }
    case "Syscall": {
      const { returnValue, context } = programTestRun(fd, { context: input });
      return { verdict: returnValue >>> 0, bytes: hex(context) };
    }
  }
}

function contentsOf(
  { declarations }: Compiled,
  maps: ReadonlyMap<string, KernelMap>,
  inner: readonly KernelMap[],
  cpu: number,
): Contents {
  return new Map(
    declarations.map(({ name, kind }) => {
      const map = maps.get(name);
      if (map === undefined) throw new Error(`Map ${name} was not created.`);
      if (kind === "queue" || kind === "stack") return [name, takeAll(map)];
      if (kind === "arrayOfMaps" || kind === "hashOfMaps") return [name, listInner(map, inner, cpu)];
      return [name, list(map, cpu)];
    }),
  );
}

function list(map: KernelMap, cpu: number): readonly string[] {
  const { valueSize } = map.info;
  const start = map.isPerCpu ? cpu * roundUp(valueSize) : 0;
  const lines: string[] = [];
  for (const [key, value] of map.entries()) lines.push(entryLine(key, value.subarray(start, start + valueSize)));
  return lines.sort();
}

function takeAll(map: KernelMap): readonly string[] {
  const lines: string[] = [];
  for (;;) {
    const value = map.take(new Uint8Array(0));
    if (value === undefined) return lines;
    lines.push(hex(value));
  }
}

/** System calls see an inner map's id in the place of its descriptor. */
function listInner(outer: KernelMap, inner: readonly KernelMap[], cpu: number): readonly string[] {
  const lines: string[] = [];
  for (const key of outerKeys(outer.info.keySize)) {
    const value = outer.lookup(key);
    const id = value === undefined ? 0 : new DataView(value.buffer, value.byteOffset).getUint32(0, true);
    const found = inner.find((map) => map.info.id === id);
    if (found !== undefined) lines.push(...list(found, cpu).map((line) => `${hex(key)}: ${line}`));
  }
  return lines;
}
