/** Whose device this is and where it stands, for the frame and every screen that asks by role. */
import { computed, effectScope } from "vue";
import { useAsk } from "../api/live";

const asked = effectScope(true).run(() => useAsk("status", () => ({})))!;
export const status = asked.data;
export const statusTrouble = asked.trouble;
export const askStatus = asked.again;
export const me = computed(() => status.value?.me ?? null);
export const standing = computed(() => status.value?.standing ?? null);

export type Role = "helper" | "first_secretary" | "township" | "county";
export const role = computed<Role>(() => {
  const roles = me.value?.roles ?? [];
  const order: Role[] = ["county", "township", "first_secretary", "helper"];
  return order.find((one) => roles.includes(one)) ?? "helper";
});
export const directs = computed(() => role.value === "county" || role.value === "township");
