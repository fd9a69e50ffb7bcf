import { rootTest } from "@weir/linux/testing";
import { assertProgramsAgree, PROGRAMS } from "./random-programs.ts";

rootTest(`${PROGRAMS} random programs mean the same in V8 and in the kernel, packet by packet`, () =>
  assertProgramsAgree({ twin: true, interpreter: false, kernel: true }),
);
