// Opens a dossier with pdf.js from our own origin, in single ranges: only what is read is loaded.

const RANGE = 65536;

export async function openDocument(root) {
  const { file, pdfjs: address, worker } = root.dataset;
  const port = new Worker(worker, { type: "module" }); // starts while the module is being read
  const pdfjs = await import(address);
  const beside = (folder) => new URL(folder, new URL(worker, document.baseURI)).href;
  const task = pdfjs.getDocument({
    url: file,
    worker: pdfjs.PDFWorker.create({ port }),
    cMapUrl: beside("cmaps/"),
    standardFontDataUrl: beside("standard_fonts/"),
    wasmUrl: beside("wasm/"),
    rangeChunkSize: RANGE,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  return { pdfjs, pdf: await task.promise };
}
