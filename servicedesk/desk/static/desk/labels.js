/* Names for what the stock admin leaves nameless to screen readers: its autocomplete boxes, ticks and crosses, empty heads. */
(() => {
  "use strict";
  const { yes, no, unknown } = document.currentScript.dataset;
  const ticks = { True: yes, False: no, None: unknown };
  const wordsOf = (node) => node?.textContent.replace(/[:：]\s*$/, "").trim() || "";
  /* The fields of a table of lines are named by the head of their column, the two of a moment by the words before each. */
  const nameFields = () => document.querySelectorAll(".tabular td[class*='field-'] :is(input, select, textarea):not([type=hidden]), .datetime input").forEach((field) => {
    if (field.labels?.length || field.getAttribute("aria-label")) return;
    const cell = field.closest("td[class*='field-']"), column = cell?.className.match(/field-([\w-]+)/)?.[1];
    const head = column ? cell.closest("table").querySelector(`thead th.column-${column}`) : field.closest("fieldset, .form-row")?.querySelector("legend, label");
    const before = field.closest(".datetime") && field.previousSibling?.nodeType === 3 ? wordsOf(field.previousSibling) : "";
    const name = `${wordsOf(head)} ${before}`.trim();
    if (name) field.setAttribute("aria-label", name);
  });
  /* On a phone a row is a card: each value says what it is, and a value that is missing says nothing. */
  const nameCells = () => {
    const heads = [...document.querySelectorAll("#result_list thead th")].map((head) => wordsOf(head.querySelector(".text") || head));
    document.querySelectorAll("#result_list tbody tr").forEach((row) => [...row.children].forEach((cell, place) => {
      if (cell.localName !== "td" || cell.matches(".action-checkbox") || cell.querySelector("a.title, .title, .clock")) return;
      if (heads[place]) cell.dataset.label = heads[place];
      cell.classList.toggle("none", cell.textContent.trim() === "-" && !cell.querySelector("img"));
    }));
  };
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
    document.querySelectorAll("th.original:empty, .tabular thead th:empty").forEach((head) => head.replaceWith(document.createElement("td")));
    nameFields();
    nameCells();
  };
  /* The filters' drop-downs close when one looks elsewhere. */
  const open = () => document.querySelectorAll("#changelist-filter details[open]");
  document.addEventListener("click", (event) => open().forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; }));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") open().forEach((drop) => { drop.open = false; drop.querySelector("summary").focus(); }); });
  addEventListener("load", () => setTimeout(mend, 0));
  document.addEventListener("formset:added", () => setTimeout(mend, 0));
})();
