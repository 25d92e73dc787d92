#!/bin/sh
# The examples of the other languages as calls of the command line:
#   examples.sh STREAMTOKEN mint IDENTIFIER
#   examples.sh STREAMTOKEN verify TOKEN IDENTIFIER COUNTRY
#   examples.sh STREAMTOKEN urls TOKEN CUSTOMER_CODE
#   examples.sh STREAMTOKEN reuse IDENTIFIER SECONDS NOW
# The key comes from CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, its id from
# CLOUDFLARE_STREAM_KEY_ID.
set -eu

streamtoken=$1
shift
case $1 in
mint) exec "$streamtoken" sign "$2" --expires-in 2h --allow-country GB,IE ;;
verify) exec "$streamtoken" verify "$2" --identifier "$3" --country "$4" ;;
urls) exec "$streamtoken" urls "$2" --customer-code "$3" ;;
reuse) exec "$streamtoken" sign "$2" --reuse-window "$3" --now "$4" ;;
*)
  echo "usage: examples.sh STREAMTOKEN mint|verify|urls|reuse ..." >&2
  exit 2
  ;;
esac
