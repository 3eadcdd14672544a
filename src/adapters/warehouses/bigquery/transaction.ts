import type { GamiError } from "../../../errors.ts";
import type { SqlValue } from "../../../ports/warehouse.ts";
import type { OneRowChange, Transaction } from "../connection.ts";
import { literal } from "./dialect.ts";

/** A transaction as one script: BigQuery holds no conversation, and ends the transaction itself when a statement fails. */
export interface Script {
  readonly transaction: Transaction;
  text(): string;
  /** What a guard of the script said, if it was one that failed. */
  failureOf(message: string): GamiError | null;
}

const guard = "gami guard";

export function beginScript(): Script {
  const statements: string[] = [];
  const guards: GamiError[] = [];
  return {
    transaction: {
      async run(sql, values = []) {
        statements.push(inlineValues(sql, values));
      },
      async changeOne({ table, set, where, values, otherwise }: OneRowChange) {
        const condition = inlineValues(where, values);
        statements.push(
          `select if((select count(*) from ${table} where ${condition}) = 1, 1, error('${guard} ${guards.length}'))`,
          `update ${table} set ${inlineValues(set, values)} where ${condition}`,
        );
        guards.push(otherwise);
      },
    },
    text: () => ["begin transaction", ...statements, "commit transaction"].map((statement) => `${statement};\n`).join(""),
    failureOf(message) {
      const number = new RegExp(`${guard} (\\d+)`).exec(message)?.[1];
      return number === undefined ? null : (guards[Number(number)] ?? null);
    },
  };
}

/** `$1` by its literal. Statements are gami's own and hold no `$` of another meaning. */
function inlineValues(sql: string, values: readonly SqlValue[]): string {
  return values.length === 0 ? sql : sql.replace(/\$(\d+)/g, (_, place: string) => literal(values[Number(place) - 1] ?? null));
}
