// Python on a thread of its own: the page stays usable while it works, and can end it.
const url = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const decode = (text) =>
  Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const unpack = async (piece) => {
  const packed = typeof piece === "string" ? decode(piece) : piece;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
const HOME = "memory:/"; // no place on a network: what Pyodide would fetch from here is given to it below
self.importScripts = () => {
  throw new Error("Pyodide takes a worker with this for one that cannot import modules; this one can.");
};
let python, bridge;

async function start(packed) {
  const names = Object.keys(packed);
  const unpacked = await Promise.all(names.map((name) => unpack(packed[name])));
  const piece = Object.fromEntries(names.map((name, index) => [name, unpacked[index]]));
  self.fetch = async (address) => {
    if (String(address).endsWith("pyodide.asm.wasm"))
      return new Response(piece.wasm, { headers: { "Content-Type": "application/wasm" } });
    if (String(address).endsWith("python_stdlib.zip")) return new Response(piece.stdlib);
    throw new TypeError("Nothing is fetched by this page.");
  };
  const { loadPyodide } = await import(url(piece.pyodide));
  const { default: createPyodideModule } = await import(url(piece.module));
  postMessage({ progress: "Starting Python" });
  python = await loadPyodide({
    indexURL: HOME,
    lockFileContents: new TextDecoder().decode(piece.lock),
    createPyodideModule,
    env: { OPENPYXL_LXML: "False", HOME: "/home" },
  });
  postMessage({ progress: "Loading the program" });
  python.FS.mkdirTree("/program");
  python.unpackArchive(piece.program, "zip", { extractDir: "/program" });
  python.runPython("import sys; sys.path.insert(0, '/program'); sys.dont_write_bytecode = True");
  bridge = python.pyimport("bridge");
  bridge.report_progress((done, count) => postMessage({ done, count }));
}

// A fresh folder for each call, so that nothing of one case is there when the next is read.
function inFolder(files, work) {
  const { FS } = python;
  const folder = `/home/work`;
  remove(FS, folder);
  FS.mkdirTree(folder);
  for (const [name, content] of Object.entries(files)) {
    if (!name || name.split("/").some((part) => part === ".." || part === "")) throw new Error(`No name for a file: ${name}`);
    FS.mkdirTree(`${folder}/${name}`.replace(/\/[^/]*$/, ""));
    FS.writeFile(`${folder}/${name}`, new Uint8Array(content));
  }
  try {
    return work(folder, FS);
  } finally {
    FS.chdir("/");
    remove(FS, folder);
  }
}

function remove(FS, path) {
  if (!FS.analyzePath(path).exists) return;
  for (const name of FS.readdir(path).filter((each) => each !== "." && each !== "..")) {
    const inside = `${path}/${name}`;
    if (FS.isDir(FS.stat(inside).mode)) remove(FS, inside);
    else FS.unlink(inside);
  }
  FS.rmdir(path);
}

const calls = {
  start,
  run: ({ words, files }) =>
    inFolder(files, (folder, FS) => {
      const result = JSON.parse(bridge.run(JSON.stringify(words), folder));
      const read = (name) => [name, FS.readFile(`${folder}/${name}`)];
      return { ...result, files: Object.fromEntries(result.files.map(read)) };
    }),
  pack: ({ files }) => inFolder(files, (folder) => bridge.pack(folder).toJs()),
};

onmessage = async ({ data: { number, call, values } }) => {
  try {
    postMessage({ number, result: await calls[call](values) });
  } catch (error) {
    postMessage({ number, error: String(error?.message ?? error) });
  }
};
