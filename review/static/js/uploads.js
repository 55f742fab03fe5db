// Sends files in parts, goes on where a broken upload stopped, and shows how far it is.
"use strict";

(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const progress = form.querySelector("[data-upload-progress]");
  const problem = form.querySelector("[data-upload-problem]");
  const LARGEST_DIGESTED = 64 * 1024 * 1024;

  const ask = async (address, body, method = "POST") => {
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(address, { method, headers, body });
    const told = await answer.json().catch(() => ({}));
    return { ...told, code: answer.status };
  };

  // Remembered until all files chosen with it are sent, so that none is sent twice; without its
  // name: a name of a file may hold that of a person.
  const memory = (file) => `upload:${file.size}:${file.lastModified}`;
  const recalled = (file) => (localStorage.getItem(memory(file)) || "").split(" ");

  // Files that are sent together share a name made here; 132 random bits need no secure context.
  const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const newBatch = () => Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => SIGNS[byte % 64]).join("");

  const digest = async (file) => {
    if (!window.crypto?.subtle || file.size > LARGEST_DIGESTED) return "";
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const resumed = async (file) => {
    const [, address] = recalled(file);
    if (!address) return null;
    const told = await ask(`${address}/state`, undefined, "GET");
    return told.code === 200 && !["withdrawn", "refused"].includes(told.status) ? told : null;
  };

  const begun = async (file, batch) => {
    const fields = { name: file.name, size: file.size, batch, sha256: await digest(file) };
    const told = await ask(form.dataset.begin, new URLSearchParams(fields));
    if (told.code !== 201) throw new Error(told.message || "");
    localStorage.setItem(memory(file), `${batch} ${told.address}`);
    return told;
  };

  const show = (file, received) => {
    const share = Math.floor((100 * received) / file.size);
    progress.hidden = false;
    progress.querySelector("progress").value = share;
    progress.querySelector("output").textContent = `${file.name} ${share}%`;
  };

  const send = async (file, batch) => {
    let told = (await resumed(file)) || (await begun(file, batch));
    const { address } = told;
    while (told.status === "receiving" && told.received < file.size) {
      show(file, told.received);
      const piece = new FormData();
      piece.append("piece", file.slice(told.received, told.received + told.part));
      told = await ask(`${address}/parts/${told.received}`, piece);
      if (![200, 409].includes(told.code)) throw new Error(told.message || "");
    }
    show(file, file.size);
    const done = told.status === "receiving" ? await ask(`${address}/complete`) : {};
    return done.page || address;
  };

  const sendAll = async (files) => {
    const batch = files.map((file) => recalled(file)).find(([, address]) => address)?.[0] ?? newBatch();
    let page = null;
    for (const file of files) page = await send(file, batch);
    files.forEach((file) => localStorage.removeItem(memory(file)));
    return files.length > 1 ? form.action : page;
  };

  const refuse = (words) => {
    problem.textContent = words;
    problem.hidden = false;
  };

  form.addEventListener("submit", async (event) => {
    const files = [...form.querySelector("[type=file]").files];
    if (!files.length) return;
    event.preventDefault();
    problem.hidden = true;
    const unfit = files.filter(({ size }) => !size || size > problem.dataset.largest).map(({ name }) => name);
    if (unfit.length) return refuse(problem.dataset.unfit.replace("{names}", unfit.join(" · ")));
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      location.assign(await sendAll(files));
    } catch (error) {
      refuse(error instanceof TypeError || !error.message ? problem.dataset.broken : error.message);
      button.disabled = false;
    }
  });
})();
