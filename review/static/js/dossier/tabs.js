// On a narrow screen the dossier and the sheet take turns; the sheet's footer stays in both.

export function takeTurns() {
  const tabs = document.querySelector("[data-pane-tabs]");
  if (!tabs) return;
  const panes = tabs.nextElementSibling;
  const show = (name) => {
    panes.dataset.shown = name;
    tabs.querySelectorAll("button").forEach((tab) => tab.setAttribute("aria-pressed", tab.dataset.pane === name));
  };
  tabs.addEventListener("click", ({ target }) => target.dataset.pane && show(target.dataset.pane));
  document.addEventListener("dossier:asked", () => show("dossier"));
  tabs.hidden = false;
}
