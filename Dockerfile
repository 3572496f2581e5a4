# Firn in a container. Not built where Firn is tested, which has no container engine: see docs/operations.md.
# It takes everything from Debian's packages and npm. Build it in a clone: docker build --tag firn-db .
FROM debian:trixie-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# `npm ci` also installs the Node.js that Firn needs; npm itself runs with Debian's.
RUN npm ci && npm pack --pack-destination /tmp
WORKDIR /opt/firn
RUN npm install --omit=optional --no-audit --no-fund /tmp/firn-db-*.tgz "node@$(node -p "require('/build/package.json').devDependencies.node")"

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libatomic1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --create-home firn \
 && mkdir -p /data /archives \
 && chown firn:firn /data /archives
COPY --from=build /opt/firn /opt/firn
ENV PATH=/opt/firn/node_modules/.bin:$PATH \
    FIRN_DB=/data/app.db \
    FIRN_ARCHIVES=/archives
# The folder of the database, as SQLite and Firn keep files beside it, and the archives. A firn.config.yaml in /data is read.
VOLUME ["/data", "/archives"]
USER firn
WORKDIR /data
EXPOSE 9200
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m CMD ["firn", "status", "--check", "--quiet"]
ENTRYPOINT ["firn"]
CMD ["run", "--listen", "0.0.0.0:9200", "--log-format", "json"]
