import type { Employment } from "../../estimate/attrition.ts";
import type { Participation } from "../../estimate/challenge-effects.ts";
import type { PanelBuild } from "../../estimate/check-panel.ts";
import type { DayRange } from "../report/figure.ts";

/** What an estimate measures: seconds per interaction, or points of quality. */
export type OutcomeName = "handle_time" | "quality";

/** A panel of one outcome as collected, and what was seen on the way. */
export interface OutcomePanel {
  readonly name: OutcomeName;
  readonly build: PanelBuild;
}

/** Everything the assessment of a programme is made of. Amounts in minor units. */
export interface ProgrammeFacts {
  /** The whole weeks that were compared; null when there is none. */
  readonly window: DayRange | null;
  readonly panels: readonly OutcomePanel[];
  /** Monday of the first week in which five agents or more were enrolled. */
  readonly launchedOn: string | null;
  readonly agentsAfterLaunch: number;
  readonly enrolledWithoutPast: number;
  /** Agents of the panel whose team changed within it. */
  readonly movers: readonly string[];
  readonly agentsInPanel: number;
  /** False when the source names no teams: errors then go by agent. */
  readonly hasTeams: boolean;
  /** Interactions of enrolled agents with a past, from enrolment on, and those of their first 14 days. */
  readonly treatedContacts: number;
  readonly operationalContacts: number;
  readonly treatedAgents: number;
  readonly treatedAgentMonths: number;
  readonly costMinor: bigint;
  readonly costEntries: number;
  readonly employments: readonly Employment[];
  /** Who had events in which challenge, from which week of the panel to which. */
  readonly participations: readonly Participation[];
  /** Day number of the last final day. */
  readonly lastDay: number;
}
