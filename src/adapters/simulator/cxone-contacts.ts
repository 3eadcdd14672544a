import type { Slice } from "../../domain/extract/slices.ts";
import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { legsAt } from "./centre.ts";
import { contactOf, inDialect, projected } from "./cxone-contact.ts";
import { cxoneError } from "./cxone-errors.ts";
import { businessUnitId } from "./cxone-ids.ts";
import { type Asked, instantOfText, isoText, json, type Reply, wholeParameter } from "./exchange.ts";
import { pageFaults } from "./page-faults.ts";
import { markAt, rowsOf, takePage } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

const longestWindow = 30 * dayMs;
const mostRows = 10_000;
/** A contact may change so long after it began. */
const longestChange = 3 * dayMs;

type Window = { readonly slice: Slice; readonly isIn: (leg: CanonicalRecord) => boolean };

/** Completed contacts by start date, or by the time of their last change; a page by offset, with the address of the next. */
export function completedContacts(state: SimulatorState, asked: Asked): Reply {
  const { centre, now } = state;
  const { query, path, params } = asked;
  const window = windowOf(state, query);
  if ("status" in window) return window;
  const version = Number(/^v(\d+)/.exec(params.version ?? "")?.[1] ?? 32);
  const skip = wholeParameter(query, "skip", 0, 1e9);
  const top = Math.max(1, wholeParameter(query, "top", mostRows, mostRows));
  const faults = pageFaults(state, asked, `${window.slice.from}/${window.slice.to}`);
  const legsOf = (day: number) =>
    centre
      .conversations(day)
      .flatMap((conversation) => legsAt(conversation, now))
      .sort((one, other) => Number(one.entered_at) - Number(other.entered_at));
  // The second leg of a conversation may begin on the day after the first.
  const rows = rowsOf(
    window.slice,
    { behind: 1, isBackwards: faults.isBackwards, limits: [centre.firstDay, centre.endDay] },
    legsOf,
    window.isIn,
  );
  const { mark, total } = markAt(rows, skip);
  if (total === 0) return { status: 204 };
  const taken = mark === null ? [] : takePage(rows, faults.start(mark), top).page;
  const contacts = faults.rows(
    mark,
    taken.map((leg) => projected(inDialect(contactOf(centre.world, leg), version), query.get("fields"))),
    (row) => ({ ...row, contactId: `${row.contactId}9`, ...("ACWSeconds" in row ? { ACWSeconds: "-1" } : { acwSeconds: -1 }) }),
  );
  const isLast = skip + top >= total;
  const repeats = !isLast && state.faults.strikes("repeat-cursor", path, `${skip}`);
  const link = (from: number) => `${asked.origin}${path}?${withSkip(query, from, top)}`;
  const body = {
    totalRecords: total,
    _links: {
      self: link(skip),
      next: isLast ? null : link(repeats ? skip : skip + top),
      previous: skip === 0 ? null : link(Math.max(0, skip - top)),
    },
    businessUnitId,
    lastPollTime: isoText(now),
    completedContacts: contacts,
  };
  return json(version <= 20 ? { resultSet: body } : body);
}

function withSkip(query: URLSearchParams, skip: number, top: number): string {
  const next = new URLSearchParams(query);
  next.set("skip", String(skip));
  next.set("top", String(top));
  return next.toString();
}

/** The end date counts as inside, as the platform has it. */
function windowOf({ now }: SimulatorState, query: URLSearchParams): Window | Reply {
  const since = query.get("updatedSince");
  for (const name of ["startDate", "endDate", "updatedSince"]) {
    const text = query.get(name);
    if (text !== null && (instantOfText(text) === null || !text.endsWith("Z"))) return cxoneError(400, `Invalid ${name} - '${text}'`);
  }
  if (since !== null) {
    const from = instantOfText(since) ?? now;
    if (now - from > longestWindow) return cxoneError(400, `Invalid updatedSince - '${since}', must be 30 days or less`, false);
    return { slice: { from: from - longestChange, to: now + 1 }, isIn: (leg) => Number(leg.source_updated_at) >= from };
  }
  const [from, to] = [instantOfText(query.get("startDate")), instantOfText(query.get("endDate"))];
  if (from === null || to === null) return cxoneError(400, "Invalid DateRange - No dates fields provided", false);
  if (from >= to) return cxoneError(400, "Invalid DateRange - startDate must be less than endDate", false);
  if (to - from > longestWindow) return cxoneError(400, "Invalid DateRange - Date Range must be 30 days or less", false);
  return { slice: { from, to: to + 1 }, isIn: (leg) => Number(leg.entered_at) >= from && Number(leg.entered_at) <= to };
}
