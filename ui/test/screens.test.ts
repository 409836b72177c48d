import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { FindingRow, HistoryRow, Told, VisitRow } from "../src/api/bindings";
import { HOUSEHOLD_FIELDS, PERSON_FIELDS } from "../src/parts/fields";
import { textOf } from "../src/parts/fact";
import { findingWords } from "../src/parts/findingWords";
import { struckIn } from "../src/parts/struck";
import { toldWords } from "../src/parts/toldWords";
import { LANGUAGES, speak } from "../src/words";

const dir = join(import.meta.dirname, "../src/screens");
/** What only tells pages apart (`HouseholdPages`, `DuplicatePages`) has none: each page has its own 说明. */
const files = readdirSync(dir).filter((file) => file.endsWith(".vue") && !file.endsWith("Pages.vue"));
const text = (file: string) => readFileSync(join(dir, file), "utf8");
const helpOf = (file: string) => /help="(help\.[a-z_]+)"/.exec(text(file))?.[1];

afterEach(() => speak("zh-CN"));

describe("every screen", () => {
  it("has a 说明 of its own", () => {
    const without = files.filter((file) => !helpOf(file));
    expect(without).toEqual([]);
    expect(new Set(files.map(helpOf)).size).toBe(files.length);
    expect(files.length).toBeGreaterThan(18);
  });

  it("says it in one to eight lines, in both languages", () => {
    for (const words of Object.values(LANGUAGES) as Record<string, string>[]) {
      const lines = files.map((file) => [file, (words[helpOf(file) ?? ""] ?? "").split("\n").filter((line) => line.trim()).length] as const);
      expect(lines.filter(([, n]) => n < 1 || n > 8)).toEqual([]);
    }
  });

  it("says what to do where a list is empty", () => {
    const mute = files.flatMap((file) => [...text(file).matchAll(/<Empty\b[^>]*>/g)].filter(([tag]) => !tag.includes(":next=")).map(([tag]) => `${file} ${tag}`));
    expect(mute).toEqual([]);
  });
});

describe("the frame", () => {
  it("has a sign of its own for every place", () => {
    const places = [...text("index.ts").matchAll(/to: "(\w+)".*?icon: "(\w+)"/g)].map((found) => [found[1], found[2]] as const);
    expect(places.length).toBeGreaterThan(14);
    expect(new Set(places.map(([, icon]) => icon)).size).toBe(new Set(places.map(([to]) => to)).size);
  });

  it("keeps a rule that several screens need in one place", () => {
    const parts = join(dir, "../parts");
    const scoped = [dir, parts].flatMap((of) =>
      readdirSync(of).filter((file) => file.endsWith(".vue")).flatMap((file) => {
        const rules = /<style scoped>([^]*?)<\/style>/.exec(readFileSync(join(of, file), "utf8"))?.[1]?.split("\n").map((rule) => rule.trim()) ?? [];
        return [...new Set(rules.filter((rule) => /\{.*\}$/.test(rule)))].map((rule) => [rule, file] as const);
      }),
    );
    const where = (rule: string) => scoped.filter(([one]) => one === rule).map(([, file]) => file);
    expect(scoped.map(([rule]) => rule).filter((rule) => where(rule).length > 2).map((rule) => `${rule} ${where(rule).join(", ")}`)).toEqual([]);
    expect(scoped.length).toBeGreaterThan(80);
  });
});

describe("a fact", () => {
  it("of a code list is asked and told in the language of the screens, and kept as the list has it", () => {
    const lists = [...HOUSEHOLD_FIELDS, ...PERSON_FIELDS].filter((field) => field.of);
    expect(lists.map((field) => field.key)).toEqual(expect.arrayContaining(["household_type", "monitor_type", "risk_cleared", "labour", "school"]));
    speak("en");
    for (const field of lists) for (const value of field.of ?? []) expect(textOf(field.key, value), `${field.key} ${value}`).not.toMatch(/[一-龥]/);
    speak("zh-CN");
    for (const field of lists.filter((one) => one.key !== "water_safe")) for (const value of field.of ?? []) expect(textOf(field.key, value)).toBe(value);
    expect(textOf("household_type", "兜底户")).toBe("兜底户");
  });

  it("that is a month is read as one, and what only looks like one stands as it is", () => {
    expect(textOf("first_identified", "201412")).toBe("2014年12月");
    expect(textOf("person/1/identified_on", 201404)).toBe("2014年4月");
    expect(textOf("first_identified", "201413")).toBe("201413");
    expect(textOf("door", "201412")).toBe("201412");
    speak("en");
    expect(textOf("first_identified", "201412")).toBe("12/2014");
  });
});

const CODES = /\b(water|food|clothing|schooling|insurance|housing|head|home|market|twice|still_here|undone)\b/;

describe("the history", () => {
  const visit = { with: [], unchanged: false, amends: [], day: "2026-09-21", who_met: "head", mode: "home", guarantees: [{ what: "water", met: false }], needs: [], promises: [], aid: [] };
  const all: Told[] = [
    { told: "visit", visit },
    { told: "visit", visit: { ...visit, amends: ["ab"] } },
    { told: "change", facts: [{ key: "income_per_capita", label: "人均纯收入", value: "••" }, { key: "phone", label: "联系电话", value: null }] },
    { told: "strike", reason: "记重了", record: "r", moved_to: null, back: false },
    { told: "strike", reason: "twice", record: "r", moved_to: null, back: false },
    { told: "strike", reason: "记错户了，移到 覃志明 家", record: "r", moved_to: "覃志明", back: false },
    { told: "need_step", step: 3, result: null },
    { told: "absent", file: "名单.xlsx" },
    { told: "absent_answer", answer: "still_here" },
    { told: "grant", duty: "帮扶责任人" },
    { told: "remark", text: "记错户了，2026-09-21 的走访是从 覃志明 家移来的", moved_from: { day: "2026-09-21", head: "覃志明" } },
  ];

  it("shows no code, in Chinese", () => {
    for (const told of all) expect(toldWords(told)).not.toMatch(CODES);
    expect(toldWords(all[0]!)).toContain("饮水");
    expect(toldWords(all[8]!)).toBe("人还在");
  });

  it("leaves out what is not shown", () => {
    expect(toldWords(all[2]!)).toBe("户联系电话 （空）");
  });

  it("shows no Chinese of the program's in English", () => {
    speak("en");
    expect(toldWords(all[3]!)).toBe("Recorded twice");
    expect(toldWords(all[4]!)).toBe("Recorded twice");
    expect(toldWords(all[5]!)).toBe("wrong household; moved to 覃志明");
    const kept: Told = { told: "visit", visit: { ...visit, note: "路不好走\n已办到：送药上门（2026-09-21）" } };
    expect(toldWords(kept)).toMatch(/路不好走\nPromise kept: 送药上门 \(.*\)$/);
    expect(toldWords(all[10]!)).toMatch(/^The visit of .* was written down under the 覃志明 household and moved here$/);
    for (const told of [all[0]!, all[1]!, all[2]!, all[6]!, all[9]!]) expect(toldWords(told)).not.toMatch(/[一-龥]/);
  });
});

describe("a struck visit", () => {
  const visit = (entry: string, amends: string[] = []) => ({ entry, told: { told: "visit", visit: { amends } } }) as unknown as HistoryRow;
  const strike = (entry: string, record: string, reason: string) => ({ entry, told: { told: "strike", reason, record, moved_to: null, back: false } }) as unknown as HistoryRow;
  const restored = (entry: string, strike: string) => ({ entry, told: { told: "restored", strike } }) as unknown as HistoryRow;
  const counting = (...roots: string[]) => roots.map((root) => ({ root }) as VisitRow);

  it("is known with its corrections, each by the strike that names it", () => {
    const found = struckIn([strike("e", "b", "其实没去成"), strike("d", "c", "记重了"), visit("c", ["a"]), visit("b"), visit("a"), visit("x")], counting("x"));
    expect([...found].map(([entry, one]) => [entry, one.reason]).sort()).toEqual([["a", "记重了"], ["b", "其实没去成"], ["c", "记重了"]]);
  });

  it("is none where it counts, where its strike was taken back, or where nothing names it", () => {
    expect(struckIn([strike("e", "a", "记重了"), visit("a")], counting("a")).size).toBe(0);
    expect(struckIn([restored("f", "e"), strike("e", "a", "记重了"), visit("a")], counting("a")).size).toBe(0);
    expect(struckIn([visit("a")], counting()).size).toBe(0);
    expect(struckIn([strike("e", "z", "记重了"), visit("c", ["old"])], counting()).size).toBe(0);
  });
});

describe("a finding", () => {
  const row = (rule: string, verdict: string, detail: object, suggestion: object | null = null): FindingRow =>
    ({ verdict, rule, sentence: "中文", finding: { verdict, detail: { rule, ...detail }, suggestion } }) as FindingRow;

  it("says its figures and what would mend them, in the language of the screens", () => {
    const sum = row("sum", "fail", { what: "人数", parts: [["2018", 40], ["2019", 60]], found: 100, stated: 467 }, { label: "2018", column: "人数", value: 407 });
    speak("en");
    expect(findingWords(sum)).toBe("people: 2 rows add up to 100, 467 is stated, off by 367. If the total is right, people of 2018 should be 407.");
    expect(findingWords(row("load", "warn", {}))).not.toMatch(/[一-龥]/);
    speak("zh-CN");
    expect(findingWords(sum)).toContain("差 367");
    expect(findingWords(row("load", "warn", {}))).toBe("中文");
  });
});
