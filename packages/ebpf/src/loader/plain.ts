/**
 * Plain values: what the typed maps give and take in place of bytes. A layout is an object of its fields, `{ packets: 3n }`,
 * a `u64` a bigint, `bytes(6)` a Uint8Array, any other vector an array.
 */
import type { IntegerKind } from "../language/integer.ts";
import type { VectorKind } from "../language/kind.ts";
import type { AnyLayout } from "../language/layout.ts";

/** What reading a key or value of this kind gives. */
export type Plain<K> =
  K extends IntegerKind<64>
    ? bigint
    : K extends IntegerKind
      ? number
      : K extends VectorKind<infer Element>
        ? Element extends IntegerKind<8, false>
          ? Uint8Array
          : readonly Plain<Element>[]
        : K extends AnyLayout
          ? { readonly [Name in keyof K["declared"]]: Plain<K["declared"][Name]> }
          : never;

/** What writing takes: fields that are not named are zero, and a vector may be any list of the right length. */
export type PlainInit<K> =
  K extends IntegerKind<64>
    ? bigint
    : K extends IntegerKind
      ? number
      : K extends VectorKind<infer Element>
        ? ArrayLike<PlainInit<Element>>
        : K extends AnyLayout
          ? { readonly [Name in keyof K["declared"]]?: PlainInit<K["declared"][Name]> }
          : never;
