/** Finds the cycles of a graph, as its strongly connected components (Tarjan 1972). */
import type { Graph } from "./graph.ts";

/** @returns the groups of files each of which leads to all others of its group; files that import themselves, too */
export function findKnots(graph: Graph): readonly (readonly string[])[] {
  const knots: (readonly string[])[] = [];
  const open: string[] = []; //                    visited, and not yet known to which group they belong
  const order = new Map<string, number>(); //      when each file was first visited
  const lowest = new Map<string, number>(); //     the earliest open file that each one leads to

  const visit = (path: string): void => {
    order.set(path, order.size);
    lowest.set(path, order.get(path) ?? 0);
    open.push(path);
    const lower = (to = Number.POSITIVE_INFINITY) => lowest.set(path, Math.min(lowest.get(path) ?? to, to));
    const targets = (graph.get(path)?.imports ?? []).filter((target) => graph.has(target));
    for (const target of targets) {
      if (!order.has(target)) {
        visit(target);
        lower(lowest.get(target));
      } else if (open.includes(target)) {
        lower(order.get(target));
      }
    }
    if (lowest.get(path) !== order.get(path)) return;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1 || targets.includes(path)) knots.push(group);
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return knots;
}
