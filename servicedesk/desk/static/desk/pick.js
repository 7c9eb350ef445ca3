/* Export: one box for all columns; only the columns of the chosen resource are shown. */
(() => {
  "use strict";
  const chosen = document.querySelector("#id_resource");
  const picks = [...document.querySelectorAll(".pick")];
  const show = () => picks.forEach((pick) => { pick.hidden = Boolean(chosen) && pick.dataset.resource !== chosen.value && picks.length > 0 && chosen.tagName === "SELECT"; });
  document.querySelectorAll("[data-pick-all]").forEach((all) => {
    all.hidden = false;
    all.querySelector("input").addEventListener("change", (event) => {
      const mine = all.closest(".pick").dataset.resource;
      picks.filter((pick) => pick.dataset.resource === mine).forEach((pick) => pick.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; }));
    });
  });
  if (chosen) chosen.addEventListener("change", show);
  show();
})();
