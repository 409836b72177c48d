/** The words of the screens: zh-CN first, en complete. Every code of the program has a sentence that says what to do next. */
import { ref } from "vue";
import type { Trouble } from "../api/call";
import en from "./en";
import zh from "./zh-CN";

export type Key = keyof typeof zh;
export type Language = "zh-CN" | "en";
export const LANGUAGES: Record<Language, Record<Key, string>> = { "zh-CN": zh, en };

export const language = ref<Language>("zh-CN");

export function speak(wanted: Language): void {
  language.value = wanted;
  if (typeof document !== "undefined") document.documentElement.lang = wanted;
}

/** What a device asks for: Chinese unless it says otherwise. */
export function guessLanguage(asked: readonly string[]): Language {
  const first = asked.find((one) => /^(zh|en)/i.test(one));
  return first?.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

/** Puts values in; `{n:thing/things}` says one or several. */
function fill(text: string, values: Record<string, string | number>): string {
  const one = text.replace(/\{(\w+):([^/}]*)\/([^}]*)\}/g, (_, name: string, single: string, several: string) => (values[name] === 1 ? single : several));
  return one.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The words under a key. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(LANGUAGES[language.value][key], values);
}

/** The words of a code that comes from the program; a code of a later version stands as it is. */
export function coded(group: string, code: string, otherwise = code): string {
  const words = LANGUAGES[language.value] as Record<string, string>;
  return words[`${group}.${code}`] ?? otherwise;
}

/** A phrase as it is written down: in the county's language, whatever the screens speak. */
export function kept(group: string, code: string): string {
  return (zh as Record<string, string>)[`${group}.${code}`] ?? code;
}

/** A phrase that was written down, in the language of the screens; a person's own words stand as they are. */
export function known(group: string, phrase: string): string {
  const found = Object.entries(zh).find(([key, words]) => key.startsWith(`${group}.`) && words === phrase);
  return found ? coded(group, found[0].slice(group.length + 1), phrase) : coded(group, phrase);
}

/** Who wrote it: by name where they are known here, else the county for what came from its desk. */
export function who(name: string | null, source: string): string {
  return name ?? t(source === "table" || source === "office" ? "who.county" : "who.unknown");
}

/** What went wrong and what to do next. */
export function say(trouble: Trouble): string {
  switch (trouble.code) {
    case "invalid": {
      const each = trouble.problems.map((one) => {
        const most = one.kind.problem === "too_long" ? one.kind.most : 0;
        const field = coded("field", one.field.split("/").pop() ?? one.field);
        return t("problem.line", { field, what: fill(coded("problem", one.kind.problem), { most }) });
      });
      return `${t("error.invalid")} ${each.join(" ")}`;
    }
    case "not_found":
    case "not_unique":
      return t(`error.${trouble.code}`, { what: trouble.what });
    case "other_table":
      return t("error.other_table", { is: t(`import.${trouble.is}`) });
    case "ledger_too_new":
      return t("error.ledger_too_new", { found: trouble.found, known: trouble.known });
    case "workbook":
    case "file":
      return language.value === "zh-CN" ? trouble.sentence : t(`error.${trouble.code}`, { sentence: trouble.sentence });
    case "wrong_code":
      return trouble.group ? t("error.wrong_code_group", { n: trouble.group }) : t("error.wrong_code" as Key);
    case "weak_pin":
      return coded("weak_pin", trouble.why, t("error.weak_pin" as Key));
    case "bug":
      return t("error.bug", { detail: trouble.detail });
    case "lease_over":
      return t("error.lease_over", { days: trouble.days });
    default:
      return coded("error", trouble.code, trouble.sentence ?? trouble.code);
  }
}
