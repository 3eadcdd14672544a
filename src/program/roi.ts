import { type Command, InvalidArgumentError, Option } from "commander";
import type { BuildRoiInput } from "../commands/roi/build.ts";
import type { EstimateInput } from "../commands/roi/estimate.ts";
import type { ExplainInput } from "../commands/roi/explain.ts";
import type { ReportRoiInput } from "../commands/roi/report.ts";
import { reportFormats } from "../ports/report-renderer.ts";
import { command, type Execute, noun, shareInPpm, wholeNumber } from "./declare.ts";

export function addRoi(program: Command, execute: Execute): void {
  const roi = noun(program, "roi", "What the programme brought, what it cost, and how sure that is");
  addBuild(roi, execute);
  addReport(roi, execute);
  addExplain(roi, execute);
  addEstimate(roi, execute);
}

function scoped(built: Command): Command {
  return built
    .option("--month <YYYY-MM>", "only this month (default: everything loaded)")
    .option("--challenge <id>", "only this challenge, by its id or the platform's own")
    .option("--compare <A:B>", "two periods, the earlier one first: ISO weeks, months, days or ranges")
    .option("--include-modelled", "name the modelled gain of fewer leavers beside the measured one");
}

function addBuild(roi: Command, execute: Execute): void {
  const built = command(roi, {
    name: "build",
    summary: "Compute the ROI report from the marts and keep it in the warehouse",
    description: "Computes the ROI report from the marts and keeps it in meta.roi_result. Doing it twice adds nothing.",
    examples: ["gami roi build", "gami roi build --month 2026-03"],
  });
  scoped(built).action((options: BuildRoiInput) =>
    execute({
      command: "roi build",
      config: "required",
      isRecorded: true,
      run: async (context) => (await import("../commands/roi/build.ts")).run(context, options),
    }),
  );
}

function addReport(roi: Command, execute: Execute): void {
  const report = command(roi, {
    name: "report",
    summary: "Show what the programme brought and cost, with its evidence grade",
    description:
      "Shows the kept report of the data now in the marts, and builds it first where there is none.\n" +
      "HTML goes to a file in the reports folder of the config, everything else to stdout, unless --out says otherwise.",
    examples: [
      "gami roi report",
      "gami roi report --format html",
      "gami roi report --compare 2026-W05:2026-W08",
      "gami roi report --month 2026-03 --format csv --out march.csv",
    ],
  });
  scoped(report)
    .addOption(new Option("--format <format>", "how to show it").choices([...reportFormats]).default("terminal"))
    .option("--out <file>", "write it to this file")
    .action((options: ReportRoiInput) =>
      execute({
        command: "roi report",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/roi/report.ts")).run(context, options),
      }),
    );
}

function addExplain(roi: Command, execute: Execute): void {
  const explain = command(roi, {
    name: "explain",
    summary: "Take one number of the report apart: its rows, weights and SQL",
    description:
      "Takes one number of the ROI report apart into the rows it is the sum of, with their weights, and shows the SQL behind them; writes nothing.\n" +
      "Without a name it lists what can be explained. Rows that do not add up to the report's figure exit 5.",
    examples: [
      "gami roi explain",
      "gami roi explain headline",
      "gami roi explain gain.handle-time",
      "gami roi explain cell.handle-time.2026-W11.2026-W14 --rows 50",
      "gami roi explain month.2026-03.cost --json",
    ],
  });
  scoped(explain)
    .argument("[name]", "a figure, as listed without one")
    .option("--rows <n>", "rows to show on a terminal; --json has all", wholeNumber(1, 1_000_000), 20)
    .action((name: string | undefined, options: ExplainInput) =>
      execute({
        command: "roi explain",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/roi/explain.ts")).run(context, name, options),
      }),
    );
}

function addEstimate(roi: Command, execute: Execute): void {
  command(roi, {
    name: "estimate",
    summary: "Estimate an effect on any panel: group-time difference in differences",
    description:
      "Estimate an effect on any panel of units by periods, a CSV file or a query on the warehouse, with the estimator and the checks of the ROI report.\n" +
      "Periods are whole numbers, ISO weeks (2025-W07), months (2025-07) or dates. Treated from 0 or nothing is never treated. An empty outcome is missing, not zero.",
    examples: [
      "gami roi estimate --panel weeks.csv --unit agent --period week --outcome aht --treated-from enrolled --cluster team --weights contacts --allocation operational",
      "gami roi estimate --panel mpdta.csv --unit countyreal --period year --outcome lemp --treated-from first.treat --baseline last --json",
    ],
  })
    .option("--panel <file>", "a CSV file with a header, one row per unit and period")
    .option("--query <sql>", "one select on the warehouse instead of a file")
    .requiredOption("--unit <column>", "who is observed: an agent")
    .requiredOption("--period <column>", "when: a week")
    .requiredOption("--outcome <column>", "what is measured")
    .requiredOption("--treated-from <column>", "the first treated period of the unit")
    .option("--cluster <column>", "what units share, like a team: errors are clustered by it")
    .option("--weights <column>", "how much a unit counts, from before treatment")
    .addOption(
      new Option("--baseline <kind>", "compare with the mean before treatment, or the last period")
        .choices(["mean", "last"])
        .default("mean"),
    )
    .option("--pre-window <n>", "periods before treatment in the mean", wholeNumber(1, 1000), 8)
    .option("--min-pre <n>", "how many of them must have been observed", wholeNumber(1, 1000), 4)
    .option("--anticipation <n>", "periods before treatment in which it was already announced", wholeNumber(0, 1000), 0)
    .addOption(
      new Option("--controls <kind>", "compare with units never treated, or also with those not treated yet")
        .choices(["never", "not-yet"])
        .default("never"),
    )
    .addOption(
      new Option("--allocation <kind>", "how units came to be treated; unknown is never better than grade C").choices([
        "random",
        "operational",
        "performance",
      ]),
    )
    .option("--holdout-share <share>", "the share of clusters a random draw was to hold out", holdoutShare)
    .option("--min-cohort <n>", "merge cohorts of fewer units with their neighbours", wholeNumber(1, 1000), 1)
    .option("--seed <n>", "seed of bands, placebos and bootstraps", wholeNumber(0, 2_147_483_647), 1)
    .option("--draws <n>", "draws of bands and bootstraps", wholeNumber(99, 100_000), 999)
    .action((options: EstimateInput) =>
      execute({
        command: "roi estimate",
        config: options.query === undefined || options.panel !== undefined ? "optional" : "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/roi/estimate.ts")).run(context, options),
      }),
    );
}

function holdoutShare(text: string): number {
  const ppm = shareInPpm(text);
  if (ppm > 0 && ppm < 1_000_000) return ppm;
  throw new InvalidArgumentError("Expected a share above 0 and below 1, like 0.1.");
}
