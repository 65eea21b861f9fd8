# BASE is any Debian-like image with Python 3.11 or newer and its venv module.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG UV_VERSION=0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check "uv==${UV_VERSION}"
WORKDIR /app
# The libraries first: they change less often than the code, and their layer is kept.
COPY pyproject.toml uv.lock README.md ./
RUN /opt/uv/bin/uv sync --locked --no-default-groups --no-install-project
COPY activities activities
COPY db db
COPY domain domain
COPY providers providers
COPY rulebook rulebook
COPY runtime runtime
COPY starter starter
COPY workflows workflows
COPY worker.py ./
RUN /opt/uv/bin/uv sync --locked --no-default-groups --no-editable

FROM ${BASE}
ARG BUILD_ID
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DUNLIN_ENVIRONMENT=production \
    DUNLIN_BUILD_ID=${BUILD_ID} \
    DUNLIN_BIND_ADDRESS=0.0.0.0 \
    DUNLIN_LOG_FORMAT=json
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin dunlin \
    && install --directory --owner=dunlin /var/lib/dunlin/print
COPY --from=build /app/.venv /app/.venv
USER 10001
WORKDIR /var/lib/dunlin
EXPOSE 8088 8089 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8088/ready', timeout=4)"]
CMD ["python", "-m", "worker"]
