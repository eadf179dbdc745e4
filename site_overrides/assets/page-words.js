// page-words.js: the texts of the scripts of all pages, in the language of the portal; words.js has those of the others. The build fills in the
// labels that this file names, see templates/strings/.
import { filling } from "./labels.js";

const labels = {};
const { t, counted } = filling(labels);

export const words = {
  copy: t("copy"), copyFailed: t("copy_failed"), star: (title) => t("star", title), starTitle: t("star_title"),
  minutes: (n) => t("minutes_ago", n), hours: (n) => t("hours_ago", n), days: (n) => counted("days_ago", n), now: t("just_now"),
};
