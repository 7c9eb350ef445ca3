/* Demonstration: a log-in of the list is filled in with one press. */
(() => {
  "use strict";
  const login = document.querySelector("#id_login"), password = document.querySelector("#id_password");
  if (!login || !password) return;
  document.querySelectorAll("[data-fill]").forEach((cell) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet mono";
    button.textContent = cell.dataset.fill;
    button.addEventListener("click", () => { login.value = cell.dataset.fill; password.value = cell.dataset.with; login.form.querySelector("button").focus(); });
    cell.replaceChildren(button);
  });
})();
