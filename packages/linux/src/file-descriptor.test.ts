import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./syscall/libc.ts";
import { isSystemError } from "./system-error.ts";

const O_RDONLY = 0;
const isOpen = (number: number) => existsSync(`/proc/self/fd/${number}`);
const openNull = () => new FileDescriptor(libc().open("/dev/null", O_RDONLY, 0), "null device");

describe("FileDescriptor", () => {
  it("closes the number it owns", () => {
    const file = openNull();
    const { number } = file;
    assert.equal(isOpen(number), true);
    file.close();
    assert.equal(isOpen(number), false);
    assert.equal(file.isOpen, false);
  });

  it("does not close a number twice, because somebody else may have it by then", () => {
    const first = openNull();
    const { number } = first;
    first.close();
    const second = openNull();
    assert.equal(second.number, number, "the kernel hands out the lowest free number");
    first.close();
    assert.equal(isOpen(number), true);
    second.close();
  });

  it("refuses use after close", () => {
    const file = openNull();
    file.close();
    assert.throws(
      () => file.number,
      (error) => isSystemError(error, "EBADF") && error.message.includes("null device"),
    );
  });

  it("duplicates into a descriptor that is closed on its own", () => {
    const file = openNull();
    const copy = file.duplicate();
    file.close();
    assert.equal(isOpen(copy.number), true);
    copy.close();
  });

  it("calls back before it closes, unless the callback was withdrawn", () => {
    const file = openNull();
    const { number } = file;
    const seen: string[] = [];
    file.beforeClose(() => seen.push(`kept, open=${isOpen(number)}`));
    file.beforeClose(() => seen.push("withdrawn"))();
    file.close();
    assert.deepEqual(seen, ["kept, open=true"]);
  });

  it("refuses what is not a descriptor", () => {
    assert.throws(() => new FileDescriptor(-1, "nothing"), RangeError);
    assert.throws(() => new FileDescriptor(1.5, "nothing"), RangeError);
  });
});
