# shellcheck shell=bash source-path=SCRIPTDIR
# Provides Debian 12's own package sources, as this machine has them, whatever mirror they name. Builds need nothing of its other
# repositories (Docker's, NodeSource's, ...), and could not check their signatures.
#   debian_sources TYPE FILE...    of apt's source files the entries that are Debian's, as one-line entries of TYPE (deb or deb-src)
#   machine_sources TYPE           those of this machine; dies without any

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

machine_sources() {
  local entries
  entries=$(debian_sources "$1" /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources})
  [[ -n $entries ]] || die "no source in /etc/apt is Debian 12's own (suite bookworm, signed with Debian's keyring)" \
    'add Debian 12 to /etc/apt/sources.list: see sources.list(5)'
  printf '%s\n' "$entries"
}

debian_sources() {
  local type=$1 file
  shift
  for file; do
    case $file in
      *.sources) [[ ! -f $file ]] || one_line_entries "$file" ;;
      *) [[ ! -f $file ]] || awk 1 "$file" ;;
    esac
  done | debian_entries "$type"
}

# The newer format (deb822) in the older one.
one_line_entries() {
  awk '
    function entry(   n, m, uris, suites, i, j, options) {
      if ((" " field["types"] " ") ~ /[[:space:]]deb[[:space:]]/ && field["enabled"] !~ /no|false|off/) {
        n = split(field["uris"], uris)
        m = split(field["suites"], suites)
        options = option("signed-by") option("trusted") option("check-valid-until")
        for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print "deb [" options " ] " uris[i] " " suites[j] field["components"]
      }
      split("", field)
    }
    # A value of several lines is a key; it becomes one word, which names no keyring.
    function option(name,   value) {
      value = field[name]
      gsub(/^[[:space:]]+|[[:space:]]+$/, "", value)
      gsub(/[][[:space:]]+/, ",", value)
      return value == "" ? "" : " " name "=" value
    }
    /^[[:space:]]*$/ { entry(); next }
    /^#/ { next }
    /^[[:space:]]/ { field[name] = field[name] " " $0; next }
    { name = tolower(substr($0, 1, index($0, ":") - 1)); field[name] = " " substr($0, index($0, ":") + 1) }
    END { entry() }' "$1"
}

debian_entries() { # TYPE
  awk -v type="$1" -v keyring=/usr/share/keyrings/debian-archive-keyring.gpg '
    # Cloud images name their mirrors in a file, which a build does not see.
    function mirror(uri,   path, line) {
      path = uri
      if (!sub(/^mirror\+file:(\/\/)?/, "", path)) return uri ~ /^(cdrom|file|copy):/ ? "" : uri
      while ((getline line < path) > 0) if (split(line, word) > 0 && word[1] !~ /^#/) { close(path); return word[1] }
      return ""
    }
    function is_debian(   i, n, key) {
      if (suite !~ /^bookworm(-updates|-security|\/updates)?$/) return 0
      n = split(signers, key, ",")
      for (i = 1; i <= n; i++) if (key[i] !~ /\/debian-archive-[^\/]*\.(gpg|pgp|asc)$/) return 0
      n = split(components, key)
      for (i = 1; i <= n; i++) if (key[i] !~ /^(main|contrib|non-free|non-free-firmware)$/) return 0
      return n > 0
    }
    $1 == "deb" {
      rest = $0
      sub(/^[[:space:]]*deb[[:space:]]+/, "", rest)
      # The keyring by the name that it has in every Debian: its other places are the machine'"'"'s.
      options = "signed-by=" keyring
      signers = ""
      if (rest ~ /^\[/) {
        n = split(substr(rest, 2, index(rest, "]") - 2), option)
        for (i = 1; i <= n; i++) {
          if (option[i] ~ /^signed-by=/) signers = substr(option[i], 11)
          if (option[i] ~ /^(trusted|check-valid-until)=/) options = options " " option[i]
        }
        rest = substr(rest, index(rest, "]") + 1)
      }
      sub(/#.*/, "", rest)
      n = split(rest, word)
      uri = mirror(word[1])
      n = split(rest, word)
      suite = word[2]
      components = ""
      for (i = 3; i <= n; i++) components = components " " word[i]
      if (uri != "" && is_debian()) print type " [" options "] " uri " " suite components
    }'
}
