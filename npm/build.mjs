// Makes the packages for npm from built binaries, esbuild's way: one package a platform, and `keysieve`, which names
// them as optional dependencies.
//
//   node npm/build.mjs OUT PLATFORM-ARCH=PATH/TO/keysieve …       (linux-x64=target/release/keysieve)
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [out, ...binaries] = process.argv.slice(2);
if (!out || binaries.length === 0) {
  console.error("usage: node npm/build.mjs OUT PLATFORM-ARCH=BINARY …");
  process.exit(2);
}
const version = /^version = "([^"]+)"/m.exec(readFileSync(join(here, "../Cargo.toml"), "utf8"))[1];
const main = JSON.parse(readFileSync(join(here, "keysieve/package.json"), "utf8"));
const known = Object.keys(main.optionalDependencies);

for (const pair of binaries) {
  const [platform, binary] = pair.split("=");
  const name = `@keysieve/${platform}`;
  if (!known.includes(name)) throw new Error(`${name} is not an optional dependency of keysieve`);
  const [os, cpu] = platform.split("-");
  const folder = join(out, platform);
  const file = "keysieve";
  mkdirSync(folder, { recursive: true });
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  const about = { name, version, description: `keysieve for ${platform}`, license: main.license, repository: main.repository, os: [os], cpu: [cpu], files: [file], preferUnplugged: true };
  writeFileSync(join(folder, "package.json"), JSON.stringify(about, null, 2) + "\n");
}

cpSync(join(here, "keysieve"), join(out, "keysieve"), { recursive: true });
main.version = version;
for (const name of known) main.optionalDependencies[name] = version;
writeFileSync(join(out, "keysieve/package.json"), JSON.stringify(main, null, 2) + "\n");
console.log(`keysieve ${version}: ${binaries.length + 1} packages in ${out}`);
