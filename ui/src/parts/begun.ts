/** What was begun and not saved: which form a draft is of, and where it is gone on with. */
import type { DraftRow } from "../api/bindings";

/** What a draft is of: a visit that was begun says nothing of itself, every other form says its name and whose it is. */
export type Kind = { form: "visit" } | { form: "facts"; person?: string } | { form: "amend"; visit: string } | { form: "later" };

/** A form of a later version is nobody's here: it stays as it is. */
export function kindOf(body: string): Kind {
  const { form, person, visit } = fieldsOf(body) as { form?: unknown; person?: unknown; visit?: unknown };
  if (form === undefined) return { form: "visit" };
  if (form === "facts") return typeof person === "string" ? { form, person } : { form };
  if (form === "amend" && typeof visit === "string") return { form, visit };
  return { form: "later" };
}

/** What stands in a draft; nothing where it cannot be read. */
export function fieldsOf(body: string): object {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}

/** Where a draft is gone on with. */
export function addressOf({ household, id, body }: DraftRow): string {
  const kind = kindOf(body);
  if (kind.form === "facts") return `h/${household}/facts${kind.person ? `/${kind.person}` : ""}`;
  if (kind.form === "amend") return `h/${household}/visit?amends=${kind.visit}`;
  return kind.form === "later" ? `h/${household}` : `h/${household}/visit?draft=${id}`;
}

/** Whether a draft is of just this form. */
export function isOf(draft: DraftRow, kind: Kind): boolean {
  return JSON.stringify(kindOf(draft.body)) === JSON.stringify(kind);
}
