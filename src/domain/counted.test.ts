import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test("one of a thing is one thing, any other number many", () => {
  expect([0, 1, 2].map((count) => counted(count, "award"))).toEqual(["0 awards", "1 award", "2 awards"]);
  expect(counted(1, "batch", "batches")).toBe("1 batch");
  expect(counted(7, "batch", "batches")).toBe("7 batches");
});
