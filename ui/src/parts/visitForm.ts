/** The visit form: what is filled in, how it becomes a visit, how it comes back from a draft or from a visit to correct. */
import type { Aid, Guarantee, Learned, Need, Promise as Promised, Visit } from "../api/bindings";
import { fieldsOf } from "./begun";
import { today } from "./day";

export interface Form {
  day: string;
  who_met?: string;
  /** Who of the family, where one of them was met. */
  met: string[];
  mode?: string;
  purpose?: string;
  needs: Need[];
  promise: string;
  due?: string;
  aid: Aid[];
  guarantees: Guarantee[];
  next?: string;
  note: string;
  phone: string;
  /** Certificate numbers that were typed, each with whose it is. */
  ids: { person: string; number: string }[];
  /** The promises of a visit that is corrected: their words and days can be changed; one without words is taken out. */
  kept: Promised[];
  /** The visit that is corrected, for what no control of the form shows. */
  was?: Visit;
}

export const MET = ["head", "member", "neighbour", "nobody"] as const;
export const MODES = ["home", "phone", "market", "yard_meeting", "video", "workplace"] as const;
export const NEEDS = ["务工就业", "就学升学", "医疗", "住房", "饮水", "农产品销路", "基础设施", "政策咨询", "其他"] as const;
export const GUARANTEES = ["food", "clothing", "schooling", "insurance", "housing", "water"] as const;
/** What is usually brought, with what one chip stands for. */
export const AID: readonly Aid[] = [
  { item: "大米", quantity_hundredths: 100, unit: "袋" },
  { item: "食用油", quantity_hundredths: 100, unit: "桶" },
  { item: "棉被", quantity_hundredths: 100, unit: "床" },
  { item: "牛奶", quantity_hundredths: 100, unit: "箱" },
  { item: "猪苗", quantity_hundredths: 100, unit: "头" },
  { item: "化肥", quantity_hundredths: 100, unit: "袋" },
  { item: "学习用品", quantity_hundredths: 100, unit: "套" },
];

/** What was not chosen stands there as nothing, so that what is read into a form leaves nothing of before. */
export function emptyForm(): Form {
  return {
    day: today(), who_met: undefined, met: [], mode: "home", purpose: undefined, needs: [], promise: "", due: undefined, aid: [], guarantees: [],
    next: undefined, note: "", phone: "", ids: [], kept: [], was: undefined,
  };
}

/** A form from the text of a draft; what cannot be read begins anew, and what is missing is empty. */
export function fromDraft(body: string): Form {
  return { ...emptyForm(), ...(fieldsOf(body) as Partial<Form>) };
}

/** The text of a correction that was begun: which visit it is of, and what stands in the form. */
export function amendDraft(visit: string, form: Form): string {
  return JSON.stringify({ form: "amend", visit, filled: { ...form, was: undefined } });
}

/** A form from such a text; what no control shows is as it stands in the visit now. */
export function fromAmendDraft(body: string, was: Visit): Form {
  const { filled } = fieldsOf(body) as { filled?: Partial<Form> };
  return filled ? { ...emptyForm(), ...filled, was } : fromVisit(was);
}

/** A form from a visit that is to be corrected. */
export function fromVisit(visit: Visit): Form {
  return {
    ...emptyForm(),
    day: visit.day,
    who_met: visit.who_met,
    met: visit.met ?? [],
    mode: visit.mode,
    purpose: visit.purpose,
    needs: (visit.needs ?? []).map((need) => ({ ...need, text: need.text ?? "" })),
    aid: (visit.aid ?? []).map((aid) => ({ ...aid })),
    guarantees: visit.guarantees ?? [],
    next: visit.next_visit_on,
    note: visit.note ?? "",
    kept: (visit.promises ?? []).map((promise) => ({ ...promise })),
    was: visit,
  };
}

/** The visit as it will be kept. `unchanged` only where someone was met. */
export function toVisit(form: Form, unchanged: boolean): Visit {
  const text = form.promise.trim();
  const given: Promised[] = text ? [form.due ? { text, due: form.due } : { text }] : [];
  const kept: Promised[] = form.kept.map((one) => ({ ...one, text: one.text.trim() })).filter((one) => one.text);
  const visit: Visit = {
    day: form.day,
    with: form.was?.with ?? [],
    unchanged: unchanged || Boolean(form.was?.unchanged && maySayUnchanged(form)),
    needs: form.needs.filter((need) => need.category || need.text?.trim()),
    aid: form.aid,
    promises: [...kept, ...given],
    guarantees: form.guarantees,
    amends: [],
  };
  if (form.who_met) visit.who_met = form.who_met;
  if (form.who_met === "member" && form.met.length) visit.met = form.met;
  if (form.mode) visit.mode = form.mode;
  if (form.purpose) visit.purpose = form.purpose;
  if (form.next) visit.next_visit_on = form.next;
  if (form.note.trim()) visit.note = form.note.trim();
  if (form.was?.entered_late) visit.entered_late = form.was.entered_late;
  return visit;
}

/** What was learned at the visit: it is kept with it, in one act. */
export function toLearned(form: Form): Learned | null {
  const phone = form.phone.trim();
  if (!phone && !form.ids.length) return null;
  const persons = Object.fromEntries(form.ids.map(({ person, number }) => [person, { id_no: number }]));
  return { facts: phone ? { phone } : {}, persons };
}

/** Whether anything beyond who and how was filled in. */
export function saysMore(form: Form): boolean {
  const words = [form.promise, form.note, form.phone].some((text) => text.trim());
  return words || form.ids.length > 0 || form.needs.length > 0 || form.aid.length > 0 || form.kept.length > 0 || form.guarantees.some((one) => !one.met);
}

/** Whether nothing at all was filled in: then there is no visit to save. */
export function untouched(form: Form): boolean {
  return !form.who_met && !form.next && form.guarantees.length === 0 && !saysMore(form);
}

/** Whether "nothing has changed" may be said: someone must have been met (domain.md §2.9). */
export function maySayUnchanged(form: Form): boolean {
  return Boolean(form.who_met) && form.who_met !== "nobody" && !saysMore(form);
}
