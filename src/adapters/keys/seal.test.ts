import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sealWith } from "./seal.ts";

test("what was sealed opens again at its place", () => {
  const seal = sealWith(randomBytes(32));
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (plain, place) => {
      expect(seal.open(seal.close(plain, place), place)).toBe(plain);
    }),
  );
});

test("it opens at no other place, under no other key, and not after a change", () => {
  const seal = sealWith(randomBytes(32));
  const sealed = seal.close("secret", "genesys");
  expect(seal.open(sealed, "cxone")).toBeNull();
  expect(sealWith(randomBytes(32)).open(sealed, "genesys")).toBeNull();
  expect(seal.open(`${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`, "genesys")).toBeNull();
  expect(seal.open("nonsense", "genesys")).toBeNull();
});

test("the same secret never looks the same twice", () => {
  const seal = sealWith(randomBytes(32));
  expect(seal.close("secret", "genesys")).not.toBe(seal.close("secret", "genesys"));
});
