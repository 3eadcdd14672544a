import { stringify } from "yaml";

export interface ProjectAnswers {
  readonly name: string;
  readonly zone: string;
  readonly currency: string;
  /** Decimal text; null when the user does not know it yet. */
  readonly loadedRatePerHour: string | null;
}

/** The text of a new gami.config.yaml: what was answered, and the keys most people change next, as comments. */
export function renderConfig({ name, zone, currency, loadedRatePerHour }: ProjectAnswers): string {
  return `# yaml-language-server: $schema=.gami/config.schema.json
# Relative paths start at this file. A value may be read from the environment: \${NAME} or \${NAME:-default}.
version: 1
organisation:
  name: ${scalar(name)}
  zone: ${scalar(zone)} # IANA time zone; decides which day an interaction belongs to
  dayStart: "00:00"
warehouse:
  path: gami.duckdb
state:
  path: gami.sqlite
archive:
  path: archive
reports:
  path: reports
finance: # what is missing here is reported as missing, never guessed
  currency: ${scalar(currency)}
  ${loadedRatePerHour === null ? "# loadedRatePerHour: 30.00" : `loadedRatePerHour: ${scalar(loadedRatePerHour)}`} # one hour of an agent, all in
  # realisation: 0.6          # share of freed time that turns into money
  # replacementCost: 10000.00 # replacing one agent
programme:
  # announcedOn: "2026-01-15" # when agents first heard of it; the baseline ends before
  # allocation: operational   # how teams were chosen: random, operational or performance
`;
}

/** One line of YAML that reads back as exactly this text, \`\${\` included. */
function scalar(text: string): string {
  return stringify(
    text.replaceAll("${", () => "$${"),
    { lineWidth: 0, blockQuote: false },
  ).trimEnd();
}
