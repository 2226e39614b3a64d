// Starts scripts/<name>.ts, or says why this Node cannot: npm puts the right one first on the path, a shell does not.
const [name, ...args] = process.argv.slice(2);

if (process.features.typescript) {
  process.argv = [process.argv[0], process.argv[1], ...args];
  await import(`./${name}.ts`);
} else {
  console.error(
    `Relay's scripts need Node 22.18 or newer, and this is Node ${process.versions.node}: use npm run ${name}.`,
  );
  process.exitCode = 1;
}
