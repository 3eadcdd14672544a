import {
  drawTeams,
  enrolmentSources,
  type HoldoutDraw,
  holdoutFileNames,
  holdoutMarker,
  writeHoldout,
} from "../../app/roi/assign-holdout.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export interface AssignHoldoutInput {
  readonly programme: string;
  /** Millionths. */
  readonly share: number;
  readonly enrolOn: string;
  readonly out: string;
  readonly apply?: true;
}

/** `gami holdout assign`: a look at the draw, or with --apply its files. */
export async function run({ deps }: CommandContext, input: AssignHoldoutInput): Promise<CommandResult> {
  const warehouse = await deps.warehouse();
  const plan = { programme: input.programme, share: input.share / 1_000_000, enrolOn: input.enrolOn };
  const draw = await drawTeams(warehouse, plan, await deps.key("draw"));
  const { left } = enrolmentSources(draw);
  const files: string[] = [];
  if (input.apply) {
    const folder = await deps.outputFolder({ path: input.out, names: holdoutFileNames(draw), marker: holdoutMarker });
    try {
      files.push(...(await writeHoldout(warehouse, folder, draw, plan)));
    } finally {
      await folder.close();
    }
  }
  const json = {
    ...plan,
    isApplied: input.apply === true,
    folder: input.out,
    files,
    sourcesWithoutFile: left,
    assignments: draw.assignments,
  };
  return { exitCode: exitCodes.done, status: input.apply ? "done" : "nothing_to_do", json, text: describe(draw, input, files, left) };
}

function describe(
  { assignments, teams }: HoldoutDraw,
  input: AssignHoldoutInput,
  files: readonly string[],
  left: readonly string[],
): string {
  const agentsOf = new Map(teams.map(({ team, agents }) => [team, agents] as const));
  const strata = [...Map.groupBy(assignments, ({ site, tenure }) => `${site === "" ? "no site" : site}, ${tenure} days`)].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  const rows = [["all", assignments] as const, ...strata].map(([name, members]) => {
    const held = members.filter(({ arm }) => arm === "holdout");
    const agents = held.reduce((sum, { team }) => sum + (agentsOf.get(team) ?? 0), 0);
    return [name, String(members.length), String(held.length), String(agents)];
  });
  const table = renderTable(["site, tenure", "teams", "held out", "agents held out"], rows);
  const next = input.apply
    ? `Written to ${input.out}: ${files.join(", ")}. Set programme.allocation: random and programme.holdoutShare in the config, then import the enrolments.`
    : "Nothing is written; --apply writes the assignment and the enrolments of all other teams.";
  const missing =
    left.length === 0
      ? ""
      : `\nNo enrolment file for agents of ${left.join(", ")}: enrol them in the platform, or import them under that source.`;
  return `${table}\n\n${next}${missing}`;
}
