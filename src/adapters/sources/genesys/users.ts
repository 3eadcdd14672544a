import * as z from "zod";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import { ask, type Connection } from "./ask.ts";
import type { GenesysRead, ReadContext } from "./genesys-read.ts";
import { managementUnits } from "./management-units.ts";
import { numberedPages } from "./numbered-pages.ts";
import { itemsOf, readDocument } from "./page-items.ts";
import { pseudonymPrefix } from "./scrub.ts";

const id = z.string().min(1).max(256);
const optionalText = z.string().nullish();

/** A user of the directory, with the management unit that says the time zone: the directory itself has none. */
const userSchema = z.object({
  id,
  state: optionalText,
  title: optionalText,
  department: optionalText,
  email: optionalText,
  team: z.object({ id: optionalText, name: optionalText }).nullish(),
  employerInfo: z
    .object({
      employeeId: optionalText,
      employeeType: optionalText,
      dateHire: z.iso
        .date()
        .or(z.iso.datetime({ offset: true }))
        .nullish(),
    })
    .nullish(),
  managementUnit: z.object({ timeZone: optionalText }).nullish(),
});
type User = z.output<typeof userSchema>;

const referenceSchema = z.object({ managementUnit: z.object({ id }).nullish() });

/** Everyone in the directory, deleted ones left out: agents and people who are none. */
export const users: GenesysRead = {
  description: {
    name: "users",
    streams: ["agent"],
    grain: "one person of the directory as it is now",
    key: "user",
    kind: "snapshot",
    paging: "pages",
    latenessHours: 0,
    sliceHours: 0,
    permission: "directory:user:view, wfm:managementUnit:view, wfm:agent:view",
  },
  pages: userPages,
  documents: () => readDocument(userMapping),
};

/** For an organisation without workforce management: nobody has a zone of their own. */
export const usersWithoutZones: GenesysRead = {
  ...users,
  description: { ...users.description, permission: "directory:user:view" },
  pages: (context) => directoryPages(context, async (user) => user),
};

async function* userPages(context: ReadContext): AsyncIterable<Page> {
  const { connection } = context;
  const zones = new Map((await managementUnits(connection)).map((unit) => [unit.id, unit.timeZone]));
  yield* directoryPages(context, (user) => withZone(connection, user, zones));
}

async function* directoryPages({ connection, boundary }: ReadContext, complete: (user: unknown) => Promise<unknown>): AsyncIterable<Page> {
  let page = 0;
  // "any" would bring the deleted ones too, who have no data any more.
  for (const state of ["active", "inactive"]) {
    for await (const entities of numberedPages(connection, "/api/v2/users", { pageSize: 100, state, expand: "team,employerInfo" })) {
      page += 1;
      const whole = await Promise.all(entities.map(complete));
      yield { items: itemsOf(whole, `users/${page}`, boundary, userMapping), resume: null };
    }
  }
}

const userMapping = { shape: userSchema, map: mapUser };

function mapUser(user: User) {
  const { employerInfo, team } = user;
  return [
    {
      stream: "agent",
      record: {
        ...emptyRecord("agent"),
        agent_native_id: user.id,
        employee_id: employerInfo?.employeeId ?? null,
        email_hmac: user.email?.replace(pseudonymPrefix, "") ?? null,
        zone: user.managementUnit?.timeZone ?? null,
        team_id: team?.id ?? null,
        team_name: team?.name ?? null,
        site: user.department ?? null,
        role: user.title ?? null,
        employment: employmentOf(employerInfo?.employeeType ?? ""),
        hired_on: employerInfo?.dateHire?.slice(0, 10) ?? null,
        is_active: user.state === undefined || user.state === null ? null : user.state === "active",
      },
    },
  ] as const;
}

/** The field is free text: `Full-time`, `full time`, `Part-time`. */
function employmentOf(type: string): "full" | "part" | null {
  if (/^full/i.test(type)) return "full";
  return /^part/i.test(type) ? "part" : null;
}

/** Who is in no management unit has no zone of their own; the organisation's applies. */
async function withZone(connection: Connection, user: unknown, zones: ReadonlyMap<string, string>): Promise<unknown> {
  const known = z.object({ id }).safeParse(user);
  if (!known.success || typeof user !== "object" || user === null) return user;
  const path = `/api/v2/workforcemanagement/agents/${encodeURIComponent(known.data.id)}/managementunit`;
  const { status, body } = await ask(connection, { method: "GET", path, alsoFine: [404] });
  const unit = status === 404 ? null : (referenceSchema.safeParse(body).data?.managementUnit ?? null);
  return { ...user, managementUnit: { timeZone: unit === null ? null : (zones.get(unit.id) ?? null) } };
}
