/* Names for what the stock admin leaves nameless to screen readers: its autocomplete boxes, ticks and crosses, empty heads. */
(() => {
  "use strict";
  const { yes, no, unknown } = document.currentScript.dataset;
  const ticks = { True: yes, False: no, None: unknown };
  const mend = () => {
    document.querySelectorAll(".select2-selection[role=combobox]").forEach((box) => {
      const select = box.closest(".select2-container")?.previousElementSibling;
      const name = select?.labels?.[0]?.textContent.replace(/[:：]\s*$/, "").trim() || select?.getAttribute("aria-label");
      if (!name) return;
      box.setAttribute("aria-label", name);
      box.removeAttribute("aria-labelledby");
      box.querySelector(".select2-selection__rendered[role=textbox]")?.setAttribute("aria-label", name);
    });
    document.querySelectorAll("img[src*='/icon-']").forEach((tick) => { tick.alt = ticks[tick.alt] || tick.alt; });
    document.querySelectorAll("th.original:empty").forEach((head) => head.replaceWith(document.createElement("td")));
  };
  /* The filters' drop-downs close when one looks elsewhere. */
  const open = () => document.querySelectorAll("#changelist-filter details[open]");
  document.addEventListener("click", (event) => open().forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; }));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") open().forEach((drop) => { drop.open = false; drop.querySelector("summary").focus(); }); });
  addEventListener("load", () => setTimeout(mend, 0));
  document.addEventListener("formset:added", () => setTimeout(mend, 0));
})();
