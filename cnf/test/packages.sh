# shellcheck shell=bash disable=SC2317,SC2034
# What is missing is installed by root on Debian, and named to everybody else. No package is installed here.

load() {
  # shellcheck source=cnf/script/say.sh
  source "$ROOT/cnf/script/say.sh"
  # shellcheck source=cnf/script/jdk.sh
  source "$ROOT/cnf/script/jdk.sh"
  # shellcheck source=cnf/script/packages.sh
  source "$ROOT/cnf/script/packages.sh"
  ROOT=$PWD
  UNIT_FOLDER=$PWD/units POLICY_RC=$PWD/policy-rc.d
  mkdir units
  has_libpcap() { false; }
}

# An apt-get that writes down what it is asked for and fails as often as told.
fake_apt() { # FAILURES
  FAILURES=$1
  apt_get() {
    printf '%s\n' "$*" >> calls
    [[ $1 != install ]] || ((FAILURES-- <= 0))
  }
}

test_missing_library_is_installed() {
  load
  fake_apt 0
  is_debian() { true; }
  as_root install_packages libpcap0.8 2> err
  expect_text err 'installing libpcap0.8'
  expect_text calls 'install --no-install-recommends libpcap0.8'
  expect_no_text calls update
}

test_package_lists_are_fetched_once_when_needed() {
  load
  fake_apt 1
  is_debian() { true; }
  as_root install_packages libpcap0.8 maven 2> err
  [[ $(tr '\n' ';' < calls) == 'install --no-install-recommends libpcap0.8 maven;update;install --no-install-recommends libpcap0.8 maven;' ]] \
    || give_up "$(cat calls)"
}

test_a_failed_installation_is_exit_1() {
  load
  fake_apt 9
  is_debian() { true; }
  STATUS=0
  (as_root install_packages libpcap0.8) 2> err || STATUS=$?
  expect_exit 1
  expect_text err 'could not install libpcap0.8'
}

test_without_root_the_command_is_told() {
  load
  is_debian() { true; }
  is_root() { false; }
  STATUS=0
  (install_packages libpcap0.8 maven) 2> err || STATUS=$?
  expect_exit 1
  expect_text err 'sudo apt-get install libpcap0.8 maven'
}

test_maven_is_asked_for_only_to_build() {
  load
  command() { false; } # no mvn
  find_jdk() { true; }
  [[ $(missing_packages) == libpcap0.8 ]]
  [[ $(missing_packages build) == $'libpcap0.8\nmaven' ]]
}

as_root() {
  is_root() { true; }
  "$@"
}

test_missing_tools_are_named_by_their_packages() {
  load
  [[ $(missing_tools bash:bash no-such-tool:such-package) == such-package ]]
}

test_what_cannot_be_installed_is_done_without() {
  load
  fake_apt 9
  is_debian() { true; }
  is_root() { true; }
  try_tools no-such-tool:such-package 2> err
  expect_text err 'could not install such-package'
  expect_text calls such-package
}

# Of two daemons, one of which was there before.
test_daemons_of_packages_do_not_run() {
  load
  is_debian() { true; }
  touch units/nginx.service
  apt_get() {
    for name in nginx clamav-daemon.service ssh; do
      sh "$POLICY_RC" "$name" start && echo "$name starts" >> started
    done
    touch units/clamav-daemon.service units/other.service
  }
  disable_daemon() { echo "$1" >> disabled; }
  as_root install_packages clamav-daemon 2> err
  [[ $(< started) == 'ssh starts' ]]
  [[ $(< disabled) == clamav-daemon.service ]]
  [[ ! -e policy-rc.d ]]
  printf 'exit 0\n' > policy-rc.d
  as_root install_packages clamav-daemon 2> err
  [[ $(< policy-rc.d) == 'exit 0' ]]
}

test_a_policy_for_daemons_is_taken_away_after_a_failure() {
  load
  fake_apt 9
  is_debian() { true; }
  (as_root install_packages nginx-light) 2> err || true
  expect_text err 'could not install nginx-light'
  [[ ! -e policy-rc.d ]]
}
