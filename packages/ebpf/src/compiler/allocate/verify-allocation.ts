/** placeholder */
import type { AllocatedFunction } from "./allocated.ts";

export function verifyAllocation(_fn: AllocatedFunction): void {}
