/**
 * The flow index: from the hash of a flow, in either direction, to the number of its connection.
 *
 * A bucket is one cache line of eight places. A place is a tag and a connection's number:
 *
 *     | tag0 tag1 tag2 tag3 tag4 tag5 tag6 tag7 | number0 … number7 |
 *
 * A flow lives in one of two buckets. There are no chains and no locks: a place is taken by exchanging its number 0 for the new one, and
 * only then gets its tag, so that whoever sees a tag sees a connection that is complete.
 */
import { array, atomicCompareExchange, noinline, struct, u32 } from "@weir/ebpf";
import { otherBucket } from "./flow-hash.ts";

export const Bucket = struct({
  size: 64,
  fields: {
    tag0: u32,
    tag1: u32,
    tag2: u32,
    tag3: u32,
    tag4: u32,
    tag5: u32,
    tag6: u32,
    tag7: u32,
    number0: u32,
    number1: u32,
    number2: u32,
    number3: u32,
    number4: u32,
    number5: u32,
    number6: u32,
    number7: u32,
  },
});

export const flowIndex = array("flow_index", { value: Bucket, maxEntries: 1 << 15 });

/** The first connection with this tag in the bucket, or 0. */
export function findInBucket(bucket: u32, tag: u32): u32 {
  const b = flowIndex.lookup(bucket);
  if (b === null) return 0;
  if (b.tag0 === tag) return b.number0;
  if (b.tag1 === tag) return b.number1;
  if (b.tag2 === tag) return b.number2;
  if (b.tag3 === tag) return b.number3;
  if (b.tag4 === tag) return b.number4;
  if (b.tag5 === tag) return b.number5;
  if (b.tag6 === tag) return b.number6;
  if (b.tag7 === tag) return b.number7;
  return 0;
}

/** Puts a connection's number under a tag, in the flow's first bucket or else its other one. False when both are full. */
export const enterIndex = noinline((bucket: u32, tag: u32, number: u32): boolean => {
  return takePlace(bucket, tag, number) || takePlace(otherBucket(bucket, tag), tag, number);
});

function takePlace(bucket: u32, tag: u32, number: u32): boolean {
  const b = flowIndex.lookup(bucket);
  if (b === null) return false;
  if (b.number0 === 0 && atomicCompareExchange(b, "number0", 0, number) === 0) b.tag0 = tag;
  else if (b.number1 === 0 && atomicCompareExchange(b, "number1", 0, number) === 0) b.tag1 = tag;
  else if (b.number2 === 0 && atomicCompareExchange(b, "number2", 0, number) === 0) b.tag2 = tag;
  else if (b.number3 === 0 && atomicCompareExchange(b, "number3", 0, number) === 0) b.tag3 = tag;
  else if (b.number4 === 0 && atomicCompareExchange(b, "number4", 0, number) === 0) b.tag4 = tag;
  else if (b.number5 === 0 && atomicCompareExchange(b, "number5", 0, number) === 0) b.tag5 = tag;
  else if (b.number6 === 0 && atomicCompareExchange(b, "number6", 0, number) === 0) b.tag6 = tag;
  else if (b.number7 === 0 && atomicCompareExchange(b, "number7", 0, number) === 0) b.tag7 = tag;
  else return false;
  return true;
}

/** Takes a connection's number out again, from whichever of the two buckets it is in. */
export const leaveIndex = noinline((bucket: u32, tag: u32, number: u32): boolean => {
  return freePlace(bucket, number) || freePlace(otherBucket(bucket, tag), number);
});

/** The tag goes first: a place without a tag is found by nobody, and one without a number may be taken. */
function freePlace(bucket: u32, number: u32): boolean {
  const b = flowIndex.lookup(bucket);
  if (b === null) return false;
  if (b.number0 === number) {
    b.tag0 = 0;
    b.number0 = 0;
  } else if (b.number1 === number) {
    b.tag1 = 0;
    b.number1 = 0;
  } else if (b.number2 === number) {
    b.tag2 = 0;
    b.number2 = 0;
  } else if (b.number3 === number) {
    b.tag3 = 0;
    b.number3 = 0;
  } else if (b.number4 === number) {
    b.tag4 = 0;
    b.number4 = 0;
  } else if (b.number5 === number) {
    b.tag5 = 0;
    b.number5 = 0;
  } else if (b.number6 === number) {
    b.tag6 = 0;
    b.number6 = 0;
  } else if (b.number7 === number) {
    b.tag7 = 0;
    b.number7 = 0;
  } else return false;
  return true;
}
