/** The columns that can be exported unmasked, and how they are said. */
import { coded, t } from "../words";

export const COLUMNS = ["id_no", "phone"] as const;
export const sayColumns = (columns: readonly string[]): string => columns.map((one) => coded("column", one)).join(t("join.item"));
