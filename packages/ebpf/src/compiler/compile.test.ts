/** The whole compiler over the catalogue of rules. */

import { compile } from "./index.ts";
import { checkCatalogue } from "./rules/check-catalogue.ts";

checkCatalogue((entry, readSource) => compile(entry, { readSource }), ["E1", "E2", "E3", "E4", "E5", "E6"]);
