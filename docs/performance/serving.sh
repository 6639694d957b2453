#!/usr/bin/env bash
# `motd serve` beside nginx: one worker each on one core, the load generator on another, the same file of 5 KB, 64
# connections, in turn in each round.
#
#   docs/performance/serving.sh target/dist/motd [ROUNDS [SECONDS]]
#
# Needs two cores, nginx, wrk, taskset, curl and python3. Prints the medians of the rounds, and their ratios.
set -euo pipefail
motd=$(realpath "$1") rounds=${2:-5} seconds=${3:-10}
folder=$(mktemp -d)
# Started by root, nginx reads as somebody else.
chmod 755 "$folder"
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

"$motd" repo init site --repository index.example.org >/dev/null 2>&1
mkdir -p site/targets/packages
head -c 5120 /dev/urandom >site/targets/packages/five

cat >nginx.conf <<NGINX
worker_processes 1;
daemon off;
pid $folder/nginx.pid;
error_log $folder/error.log;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout 300;
    keepalive_requests 1000000000;
    open_file_cache max=1000 inactive=300s;
    open_file_cache_valid 300s;
    default_type application/octet-stream;
    server { listen 127.0.0.1:18081; root $folder/site; }
}
NGINX
taskset --cpu-list 0 nginx -p "$folder" -c "$folder/nginx.conf" &
taskset --cpu-list 0 "$motd" serve site --listen 127.0.0.1:18082 --workers 1 --connections-per-address 0 --drain 0 >/dev/null 2>talk &
served=$!
for port in 18081 18082; do
    curl --silent --retry 50 --retry-all-errors --retry-delay 1 --output "from-$port" "http://127.0.0.1:$port/targets/packages/five"
    cmp "from-$port" site/targets/packages/five
done

# The CPU that a process has used, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
worker=$(pgrep -P "$(cat nginx.pid)")
resident() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }
for _ in $(seq "$rounds"); do
    for port in 18081 18082; do
        process=$worker
        [ $port = 18082 ] && process=$served
        before=$(ticks $process)
        taskset --cpu-list 1 wrk -t1 -c64 "-d${seconds}s" --latency "http://127.0.0.1:$port/targets/packages/five" >"out"
        awk -v port=$port -v ticks=$(($(ticks $process) - before)) '
            /99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /requests in/ { requests = $1 } /Non-2xx|Socket errors/ { bad = $0 }
            END { print port, rate, p99, ticks * 10000 / requests, bad }' out | tee -a rounds
    done
done
echo "resident KiB: nginx's worker $(resident "$worker"), with its master $(($(resident "$worker") + $(resident "$(cat nginx.pid)"))); motd $(resident $served)"
python3 - <<'PYTHON'
from statistics import median
def milliseconds(text):
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0)):
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
rates, tails, costs = {}, {}, {}
for line in open("rounds"):
    port, rate, tail, cost = line.split()[:4]
    costs.setdefault(port, []).append(float(cost))
    rates.setdefault(port, []).append(float(rate))
    tails.setdefault(port, []).append(milliseconds(tail))
for port, name in (("18081", "nginx"), ("18082", "motd")):
    print(f"{name}: {median(rates[port]):.0f} requests/s, p99 {median(tails[port]):.2f} ms, CPU {median(costs[port]):.1f} us a request")
print(f"requests/s, motd to nginx: {median(rates['18082']) / median(rates['18081']):.2f}")
print(f"p99, motd to nginx: {median(tails['18082']) / median(tails['18081']):.2f}")
print(f"CPU a request, motd to nginx: {median(costs['18082']) / median(costs['18081']):.2f}")
PYTHON
