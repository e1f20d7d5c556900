# The pipeline with Airflow: one image for its four processes, the set-up, and `gmsd`. No BuildKit-only syntax.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/gmsd
# `celery` adds what several workers need
ARG EXECUTOR=local
COPY requirements-bootstrap.lock requirements.lock requirements-scale.lock services/pip_settings.py /build/
# uv takes over what pip is configured for; the address of an index stays out of the image
RUN python -m pip install --no-cache-dir --target /tmp/uv --require-hashes -r /build/requirements-bootstrap.lock \
 && eval "$(python /build/pip_settings.py 'python -m pip')" \
 && /tmp/uv/bin/uv venv --quiet --no-project --python "$(command -v python3.11 || command -v python3)" /opt/venv \
 && /tmp/uv/bin/uv pip install --quiet --no-cache --python /opt/venv/bin/python --compile-bytecode --require-hashes \
    -r "/build/requirements$(test "$EXECUTOR" = celery && echo -scale || true).lock"
COPY pyproject.toml README.md* LICENSE* ./
COPY plugins plugins
RUN /tmp/uv/bin/uv pip install --quiet --no-cache --offline --python /opt/venv/bin/python --no-deps --no-build-isolation -e .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin gmsd \
 && install -d -m 0700 -o gmsd -g gmsd /state /state/airflow /state/airflow/logs /state/lineage /state/mail /opt/gmsd/var
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/gmsd/plugins /opt/gmsd/plugins
COPY pyproject.toml /opt/gmsd/
COPY dags /opt/gmsd/dags
COPY expectations /opt/gmsd/expectations
COPY sql /opt/gmsd/sql
COPY services /opt/gmsd/services
USER gmsd
WORKDIR /opt/gmsd
ENV PYTHONPATH=/opt/gmsd GMSD_VENV=/opt/venv GMSD_HOME=/opt/gmsd GMSD_STATE_DIR=/state GMSD_BIND=0.0.0.0 PATH=/opt/venv/bin:$PATH
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/venv/bin/python", "-m", "services.container"]
CMD ["run", "api-server", "--workers", "1"]
