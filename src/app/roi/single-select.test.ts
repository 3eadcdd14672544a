import { expect, test } from "vitest";
import { asSubquery, isSingleSelect } from "./single-select.ts";

test("one query passes, with quotes, comments, brackets and a closing semicolon in it", () => {
  const queries = [
    "select 1",
    "SELECT * FROM marts.fct_agent_week;",
    "with a as (select ';' as x) select * from a -- done",
    "from marts.fct_agent_week select agent_id",
    "(select 1)",
    "select ')' /* ; ) */ as \"a;b\"",
    "select $$;$$",
  ];
  expect(queries.filter((sql) => !isSingleSelect(sql))).toEqual([]);
});

test("anything that writes, runs twice or leaves our brackets is refused", () => {
  const queries = [
    "delete from x",
    "select 1; drop table x",
    "select 1) as p; drop table x; select * from (select 1",
    "select 'open",
    "attach 'x'",
    "",
    "select (1",
    "copy x to 'y'",
  ];
  expect(queries.filter(isSingleSelect)).toEqual([]);
});

test("a comment at the end does not swallow our bracket", () => {
  expect(asSubquery("select 1 -- one", "panel")).toBe("select * from (\nselect 1 -- one\n) as panel");
});
