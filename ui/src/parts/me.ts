/** Whose device this is and where it stands, for the frame and every screen that asks by role. */
import { computed, effectScope } from "vue";
import type { Reach } from "../api/bindings";
import { useAsk } from "../api/live";

const asked = effectScope(true).run(() => useAsk("status", () => ({})))!;
export const status = asked.data;
export const statusTrouble = asked.trouble;
export const askStatus = asked.again;
export const statusAsked = asked.first;
export const me = computed(() => status.value?.me ?? null);
export const standing = computed(() => status.value?.standing ?? null);

/** Whose screens these are: by how far the roles of this person reach, whatever the county calls them. */
export type Role = "helper" | "first_secretary" | "township" | "county";
export const role = computed<Role>(() => {
  const desk: Record<Reach, Role> = { county: "county", directs: "township", area: "first_secretary", entrusted: "helper" };
  return desk[me.value?.reach ?? "entrusted"];
});
export const directs = computed(() => role.value === "county" || role.value === "township");
