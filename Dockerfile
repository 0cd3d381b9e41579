# Two images of one source: `app` is one server process, `nginx` stands before any number of them.
FROM node:22-slim AS tools
WORKDIR /tools
COPY package.json package-lock.json .npmrc ./
RUN npm ci && cp node_modules/@esbuild/*/bin/esbuild /usr/local/bin/

FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY --from=tools /usr/local/bin/esbuild /usr/local/bin/
COPY . .
# The key and the host are for this step alone: collecting files signs and serves nothing. Compiled
# here, since nobody can write beside the program later.
RUN DEBUG=0 SECRET_KEY=only-for-collecting ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --no-input \
    && python -m compileall -q config sync watchparty

# 1.27.3 or newer: it asks the DNS for replicas again and again (`resolve`).
FROM nginx:1.28-alpine AS nginx
COPY deploy/nginx/container.conf /etc/nginx/nginx.conf
COPY deploy/nginx/templates /etc/nginx/templates
COPY --from=build /app/var/static /srv/static
COPY --from=build /app/static/media /srv/media
ENV CSW_SERVERS="resolver 127.0.0.11 valid=5s ipv6=off; server app:8000 resolve max_fails=0;" \
    CSW_AFFINITY=room \
    CSW_SITE=http \
    CSW_NAME=_ \
    CSW_LISTEN=8080 \
    CSW_LISTEN_TLS=8443 \
    CSW_CERTIFICATE=/run/secrets/certificate \
    CSW_CERTIFICATE_KEY=/run/secrets/certificate_key \
    CSW_STATIC=/srv/static \
    CSW_FILMS=/srv/media \
    CSW_ACCESS_LOG=/dev/stdout \
    CSW_OUTER=""
USER 101
EXPOSE 8080 8443
HEALTHCHECK --interval=10s --timeout=3s \
    CMD ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/nginx/alive"]

FROM python:3.13-slim AS app
# A number, so that an orchestrator can see that it is not root.
RUN useradd --system --uid 10001 --home-dir /data --create-home app
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DEBUG=0 HOST=0.0.0.0 PORT=8000 DATABASE_URL=sqlite:////data/db.sqlite3 \
    SERVE_SOCKET=/tmp/serve.sock
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# By a name that the server answers to; anything but a 200 raises.
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s \
    CMD ["python", "-c", "import os; from urllib.request import Request, urlopen; urlopen(Request(f'http://127.0.0.1:{os.environ[\"PORT\"]}/api/health', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=3)"]
CMD ["sh", "-c", "python manage.py migrate --verbosity 0 && python manage.py demo_room && exec python manage.py serve"]
