# The same steps as `make setup`, for a server: locked packages, compiled translations, the code.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/review

COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt

COPY wsgi.py ./
COPY review/ review/
COPY rubrics/ rubrics/
COPY scoring/ scoring/
COPY templates/ templates/
RUN pybabel compile -d review/translations

# Files of the platform's own (a register being previewed, an SQLite file) go to DATA_DIR only.
RUN useradd --system --uid 10001 --no-create-home review && install -d -o review /var/lib/review
ENV DATA_DIR=/var/lib/review MPLCONFIGDIR=/tmp/matplotlib
VOLUME /var/lib/review
USER review

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
  ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", \
  "--threads", "4", "--timeout", "60", "--max-requests", "2000", "--max-requests-jitter", "200", \
  "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", "wsgi:app"]
