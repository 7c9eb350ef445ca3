/* Live remaining time: a badge marked data-live has its due moment within this stretch of office hours, so wall
   time and working time are the same until then. Words of hours and minutes come from the browser's own locale. */
(() => {
  "use strict";
  const language = document.documentElement.lang || "zh-Hans";
  const unit = (value, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(value).replace(/(\d)(?=\p{Script=Han})/u, "$1 ");
  const amount = (seconds) => {
    const minutes = Math.max(1, Math.floor(seconds / 60));
    const parts = [];
    if (minutes >= 60) parts.push(unit(Math.floor(minutes / 60), "hour"));
    if (minutes % 60) parts.push(unit(minutes % 60, "minute"));
    return parts.join(" ");
  };
  const tick = () => document.querySelectorAll(".clock[data-live]").forEach((badge) => {
    const left = (new Date(badge.dataset.due) - Date.now()) / 1000;
    if (left <= 0) { badge.removeAttribute("data-live"); return; }
    const words = badge.querySelector(".words");
    const frame = badge.dataset.frame;
    if (frame && words) words.textContent = frame.replace("{}", amount(left));
  });
  if (!document.querySelector(".clock[data-live]")) return;
  setInterval(tick, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
})();
