#!/bin/sh
# Fills the templates with the settings of a file, as nginx's official image does with its
# environment: render.sh nginx.env /etc/nginx/conf.d
set -eu
if [ $# -ne 2 ]; then
    echo "Usage: $0 SETTINGS FOLDER, such as: $0 nginx.env /etc/nginx/conf.d" >&2
    exit 2
fi
case $1 in */*) settings=$1 ;; *) settings=./$1 ;; esac
folder=$2
templates=$(dirname "$0")/templates

set -a
# shellcheck source=nginx.env.example
. "$settings"
set +a

names=$(grep -rhoE '\$\{CSW_[A-Z_]+\}' "$templates" | sort -u)
for name in $names; do
    name=${name#??}
    name=${name%?}
    if ! printenv "$name" > /dev/null; then
        echo "$settings does not set $name; nginx.env.example shows how." >&2
        exit 1
    fi
done

find "$templates" -name '*.template' | while read -r template; do
    written=$folder/${template#"$templates"/}
    mkdir -p "$(dirname "$written")"
    envsubst "$names" < "$template" > "${written%.template}"
done
