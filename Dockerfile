# Relay without a window: docs/install.md says how to run it.
FROM node:24-bookworm-slim AS build
WORKDIR /relay
COPY package.json package-lock.json ./
# No scripts: the natives bring their binaries, and keytar goes with the rest: a container has no keychain.
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.ts && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /relay
COPY --from=build /relay/package.json ./
COPY --from=build /relay/node_modules ./node_modules
COPY --from=build /relay/dist ./dist
COPY --from=build /relay/src-main/entry.mjs ./src-main/entry.mjs
RUN ln -s /relay/src-main/entry.mjs /usr/local/bin/relay && mkdir -m 700 /data && chown node:node /data
ENV RELAY_HOME=/data RELAY_SECRETS=file RELAY_PASSPHRASE_FILE=/run/secrets/passphrase
USER node
VOLUME /data
EXPOSE 4141
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:4141/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Outside of the container only what its port is published to can reach it.
CMD ["relay", "serve", "--bind", "0.0.0.0"]
