import type { Slice } from "../../../domain/extract/slices.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { contactFields, contactSchema, withNewNames } from "./contact-schema.ts";
import { envelopeOf, listOf, recordItem, rejectItem, repeatGuard, unitOf, withUnit } from "./items.ts";
import { textOf, utcText } from "./json.ts";
import { mapContact } from "./map-contact.ts";
import { barePseudonym, withoutPeople } from "./people.ts";
import type { CxoneContext, MapContext } from "./platform.ts";

const mostPerPage = 10_000;

/**
 * Completed contacts by start date. The end date counts as inside, so it is one millisecond before the slice's end.
 * Offsets shift while rows arrive, hence the order by start and no resuming in the middle: a slice starts over.
 */
export async function* readContacts(context: CxoneContext, { from, to }: Slice): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  const guard = repeatGuard("contacts/completed");
  let url: URL | null = await context.service("contacts/completed", {
    startDate: utcText(from),
    endDate: utcText(to - 1),
    orderBy: "contactStartDate asc",
    skip: "0",
    top: String(context.pageSize ?? mostPerPage),
  });
  while (url !== null) {
    guard(url.href);
    const { body } = await context.client.send({ method: "GET", url });
    // 204: nothing there. It is the only answer without a body.
    if (body === null) return;
    const place = `contacts/completed ${utcText(from)} skip ${url.searchParams.get("skip") ?? "0"}`;
    const contacts = listOf(body, "completedContacts", place);
    const unit = envelopeOf(body, "businessUnitId") ?? businessUnitId;
    const items = contacts.flatMap((contact, row) => contactItems(`${place} row ${row}`, withUnit(contact, String(unit)), context));
    yield { items, resume: null };
    const next = textOf(envelopeOf(body, "_links"), "next");
    url = next === null || contacts.length === 0 ? null : new URL(next, url);
  }
}

/** One contact, fresh or from the archive. */
export function contactItems(place: string, contact: unknown, { pseudonym, drift }: MapContext): SourceItem[] {
  const clean = withoutPeople(contact, pseudonym);
  drift.see("contacts", contactFields, withNewNames(clean));
  const parsed = contactSchema.safeParse(clean);
  if (!parsed.success) return [rejectItem(place, parsed.error, clean)];
  const customerKey = pseudonym === null ? null : (address: string) => barePseudonym(pseudonym(address));
  return [recordItem(place, "interaction", mapContact(parsed.data, { businessUnitId: unitOf(clean), customerKey }), clean)];
}
