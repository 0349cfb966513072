# docker build -t pm-compare . && docker run --env-file .env -v pm-compare:/data -p 3000:3000 pm-compare
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite:////data/bot.db

WORKDIR /app

# Before the code, so that a change of the code does not install everything again.
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

# A named volume takes over the owner of this folder when it is first used.
RUN useradd --system --uid 10001 --home-dir /app bot \
    && mkdir /data \
    && chown bot /data
COPY . .

USER bot
VOLUME /data
EXPOSE 3000

# Answered by /healthz at HOST and PORT: 503 when the clock has stopped ticking.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "bot.probing"]

# The exec form: SIGTERM reaches the bot itself, which then finishes what is in flight (STOP_SECONDS, 10 by default,
# as long as `docker stop` waits).
CMD ["python", "-m", "bot", "serve"]
