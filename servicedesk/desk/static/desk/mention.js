/* Notes: typing @ opens the list of colleagues and narrows it to what follows; Enter takes the first of them. Without
   this script the list is ticked by hand, or a whole name written after the @. Silent while an input method composes. */
(() => {
  "use strict";
  const area = document.querySelector("form.note textarea");
  const list = document.querySelector("form.note [data-mentions]");
  if (!area || !list) return;
  const rows = [...list.querySelectorAll("label")].map((label) => ({ label, row: label.parentElement, box: label.querySelector("input"), name: label.textContent.split("·")[0].trim() }));
  const asked = () => /(?:^|[^\w.+-])[@＠]([^\s@＠]*)$/u.exec(area.value.slice(0, area.selectionStart));
  let first = null;
  const show = () => {
    const found = asked();
    first = null;
    rows.forEach((each) => {
      const fits = !found || each.label.textContent.toLowerCase().includes(found[1].toLowerCase());
      each.row.hidden = !fits;
      if (found && fits && !first) first = each;
    });
    if (found) list.open = true;
  };
  const take = (each) => {
    const found = asked();
    const end = area.selectionStart;
    area.setRangeText(`${each.name} `, end - found[1].length, end, "end");
    each.box.checked = true;
    show();
  };
  area.addEventListener("input", show);
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || !first || !asked()) return;
    event.preventDefault();
    take(first);
  });
})();
