/* Puts a ready text into the form it stands by, where the cursor is. Without this script the link reopens the page with the text in that form. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-canned]");
    const area = link && document.getElementById(link.dataset.into);
    if (!area || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const [start, end] = [area.selectionStart ?? area.value.length, area.selectionEnd ?? area.value.length];
    area.setRangeText(link.dataset.canned, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    link.closest("details").open = false;
    area.focus();
  });
})();
