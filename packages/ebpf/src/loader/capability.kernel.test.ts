/** What a person is told who may not do what they try. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { leavingNoTrace } from "./testing/traces.ts";
import { lacksSetpriv, withoutCapabilities } from "./testing/without-capabilities.ts";

rootTest(
  "loading without the capabilities names them, and leaves nothing behind",
  () =>
    leavingNoTrace(() => {
      const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
      const told = withoutCapabilities(`
      import { readdirSync } from "node:fs";
      import { load } from ${url("./collection.ts")};
      import { compileTraffic } from ${url("./testing/compile-traffic.ts")};
      const spec = compileTraffic("count");
      const attempt = () => {
        try {
          load(spec);
        } catch (error) {
          return error;
        }
      };
      attempt(); // opens what is opened once for good
      const before = readdirSync("/proc/self/fd").length;
      const { name, code, message } = attempt();
      console.log(JSON.stringify({ name, code, message, leaked: readdirSync("/proc/self/fd").length - before }));`);
      assert.ok(typeof told === "object" && told !== null && "message" in told);
      assert.match(
        String(told.message),
        /^Cannot load \d+ bytes of BTF: this process lacks CAP_BPF and CAP_NET_ADMIN \(EPERM\)\. Run it as root, or grant CAP_BPF and CAP_NET_ADMIN: /,
      );
      assert.deepEqual(
        { ...told, message: "" },
        { name: "LoaderError", code: "capability-missing", message: "", leaked: 0 },
      );
    }),
  lacksSetpriv,
);
