/**
 * `npm run demo`: the walk-through on this machine, step by step.
 */
import { walkThrough } from "../lab/walk-through.ts";
import { listServices } from "./ipvsadm/list.ts";

const CONNECTION_TABLE_SIZE = 1 << 17;

const tell = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const { services, loads } = await walkThrough(4, tell);
tell("ipvsadm -L -n");
tell(
  listServices(services, CONNECTION_TABLE_SIZE, (_, { address }) => loads.get(address) ?? { active: 0, inactive: 0 }),
);
