#!/bin/sh
# Tells systemd about weir: ready at the first healthy answer of /healthz, then
# alive at every answer, with what is wrong as the status of the service.
#
#   weir-notify PORT COMMAND...      runs: COMMAND... --http 127.0.0.1:PORT
#
# COMMAND takes the place of this process. So the main process of the service
# is weir: signals reach it, and its exit code is the service's. Needs curl.
#
# A weir that hangs gives no answer, and the watchdog restarts it. A broker that
# is away or a full disk is a status: a restart would not help.

[ $# -ge 2 ] || { echo "Usage: weir-notify PORT COMMAND..." >&2; exit 2; }
port=$1
shift

# Twice in the time that systemd allows, in microseconds.
pause=$((${WATCHDOG_USEC:-60000000} / 2000000))
[ "$pause" -ge 1 ] || pause=1

# The answer of /healthz, with its HTTP status as the last line.
ask() {
  curl --silent --noproxy '*' --max-time "$pause" --write-out '\n%{http_code}' \
    "http://127.0.0.1:$port/healthz"
}

# From {"ok":false,"reasons":["A","B"]} to A; B
reasons() {
  sed -n '1{s/^.*"reasons":\["//; s/"\].*$//; s/","/; /g; p;}'
}

watch() {
  ready=
  while kill -0 $$ 2>/dev/null; do
    if answer=$(ask); then
      case $answer in
        *200) ready=READY=1 status=Healthy ;;
        *) status=$(printf '%s\n' "$answer" | reasons) ;;
      esac
      # shellcheck disable=SC2086
      systemd-notify $ready WATCHDOG=1 "STATUS=$status"
    fi
    sleep "$([ "$ready" ] && echo "$pause" || echo 1)"
  done
}

# SIGHUP goes to all processes of the service when logrotate sends it.
[ -z "${NOTIFY_SOCKET:-}" ] || (trap '' HUP; watch) &
exec "$@" --http "127.0.0.1:$port"
