import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shape, statements } from "./testing/texts.ts";

const name = (text: string) => ({ kind: "name", name: text });
const integer = (value: number) => ({ kind: "integer", value });

describe("parse: statements", () => {
  const cases: readonly { readonly text: string; readonly expected: readonly unknown[]; readonly why: string }[] = [
    {
      text: "a++;",
      expected: [{ kind: "assign", target: name("a"), operator: "+", value: integer(1) }],
      why: "x++ is x += 1",
    },
    {
      text: "--b;",
      expected: [{ kind: "assign", target: name("b"), operator: "-", value: integer(1) }],
      why: "--x is x -= 1",
    },
    {
      text: "a >>>= 3;",
      expected: [{ kind: "assign", target: name("a"), operator: ">>>", value: integer(3) }],
      why: "compound assignments keep their operator",
    },
    {
      text: "let x: u8 = 1, y = 2;",
      expected: [
        {
          kind: "declare",
          mutable: true,
          name: "x",
          type: { name: "u8", args: [], nullable: false },
          value: integer(1),
        },
        { kind: "declare", mutable: true, name: "y", type: null, value: integer(2) },
      ],
      why: "a declaration of two variables is two statements",
    },
    {
      text: "while (true) { break; }",
      expected: [{ kind: "for", init: [], test: null, update: [], body: [{ kind: "break" }] }],
      why: "while (true) is for (;;)",
    },
    {
      text: "if (a) return 1; else { ; }",
      expected: [{ kind: "if", test: name("a"), whenTrue: [{ kind: "return", value: integer(1) }], whenFalse: [] }],
      why: "branches are lists, with or without braces",
    },
    {
      text: "a = (b as const);",
      expected: [{ kind: "assign", target: name("a"), operator: null, value: name("b") }],
      why: "as const and parentheses leave no trace",
    },
    {
      text: "switch (a) { case 1: case 2: b = 1; break; case 3: { b = 2; break; } default: b = 3; }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            {
              tests: [integer(1), integer(2)],
              isDefault: false,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(1) }],
            },
            {
              tests: [integer(3)],
              isDefault: false,
              body: [
                { kind: "block", body: [{ kind: "assign", target: name("b"), operator: null, value: integer(2) }] },
              ],
            },
            {
              tests: [],
              isDefault: true,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(3) }],
            },
          ],
        },
      ],
      why: "cases that share a body are one case, and the final break is dropped",
    },
    {
      text: "switch (a) { case 1: default: return 1; case 2: }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            { tests: [integer(1)], isDefault: true, body: [{ kind: "return", value: integer(1) }] },
            { tests: [integer(2)], isDefault: false, body: [] },
          ],
        },
      ],
      why: "a default may share its body, and the last case may be empty",
    },
    {
      text: "switch (a) { case 1: if (b) break; else return 1; case 2: b = 1; }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            {
              tests: [integer(1)],
              isDefault: false,
              body: [
                {
                  kind: "if",
                  test: name("b"),
                  whenTrue: [{ kind: "break" }],
                  whenFalse: [{ kind: "return", value: integer(1) }],
                },
              ],
            },
            {
              tests: [integer(2)],
              isDefault: false,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(1) }],
            },
          ],
        },
      ],
      why: "a body may end inside both branches of an if",
    },
  ];
  for (const { text, expected, why } of cases) {
    it(`${text} (${why})`, () => assert.deepEqual(shape(statements(text)), expected));
  }
});
