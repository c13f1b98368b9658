# shellcheck shell=bash source-path=SCRIPTDIR
source ../../hack/lib/apt-sources.sh

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

expect_sources() { # TYPE FILE EXPECTED
  diff <(printf %s "$3") <(debian_sources "$1" "$2")
}

test_debians_own_stanzas_are_taken_and_others_left() {
  cat >machine.sources <<'SOURCES'
Types: deb deb-src
# A comment within a stanza.
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main
Check-Valid-Until: no

Types: deb
URIs: https://docker.example/linux/debian
Suites: bookworm
Components: stable

Types: deb
URIs: https://vendor.example/debian/12/prod
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQGNBGWK

Types: deb
URIs: https://node.example/node_20.x
Suites: nodistro
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
SOURCES
  expect_sources deb machine.sources "deb [signed-by=$KEYRING] http://mirror.example/debian bookworm main non-free-firmware
deb [signed-by=$KEYRING] http://mirror.example/debian bookworm-updates main non-free-firmware
deb [signed-by=$KEYRING check-valid-until=no] http://mirror.example/security bookworm-security main
"
}

test_debians_own_lines_are_taken_and_others_left() {
  cat >machine.list <<'LIST'
# deb http://comment.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # near
deb [arch=amd64 signed-by=/etc/apt/keyrings/debian-archive-keyring.gpg] http://mirror.example/security bookworm-security main
  deb [ trusted=yes ] http://old.example/security bookworm/updates main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/vendor.gpg] https://vendor.example/debian/12/prod bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg,/etc/apt/keyrings/vendor.gpg] https://both.example/debian bookworm main
deb https://cloud.example/apt cloud-sdk-bookworm main
deb https://flat.example/packages ./
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
LIST
  expect_sources deb-src machine.list "deb-src [signed-by=$KEYRING] http://mirror.example/debian bookworm main contrib
deb-src [signed-by=$KEYRING] http://mirror.example/security bookworm-security main
deb-src [signed-by=$KEYRING trusted=yes] http://old.example/security bookworm/updates main
"
}

test_a_list_of_mirrors_becomes_its_first_one() {
  printf '# nearest first\nhttps://first.example/debian\nhttps://second.example/debian\n' >mirrors.list
  printf 'Types: deb\nURIs: mirror+file://%s/mirrors.list\nSuites: bookworm\nComponents: main\n' "$PWD" >machine.sources
  expect_sources deb machine.sources "deb [signed-by=$KEYRING] https://first.example/debian bookworm main
"
}

test_a_file_that_is_not_there_is_no_error() {
  expect_sources deb absent.list ''
  expect_sources deb absent.sources ''
}
