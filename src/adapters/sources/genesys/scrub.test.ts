import fc from "fast-check";
import { expect, test } from "vitest";
import { pseudonymWith, scrub } from "./scrub.ts";

const pseudonym = pseudonymWith(Buffer.alloc(32, 1));

test("numbers, addresses and e-mails become pseudonyms, names and free texts go, the names of teams and metrics stay", () => {
  const user = {
    id: "u1",
    name: "Ada Example",
    email: "Ada@Example.com",
    team: { id: "t1", name: "Team 1" },
    images: [{ imageUri: "https://example.com/ada.png" }],
    participants: [
      {
        participantName: "Ada",
        attributes: { note: "call +49 30 123456" },
        sessions: [{ ani: "tel:+4930123456", dnis: "sip:+4930999999@host" }],
      },
    ],
    metrics: [{ name: "tTalk", value: 1 }],
  };
  expect(scrub(user, pseudonym)).toEqual({
    id: "u1",
    email: pseudonym("ada@example.com"),
    team: { id: "t1", name: "Team 1" },
    participants: [{ sessions: [{ ani: pseudonym("+4930123456"), dnis: pseudonym("+4930999999") }] }],
    metrics: [{ name: "tTalk", value: 1 }],
  });
});

test("one customer has one pseudonym, however the number is dressed", () => {
  const of = (ani: string) => JSON.stringify(scrub({ ani }, pseudonym));
  expect(of("tel:+4930123456")).toBe(of("sip:+4930123456@host;user=phone"));
  expect(of("tel:+4930123456")).not.toBe(of("tel:+4930123457"));
  expect(JSON.stringify(scrub({ email: "agent.12345@x.org" }, pseudonym))).not.toBe(
    JSON.stringify(scrub({ email: "other.12345@x.org" }, pseudonym)),
  );
});

test("without a pseudonym they are dropped", () => {
  expect(scrub({ ani: "tel:+4930123456", email: "a@b.org", queueId: "q" }, null)).toEqual({ queueId: "q" });
});

test("scrubbing twice is scrubbing once", () => {
  fc.assert(
    fc.property(
      fc.record({ ani: fc.string(), email: fc.emailAddress(), inner: fc.array(fc.record({ dnis: fc.string(), value: fc.integer() })) }),
      (record) => {
        const once = scrub(record, pseudonym);
        expect(scrub(once, pseudonym)).toEqual(once);
      },
    ),
  );
});
