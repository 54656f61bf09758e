# syntax=docker/dockerfile:1
# Everything that is installed is pinned by hash (requirements.lock, requirements-build.lock); nothing else is fetched.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# The environment as it will run: without pip, which a running service has no use for.
COPY requirements.lock ./
RUN python -m venv /opt/build \
 && python -m venv --without-pip /opt/tocsin \
 && /opt/build/bin/pip --python /opt/tocsin/bin/python install --no-deps --require-hashes -r requirements.lock

COPY requirements-build.lock pyproject.toml README.md LICENSE NOTICE ./
RUN /opt/build/bin/pip install --no-deps --require-hashes -r requirements-build.lock
COPY config ./config
COPY stream ./stream
COPY alerts ./alerts
COPY tocsin ./tocsin
RUN /opt/build/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /opt/wheels . \
 && /opt/build/bin/pip --python /opt/tocsin/bin/python install --no-deps --no-index --find-links /opt/wheels tocsin


FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Tocsin" \
      org.opencontainers.image.description="Reads the news wire and rings when a conflict escalates." \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --gid 10001 tocsin \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin \
 && install -d -o 10001 -g 10001 -m 0750 /var/lib/tocsin
COPY --from=build /opt/tocsin /opt/tocsin
COPY config/rules.yaml /etc/tocsin/rules.yaml

# HEALTH_PORT is what the health check asks: 8080 of `run` and `serve`, 9108 of the workers.
ENV PATH=/opt/tocsin/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TOCSIN_HOST=0.0.0.0 \
    TOCSIN_DB=/var/lib/tocsin/tocsin.db \
    TOCSIN_RULES=/etc/tocsin/rules.yaml \
    TOCSIN_SUBSCRIBERS=/etc/tocsin/subscribers.yaml \
    HEALTH_PORT=8080

USER 10001:10001
WORKDIR /var/lib/tocsin
VOLUME /var/lib/tocsin
EXPOSE 8080 9108
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"HEALTH_PORT\"]}/livez', timeout=3)"]
ENTRYPOINT ["tocsin"]
CMD ["run"]
