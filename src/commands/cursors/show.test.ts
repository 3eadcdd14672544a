import { expect, test } from "vitest";
import { positionText } from "./show.ts";

test("a platform's position reads as days, the place in the ledger as it is", () => {
  const watermark = Date.UTC(2026, 10, 27);
  const done = { watermark, open: null, completed: null, covered: [] };
  expect(positionText(JSON.stringify(done))).toBe("read up to 2026-11-27T00:00Z");
  const open = { from: watermark, to: watermark + 86_400_000, resume: "c" };
  expect(positionText(JSON.stringify({ ...done, open }))).toBe(
    "read up to 2026-11-27T00:00Z, at work on 2026-11-27T00:00Z to 2026-11-28T00:00Z",
  );
  expect([positionText("41"), positionText(null)]).toEqual(["41", ""]);
});
