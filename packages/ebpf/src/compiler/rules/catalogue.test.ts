import { parse } from "../parse/parse.ts";
import { checkCatalogue } from "./check-catalogue.ts";

checkCatalogue(
  (entry, readSource) => {
    for (const path of [entry, "limit.ts"]) {
      const text = readSource(path);
      if (text !== undefined) parse({ path, text });
    }
  },
  ["E1"],
);
