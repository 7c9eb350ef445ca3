/* Ticking all of an office, or of the page, where scripts run: rows that may not be ticked are left alone. */
(() => {
  "use strict";
  const bind = (label, scope) => {
    const all = label.querySelector("input");
    const boxes = () => [...scope.querySelectorAll("input[name=number]:not(:disabled)")];
    label.hidden = !boxes().length;
    all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
    scope.addEventListener("change", () => { all.checked = boxes().every((box) => box.checked); });
  };
  document.querySelectorAll("[data-tick-group]").forEach((label) => bind(label, label.closest("section")));
  document.querySelectorAll("[data-tick-all]").forEach((label) => bind(label, label.closest("form")));
})();
