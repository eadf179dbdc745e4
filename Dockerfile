# The command `callboard` with all extras, for builds on your own servers. Build it in a checkout: docker build -t callboard .
# How to use it: docs/how-to/run-in-a-container.md
FROM debian:trixie-slim AS build
# Debian 13: the Python of Debian 12, 3.11.2, is too old for a pinned package. Its packages have the versions of the release: security updates
# are wanted.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN python3 -m venv /opt/callboard \
    && /opt/callboard/bin/pip install --no-cache-dir --constraint /src/constraints.txt "/src[github-app,ldap,s3]"

FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home callboard \
    && install -d -o callboard -g callboard /portal
COPY --from=build /opt/callboard /opt/callboard
ENV PATH="/opt/callboard/bin:$PATH"
USER 10001
# Mount the folder of sources.yaml here; the user 10001 needs to write to .callboard/ and site/ in it.
WORKDIR /portal
ENTRYPOINT ["callboard"]
CMD ["build"]
