import { expect, test } from "vitest";
import { fieldText } from "./agent-field.ts";

const textOf = (name: string) => {
  const flair = { name, tier: null, attributes: {}, evaluationWindow: null, entitlementId: "e1", notice: null };
  return fieldText({ epoch: 2, version: 14, flair });
};

test("a name that is too long is cut between letters, never inside one", () => {
  const long = "x".repeat(59);
  expect(textOf(`${long}yz`)).toBe(`${long}y [2.14]`);
  for (const letter of ["🏆", "👩‍🚒", "e\u0301"]) expect(textOf(`${long}${letter} of the month`)).toBe(`${long} [2.14]`);
  expect(textOf(`${"x".repeat(58)}🏆 of the month`)).toBe(`${"x".repeat(58)}🏆 [2.14]`);
});
