"""
The writer of insert-steadily.ts as a program in Python writes it: the module sqlite3 with its defaults (a busy timeout of 5 s, a
transaction that begins with the INSERT). Its rows are copies of the newest ones with other keys and times.
Usage: insert_steadily.py DATABASE STOP_FILE
"""

import datetime
import json
import os
import sqlite3
import sys
import time
import uuid

EVERY_S = 0.005
LEAST_PAUSE_S = 0.001
WARM_UP = 20
TEMPLATES = 500

path, stop_file = sys.argv[1:]
db = sqlite3.connect(path)
columns = [row[1] for row in db.execute("PRAGMA table_info(tool_uses)")]
templates = db.execute("SELECT * FROM tool_uses ORDER BY rowid DESC LIMIT ?", (TEMPLATES,)).fetchall()
insert = f"INSERT INTO tool_uses VALUES ({', '.join('?' for _ in columns)})"
random_keys = [columns.index(name) for name in ("id", "execution_id", "transcript_entry_id")]
times = [columns.index(name) for name in ("start_time", "end_time")]
told = {"at": [], "ms": [], "failed": 0}
due = time.perf_counter()
n = 0
while not os.path.exists(stop_file):
    row = list(templates[n % len(templates)])
    for column in random_keys:
        row[column] = str(uuid.uuid4())
    for column in times:
        row[column] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    time.sleep(max(LEAST_PAUSE_S, due - time.perf_counter()))
    due += EVERY_S
    at, began = time.time(), time.perf_counter()
    try:
        db.execute(insert, row)
        db.commit()
    except sqlite3.OperationalError:
        db.rollback()
        told["failed"] += 1
    if n == WARM_UP:
        print("timing", flush=True)
    if n > WARM_UP:
        told["at"].append(at * 1000)
        told["ms"].append((time.perf_counter() - began) * 1000)
    n += 1
db.close()
print(json.dumps(told))
