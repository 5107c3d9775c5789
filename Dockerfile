# A small image: what builds it stays behind, it runs as nobody in particular, and writes only below /data.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/paperround \
 && /opt/paperround/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
COPY bot bot
COPY storage storage
COPY adapters adapters
COPY benchmarks benchmarks
RUN /opt/paperround/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/paperround/bin/pip uninstall --yes editables hatchling setuptools trove-classifiers

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 paperround \
 && useradd --uid 10001 --gid paperround --home-dir /data --no-create-home --shell /usr/sbin/nologin paperround \
 && install --directory --owner paperround --group paperround --mode 0700 /data
COPY --from=build /opt/paperround /opt/paperround
ENV PATH=/opt/paperround/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PAPERROUND_DATA_DIR=/data \
    PAPERROUND_WEB_HOST=0.0.0.0
# As numbers, which Kubernetes needs to see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('PAPERROUND_WEB_PORT', '8080')}/healthz\", timeout=4)"]
ENTRYPOINT ["paperround"]
CMD ["run"]
