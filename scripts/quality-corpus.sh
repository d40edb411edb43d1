#!/bin/sh
# Fetches packages with much ordinary text and unpacks them for
# `cargo xtask quality --real`: target/quality-corpus/text/NAME_VERSION/…
# Needs apt-get, dpkg-deb, pip, npm, gzip; whatever is missing is left out.
# Nothing of it is installed, and CI does not run it.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
base=$root/target/quality-corpus
mkdir -p "$base/apt" "$base/npm" "$base/pip" "$base/text"

debian="git-doc perl-doc linux-doc-6.1 debian-policy python3.11-doc manpages
manpages-dev manpages-de manpages-fr manpages-es manpages-ru manpages-ja
manpages-zh manpages-pl manpages-pt-br postgresql-doc-15 golang-1.19-src
openjdk-17-source nodejs-doc ruby3.1-doc apache2-doc sqlite3-doc gcc-12-locales
debian-reference-en debian-reference-ja debian-faq developers-reference bash-doc
mercurial python-django-doc r-doc-html vim-runtime emacs-el libboost1.74-doc
aptitude-doc-es cmake-doc iso-codes wordpress wordpress-l10n rust-src tzdata
kubernetes-client gnome-user-docs installation-guide-amd64 debian-handbook anarchism
jargon-text miscfiles bible-kjv-text fortunes fortunes-de fortunes-es fortunes-it
fortunes-fr fortunes-pl fortunes-cs fortunes-br fortunes-ru gimp-help-en gimp-help-de
gimp-help-es gimp-help-fr gimp-help-it gimp-help-ja gimp-help-ko gimp-help-nl
gimp-help-pt gimp-help-ru gimp-help-sv lilypond-doc-html scribus-doc gnucash-docs
wesnoth-1.16-data endless-sky-data freeciv-data colobot-common harden-doc crawl-common
nethack-common angband-data"
for language in de fr es it pt ru pl cs el tr vi zh-cn ja ko nl sv hi id; do
    debian="$debian libreoffice-help-$language"
done
npm="lodash express webpack typescript eslint react-dom axios next aws-sdk jsonwebtoken
node-forge discord.js stripe"
pip="django sqlalchemy boto3 botocore requests numpy cryptography pyjwt openai
langchain transformers ansible-core"

echo "debian packages"
for name in $debian; do
    ls "$base/apt/$name"_* >/dev/null 2>&1 ||
        (cd "$base/apt" && apt-get download "$name" >/dev/null 2>&1) ||
        echo "  not available: $name"
done
for file in "$base"/apt/*.deb; do
    name=$(basename "$file" .deb)
    [ -d "$base/text/$name" ] || dpkg-deb -x "$file" "$base/text/$name"
done

echo "npm packages"
for name in $npm; do
    ls "$base/npm/$name"-[0-9]* >/dev/null 2>&1 ||
        (cd "$base/npm" && npm pack --silent "$name" >/dev/null 2>&1) ||
        echo "  not available: $name"
done
for file in "$base"/npm/*.tgz; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .tgz)
    dir=$base/text/npm-$(echo "$name" | sed 's/-\([0-9]\)/_\1/')
    [ -d "$dir" ] || { mkdir "$dir" && tar -xzf "$file" -C "$dir"; }
done

echo "python packages"
for name in $pip; do
    ls "$base/pip/$(echo "$name" | tr '-' '_')"-* >/dev/null 2>&1 ||
        pip download --quiet --no-deps --only-binary=:all: -d "$base/pip" "$name" >/dev/null 2>&1 ||
        echo "  not available: $name"
done
for file in "$base"/pip/*.whl; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .whl | cut -d- -f1,2 | tr '_' '-' | sed 's/-\([0-9]\)/_\1/')
    dir=$base/text/pip-$name
    [ -d "$dir" ] || { mkdir "$dir" && python3 -m zipfile -e "$file" "$dir"; }
done

echo "what cargo has fetched already"
dir=$base/text/cargo-registry_lock
if [ ! -d "$dir" ]; then
    mkdir "$dir"
    for crate in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/*; do
        name=$(basename "$crate" | sed 's/-\([0-9]*\.[0-9]\)/ \1/')
        # Only what Cargo.lock names: other machines then have the same.
        if grep -A1 "^name = \"${name% *}\"$" "$root/Cargo.lock" | grep -q "\"${name#* }\""; then
            cp -r "$crate" "$dir/"
        fi
    done
fi

echo "unpacking"
find "$base/text" -name '*.gz' -type f ! -name '*.tar.gz' -exec gzip -dqf {} + || true
find "$base/text" \( -name 'src.zip' -o -name '*.tar.gz' \) -type f | while read -r archive; do
    case $archive in
    *.zip) python3 -m zipfile -e "$archive" "$archive.d" ;;
    *) mkdir -p "$archive.d" && tar -xzf "$archive" -C "$archive.d" ;;
    esac
    rm -f "$archive"
done || true
du -sh "$base/text"
