// Reads a repository with tuf-js and prints what a client of it sees, as JSON.
//
// usage: read_with_tuf_js.cjs BASE_URL TRUSTED_ROOT STATE_FOLDER
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { Updater } = require("tuf-js");

const TARGET = "motd/notices.json";

async function main(baseUrl, trustedRoot, folder) {
  const metadata = path.join(folder, "metadata");
  const downloads = path.join(folder, "downloads");
  fs.mkdirSync(metadata, { recursive: true });
  fs.mkdirSync(downloads, { recursive: true });
  const root = path.join(metadata, "root.json");
  if (!fs.existsSync(root)) fs.copyFileSync(trustedRoot, root);
  const updater = new Updater({
    metadataDir: metadata,
    metadataBaseUrl: `${baseUrl}/metadata`,
    targetDir: downloads,
    targetBaseUrl: `${baseUrl}/targets`,
    forceCache: false,
  });
  await updater.refresh();
  const info = await updater.getTargetInfo(TARGET);
  if (!info) {
    process.stdout.write("null");
    return;
  }
  const file = path.join(downloads, "notices.json");
  await updater.downloadTarget(info, file);
  const trusted = updater.trustedSet;
  process.stdout.write(
    JSON.stringify({
      custom: info.custom && Object.keys(info.custom).length ? info.custom : null,
      length: info.length,
      bytes: fs.readFileSync(file).toString("hex"),
      root: trusted.root.signed.version,
      timestamp: trusted.timestamp.signed.version,
      snapshot: trusted.snapshot.signed.version,
      motd: trusted.getRole("motd").signed.version,
    }),
  );
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
