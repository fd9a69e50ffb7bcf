import { resolve } from "../resolve/resolve.ts";
import { checkCatalogue } from "./check-catalogue.ts";

// The front of the compiler: parsing and resolution. What later phases refuse must pass here.
checkCatalogue(resolve, ["E1", "E2"]);
