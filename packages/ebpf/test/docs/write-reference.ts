/** `npm run reference -w @weir/ebpf`: writes docs/reference.md and docs/rules.md anew. */
import { writeFileSync } from "node:fs";
import { referencePage } from "./reference-page.ts";
import { rulesPage } from "./rules-page.ts";

const docs = new URL("../../docs/", import.meta.url);
writeFileSync(new URL("reference.md", docs), referencePage());
writeFileSync(new URL("rules.md", docs), rulesPage());
