# Two images. `programs`: intake, payment, fulfillment, gateway, and await_schema, which Kubernetes runs before them.
# `migrate`: what the owner of the tables needs: sqitch with the schema, the roles, the cities, their loader, and await_schema.
#
#   make image        both, tagged with the project's version, by buildah (or BUILDER=docker)
#
# Neither needs a shell, root, or a file system that it may write to (sqitch wants a /tmp). Packages are those of
# image/*.pins and no others; image/pin renews them.
#
# Where no registry is at hand, image/base makes the base.
ARG BASE=docker.io/library/debian:bookworm-slim
ARG PINS=image

# --- what both have: a machine keeps it once
FROM ${BASE} AS libraries
ARG DEBIAN_FRONTEND=noninteractive
ARG PINS
COPY ${PINS}/run.pins ${PINS}/migrate.pins /tmp/
# Nobody may become somebody else: without su and its like.
RUN apt-get -q update && \
    grep -Fxf /tmp/run.pins /tmp/migrate.pins | \
      xargs apt-get -q install -y --no-install-recommends --allow-downgrades && \
    apt-get -q clean && \
    rm -rf /tmp/*.pins /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* && \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +

# --- fonts, and what sets letters in them
FROM libraries AS packages
ARG DEBIAN_FRONTEND=noninteractive
ARG PINS
COPY ${PINS}/run.pins /tmp/
# Fontconfig keeps its cache by the directories' times, nanoseconds included, which an image does not: so they get none.
RUN apt-get -q update && \
    xargs -a /tmp/run.pins apt-get -q install -y --no-install-recommends --allow-downgrades && \
    apt-get -q clean && \
    rm -rf /tmp/run.pins /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* && \
    find /usr/share/fonts /usr/local/share/fonts -type d -exec touch --date=2026-01-01T00:00:00Z {} + && \
    fc-cache --force --system-only && \
    ls /var/cache/fontconfig/*.cache-*

# --- sqitch, and psql
FROM libraries AS migrate-packages
ARG DEBIAN_FRONTEND=noninteractive
ARG PINS
COPY ${PINS}/migrate.pins /tmp/
RUN apt-get -q update && \
    xargs -a /tmp/migrate.pins apt-get -q install -y --no-install-recommends --allow-downgrades && \
    apt-get -q clean && \
    rm -rf /tmp/migrate.pins /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/*

# --- the programs
FROM ${BASE} AS build
ARG DEBIAN_FRONTEND=noninteractive
ARG PINS
COPY ${PINS}/build.pins /tmp/
RUN apt-get -q update && \
    xargs -a /tmp/build.pins apt-get -q install -y --no-install-recommends --allow-downgrades
WORKDIR /src
COPY . .
ARG JOBS=2
ARG PRESET=release
# What was compiled for an earlier image is not compiled again, nor what a clone has compiled, if its cache is mounted and
# its language said: compilers speak it, so ccache goes by it.
ARG LANG
ENV CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1
RUN --mount=type=cache,id=fightsftickets-ccache,target=/root/.cache/ccache \
    cmake --preset ${PRESET} -DBUILD_TESTING=OFF && \
    cmake --build build/${PRESET} -j ${JOBS} --target intake payment fulfillment gateway registry await_schema && \
    install -D --strip --target-directory=/programs build/${PRESET}/bin/*

# --- what is in the images
FROM build AS bills
ARG VERSION
COPY --from=packages /var/lib/dpkg/status /bills/fightsftickets.status
COPY --from=migrate-packages /var/lib/dpkg/status /bills/fightsftickets-migrate.status
RUN for image in fightsftickets fightsftickets-migrate; do \
      /usr/bin/python3 image/sbom.py "$image" "${VERSION}" "/bills/$image.status" >"/bills/$image.spdx.json" || exit 1; \
    done

# --- the images
FROM migrate-packages AS migrate
ARG VERSION
LABEL org.opencontainers.image.title=fightsftickets-migrate org.opencontainers.image.version=${VERSION}
COPY --from=build /programs/await_schema /programs/registry /usr/local/bin/
COPY --from=bills /bills/fightsftickets-migrate.spdx.json /usr/share/fightsftickets/sbom.spdx.json
COPY schema /schema
# sqitch does not start without a time zone and a home.
ENV TZ=UTC LANG=C.UTF-8 HOME=/tmp
USER 65532:65532
WORKDIR /schema
CMD ["/usr/bin/sqitch", "--version"]

FROM packages AS programs
ARG VERSION
LABEL org.opencontainers.image.title=fightsftickets org.opencontainers.image.version=${VERSION}
COPY --from=build /programs/intake /programs/payment /programs/fulfillment /programs/gateway /programs/await_schema \
     /usr/local/bin/
COPY --from=bills /bills/fightsftickets.spdx.json /usr/share/fightsftickets/sbom.spdx.json
ENV LANG=C.UTF-8
USER 65532:65532
WORKDIR /
CMD ["/usr/local/bin/gateway", "--help"]
