/** Which facts a person in the field changes, and how each is asked (domain.md §2.2, §2.3, §2.11). */
import type { Scalar, Source } from "../api/bindings";

export interface Field {
  key: string;
  /** The values of its code list. */
  of?: readonly string[];
  type?: "tel" | "date" | "number";
  mode?: "tel" | "numeric";
}

export const SOURCES: readonly Source[] = ["household", "seen", "phone", "village", "paper"];

const YES_NO = ["是", "否"] as const;
export const RELATIONS = [
  "户主", "配偶", "之子", "之女", "之儿媳", "之女婿", "之孙子", "之孙女", "之外孙子", "之外孙女", "之父", "之母", "之岳父", "之岳母", "之公公",
  "之婆婆", "之祖父", "之祖母", "之外祖父", "之外祖母", "之兄弟姐妹", "之曾孙子", "之曾孙女", "之侄儿", "之侄女", "之兄弟媳妇", "之叔伯", "其他",
] as const;
const SCHOOL = [
  "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级", "普通高中一年级", "普通高中二年级", "普通高中三年级", "中职一年级", "中职二年级",
  "中职三年级", "高职高专", "技师学院", "本科", "硕士研究生及以上",
] as const;

export const HOUSEHOLD_FIELDS: readonly Field[] = [
  { key: "phone", type: "tel", mode: "tel" },
  { key: "address" },
  { key: "building" },
  { key: "unit" },
  { key: "room" },
  { key: "water_safe", of: YES_NO },
  { key: "house_danger", of: YES_NO },
  { key: "languages" },
  { key: "household_type", of: ["脱贫户", "一般农户", "监测对象"] },
  { key: "monitor_type", of: ["脱贫不稳定户", "边缘易致贫户", "突发严重困难户"] },
  { key: "risk_cleared", of: YES_NO },
];

export const PERSON_FIELDS: readonly Field[] = [
  { key: "name" },
  { key: "relation", of: RELATIONS },
  { key: "phone", type: "tel", mode: "tel" },
  { key: "status", of: ["在册", "自然增加", "自然减少"] },
  { key: "work_months", type: "number", mode: "numeric" },
  { key: "labour", of: ["普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"] },
  { key: "school", of: SCHOOL },
  { key: "edu", of: ["文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上"] },
  { key: "health", of: ["健康", "长期慢性病", "患有大病", "残疾"] },
  { key: "birth", type: "date" },
  { key: "id_no" },
];

/** What nobody is without: it changes, and is never gone. */
export const STAYS: readonly string[] = ["name", "relation", "status", "household_type"];

/** What was typed as the dossier keeps it: months are a number, everything else a text. */
export function scalarOf(key: string, text: string): Scalar {
  return key === "work_months" ? Number(text) : text;
}
