/**
 * A program as long as wanted, made of copies of `lb.ts`: its declarations and functions in their natural proportion.
 *
 * Each copy has its own maps and constants. The one exported program asks one after the other, so that all of them are inlined
 * into it, as all of a large data path would be.
 */

/** @param source the text of lb.ts  @param lines as near as whole copies come */
export function longProgram(source: string, lines: number): string {
  const start = source.indexOf("import ");
  const bodyStart = source.indexOf("\nconst ");
  const imports = source.slice(start, bodyStart);
  const body = source.slice(bodyStart).replaceAll("export ", "");
  const count = Math.round(lines / body.split("\n").length);
  const copies = Array.from({ length: count }, (_, i) => copy(body, i));
  return `${imports}${copies.join("")}${entry(count)}`;
}

/** Every name that the body declares gets a number, and so do the names of maps. */
function copy(body: string, number: number): string {
  const declared = [...body.matchAll(/^(?:const|function) (\w+)/gm)].map(([, name]) => name);
  const names = new RegExp(`(?<![.\\w])(${declared.join("|")})(?![\\w:])`, "g");
  return body.replace(names, `$1${number}`).replace(/(hash|array|percpuArray)\("(\w+)"/gi, `$1("$2${number}"`);
}

function entry(count: number): string {
  const asks = Array.from(
    { length: count },
    (_, i) => `  const verdict${i} = lb${i}(ctx);\n  if (verdict${i} !== XDP_PASS) return verdict${i};\n`,
  );
  return `\nexport function main(ctx: Xdp): number {\n${asks.join("")}  return XDP_PASS;\n}\n`;
}
