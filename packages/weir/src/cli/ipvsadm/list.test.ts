import assert from "node:assert/strict";
import { it } from "node:test";
import { listServices } from "./list.ts";

it("lists services and real servers in the columns of ipvsadm 1.31", () => {
  const listing = listServices(
    [
      {
        protocol: "tcp",
        address: "10.0.0.1",
        port: 80,
        scheduler: "rr",
        realServers: [
          { address: "192.168.10.1", port: 8081, method: "masquerading", weight: 1 },
          { address: "2001:db8::a0", port: 80, method: "direct-routing", weight: 10 },
        ],
      },
    ],
    4096,
    ({ port }, { address }) => ({ active: port, inactive: address.length }),
  );
  assert.equal(
    listing,
    `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.1:80 rr
  -> 192.168.10.1:8081            Masq    1      80         12        
  -> [2001:db8::a0]:80            Route   10     80         12        
`,
  );
});
