# docker build -t pm-compare . && docker run --env-file .env -v pm-compare:/data -p 3000:3000 pm-compare
FROM python:3.13-slim AS build

WORKDIR /app

# Before the code, so that a change of the code does not install everything again; pip itself stays out of what is kept.
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv install --no-cache-dir --no-deps --require-hashes -r requirements.txt

# Compiled here: the user that runs it may write nothing into /app. By content, since copying may change times.
COPY . .
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash .


FROM python:3.13-slim

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite:////data/bot.db \
    CONTENT_CACHE=/data/content-cache

# A named volume takes over the owner of /data when it is first used.
RUN useradd --system --uid 10001 --home-dir /app bot \
    && mkdir /data \
    && chown bot /data

WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

# By number, so that whoever starts it can tell that this is not root.
USER 10001
VOLUME /data
EXPOSE 3000

# Answered by /healthz at HOST and PORT: 503 when the clock has stopped ticking.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "bot.probing"]

# The exec form: SIGTERM reaches the bot itself, which then finishes what is in flight (STOP_SECONDS, 10 by default,
# as long as `docker stop` waits).
CMD ["python", "-m", "bot", "serve"]
