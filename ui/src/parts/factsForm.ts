/** What is typed into the facts of a household or person, as its draft keeps it. */
import type { Source } from "../api/bindings";
import { fieldsOf } from "./begun";
import { HOUSEHOLD_FIELDS, PERSON_FIELDS, SOURCES } from "./fields";

export interface FactsForm {
  /** By the key of the fact; empty means: as it is. */
  typed: Record<string, string>;
  /** What is known and is no longer so. */
  gone: string[];
  source?: Source;
}

const KEYS = [...HOUSEHOLD_FIELDS, ...PERSON_FIELDS].map((field) => field.key);

export function factsDraft(person: string | undefined, { typed, gone, source }: FactsForm): string {
  const given = Object.fromEntries(Object.entries(typed).filter(([, text]) => text));
  return JSON.stringify({ form: "facts", person, typed: given, gone, source });
}

/** A form from the text of a draft; what no field asks for is left out. */
export function fromFactsDraft(body: string): FactsForm {
  const { typed = {}, gone = [], source } = fieldsOf(body) as Partial<FactsForm>;
  return {
    typed: Object.fromEntries(Object.entries(typed).filter(([key]) => KEYS.includes(key))),
    gone: gone.filter((key) => KEYS.includes(key)),
    source: source && SOURCES.includes(source) ? source : "household",
  };
}
