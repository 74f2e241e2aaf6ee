FROM python:3.11-slim AS build

COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt


FROM python:3.11-slim

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data

RUN useradd --system --uid 10001 --no-create-home posthog-lite && install -d -o posthog-lite -m 0700 /data

WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# In a folder of its own: the secret that it generates must not stay in the image.
RUN DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 && rm -r /tmp/build

USER posthog-lite
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --start-interval=1s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/_readyz\", timeout=3)"]
CMD ["python", "manage.py", "serve"]
