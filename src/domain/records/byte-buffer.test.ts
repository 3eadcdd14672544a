import fc from "fast-check";
import { expect, test } from "vitest";
import { createByteBuffer } from "./byte-buffer.ts";

test("an instant is written as Date writes it", () => {
  const buffer = createByteBuffer(4);
  fc.assert(
    fc.property(fc.integer({ min: -2_208_988_800_000, max: 253_370_764_799_999 }), (instant) => {
      buffer.clear();
      buffer.putInstant(instant);
      expect(buffer.bytes().toString()).toBe(new Date(instant).toISOString());
    }),
    { numRuns: 500 },
  );
});

test("a whole number is written with its digits and no others", () => {
  const buffer = createByteBuffer(4);
  const edges = [0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 2 ** 31 - 1, 2 ** 31, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger(), fc.nat()), (value) => {
      buffer.clear();
      buffer.putInteger(value);
      expect(buffer.bytes().toString()).toBe(String(value));
    }),
    { numRuns: 500 },
  );
});

test("any text comes out as its UTF-8 bytes, however small the buffer was", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 100 })), (texts) => {
      const buffer = createByteBuffer(1);
      for (const text of texts) buffer.putText(text);
      expect(buffer.bytes()).toEqual(Buffer.from(texts.join("")));
    }),
  );
});

test("a plain text is put whole, one with a control character not at all", () => {
  const buffer = createByteBuffer(1);
  expect(buffer.putPlain("häkeln 🦄")).toBe(true);
  expect(buffer.putPlain("a\tb")).toBe(false);
  expect(buffer.putPlain("ä\u0000")).toBe(false);
  expect(buffer.bytes().toString()).toBe("häkeln 🦄");
});
