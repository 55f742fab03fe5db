// Signing in again without leaving the page. What waits is sent only if the same reviewer comes
// back: of anybody else's sheets the server knows nothing.

export class SignIn {
  #dialog;
  #renew;
  #problem;

  // `renew` fetches a fresh token for the page and says whether it got one; `done` goes on.
  constructor(dialog, renew, done) {
    this.#dialog = dialog;
    this.#renew = renew;
    this.#problem = dialog.querySelector("[data-problem]");
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      if (event.submitter?.value === "cancel") return;
      event.preventDefault();
      const problem = await this.#try(event.target);
      this.#problem.textContent = problem;
      if (problem) return;
      event.target.reset();
      dialog.close();
      done();
    });
  }

  open() {
    this.#problem.textContent = "";
    this.#dialog.showModal();
  }

  async #try(form) {
    const { signIn, wrong, often, other, offline } = this.#dialog.dataset;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(signIn)).text(), "text/html");
      const body = new URLSearchParams(new FormData(form));
      body.set("csrf_token", page.querySelector('meta[name="csrf-token"]').content);
      const answer = await fetch(signIn, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect") return answer.status === 429 ? often : wrong;
      return (await this.#renew()) ? "" : other;
    } catch {
      return offline;
    }
  }
}
