# Clock Synchronization World as a user without rights: one process, or with REDIS_URL one a core.
FROM node:22-slim AS tools
WORKDIR /tools
COPY package.json package-lock.json .npmrc ./
RUN npm ci && cp node_modules/@esbuild/*/bin/esbuild /usr/local/bin/

FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY --from=tools /usr/local/bin/esbuild /usr/local/bin/
COPY . .
# The key and the host are for this step alone: collecting files signs and serves nothing.
RUN DEBUG=0 SECRET_KEY=only-for-collecting ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --no-input \
    && useradd --system --home-dir /data --create-home app
USER app
ENV DEBUG=0 HOST=0.0.0.0 PORT=8000 DATABASE_URL=sqlite:////data/db.sqlite3 \
    SERVE_SOCKET=/tmp/serve.sock
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["sh", "-c", "python manage.py migrate --verbosity 0 && python manage.py demo_room && exec python manage.py serve"]
