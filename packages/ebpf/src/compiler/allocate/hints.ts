/**
 * Which register a value would best be in: the one its reader or its writer has fixed, or the one of a value it replaces.
 *
 * Hints save moves and nothing else; the scan takes any register it likes.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineFunction, MachineInstruction, MachinePhi, Operand, VirtualRegister } from "../machine/machine.ts";
import { IntVector } from "./int-vector.ts";
import { NONE } from "./interval-table.ts";
import { type LegalCode, mayExchange } from "./legalise.ts";
import { type LiveIntervals, STEP } from "./live-intervals.ts";

export interface Hints {
  /** The register in which the value's last reader wants it (argument, result, phi of such); NONE without one. */
  readonly wanted: IntVector;
  /** The register in which the value comes into being (parameter, result of a call); NONE without one. */
  readonly given: IntVector;
  /** The virtual register whose place the result takes in two-address form; NONE without one. */
  readonly replaces: IntVector;
  /** The result or phi that takes the register's place where it dies; NONE without one. */
  readonly becomes: IntVector;
  /** A number shared by the phis that pass a value on to each other, and by their sources. */
  readonly web: IntVector;
}

export function findHints(fn: MachineFunction, flow: Flow, code: LegalCode, live: LiveIntervals): Hints {
  const finder = new HintFinder(code, live);
  fn.params.forEach((param, index) => {
    if (param !== null) finder.given.set(param, index + 1);
  });
  code.blocks.forEach((block) => {
    for (const phi of block.phis) finder.joinPhi(phi);
  });
  // Backwards, so that a reader's wish reaches the operations that compute its operand.
  for (let number = flow.blocks.length - 1; number >= 0; number--) finder.block(number);
  const { wanted, given, replaces, becomes } = finder;
  return { wanted, given, replaces, becomes, web: finder.webs() };
}

class HintFinder {
  readonly wanted: IntVector;
  readonly given: IntVector;
  readonly replaces: IntVector;
  readonly becomes: IntVector;
  readonly #parent: IntVector;
  readonly #code: LegalCode;
  readonly #live: LiveIntervals;

  constructor(code: LegalCode, live: LiveIntervals) {
    this.#code = code;
    this.#live = live;
    this.wanted = new IntVector(code.registerCount, NONE);
    this.given = new IntVector(code.registerCount, NONE);
    this.replaces = new IntVector(code.registerCount, NONE);
    this.becomes = new IntVector(code.registerCount, NONE);
    this.#parent = new IntVector();
    for (let register = 0; register < code.registerCount; register++) this.#parent.push(register);
  }

  joinPhi(phi: MachinePhi): void {
    for (const source of phi.sources.values()) {
      if (source.kind !== "register") continue;
      this.#parent.set(this.#rootOf(source.register), this.#rootOf(phi.dst));
      this.becomes.set(source.register, phi.dst);
    }
  }

  block(number: number): void {
    const block = item(this.#code.blocks, number);
    const start = this.#live.blockStart.get(number);
    const endPosition = start + STEP * (block.body.length + 1);
    if (block.end.op === "return" && block.end.value !== null) this.#want(block.end.value, 0, endPosition);
    for (let index = block.body.length - 1; index >= 0; index--) {
      this.#instruction(item(block.body, index).code, start + STEP * (index + 1));
    }
    for (const phi of block.phis) {
      const register = this.wanted.get(phi.dst);
      if (register === NONE) continue;
      for (const source of phi.sources.values()) {
        if (source.kind === "register" && this.wanted.get(source.register) === NONE) {
          this.wanted.set(source.register, register);
        }
      }
    }
  }

  webs(): IntVector {
    const webs = new IntVector();
    for (let register = 0; register < this.#code.registerCount; register++) webs.push(this.#rootOf(register));
    return webs;
  }

  #instruction(code: MachineInstruction, position: number): void {
    switch (code.op) {
      case "alu":
        if (mayExchange(code)) this.#twoAddress(code.dst, code.right, position);
        this.#twoAddress(code.dst, code.left, position);
        return;
      case "unary":
        this.#twoAddress(code.dst, code.src, position);
        return;
      case "atomic":
        if (code.expected !== null) {
          this.#want(code.expected, 0, position);
          if (code.dst !== null) this.given.set(code.dst, 0);
        } else if (code.dst !== null) {
          this.#twoAddress(code.dst, code.src, position);
        }
        return;
      case "call":
        code.args.forEach((arg, index) => {
          this.#want(arg, index + 1, position);
        });
        if (code.dst !== null) this.given.set(code.dst, 0);
        return;
      default:
        return;
    }
  }

  #twoAddress(dst: VirtualRegister, src: Operand, position: number): void {
    if (src.kind !== "register") return;
    if (this.#live.lastUse.get(src.register) !== position) return;
    this.replaces.set(dst, src.register);
    this.becomes.set(src.register, dst);
    if (this.wanted.get(dst) !== NONE) this.#want(src, this.wanted.get(dst), position);
  }

  /** A wish counts where the value dies: if it lives on, it needs a register of its own anyway. */
  #want(operand: Operand, register: number, position: number): void {
    if (operand.kind !== "register" || this.#live.lastUse.get(operand.register) !== position) return;
    if (this.wanted.get(operand.register) === NONE) this.wanted.set(operand.register, register);
  }

  #rootOf(register: number): number {
    let root = register;
    while (this.#parent.get(root) !== root) {
      this.#parent.set(root, this.#parent.get(this.#parent.get(root)));
      root = this.#parent.get(root);
    }
    return root;
  }
}
