import { expect, test } from "vitest";
import { bigquerySpelling } from "./bigquery/dialect.ts";
import { duckdbSpelling } from "./duckdb/dialect.ts";
import { snowflakeSpelling } from "./snowflake/dialect.ts";
import { spell, withoutComments } from "./spelling.ts";

test("a word is spelled as the warehouse says it, also within another one", () => {
  const sql = "select days_between(cast($1 as date), week_start(agents.hired_on)) as days";
  expect(spell(sql, duckdbSpelling)).toBe(
    "select date_diff('day', cast($1 as date), cast(date_trunc('week', agents.hired_on) as date)) as days",
  );
  expect(spell(sql, bigquerySpelling)).toBe(
    "select date_diff(cast(date_trunc(agents.hired_on, week(monday)) as date), cast($1 as date), day) as days",
  );
  expect(spell("add_seconds(a, f(b, c))", snowflakeSpelling)).toBe("dateadd('second', f(b, c), a)");
});

test("types are translated in casts only", () => {
  const sql = "select cast(round(sum(x), 1) as double) as varchar, cast(y as varchar), try_cast(z as double)";
  expect(spell(sql, bigquerySpelling)).toBe(
    "select cast(round(sum(x), 1) as float64) as varchar, cast(y as string), try_cast(z as double)",
  );
  expect(spell(sql, duckdbSpelling)).toBe(sql);
});

test("what stands in quotes or in a comment is no word, and a bracket nobody opened loses nothing", () => {
  const sql = "select 'week_start(a), it''s' as \"cast(b as varchar)\" -- week_start(c) of $3\nfrom t) where d";
  expect(spell(sql, bigquerySpelling)).toBe(sql);
  expect(withoutComments(sql)).toBe("select 'week_start(a), it''s' as \"cast(b as varchar)\" \nfrom t) where d");
});
