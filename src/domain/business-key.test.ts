import fc from "fast-check";
import { expect, test } from "vitest";
import { businessKey, netstring, netstrings, shortKey } from "./business-key.ts";

test("the storage design's vector gives its key, whole and shortened", () => {
  const interactionId = netstrings(["AA0101", "33116"]);
  expect(interactionId).toBe("6:AA0101,5:33116,");
  const key = businessKey("interaction", "csv:technion", interactionId, "", "0");
  expect(key).toBe("95d076b34ab2e862d1c9f71dc93370b0816e382deb96f59085b4300a17768b89");
  expect(shortKey(key)).toBe("95d076b3-4ab2-e862-d1c9-f71dc93370b0");
});

test("[G8] [T11] parts that contain the separator do not collide", () => {
  expect(businessKey("award", "gami", "a:b", "c")).not.toBe(businessKey("award", "gami", "a", "b:c"));
});

test("[T1] [T11] different part lists never give the same encoding", () => {
  const parts = fc.array(fc.string({ unit: "binary", maxLength: 8 }), { maxLength: 5 });
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const equal = left.length === right.length && left.every((part, index) => part === right[index]);
      expect(netstrings(left) === netstrings(right)).toBe(equal);
    }),
  );
});

test("lengths are counted in UTF-8 bytes", () => {
  expect(netstring("é")).toBe("2:é,");
});
