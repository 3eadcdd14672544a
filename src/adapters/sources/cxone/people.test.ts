import { expect, test } from "vitest";
import { pseudonymWith, withoutPeople } from "./people.ts";

const pseudonym = pseudonymWith(Buffer.alloc(32, 1));

test("one number has one pseudonym however it is written, and a pseudonym stays what it is", () => {
  const wanted = pseudonym("+15555550100");
  for (const text of ["+1 555-555-0100", "+1(555)555.0100", "tel:+15555550100"]) expect(pseudonym(text)).toBe(wanted);
  expect(pseudonym(wanted)).toBe(wanted);
  expect(pseudonym("Ann@Example.com ")).toBe(pseudonym("ann@example.com"));
  expect(pseudonymWith(Buffer.alloc(32, 2))("+15555550100")).not.toBe(wanted);
});

test("addresses become pseudonyms or go; names and what was typed by hand go; the rest stays", () => {
  const contact = {
    contactId: 7,
    fromAddress: "5555550100",
    toAddr: "8885550199",
    firstName: "Ann",
    dispositionNotes: "called Bob",
    teamName: "East",
  };
  expect(withoutPeople(contact, pseudonym)).toEqual({
    contactId: 7,
    fromAddress: pseudonym("5555550100"),
    toAddr: pseudonym("8885550199"),
    teamName: "East",
  });
  expect(withoutPeople(contact, null)).toEqual({ contactId: 7, teamName: "East" });
  const row = { Workflow_ID: "w", Phone_Number: "5555550100", FirstName_Agent: "Ann", User_Review_Comments: "fine", Score: "80" };
  expect(withoutPeople(row, null)).toEqual({ Workflow_ID: "w", Score: "80" });
});
