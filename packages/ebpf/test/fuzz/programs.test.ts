import { test } from "node:test";
import { assertProgramsAgree, PROGRAMS } from "./random-programs.ts";

test(`${PROGRAMS} random programs mean the same in V8 and compiled, packet by packet`, () =>
  assertProgramsAgree({ twin: true, interpreter: true, kernel: false }));
