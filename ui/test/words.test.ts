import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Trouble } from "../src/api/call";
import { GUARANTEES, MET, MODES, NEEDS, AID } from "../src/parts/visitForm";
import { guessLanguage, LANGUAGES, say, speak, t, type Key } from "../src/words";

const ui = join(import.meta.dirname, "..");
const crates = join(ui, "..", "crates");
const zh = LANGUAGES["zh-CN"] as Record<string, string>;
const en = LANGUAGES.en as Record<string, string>;

/** Every file of the screens. */
function sources(dir = join(ui, "src")): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === "words" ? [] : sources(path);
    return /\.(vue|ts)$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}
const read = (...path: string[]) => readFileSync(join(crates, ...path), "utf8");
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? "");
const bindings = readFileSync(join(ui, "src/api/bindings.ts"), "utf8");
const union = (name: string) => all(new RegExp(`export type ${name} = ([^;]*);`).exec(bindings)?.[1] ?? "", /"([a-z_]+)"/g);
const tagged = (name: string, tag: string) => {
  const from = bindings.slice(bindings.indexOf(`export type ${name} =`));
  return all(from.slice(0, from.indexOf("\n\nexport ", 10)), new RegExp(`"${tag}": "([a-z_]+)"`, "g"));
};

function expectWords(group: string, codes: readonly string[]): void {
  expect(codes.length, `${group}: the list is read`).toBeGreaterThan(1);
  const missing = codes.filter((code) => !zh[`${group}.${code}`] || !en[`${group}.${code}`]);
  expect(missing, group).toEqual([]);
}

afterEach(() => speak("zh-CN"));

describe("the words", () => {
  it("are the same keys in both languages, none empty", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    expect([...Object.entries(zh), ...Object.entries(en)].filter(([, text]) => !text.trim())).toEqual([]);
  });

  it("hold every key that a screen names", () => {
    const spoken = sources().flatMap((text) => [...all(text, /\bt\(([^)]{1,160})/g), ...all(text, /(help="[^"]+")/g), ...all(text, /((?:name|short): "[^"]+")/g)]);
    const named = new Set(spoken.flatMap((text) => all(text, /["']([a-z]+\.[a-z_]+)["']/g)));
    const missing = [...named].filter((key) => !(key in zh));
    expect(missing).toEqual([]);
    expect(named.size).toBeGreaterThan(200);
  });

  it("ask for the same values in both languages", () => {
    const values = (text: string) => [...new Set(all(text, /\{(\w+)[:}]/g))].sort();
    const differ = Object.keys(zh).filter((key) => values(zh[key] ?? "").some((value) => !values(en[key] ?? "").includes(value)));
    expect(differ.filter((key) => !/^error\.(workbook|file)$/.test(key))).toEqual([]);
  });

  it("name the group of a code in which a letter is wrong, where that is known", () => {
    expect(say({ code: "wrong_code", group: 3 })).toContain("第 3 组");
    expect(say({ code: "wrong_code", group: null })).toBe(t("error.wrong_code" as Key));
  });

  it("have a sentence for every code the program tells", () => {
    expectWords("error", tagged("AppError", "code"));
    expectWords("problem", tagged("ProblemKind", "problem"));
    expectWords("code", union("Code"));
    expectWords("source", union("Source"));
    const attention = tagged("Attention", "attention").filter((kind) => kind !== "set_aside");
    expectWords("attention", attention);
  });

  it("have a name and a sentence for every doubt and every rule of arithmetic", () => {
    const doubts = all(read("workbook", "src", "doubt.rs"), /^\s+\w+ "([a-z_0-9]+)" (?:Cell|Row|Sheet) /gm);
    expectWords("doubt_kind", doubts);
    expectWords("doubt", doubts);
    const rules = all(read("core", "src", "crossfoot.rs"), /Detail::\w+ \{ \.\. \} => "([a-z_]+)"/g);
    expectWords("rule_name", rules);
    expectWords("rule", rules);
  });

  it("name every fact, measure and chip", () => {
    const fields = read("core", "src", "field.rs");
    expectWords("fact.household", all(fields, /\bh\("([a-z_]+)"/g));
    expectWords("fact.person", all(fields, /\bp\("([a-z_]+)"/g));
    expectWords("measure", all(read("core", "src", "report", "figure.rs"), /Self::\w+ => "([a-z_]+)"/g));
    expectWords("met", MET);
    expectWords("mode", MODES);
    expectWords("need", [...NEEDS, ...GUARANTEES]);
    expectWords("guarantee", GUARANTEES);
    expectWords("aid", AID.map((aid) => aid.item));
  });

  it("end every Chinese sentence of an error with what to do", () => {
    const next = /请|再|重新|有信号|放心|不用|核对|联系/;
    const silent = Object.entries(zh).filter(([key, text]) => /^(error|code|doubt|rule)\./.test(key) && !next.test(text));
    expect(silent).toEqual([]);
  });

  it("keep every 说明 within eight lines", () => {
    const long = Object.entries({ ...zh }).filter(([key, text]) => key.startsWith("help.") && text.split("\n").length > 8);
    expect(long).toEqual([]);
  });
});

describe("a sentence", () => {
  it("is filled with its values, one or several", () => {
    speak("en");
    expect(t("count.persons", { n: 1 })).toBe("1 person");
    expect(t("count.persons", { n: 4 })).toBe("4 people");
    expect(t("lost.some" as Key, { n: 2 })).toContain("2 things");
  });

  it("names each field that does not fit", () => {
    const told = say({ code: "invalid", problems: [{ field: "phone", kind: { problem: "wrong_form" } }, { field: "note", kind: { problem: "too_long", most: 1000 } }] });
    expect(told).toContain("电话");
    expect(told).toContain("1000");
  });

  it("has a value in every place for one, whatever went wrong", () => {
    const whole = bindings.slice(bindings.indexOf("export type AppError ="), bindings.indexOf("export type Attention =")).replace(/\/\*\*[^]*?\*\//g, "");
    const problems = tagged("ProblemKind", "problem").map((problem) => ({ field: "note", kind: { problem, most: 1000 } }));
    const given = (type: string): unknown => (/^number/.test(type) ? 3 : type.startsWith("Array") ? problems : type === "Table" ? "roster" : "甲");
    const troubles = whole.split(/\}\s*\|\s*\{/).map((one) => {
      const fields = [...one.matchAll(/^(\w+): ([^,]+),/gm)].map(([, name, type]) => [name, given(type ?? "")]);
      return { code: all(one, /"code": "(\w+)"/g)[0], ...Object.fromEntries(fields) } as unknown as Trouble;
    });
    expect(troubles.length).toBe(tagged("AppError", "code").length);
    for (const language of ["zh-CN", "en"] as const) {
      speak(language);
      expect(troubles.map(say).filter((told) => /[{}]/.test(told)), language).toEqual([]);
    }
    speak("zh-CN");
    expect(say({ code: "lease_over", days: 7 })).toContain("7 天");
  });

  it("is Chinese unless the device speaks English", () => {
    expect(guessLanguage(["de-DE", "en-US"])).toBe("en");
    expect(guessLanguage(["zh-TW"])).toBe("zh-CN");
    expect(guessLanguage(["bo"])).toBe("zh-CN");
  });
});
